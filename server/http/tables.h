/* The rows that each file of handlers brings; routes.c puts them in order. */
#ifndef HTTP_TABLES_H
#define HTTP_TABLES_H

#include "http/route.h"
#include "ops/server.h"

extern const struct route_table boot_answer_routes;
extern const struct route_table boot_image_routes;
extern const struct route_table koan_routes;
extern const struct route_table boot_file_routes;
extern const struct route_table api_settings_routes;
extern const struct route_table api_task_routes;
extern const struct route_table api_generation_routes;
extern const struct route_table api_event_routes;
extern const struct route_table api_token_routes;
extern const struct route_table api_discovered_routes;
extern const struct route_table api_status_routes;
extern const struct route_table api_boot_routes;
extern const struct route_table api_history_routes;
extern const struct route_table api_state_routes;
extern const struct route_table api_install_routes;
extern const struct route_table api_item_routes;
extern const struct route_table api_template_routes;
extern const struct route_table api_item_write_routes;
extern const struct route_table page_routes;

#endif
