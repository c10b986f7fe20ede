#include "http/tables.h"

/* The first row that matches counts: what takes any name, or any path, comes last. */
const struct route_table *const route_tables[] = {
	&boot_answer_routes,
	&boot_image_routes,
	&koan_routes,
	&boot_file_routes,
	&api_settings_routes,
	&api_task_routes,
	&api_generation_routes,
	&api_event_routes,
	&api_token_routes,
	&api_discovered_routes,
	&api_status_routes,
	&api_boot_routes,
	&api_history_routes,
	&api_state_routes,
	&api_template_routes,
	&api_install_routes,
	&api_item_write_routes,
	&api_item_routes,
	&page_routes,
};
const size_t n_route_tables = ARRAY_SIZE(route_tables);
