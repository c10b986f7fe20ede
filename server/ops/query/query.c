#include "ops/query/query.h"

#include "base/json.h"
#include "model/types.h"
#include "ops/query/kept_chains.h"
#include "ops/query/query_filter.h"
#include "ops/query/query_json.h"
#include "ops/query/query_page.h"

#include <string.h>

enum { LIMIT_DEFAULT = 1000, LIMIT_MAX = 10000 };

static int one_item(struct server *server, const struct item_type *type, const char *name,
	const struct query_options *options, struct item **ret, struct err *err)
{
	if (options->as_of)
		return db_item_get_at(server->db, type, name, options->as_of, ret, err);
	return db_item_get(server->db, type, name, ret, err);
}

int query_item(struct server *server, const struct item_type *type, const char *name,
	const struct query_options *options, struct query_text *ret, struct err *err)
{
	AUTO(members) struct members members = {.explain = false};
	AUTO(chain) struct chain *chain = NULL;
	autoitem struct item *item = NULL;

	if (members_parse(type, options, &members, err) < 0)
		return -1;
	if (members.resolved) {
		if (chain_load(server, type, name, &chain, err) < 0)
			return -1;
		members_print(&members, chain_end(chain)->item, chain_end(chain), &ret->text);
		return 0;
	}
	if (one_item(server, type, name, options, &item, err) < 0)
		return -1;
	members_print(&members, item, NULL, &ret->text);
	ret->version = options->as_of ? 0 : item->version;
	return 0;
}

void query_text_done(struct query_text *text)
{
	strbuf_done(&text->text);
	free(text->next);
	text->next = NULL;
}

/* A list that is being made. */
struct listing {
	struct server *server;
	const struct query_list *query;
	struct filters filters;
	struct members members;
	struct order order;
	size_t limit;
	struct strbuf items;
	size_t n;
	char *next;        /* once there is more than the page */
	char *last;        /* the cursor of the last item */
	struct rows rows;  /* where the order is not the store's */
	bool filters_left; /* that the store cannot tell */
};

static void listing_done(struct listing *list)
{
	filters_done(&list->filters);
	members_done(&list->members);
	order_done(&list->order);
	rows_done(&list->rows);
	strbuf_done(&list->items);
	free(list->next);
	free(list->last);
}

/* Nothing in `ret` where nobody asks what the item comes to. */
static int resolve_item(
	struct listing *list, const struct item *item, struct kept_resolved *ret, struct err *err)
{
	return list->members.resolved ? kept_resolve(list->server, item, ret, err) : 0;
}

/* 1: the page was full already, which shows that there is more. */
static int add_to_page(
	struct listing *list, const struct item *item, const struct resolved *resolved)
{
	if (list->n == list->limit) {
		list->next = TAKE(list->last);
		return 1;
	}
	if (list->n)
		strbuf_addc(&list->items, ',');
	members_print(&list->members, item, resolved, &list->items);
	if (++list->n == list->limit)
		list->last = order_cursor(&list->order, item, resolved);
	return 0;
}

/* The store's order: item after item, until the page is full. Failing without an error ends it. */
static int add_in_order(void *ctx, struct item *item, struct err *err)
{
	struct listing *list = ctx;
	AUTO(kept_resolved) struct kept_resolved is = {.resolved = NULL};

	if (resolve_item(list, item, &is, err) < 0)
		return -1;
	if (!filters_fit(&list->filters, item, is.resolved, false))
		return 0;
	return add_to_page(list, item, is.resolved) ? -1 : 0;
}

static int list_in_order(struct listing *list, struct err *err)
{
	const struct db_query query = {
		.type = list->query->type,
		.filter = list->filters.stored,
		.filters = list->filters.n_stored,
		.after = list->order.after,
		.limit = list->filters_left ? 0 : list->limit + 1,
		.sort = list->order.field,
		.after_value = list->order.after_value,
		.descending = list->order.descending,
	};

	if (db_item_list(list->server->db, &query, add_in_order, list, err) < 0 && !list->next)
		return -1;
	return 0;
}

/* Another order: the names and values of all that fit, sorted, and then a page of them. */
static int add_row(void *ctx, struct item *item, struct err *err)
{
	struct listing *list = ctx;
	AUTO(kept_resolved) struct kept_resolved is = {.resolved = NULL};

	if (resolve_item(list, item, &is, err) < 0)
		return -1;
	if (filters_fit(&list->filters, item, is.resolved, list->query->options.as_of != 0))
		rows_add(&list->rows, &list->order, item, is.resolved);
	return 0;
}

static int gather_rows(struct listing *list, struct err *err)
{
	const struct db_query query = {
		.type = list->query->type,
		.filter = list->filters.stored,
		.filters = list->filters.n_stored,
	};
	int64_t as_of = list->query->options.as_of;

	if (as_of)
		return db_item_list_at(
			list->server->db, list->query->type, as_of, add_row, list, err);
	return db_item_list(list->server->db, &query, add_row, list, err);
}

/* One that was removed meanwhile is left out, as if it had been asked for a moment later. */
static int add_row_to_page(struct listing *list, const char *name, int *full, struct err *err)
{
	autoitem struct item *item = NULL;
	AUTO(kept_resolved) struct kept_resolved is = {.resolved = NULL};
	struct err why = ERR_INIT;

	if (one_item(list->server, list->query->type, name, &list->query->options, &item, &why) < 0)
		return why.code == ERR_NOT_FOUND ? 0 : err_set(err, why.code, "%s", why.msg);
	if (resolve_item(list, item, &is, err) < 0)
		return -1;
	*full = add_to_page(list, item, is.resolved);
	return 0;
}

static int list_sorted(struct listing *list, struct err *err)
{
	size_t at;
	int full = 0;

	if (gather_rows(list, err) < 0)
		return -1;
	rows_sort(&list->rows, &list->order);
	for (at = rows_after(&list->rows, &list->order); at < list->rows.n && !full; at++)
		if (add_row_to_page(list, list->rows.row[at].name, &full, err) < 0)
			return -1;
	return 0;
}

static size_t page_limit(size_t wanted)
{
	if (!wanted)
		return LIMIT_DEFAULT;
	return wanted < LIMIT_MAX ? wanted : LIMIT_MAX;
}

static int make_list(struct listing *list, struct err *err)
{
	const struct query_list *query = list->query;

	if (members_parse(query->type, &query->options, &list->members, err) < 0 ||
		filters_parse(query, &list->filters, err) < 0 ||
		order_parse(query, &list->order, err) < 0)
		return -1;
	list->filters_left = list->filters.n_stored < list->filters.n;
	if (list->order.stored)
		return list_in_order(list, err);
	return list_sorted(list, err);
}

int query_items(struct server *server, const struct query_list *query, struct query_text *ret,
	struct err *err)
{
	struct listing list = {
		.server = server,
		.query = query,
		.limit = page_limit(query->limit),
		.items = STRBUF_INIT,
	};
	int result;

	strbuf_adds(&list.items, "{\"items\":[");
	result = make_list(&list, err);
	if (result == 0) {
		strbuf_adds(&list.items, "],\"next\":");
		if (list.next)
			json_print_str(list.next, &list.items);
		strbuf_adds(&list.items, list.next ? "}" : "null}");
		ret->text = list.items;
		list.items = (struct strbuf)STRBUF_INIT;
		ret->next = TAKE(list.next);
	}
	listing_done(&list);
	return result;
}
