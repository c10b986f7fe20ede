/* Reading items: lists and single ones. Changing them: api_item_writes.c. */
#include "http/api.h"
#include "http/tables.h"

#include <string.h>

/* The arguments that are no argument of the row are filters. */
static void take_filters(const struct request *request, struct query_list *query, const char **name,
	const char **value)
{
	for (size_t i = 0; i < request->target.n_args; i++) {
		const struct target_arg *arg = &request->target.arg[i];

		if (route_arg(request->route, arg->name))
			continue;
		name[query->n] = arg->name;
		value[query->n++] = arg->value;
	}
	query->name = name;
	query->value = value;
}

/* Link: <the same request, after this page>; rel="next" (RFC 8288). */
static void link_next(const struct request *request, const char *next, struct response *response)
{
	autostrbuf link = STRBUF_INIT;

	strbuf_addf(&link, "%s?after=", request->target.path);
	strbuf_add_url(&link, next);
	for (size_t i = 0; i < request->target.n_args; i++) {
		const struct target_arg *arg = &request->target.arg[i];

		if (strcmp(arg->name, "after") == 0)
			continue;
		strbuf_addc(&link, '&');
		strbuf_add_url(&link, arg->name);
		strbuf_addc(&link, '=');
		strbuf_add_url(&link, arg->value);
	}
	response_header(response, "Link", "<%s>; rel=\"next\"", link.buf);
}

static int list_items(struct request *request, struct response *response, struct err *err)
{
	const char *name[GUARD_ARGS_MAX], *value[GUARD_ARGS_MAX];
	AUTO(api_read) struct api_read read = {.fields = STRV_INIT};
	struct query_list query = {.n = 0};
	AUTO(query_text) struct query_text page = QUERY_TEXT_INIT;
	int64_t limit = 0;

	if (api_find_type(request, &query.type, err) < 0 ||
		api_read_begin(request, &read, err) < 0 ||
		request_number(request, "limit", &limit, err) < 0)
		return -1;
	query.options = read.options;
	query.limit = (size_t)limit;
	query.after = target_arg(&request->target, "after");
	query.sort = target_arg(&request->target, "sort");
	take_filters(request, &query, name, value);
	if (query_items(request->server, &query, &page, err) < 0)
		return -1;
	if (page.next)
		link_next(request, page.next, response);
	response_json_text_take(response, 200, &page.text);
	return 0;
}

static int get_item(struct request *request, struct response *response, struct err *err)
{
	const struct item_type *type;

	if (api_find_type(request, &type, err) < 0)
		return -1;
	return api_get(request, type, request_param(request, "name"), response, err);
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/{type}", ROLE_READ, list_items, "list{Types}",
		"Items in the order of their names, or of ?sort=, page by page. Any field filters: "
		"FIELD=x, FIELD=web*, >=512, <=, >, <, !x; FIELD= is unset or empty, FIELD=! set. "
		"A list fits where one element does, a map by a key or key=value; a secret by "
		"FIELD= and FIELD=! only, unless secrets are shown.",
		.args = ARGS(NUMBER("limit", 1, 10000, "items of a page; without, 1000"),
			TEXT("after", "\"next\" of the page before"),
			TEXT("sort", "a field's name; with - before it in descending order"),
			ARGS_RESOLVE, ARGS_READ),
		.answer = "{Type}Page", .flags = ROUTE_FILTERS),
	API_ROUTE(HTTP_GET, "/api/v1/{type}/{name}", ROLE_READ, get_item, "get{Type}", "An item.",
		.args = ARGS(ARGS_RESOLVE, ARGS_READ), .answer = "{Type}Read", .flags = ROUTE_ETAG),
};
const struct route_table api_item_routes = {rows, ARRAY_SIZE(rows)};
