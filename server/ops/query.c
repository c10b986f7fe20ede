#include "ops/query.h"

#include "base/json.h"
#include "model/types.h"
#include "ops/chain.h"
#include "ops/supervise.h"
#include "ops/sync.h"

#include <string.h>

enum { LIMIT_DEFAULT = 1000, LIMIT_MAX = 10000, FILTERS_MAX = 32 };

#define VERSION_TEXT "0.1"

static unsigned json_flags(const struct query_options *options)
{
	return options->secrets ? ITEM_JSON_SECRETS : 0;
}

static bool wants_chain(const struct query_options *options)
{
	return options->resolved || options->explain;
}

int query_item(struct server *server, const struct item_type *type, const char *name,
	const struct query_options *options, json_t **ret, struct err *err)
{
	AUTO(chain) struct chain *chain = NULL;
	autoitem struct item *item = NULL;

	if (!wants_chain(options)) {
		if (db_item_get(server->db, type, name, &item, err) < 0)
			return -1;
		*ret = item_to_json(item, json_flags(options));
		return 0;
	}
	if (chain_load(server, type, name, &chain, err) < 0)
		return -1;
	*ret = resolved_to_json(chain_end(chain), json_flags(options), options->explain);
	return 0;
}

int query_settings(
	struct server *server, const struct query_options *options, json_t **ret, struct err *err)
{
	return query_item(server, &settings_type, settings_type.name, options, ret, err);
}

/* Two letters before one, so that ">=" is not taken for ">". */
static const struct {
	const char *prefix;
	enum db_compare compare;
} comparisons[] = {
	{">=", DB_GREATER_EQUAL},
	{"<=", DB_LESS_EQUAL},
	{">", DB_GREATER},
	{"<", DB_LESS},
	{"!", DB_NOT},
};

/* `canonical` receives the text to compare with where it is not the text that was given. */
static void parse_comparison(const char *text, struct db_filter *ret, char **canonical)
{
	const struct field *field = ret->field;

	ret->compare = strpbrk(text, "*?[") ? DB_GLOB : DB_EQUAL;
	for (size_t i = 0; i < ARRAY_SIZE(comparisons); i++) {
		size_t len = strlen(comparisons[i].prefix);

		if (strncmp(text, comparisons[i].prefix, len) == 0) {
			ret->compare = comparisons[i].compare;
			text += len;
			break;
		}
	}
	ret->text = text;
	/* "52-54-00-AA-00-01" finds 52:54:00:aa:00:01 */
	if (ret->compare == DB_EQUAL && field && field->check && *text &&
		field->check(text, canonical, NULL) == 0 && *canonical)
		ret->text = *canonical;
}

static int find_field(
	const struct item_type *type, const char *name, const struct field **ret, struct err *err)
{
	*ret = NULL;
	if (strcmp(name, "name") == 0)
		return 0;
	*ret = item_field(type, name);
	if (!*ret && type->child)
		*ret = item_field(item_types[type->child], name);
	if (!*ret)
		*ret = item_field_checked(type, name, err); /* for its message */
	return *ret ? 0 : -1;
}

struct filters {
	struct db_filter filter[FILTERS_MAX];
	char *canonical[FILTERS_MAX];
};

static void auto_filters(struct filters *filters)
{
	for (size_t i = 0; i < FILTERS_MAX; i++)
		free(filters->canonical[i]);
}

static int parse_filters(const struct query_list *query, struct filters *ret, struct err *err)
{
	if (query->n > FILTERS_MAX)
		return err_set(err, ERR_TOO_BIG, "more than %d filters", FILTERS_MAX);
	for (size_t i = 0; i < query->n; i++) {
		if (find_field(query->type, query->name[i], &ret->filter[i].field, err) < 0)
			return -1;
		parse_comparison(query->value[i], &ret->filter[i], &ret->canonical[i]);
	}
	return 0;
}

struct page {
	struct server *server;
	const struct query_list *query;
	size_t limit;
	json_t *items;
	char *next; /* the last name of the page, once there is more */
};

static void auto_page(struct page *page)
{
	json_decref(page->items);
	free(page->next);
}

static int item_json(
	const struct page *page, const struct item *item, json_t **ret, struct err *err)
{
	AUTO(chain) struct chain *chain = NULL;
	const struct query_options *options = &page->query->options;

	if (!wants_chain(options)) {
		*ret = item_to_json(item, json_flags(options));
		return 0;
	}
	if (chain_of_take(page->server, item_copy(item), &chain, err) < 0)
		return err_wrap(err, "%s '%s'", item->type->name, item->name);
	*ret = resolved_to_json(chain_end(chain), json_flags(options), options->explain);
	return 0;
}

static int add_to_page(void *ctx, struct item *item, struct err *err)
{
	struct page *page = ctx;
	size_t n = json_array_size(page->items);
	json_t *json;

	if (n == page->limit) { /* one more than the page: it only shows that there is more */
		page->next = xstrdup(json_get_str(json_array_get(page->items, n - 1), "name"));
		return 0;
	}
	if (item_json(page, item, &json, err) < 0)
		return -1;
	json_array_append_new(page->items, json);
	return 0;
}

static size_t page_limit(size_t wanted)
{
	if (!wanted)
		return LIMIT_DEFAULT;
	return wanted < LIMIT_MAX ? wanted : LIMIT_MAX;
}

int query_items(
	struct server *server, const struct query_list *query, json_t **ret, struct err *err)
{
	AUTO(filters) struct filters filters = {.canonical = {NULL}};
	AUTO(page)
	struct page page = {
		.server = server,
		.query = query,
		.limit = page_limit(query->limit),
		.items = json_array(),
	};
	struct db_query list = {
		.type = query->type,
		.filter = filters.filter,
		.filters = query->n,
		.after = query->after,
		.limit = page.limit + 1,
	};

	if (parse_filters(query, &filters, err) < 0 ||
		db_item_list(server->db, &list, add_to_page, &page, err) < 0)
		return -1;
	*ret = json_object();
	json_object_set(*ret, "items", page.items);
	json_object_set_new(*ret, "next", page.next ? json_string(page.next) : json_null());
	return 0;
}

static int count_items(struct server *server, json_t *counts, struct err *err)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];
		int64_t n;

		if (!item_type_is_listed(type))
			continue;
		if (db_count(server->db, type, &n, err) < 0)
			return -1;
		json_object_set_new(counts, type->plural, json_integer(n));
	}
	return 0;
}

/* A supervisor that does not answer is something that a status has to show, not to die of. */
static json_t *services_json(struct server *server)
{
	struct err err = ERR_INIT;
	json_t *services;

	if (!server->config.managed)
		return json_string("external");
	if (supervise_status(server->config.supervisor, &services, &err) < 0)
		return json_sprintf("not known: %s", err.msg);
	return services;
}

int query_status(struct server *server, json_t **ret, struct err *err)
{
	autojson json_t *counts = json_object();

	if (count_items(server, counts, err) < 0)
		return -1;
	*ret = json_object();
	json_set_str(*ret, "version", VERSION_TEXT);
	json_object_set_new(*ret, "revision", json_integer(db_revision(server->db)));
	json_object_set_new(*ret, "published", sync_published(server));
	json_object_set(*ret, "counts", counts);
	json_object_set_new(*ret, "services", services_json(server));
	return 0;
}
