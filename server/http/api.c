#include "http/api.h"

#include "http/precondition.h"
#include "ops/edit/history.h"

#include <string.h>

const struct api_head api_head_filters[API_HEAD_FILTERS] = {
	{"name", "string", "what it is called"},
	{"uid", "string", "32 hex digits, kept over a rename"},
	{"version", "integer", "counts the item's writes; its ETag is \"vVERSION\""},
	{"ctime", "number", "when it was made, seconds since 1970"},
	{"mtime", "number", "when it was last changed, seconds since 1970"},
};

/* What stands after /api/v1/ in the patterns: "tasks" of "/api/v1/tasks/{id}". */
static void add_paths(struct strv *ret)
{
	static const char root[] = "/api/v1/";

	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const char *pattern = route_tables[t]->route[i].pattern;
			const char *first = pattern + sizeof(root) - 1;

			if (strncmp(pattern, root, sizeof(root) - 1) == 0 && *first != '{')
				strv_addf(ret, "%.*s", (int)strcspn(first, "/"), first);
		}
	}
	for (size_t i = 0; i < ITEM_KINDS; i++)
		if (item_type_is_listed(item_types[i]))
			strv_add(ret, item_types[i]->plural);
}

static int no_such_path(const char *name, struct err *err)
{
	autostrv paths = STRV_INIT;
	const char *near;

	add_paths(&paths);
	near = nearest_word(name, (const char *const *)paths.v, paths.n);
	if (near)
		return err_set(err, ERR_NOT_FOUND,
			"there is nothing at '/api/v1/%.100s'; did you mean '/api/v1/%s'?", name,
			near);
	return err_set(err, ERR_NOT_FOUND,
		"there is nothing at '/api/v1/%.100s'; GET /api/v1 lists what there is", name);
}

int api_find_type(const struct request *request, const struct item_type **ret, struct err *err)
{
	const char *name = request_param(request, "type");
	const struct item_type *type = item_type_find(name);

	if (!type || !item_type_is_listed(type) || strcmp(type->plural, name) != 0)
		return no_such_path(name, err);
	*ret = type;
	return 0;
}

/* Reading */

void auto_api_read(struct api_read *read)
{
	strv_done(&read->fields);
}

int api_as_of(const struct request *request, int64_t *ret, struct err *err)
{
	const char *text = target_arg(&request->target, "as_of");
	struct err why = ERR_INIT;

	*ret = 0;
	if (!text)
		return 0;
	if (history_revision(request->server, text, ret, &why) < 0)
		return err_field(err, why.code, "as_of", "%s", why.msg);
	if (*ret == 0)
		return err_field(
			err, ERR_NOT_FOUND, "as_of", "there was nothing yet at '%.60s'", text);
	return 0;
}

int api_read_begin(const struct request *request, struct api_read *ret, struct err *err)
{
	struct query_options *options = &ret->options;
	const char *fields = target_arg(&request->target, "fields");

	if (request_flag(request, "resolved", &options->resolved, err) < 0 ||
		request_flag(request, "explain", &options->explain, err) < 0 ||
		request_flag(request, "secrets", &options->secrets, err) < 0 ||
		api_as_of(request, &options->as_of, err) < 0)
		return -1;
	if (options->secrets && request->role < ROLE_ADMIN)
		return err_set(err, ERR_DENIED, "secrets are shown to the role 'admin' only");
	options->resolved |= options->explain;
	if (options->resolved && options->as_of)
		return err_field(err, ERR_INVALID, "as_of",
			"what was inherited then is not kept; leave out 'resolved' and 'explain'");
	if (fields) {
		strv_split(&ret->fields, fields, ",");
		options->fields = &ret->fields;
	}
	return 0;
}

/* What was inherited has versions of its own, and what was is not what is. */
static int has_already(const struct request *request, const struct item_type *type,
	const char *name, const struct query_options *options, int64_t *ret, struct err *err)
{
	*ret = 0;
	if (options->resolved || options->as_of || !request_header(request, "If-None-Match"))
		return 0;
	if (db_item_version(request->server->db, type, name, ret, err) < 0)
		return -1;
	return precondition_has(request, *ret);
}

int api_get(struct request *request, const struct item_type *type, const char *name,
	struct response *response, struct err *err)
{
	AUTO(api_read) struct api_read read = {.fields = STRV_INIT};
	AUTO(query_text) struct query_text item = QUERY_TEXT_INIT;
	int same;

	if (api_read_begin(request, &read, err) < 0)
		return -1;
	same = has_already(request, type, name, &read.options, &item.version, err);
	if (same < 0 ||
		(!same && query_item(request->server, type, name, &read.options, &item, err) < 0))
		return -1;
	if (item.version)
		response_header(response, "ETag", "\"v%lld\"", (long long)item.version);
	if (same)
		response->status = 304;
	else
		response_json_text_take(response, 200, &item.text);
	return 0;
}

/* Writing */

void auto_api_write(struct api_write *write)
{
	strbuf_done(&write->diff);
}

static int check_there(const struct request *request, const struct edit *edit, struct err *err)
{
	int64_t version = 0;

	if (db_item_version(request->server->db, edit->type, edit->name, &version, err) < 0)
		return -1;
	if (version == 0)
		return err_set(err, ERR_STALE, "there is no %s '%s'", edit->type->name, edit->name);
	return 0;
}

int api_write_begin(const struct request *request, const struct item_type *type, const char *name,
	struct api_write *ret, struct err *err)
{
	struct edit *edit = &ret->edit;

	ret->diff = (struct strbuf)STRBUF_INIT;
	ret->unpublished = ERR_INIT;
	*edit = (struct edit){.author = &request->author,
		.type = type,
		.name = name,
		.unpublished = &ret->unpublished};
	if ((!type && api_find_type(request, &edit->type, err) < 0) ||
		request_flag(request, "dry_run", &ret->dry_run, err) < 0 ||
		request_flag(request, "confirm", &edit->confirm, err) < 0 ||
		precondition_version(request, &edit->expect, err) < 0)
		return -1;
	if (ret->dry_run)
		edit->preview = &ret->diff;
	return precondition_wants_any(request) && name ? check_there(request, edit, err) : 0;
}

void api_item_take(struct response *response, int status, json_t *item)
{
	const json_t *version = json_object_get(item, "version");

	if (json_is_integer(version))
		response_header(
			response, "ETag", "\"v%lld\"", (long long)json_integer_value(version));
	response_json_take(response, status, item);
}

void api_created_take(struct response *response, const struct item_type *type, json_t *item)
{
	autostrbuf name = STRBUF_INIT;
	const char *text = json_get_str(item, "name");

	strbuf_add_url(&name, text ? text : "");
	response_header(response, "Location", "/api/v1/%s/%s", type->plural, name.buf);
	api_item_take(response, 201, item);
}

void api_say_unpublished(const struct err *why, struct response *response)
{
	if (why->code != ERR_NONE)
		response_header(response, HEADER_UNPUBLISHED, "%s", why->msg);
}

void api_write_answer_take(
	struct api_write *write, int status, json_t *item, struct response *response)
{
	json_t *answer;

	api_say_unpublished(&write->unpublished, response);
	if (write->dry_run) {
		answer = json_pack("{s:b,s:o}", "dry_run", 1, "item", item ? item : json_null());
		json_set_str(answer, "diff", write->diff.buf);
		response_json_take(response, 200, answer);
	} else if (!item) {
		response->status = 204;
	} else if (status == 201) {
		api_created_take(response, write->edit.type, item);
	} else {
		api_item_take(response, status, item);
	}
}
