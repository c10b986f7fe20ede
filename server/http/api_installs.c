/* Installations, and what was served to a system. */
#include "http/api.h"
#include "http/repeat.h"
#include "http/tables.h"
#include "model/types.h"
#include "ops/install/install.h"
#include "ops/install/served.h"

#include <string.h>

struct page {
	json_t *items;
	size_t limit;
	char *last;
	bool more;
};

static int add_install(void *ctx, const struct db_install *install, struct err *err)
{
	struct page *page = ctx;

	(void)err;
	if (json_array_size(page->items) == page->limit) {
		page->more = true;
		return 0;
	}
	json_array_append_new(page->items, install_json(install));
	free(page->last);
	page->last = xstrdup(install->system);
	return 0;
}

static int read_state(const struct request *request, const char **ret, struct err *err)
{
	static const char *const states[] = {INSTALL_STARTED, INSTALL_FINISHED, INSTALL_GAVE_UP};
	const char *state = target_arg(&request->target, "state");

	*ret = state;
	if (!state)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (strcmp(states[i], state) == 0)
			return 0;
	return err_field(err, ERR_INVALID, "state", "must be '%s', '%s' or '%s'", states[0],
		states[1], states[2]);
}

static int list_installs(struct request *request, struct response *response, struct err *err)
{
	struct db_install_query query = {.after = target_arg(&request->target, "after")};
	autojson json_t *items = json_array();
	struct page page = {.items = items};
	int64_t limit = 1000;
	int result;

	if (read_state(request, &query.state, err) < 0 ||
		request_number(request, "limit", &limit, err) < 0)
		return -1;
	page.limit = (size_t)limit;
	query.limit = page.limit + 1; /* the last one only shows that there is more */
	result = db_install_list(request->server->db, &query, add_install, &page, err);
	if (result == 0)
		response_json_take(response, 200,
			json_pack("{s:O,s:s?}", "items", items, "next",
				page.more ? page.last : NULL));
	free(page.last);
	return result;
}

/* One that is there and was never seen has an installation, too: none. */
static int get_install(struct request *request, struct response *response, struct err *err)
{
	const char *name = request_param(request, "name");
	autoitem struct item *system = NULL;
	struct db_install install;

	if (db_item_get(request->server->db, &system_type, name, &system, err) < 0 ||
		db_install_get(request->server->db, name, &install, err) < 0)
		return -1;
	response_json_take(response, 200, install_json(&install));
	db_install_done(&install);
	return 0;
}

static int get_served(struct request *request, struct response *response, struct err *err)
{
	int64_t limit = SERVED_KEPT, after = 0;
	json_t *page;

	if (request_number(request, "limit", &limit, err) < 0 ||
		request_number(request, "after", &after, err) < 0 ||
		served_list(request->server, request_param(request, "name"), after, (size_t)limit,
			&page, err) < 0)
		return -1;
	response_json_take(response, 200, page);
	return 0;
}

static int reinstall(struct request *request, struct response *response, struct err *err)
{
	AUTO(api_write) struct api_write write = {.dry_run = false};
	bool cancel = false;
	json_t *item;

	if (api_write_begin(request, &system_type, request_param(request, "name"), &write, err) <
			0 ||
		request_flag(request, "cancel", &cancel, err) < 0 ||
		install_reinstall(request->server, &write.edit, cancel, &item, err) < 0)
		return -1;
	api_write_answer_take(&write, 200, item, response);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/installs", ROLE_READ, list_installs, "listInstalls",
		"Installations that were ever seen, by the names of their systems.",
		.args = ARGS(TEXT("state", "only \"started\", \"finished\" or \"gave up\""),
			NUMBER("limit", 1, 10000, "installations of a page; without, 1000"),
			TEXT("after", "\"next\" of the page before")),
		.answer = "InstallPage"),
	API_ROUTE(HTTP_GET, "/api/v1/systems/{name}/install", ROLE_READ, get_install,
		"getSystemInstall", "How far the installation of a system is.",
		.answer = "Install"),
	API_ROUTE(HTTP_GET, "/api/v1/systems/{name}/served", ROLE_READ, get_served, "listServed",
		"What was served to a system over HTTP and when: each different boot file, answer "
		"file and part of it, and koan's plan, the last 100 of them. What in.tftpd serves "
		"is not seen.",
		.args = ARGS(NUMBER("limit", 1, 1000, "answers of a page; without, 100"),
			NUMBER("after", 1, INT64_MAX, "\"next\" of the page before")),
		.answer = "ServedPage"),
	API_ROUTE(HTTP_POST, "/api/v1/systems/{name}:reinstall", ROLE_OPERATE, reinstall,
		"reinstallSystem",
		"Installs the system at its next start from the network, as if it had never tried: "
		"netboot_enabled is true, and its boot files are published.",
		.args = ARGS(FLAG("cancel", "instead let it boot from its disk, and forget what "
					    "became of its installation"),
			ARGS_DRY_RUN, ARGS_CONFIRM),
		.answer = "System", .flags = ROUTE_KEYED | ROUTE_IF_MATCH, .again = repeat_item),
};
const struct route_table api_install_routes = {rows, ARRAY_SIZE(rows)};
