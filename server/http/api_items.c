#include "http/api.h"
#include "http/tables.h"
#include "ops/edit.h"
#include "ops/query.h"

#include <string.h>

/* The type that the path names by its plural. */
static int find_type(const struct request *request, const struct item_type **ret, struct err *err)
{
	const char *name = request_param(request, "type");
	const struct item_type *type = item_type_find(name);

	if (!type || !item_type_is_listed(type) || strcmp(type->plural, name) != 0)
		return err_set(err, ERR_NOT_FOUND, "there are no '%s'", name);
	*ret = type;
	return 0;
}

int api_query_options(const struct request *request, struct query_options *ret, struct err *err)
{
	struct query_options options = {0};

	if (request_flag(request, "resolved", &options.resolved, err) < 0 ||
		request_flag(request, "explain", &options.explain, err) < 0 ||
		request_flag(request, "secrets", &options.secrets, err) < 0)
		return -1;
	if (options.secrets && request->role < ROLE_ADMIN)
		return err_set(err, ERR_DENIED, "secrets are shown to the role 'admin' only");
	options.resolved |= options.explain;
	*ret = options;
	return 0;
}

void api_item_take(struct response *response, int status, json_t *item)
{
	const json_t *version = json_object_get(item, "version");

	if (json_is_integer(version))
		response_header(
			response, "ETag", "\"v%lld\"", (long long)json_integer_value(version));
	response_json_take(response, status, item);
}

/* "v3" in quotes, perhaps weak: 3. */
static int parse_etag(const char *text, int64_t *ret, struct err *err)
{
	char *end;
	long long version;

	if (strncmp(text, "W/", 2) == 0)
		text += 2;
	if (strncmp(text, "\"v", 2) == 0) {
		version = strtoll(text + 2, &end, 10);
		if (end > text + 2 && strcmp(end, "\"") == 0 && version > 0) {
			*ret = version;
			return 0;
		}
	}
	return err_set(err, ERR_STALE,
		"'If-Match: %.60s' is no version of this; write it as \"v3\"", text);
}

int api_expected(const struct request *request, int64_t *ret, struct err *err)
{
	const char *match = request_header(request, "If-Match");

	*ret = DB_ANY;
	if (!match || strcmp(match, "*") == 0)
		return 0;
	return parse_etag(match, ret, err);
}

/* What is common to all writes; `If-Match: *` wants the item to be there. */
static int prepare(const struct request *request, struct edit *ret, struct err *err)
{
	const char *match = request_header(request, "If-Match");
	int64_t version = 1;

	*ret = (struct edit){
		.author = &request->author,
		.name = request_param(request, "name"),
	};
	if (find_type(request, &ret->type, err) < 0 || api_expected(request, &ret->expect, err) < 0)
		return -1;
	if (match && strcmp(match, "*") == 0 &&
		db_item_version(request->server->db, ret->type, ret->name, &version, err) < 0)
		return -1;
	if (version == 0)
		return err_set(err, ERR_STALE, "there is no %s '%s'", ret->type->name, ret->name);
	return 0;
}

static void answer_created(const struct request *request, const struct item_type *type,
	json_t *item, struct response *response)
{
	autostrbuf name = STRBUF_INIT;
	const char *text = json_get_str(item, "name");

	(void)request;
	strbuf_add_url(&name, text ? text : "");
	response_header(response, "Location", "/api/v1/%s/%s", type->plural, name.buf);
	api_item_take(response, 201, item);
}

static int list_items(struct request *request, struct response *response, struct err *err)
{
	static const char *const own[] = {
		"limit", "after", "resolved", "explain", "secrets", "fields"};
	const char *name[GUARD_ARGS_MAX], *value[GUARD_ARGS_MAX];
	struct query_list query = {.name = name, .value = value};
	int64_t limit = 0;
	json_t *items;

	if (find_type(request, &query.type, err) < 0 ||
		api_query_options(request, &query.options, err) < 0 ||
		request_number(request, "limit", 1, 100000, &limit, err) < 0)
		return -1;
	query.limit = (size_t)limit;
	query.after = target_arg(&request->target, "after");
	for (size_t i = 0; i < request->target.n_args; i++) {
		const struct target_arg *arg = &request->target.arg[i];
		size_t k = 0;

		while (k < ARRAY_SIZE(own) && strcmp(own[k], arg->name) != 0)
			k++;
		if (k < ARRAY_SIZE(own))
			continue;
		name[query.n] = arg->name;
		value[query.n++] = arg->value;
	}
	if (query_items(request->server, &query, &items, err) < 0)
		return -1;
	response_json_take(response, 200, items);
	return 0;
}

static int get_item(struct request *request, struct response *response, struct err *err)
{
	const struct item_type *type;
	struct query_options options;
	json_t *item;

	if (find_type(request, &type, err) < 0 || api_query_options(request, &options, err) < 0 ||
		query_item(request->server, type, request_param(request, "name"), &options, &item,
			err) < 0)
		return -1;
	if (options.resolved) /* depends on other items, too: its own version does not stand for it
	                       */
		response_json_take(response, 200, item);
	else
		api_item_take(response, 200, item);
	return 0;
}

static int create_item(struct request *request, struct response *response, struct err *err)
{
	struct edit edit = {.author = &request->author, .expect = DB_ANY};
	json_t *body, *item;

	if (find_type(request, &edit.type, err) < 0 || request_object(request, &body, err) < 0)
		return -1;
	edit.name = json_get_str(body, "name");
	if (!edit.name)
		return err_field(err, ERR_INVALID, "name", "is missing, or no text");
	if (edit_item(request->server, &edit, EDIT_CREATE, body, &item, err) < 0)
		return -1;
	answer_created(request, edit.type, item, response);
	return 0;
}

static int put_item(struct request *request, struct response *response, struct err *err)
{
	const char *none = request_header(request, "If-None-Match");
	enum edit_how how = none && strcmp(none, "*") == 0 ? EDIT_CREATE : EDIT_REPLACE;
	struct edit edit;
	json_t *body, *item;

	if (prepare(request, &edit, err) < 0 || request_object(request, &body, err) < 0 ||
		edit_item(request->server, &edit, how, body, &item, err) < 0)
		return -1;
	if (json_integer_value(json_object_get(item, "version")) == 1)
		answer_created(request, edit.type, item, response);
	else
		api_item_take(response, 200, item);
	return 0;
}

static int patch_item(struct request *request, struct response *response, struct err *err)
{
	struct edit edit;
	json_t *body, *item;

	if (prepare(request, &edit, err) < 0 || request_object(request, &body, err) < 0 ||
		edit_item(request->server, &edit, EDIT_MERGE, body, &item, err) < 0)
		return -1;
	api_item_take(response, 200, item);
	return 0;
}

static int delete_item(struct request *request, struct response *response, struct err *err)
{
	struct edit edit;

	if (prepare(request, &edit, err) < 0 || edit_delete(request->server, &edit, err) < 0)
		return -1;
	response->status = 204;
	return 0;
}

static int copy_item(struct request *request, struct response *response, struct err *err)
{
	struct edit edit;
	json_t *body, *item;

	if (prepare(request, &edit, err) < 0 || request_object(request, &body, err) < 0 ||
		edit_copy(request->server, &edit, body, &item, err) < 0)
		return -1;
	answer_created(request, edit.type, item, response);
	return 0;
}

static int rename_item(struct request *request, struct response *response, struct err *err)
{
	static const char *const members[] = {"name"};
	const char *name = NULL;
	struct edit edit;
	json_t *body, *item;

	if (prepare(request, &edit, err) < 0 || request_object(request, &body, err) < 0 ||
		request_only(body, members, ARRAY_SIZE(members), err) < 0 ||
		request_text(body, "name", &name, err) < 0)
		return -1;
	if (!name)
		return err_field(err, ERR_INVALID, "name", "is missing: the new name");
	if (edit_rename(request->server, &edit, name, &item, err) < 0)
		return -1;
	api_item_take(response, 200, item);
	return 0;
}

static const struct route rows[] = {
	ROUTE(LISTENER_API, HTTP_GET, "/api/v1/{type}", ROLE_READ, list_items,
		"Items by name; ?limit= and ?after= page, ?FIELD= filters, ?resolved, ?explain."),
	ROUTE(LISTENER_API, HTTP_POST, "/api/v1/{type}", ROLE_OPERATE, create_item,
		"Makes an item; the body has its name."),
	ROUTE(LISTENER_API, HTTP_POST, "/api/v1/{type}/{name}:copy", ROLE_OPERATE, copy_item,
		"Copies an item; the body has the new name and what is to differ."),
	ROUTE(LISTENER_API, HTTP_POST, "/api/v1/{type}/{name}:rename", ROLE_OPERATE, rename_item,
		"Renames an item; the body has the new name."),
	ROUTE(LISTENER_API, HTTP_GET, "/api/v1/{type}/{name}", ROLE_READ, get_item,
		"An item; ?resolved with what it inherits, ?explain with where from."),
	ROUTE(LISTENER_API, HTTP_PUT, "/api/v1/{type}/{name}", ROLE_OPERATE, put_item,
		"Makes or replaces an item; If-Match, If-None-Match: *."),
	ROUTE(LISTENER_API, HTTP_PATCH, "/api/v1/{type}/{name}", ROLE_OPERATE, patch_item,
		"Changes an item by a merge patch (RFC 7396); If-Match."),
	ROUTE(LISTENER_API, HTTP_DELETE, "/api/v1/{type}/{name}", ROLE_OPERATE, delete_item,
		"Removes an item; If-Match."),
};
const struct route_table api_item_routes = {rows, ARRAY_SIZE(rows)};
