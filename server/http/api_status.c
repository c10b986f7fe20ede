#include "http/auth.h"
#include "http/openapi.h"
#include "http/tables.h"
#include "ops/check/check.h"
#include "ops/query/query.h"

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

static int get_openapi(struct request *request, struct response *response, struct err *err)
{
	(void)request;
	(void)err;
	response_json_take(response, 200, openapi_document());
	response->type = "application/vnd.oai.openapi+json;version=3.1";
	return 0;
}

/* The API describes itself from its rows. */
static int get_index(struct request *request, struct response *response, struct err *err)
{
	json_t *items = json_array();

	(void)request;
	(void)err;
	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const struct route *route = &route_tables[t]->route[i];

			json_array_append_new(items,
				json_pack("{s:s,s:s,s:s,s:s,s:s}", "listener",
					route->listener == LISTENER_API ? "api" : "boot", "method",
					http_method_name(route->method), "path", route->pattern,
					"role", role_name(route->role), "help", route->help));
		}
	}
	response_json_take(response, 200, json_pack("{s:o}", "items", items));
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1", ROLE_READ, get_index, "listRoutes",
		"Every address of both listeners.", .answer = "RouteList"),
	API_ROUTE(HTTP_GET, "/api/v1/openapi.json", ROLE_READ, get_openapi, "getOpenapi",
		"This document (OpenAPI 3.1).", .answer = "object"),
	API_ROUTE(HTTP_GET, "/api/v1/status", ROLE_READ, get_status, "getStatus",
		"Version, what is published, how many items, the services.", .answer = "Status"),
	API_ROUTE(HTTP_GET, "/api/v1/check", ROLE_READ, get_check, "check",
		"What would stop provisioning, and what to do about it.", .answer = "FindingList"),
};
const struct route_table api_status_routes = {rows, ARRAY_SIZE(rows)};
