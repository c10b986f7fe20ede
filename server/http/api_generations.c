#include "base/json.h"
#include "http/tables.h"
#include "ops/publish/rollback.h"

static int list_generations(struct request *request, struct response *response, struct err *err)
{
	json_t *items;

	if (rollback_list(request->server, &items, err) < 0)
		return -1;
	response_json_take(response, 200, json_pack("{s:o}", "items", items));
	return 0;
}

static int read_rollback(struct request *request, uint64_t *number, bool *dry_run, struct err *err)
{
	static const char *const members[] = {"generation", "dry_run"};
	json_t *body = NULL;
	const json_t *generation;
	const json_t *dry;

	if (request->body && (request_object(request, &body, err) < 0 ||
				     request_only(body, members, ARRAY_SIZE(members), err) < 0))
		return -1;
	generation = json_object_get(body, "generation");
	dry = json_object_get(body, "dry_run");
	if (generation && (!json_is_integer(generation) || json_integer_value(generation) < 1))
		return err_field(err, ERR_INVALID, "generation", "must be a generation's number");
	if (dry && !json_is_boolean(dry))
		return err_field(err, ERR_INVALID, "dry_run", "must be true or false");
	*number = (uint64_t)json_integer_value(generation);
	*dry_run = json_is_true(dry);
	return request_flag(request, "dry_run", dry_run, err);
}

static int post_rollback(struct request *request, struct response *response, struct err *err)
{
	uint64_t number;
	bool dry_run;
	json_t *report;

	if (read_rollback(request, &number, &dry_run, err) < 0 ||
		rollback_to(request->server, number, dry_run, &report, err) < 0)
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
		.args = ARGS(FLAG("dry_run", "only tell what would change")), .body = "Rollback",
		.answer = "RolledBack", .flags = ROUTE_BODY_FREE),
};
const struct route_table api_generation_routes = {rows, ARRAY_SIZE(rows)};
