/* One operation of the document: a route's row, for one item type where it is for all. */
#include "base/json.h"
#include "http/api.h"
#include "http/auth.h"
#include "http/openapi.h"

#include <ctype.h>
#include <string.h>

/* Puts the type's name in the place of {Type} and {Types}. */
static char *of_type(const char *text, const struct item_type *type)
{
	static const struct {
		const char *word;
		bool plural;
	} words[] = {{"{Type}", false}, {"{Types}", true}};
	autostrbuf out = STRBUF_INIT;

	while (*text) {
		size_t len = 1;

		for (size_t i = 0; type && i < ARRAY_SIZE(words); i++) {
			if (strncmp(text, words[i].word, strlen(words[i].word)) == 0) {
				autofree char *name = openapi_type_name(type, words[i].plural);

				strbuf_adds(&out, name);
				len = strlen(words[i].word);
				break;
			}
		}
		if (len == 1)
			strbuf_addc(&out, *text);
		text += len;
	}
	return strbuf_take(&out);
}

/* Arguments */

static json_t *parameter(const char *name, const char *in, const char *help, json_t *schema)
{
	json_t *object = json_pack(
		"{s:s,s:s,s:s,s:o}", "name", name, "in", in, "description", help, "schema", schema);

	if (strcmp(in, "path") == 0)
		json_object_set_new(object, "required", json_true());
	return object;
}

static json_t *text_schema(void)
{
	return json_pack("{s:s}", "type", "string");
}

static json_t *arg_schema(const struct arg *arg)
{
	switch (arg->kind) {
	case ARG_TEXT:
		return text_schema();
	case ARG_FLAG:
		return json_pack(
			"{s:[s,s,s,s],s:s}", "enum", "", "1", "0", "true", "type", "string");
	case ARG_NUMBER:
		return json_pack("{s:s,s:I,s:I}", "type", "integer", "minimum",
			(json_int_t)arg->min, "maximum", (json_int_t)arg->max);
	}
	return json_object();
}

static void add_filter(json_t *list, const char *name, const char *help)
{
	autofree char *text = xasprintf("only items where this fits: %s", help);

	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_get_str(json_array_get(list, i), "name"), name) == 0)
			return;
	json_array_append_new(list, parameter(name, "query", text, text_schema()));
}

static void add_filters(json_t *list, const struct item_type *type)
{
	for (size_t i = 0; i < API_HEAD_FILTERS; i++)
		add_filter(list, api_head_filters[i].name, api_head_filters[i].help);
	for (size_t i = 0; i < type->n_fields; i++)
		add_filter(list, type->fields[i].name, type->fields[i].help);
	if (!type->child)
		return;
	for (size_t i = 0; i < item_types[type->child]->n_fields; i++)
		add_filter(list, item_types[type->child]->fields[i].name,
			item_types[type->child]->fields[i].help);
}

static void add_headers(json_t *list, unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *name, *help;
	} headers[] = {
		{ROUTE_IF_MATCH, "If-Match",
			"the ETag that the item must have, or *: another version is 412"},
		{ROUTE_IF_NONE, "If-None-Match", "*: only where there is no such item, else 412"},
		{ROUTE_ETAG, "If-None-Match",
			"an ETag that the caller has: 304 where it is current"},
		{ROUTE_KEYED, "Idempotency-Key",
			"1 to 255 visible characters, new for each change: the same request sent "
			"again within 24 hours does nothing and gets the first one's answer, with "
			"Idempotency-Replayed: true"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
		if (flags & headers[i].flag)
			json_array_append_new(list, parameter(headers[i].name, "header",
							    headers[i].help, text_schema()));
}

/* {name} in the path, and in the path as it is documented no {type} is left. */
static void add_path_parameters(json_t *list, const char *path)
{
	for (const char *open = strchr(path, '{'); open; open = strchr(open + 1, '{')) {
		size_t len = strcspn(open + 1, "}");
		autofree char *name = xstrndup(open + 1, len);
		autofree char *help = xasprintf("the %s", name);

		json_array_append_new(list, parameter(name, "path", help, text_schema()));
	}
}

static json_t *parameters(const struct route *route, const struct item_type *type, const char *path)
{
	json_t *list = json_array();

	add_path_parameters(list, path);
	for (const struct arg *arg = route->args; arg && arg->name; arg++)
		json_array_append_new(
			list, parameter(arg->name, "query", arg->help, arg_schema(arg)));
	if (type && (route->flags & ROUTE_FILTERS))
		add_filters(list, type);
	add_headers(list, route->flags);
	return list;
}

/* Bodies and answers */

static json_t *content(const char *type, json_t *schema)
{
	return json_pack("{s:{s:o}}", type, "schema", schema);
}

static json_t *body(const struct route *route, const struct item_type *type)
{
	autofree char *name = of_type(route->body, type);
	json_t *schema = openapi_ref(name);
	json_t *body;

	if (route->flags & ROUTE_BODY_NAMED)
		schema = json_pack("{s:[o],s:[s]}", "allOf", schema, "required", "name");
	body = json_pack("{s:o,s:b}", "content", content("application/json", schema), "required",
		!(route->flags & ROUTE_BODY_FREE));
	if (route->max_body)
		json_object_set_new(body, "x-max-body", json_integer((json_int_t)route->max_body));
	if (route->method == HTTP_PATCH)
		json_object_set_new(json_object_get(body, "content"),
			"application/merge-patch+json",
			json_pack("{s:o}", "schema", openapi_ref(name)));
	return body;
}

static const char *status_text(int status)
{
	switch (status) {
	case 201:
		return "made";
	case 202:
		return "begun";
	case 204:
		return "done; no body";
	default:
		return "done";
	}
}

static json_t *answer_content(const char *answer)
{
	if (strchr(answer, '/'))
		return content(answer, text_schema());
	if (islower((unsigned char)*answer))
		return content("application/json", json_pack("{s:s}", "type", answer));
	return content("application/json", openapi_ref(answer));
}

static void add_header(json_t *response, const char *name, const char *help)
{
	json_t *headers = json_object_get(response, "headers");

	if (!headers) {
		headers = json_object();
		json_object_set_new(response, "headers", headers);
	}
	json_object_set_new(headers, name,
		json_pack("{s:s,s:o}", "description", help, "schema", text_schema()));
}

static void add_response(json_t *responses, const struct route *route, int status, json_t *content)
{
	char code[16];
	json_t *response = json_pack("{s:s}", "description", status_text(status));

	snprintf(code, sizeof(code), "%d", status);
	if (route->flags & (ROUTE_ETAG | ROUTE_IF_MATCH) && status != 204)
		add_header(response, "ETag", "of the item's version, for If-Match");
	if (route->flags & ROUTE_FILTERS)
		add_header(response, "Link", "rel=\"next\": the next page (RFC 8288)");
	if (route->flags & ROUTE_KEYED) {
		add_header(response, "Idempotency-Replayed",
			"true: nothing was done, this is the first request's answer again");
		add_header(response, HEADER_UNPUBLISHED,
			"why what is stored now could not be published; machines get what they got "
			"before");
	}
	if (status == 201 || status == 202)
		add_header(response, "Location", "of what was made");
	if (content)
		json_object_set_new(response, "content", content);
	json_object_set_new(responses, code, response);
}

/* What else than the row's status a success can be. */
static void add_other_successes(json_t *responses, const struct route *route, const char *answer)
{
	int status = route->status ? route->status : 200;
	json_t *any;

	if (route->flags & ROUTE_ETAG)
		json_object_set_new(responses, "304",
			json_pack("{s:s}", "description", "as the caller has it; no body"));
	if (!answer)
		return;
	if (status == 202 || status == 204) {
		add_response(responses, route, 200, answer_content(answer));
	} else if (status == 201 || route_arg(route, "dry_run")) {
		any = json_pack("{s:[o]}", "anyOf", openapi_ref(answer));
		if (route_arg(route, "dry_run") && route->flags & ROUTE_KEYED)
			json_array_append_new(json_object_get(any, "anyOf"), openapi_ref("DryRun"));
		add_response(responses, route, 200, content("application/json", any));
	}
	if (status == 204 && route_arg(route, "dry_run"))
		json_object_set_new(json_object_get(responses, "200"), "content",
			content("application/json",
				json_pack("{s:[o,o]}", "anyOf", openapi_ref(answer),
					openapi_ref("DryRun"))));
}

static json_t *responses(const struct route *route, const struct item_type *type)
{
	autofree char *answer = route->answer ? of_type(route->answer, type) : NULL;
	int status = route->status ? route->status : 200;
	json_t *responses = json_object();

	add_response(
		responses, route, status, answer && status != 204 ? answer_content(answer) : NULL);
	add_other_successes(responses, route, answer);
	json_object_set_new(
		responses, "default", json_pack("{s:s}", "$ref", "#/components/responses/Problem"));
	return responses;
}

json_t *openapi_operation(const struct route *route, const struct item_type *type, const char *path)
{
	autofree char *id = of_type(route->operation, type);
	json_t *object = json_pack("{s:s,s:s,s:s}", "operationId", id, "description", route->help,
		"x-role", role_name(route->role));

	json_object_set_new(object, "tags", json_pack("[s]", type ? type->plural : "server"));
	json_object_set_new(object, "parameters", parameters(route, type, path));
	if (route->body)
		json_object_set_new(object, "requestBody", body(route, type));
	json_object_set_new(object, "responses", responses(route, type));
	return object;
}
