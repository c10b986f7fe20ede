#include "http/auth.h"
#include "http/tables.h"
#include "ops/check.h"
#include "ops/query.h"

#include <string.h>

static int get_status(struct request *request, struct response *response, struct err *err)
{
	json_t *status;

	if (query_status(request->server, &status, err) < 0)
		return -1;
	response_json_take(response, 200, status);
	return 0;
}

static int get_check(struct request *request, struct response *response, struct err *err)
{
	(void)err;
	response_json_take(response, 200, json_pack("{s:o}", "items", check_run(request->server)));
	return 0;
}

static int get_history(struct request *request, struct response *response, struct err *err)
{
	const char *type_name = target_arg(&request->target, "type");
	const char *name = target_arg(&request->target, "name");
	const struct item_type *type = type_name ? item_type_find(type_name) : NULL;
	struct db_history_query query = {.type = type, .name = name};
	int64_t limit = 100;
	json_t *items;

	if (type_name && !type)
		return err_field(err, ERR_INVALID, "type", "there are no '%s'", type_name);
	if (name && !type)
		return err_field(err, ERR_INVALID, "type", "is missing: what '%s' is", name);
	if (request_number(request, "limit", 1, 10000, &limit, err) < 0)
		return -1;
	query.limit = (size_t)limit;
	if (db_history(request->server->db, &query, &items, err) < 0)
		return -1;
	response_json_take(response, 200, json_pack("{s:o}", "items", items));
	return 0;
}

/* The API describes itself from its rows. */
static int get_index(struct request *request, struct response *response, struct err *err)
{
	static const char *const methods[HTTP_METHODS] = {
		[HTTP_GET] = "GET",
		[HTTP_POST] = "POST",
		[HTTP_PUT] = "PUT",
		[HTTP_PATCH] = "PATCH",
		[HTTP_DELETE] = "DELETE",
	};
	json_t *items = json_array();

	(void)request;
	(void)err;
	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const struct route *route = &route_tables[t]->route[i];

			json_array_append_new(items,
				json_pack("{s:s,s:s,s:s,s:s,s:s}", "listener",
					route->listener == LISTENER_API ? "api" : "boot", "method",
					methods[route->method], "path", route->pattern, "role",
					role_name(route->role), "help", route->help));
		}
	}
	response_json_take(response, 200, json_pack("{s:o}", "items", items));
	return 0;
}

static const struct route rows[] = {
	ROUTE(LISTENER_API, HTTP_GET, "/api/v1", ROLE_READ, get_index,
		"Every address of both listeners: this list."),
	ROUTE(LISTENER_API, HTTP_GET, "/api/v1/status", ROLE_READ, get_status,
		"Version, what is published, how many items, the services."),
	ROUTE(LISTENER_API, HTTP_GET, "/api/v1/check", ROLE_READ, get_check,
		"What would stop provisioning, and what to do about it."),
	ROUTE(LISTENER_API, HTTP_GET, "/api/v1/history", ROLE_READ, get_history,
		"Who changed what, newest first; ?type=, ?name=, ?limit=."),
};
const struct route_table api_status_routes = {rows, ARRAY_SIZE(rows)};
