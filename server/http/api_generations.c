#include "base/json.h"
#include "http/tables.h"
#include "ops/rollback.h"

static int list_generations(struct request *request, struct response *response, struct err *err)
{
	json_t *items;

	if (rollback_list(request->server, &items, err) < 0)
		return -1;
	response_json_take(response, 200, json_pack("{s:o}", "items", items));
	return 0;
}

static int post_rollback(struct request *request, struct response *response, struct err *err)
{
	static const char *const members[] = {"generation"};
	json_t *body = NULL;
	json_t *report;
	const json_t *number;

	if (request->body && (request_object(request, &body, err) < 0 ||
				     request_only(body, members, ARRAY_SIZE(members), err) < 0))
		return -1;
	number = json_object_get(body, "generation");
	if (number && (!json_is_integer(number) || json_integer_value(number) < 1))
		return err_field(err, ERR_INVALID, "generation", "must be a generation's number");
	if (rollback_to(request->server, (uint64_t)json_integer_value(number), &report, err) < 0)
		return -1;
	response_json_take(response, 200, report);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/generations", ROLE_READ, list_generations, "listGenerations",
		"What is published, and what was before and is kept.", .answer = "GenerationList"),
	API_ROUTE(HTTP_POST, "/api/v1/sync:rollback", ROLE_OPERATE, post_rollback, "rollback",
		"Publishes an older generation again, until the next sync; without a number the "
		"one before.",
		.body = "Rollback", .answer = "RolledBack", .flags = ROUTE_BODY_FREE),
};
const struct route_table api_generation_routes = {rows, ARRAY_SIZE(rows)};
