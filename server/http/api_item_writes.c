/* Changing items: make, replace, merge, copy, rename, remove. */
#include "http/api.h"
#include "http/precondition.h"
#include "http/repeat.h"
#include "http/tables.h"

#include <string.h>

#define ARGS_WRITE ARGS(ARGS_DRY_RUN, ARGS_CONFIRM)

static int create_item(struct request *request, struct response *response, struct err *err)
{
	AUTO(api_write) struct api_write write = {.dry_run = false};
	json_t *body, *item;

	if (api_write_begin(request, NULL, NULL, &write, err) < 0 ||
		request_object(request, &body, err) < 0)
		return -1;
	write.edit.name = json_get_str(body, "name");
	if (!write.edit.name)
		return err_field(err, ERR_INVALID, "name", "is missing, or no text");
	if (edit_item(request->server, &write.edit, EDIT_CREATE, body, &item, err) < 0)
		return -1;
	api_write_answer_take(&write, 201, item, response);
	return 0;
}

/* -1 where the item is there, and with which error depends on what the request said about that. */
static int must_be_new(const struct request *request, const struct edit *edit, struct err *err)
{
	int64_t version = 0;

	if (db_item_version(request->server->db, edit->type, edit->name, &version, err) < 0)
		return -1;
	if (version == 0)
		return 0;
	if (precondition_wants_none(request))
		return err_set(
			err, ERR_STALE, "%s '%s' exists already", edit->type->name, edit->name);
	return err_set(err, ERR_UNMATCHED,
		"%s '%s' exists already; to replace it send 'If-Match: \"v%lld\"', or 'If-Match: "
		"*' for any version",
		edit->type->name, edit->name, (long long)version);
}

/* Replacing takes If-Match, so that nobody overwrites unseen what another has made. */
static int put_item(struct request *request, struct response *response, struct err *err)
{
	bool create = !request_header(request, "If-Match") || precondition_wants_none(request);
	AUTO(api_write) struct api_write write = {.dry_run = false};
	json_t *body, *item;

	if (api_write_begin(request, NULL, request_param(request, "name"), &write, err) < 0 ||
		request_object(request, &body, err) < 0)
		return -1;
	if (create && must_be_new(request, &write.edit, err) < 0)
		return -1;
	if (edit_item(request->server, &write.edit, create ? EDIT_CREATE : EDIT_REPLACE, body,
		    &item, err) < 0) {
		if (create && err->code == ERR_CONFLICT) /* another may have just made it */
			must_be_new(request, &write.edit, err);
		return -1;
	}
	api_write_answer_take(&write, create ? 201 : 200, item, response);
	return 0;
}

static int patch_item(struct request *request, struct response *response, struct err *err)
{
	AUTO(api_write) struct api_write write = {.dry_run = false};
	json_t *body, *item;

	if (api_write_begin(request, NULL, request_param(request, "name"), &write, err) < 0 ||
		request_object(request, &body, err) < 0 ||
		edit_item(request->server, &write.edit, EDIT_MERGE, body, &item, err) < 0)
		return -1;
	api_write_answer_take(&write, 200, item, response);
	return 0;
}

static int delete_tree(struct request *request, struct api_write *write, struct response *response,
	struct err *err)
{
	json_t *items, *answer;

	if (edit_delete_tree(request->server, &write->edit, &items, err) < 0)
		return -1;
	api_say_unpublished(&write->unpublished, response);
	answer = json_pack("{s:b,s:o}", "dry_run", write->dry_run, "items", items);
	json_set_str(answer, "diff", write->diff.buf);
	response_json_take(response, 200, answer);
	return 0;
}

static int delete_item(struct request *request, struct response *response, struct err *err)
{
	AUTO(api_write) struct api_write write = {.dry_run = false};
	bool recursive = false;

	if (api_write_begin(request, NULL, request_param(request, "name"), &write, err) < 0 ||
		request_flag(request, "recursive", &recursive, err) < 0)
		return -1;
	if (recursive)
		return delete_tree(request, &write, response, err);
	if (edit_delete(request->server, &write.edit, err) < 0)
		return -1;
	api_write_answer_take(&write, 204, NULL, response);
	return 0;
}

static int copy_item(struct request *request, struct response *response, struct err *err)
{
	AUTO(api_write) struct api_write write = {.dry_run = false};
	json_t *body, *item;

	if (api_write_begin(request, NULL, request_param(request, "name"), &write, err) < 0 ||
		request_object(request, &body, err) < 0 ||
		edit_copy(request->server, &write.edit, body, &item, err) < 0)
		return -1;
	api_write_answer_take(&write, 201, item, response);
	return 0;
}

static int rename_item(struct request *request, struct response *response, struct err *err)
{
	static const char *const members[] = {"name"};
	AUTO(api_write) struct api_write write = {.dry_run = false};
	const char *name = NULL;
	json_t *body, *item;

	if (api_write_begin(request, NULL, request_param(request, "name"), &write, err) < 0 ||
		request_object(request, &body, err) < 0 ||
		request_only(body, members, ARRAY_SIZE(members), err) < 0 ||
		request_text(body, "name", &name, err) < 0)
		return -1;
	if (!name)
		return err_field(err, ERR_INVALID, "name", "is missing: the new name");
	if (edit_rename(request->server, &write.edit, name, &item, err) < 0)
		return -1;
	api_write_answer_take(&write, 200, item, response);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_POST, "/api/v1/{type}", ROLE_OPERATE, create_item, "create{Type}",
		"Makes an item; the body has its name.", .args = ARGS_WRITE, .body = "{Type}",
		.answer = "{Type}", .status = 201, .flags = ROUTE_KEYED | ROUTE_BODY_NAMED,
		.again = repeat_item),
	API_ROUTE(HTTP_POST, "/api/v1/{type}/{name}:copy", ROLE_OPERATE, copy_item, "copy{Type}",
		"Copies an item; the body has the new name and what is to differ. What no two "
		"items may have, such as a MAC address, is not copied.",
		.args = ARGS_WRITE, .body = "{Type}", .answer = "{Type}", .status = 201,
		.flags = ROUTE_KEYED | ROUTE_BODY_NAMED | ROUTE_IF_MATCH, .again = repeat_item),
	API_ROUTE(HTTP_POST, "/api/v1/{type}/{name}:rename", ROLE_OPERATE, rename_item,
		"rename{Type}", "Renames an item; references to it follow.", .args = ARGS_WRITE,
		.body = "Rename", .answer = "{Type}", .flags = ROUTE_KEYED | ROUTE_IF_MATCH,
		.again = repeat_item),
	API_ROUTE(HTTP_PUT, "/api/v1/{type}/{name}", ROLE_OPERATE, put_item, "put{Type}",
		"Makes an item, or replaces it as a whole: that needs If-Match with its ETag, or "
		"*. What GET gave can be sent back.",
		.args = ARGS_WRITE, .body = "{Type}", .answer = "{Type}", .status = 201,
		.flags = ROUTE_KEYED | ROUTE_IF_MATCH | ROUTE_IF_NONE, .again = repeat_item),
	API_ROUTE(HTTP_PATCH, "/api/v1/{type}/{name}", ROLE_OPERATE, patch_item, "patch{Type}",
		"Changes an item by a merge patch (RFC 7396): null makes a field inherit again.",
		.args = ARGS_WRITE, .body = "{Type}", .answer = "{Type}",
		.flags = ROUTE_KEYED | ROUTE_IF_MATCH, .again = repeat_item),
	API_ROUTE(HTTP_DELETE, "/api/v1/{type}/{name}", ROLE_OPERATE, delete_item, "delete{Type}",
		"Removes an item that nothing uses; with ?recursive all that depends on it, too.",
		.args = ARGS(FLAG("recursive", "with all that depends on it; the answer lists it"),
			ARGS_DRY_RUN, ARGS_CONFIRM),
		.answer = "Removed", .status = 204, .flags = ROUTE_KEYED | ROUTE_IF_MATCH,
		.again = repeat_removal),
};
const struct route_table api_item_write_routes = {rows, ARRAY_SIZE(rows)};
