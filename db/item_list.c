/* Lists: one SELECT, with the children merged in as it is read. */
#include "db/store.h"

#include <string.h>

/* The children of the items as they come: both are read in the order of the items' names, so one
 * statement serves all. */
struct merge {
	sqlite3_stmt *stmt;
	const struct item_type *type;
	int owner; /* its column */
	int row;   /* what the last step gave */
};

static int merge_begin(
	struct merge *merge, sqlite3_stmt *stmt, const struct db_query *query, struct err *err)
{
	merge->stmt = stmt;
	merge->type = item_types[query->type->child];
	merge->owner = CHILD_HEAD + (int)merge->type->n_fields;
	stmt_bind_text(stmt, 1, query->after ? query->after : "");
	merge->row = stmt_step(stmt, err);
	return merge->row < 0 ? -1 : 0;
}

static int merge_into(struct merge *merge, struct item *item, struct err *err)
{
	while (merge->row > 0) {
		int order = strcmp(stmt_text(merge->stmt, merge->owner), item->name);

		if (order > 0)
			return 0;
		if (order == 0) {
			struct item *child = item_new(merge->type, stmt_text(merge->stmt, 0));

			item_child_add_take(item, child);
			if (row_read_fields(merge->stmt, CHILD_HEAD, child, err) < 0)
				return -1;
		}
		merge->row = stmt_step(merge->stmt, err);
	}
	return merge->row;
}

struct listing {
	struct db *db;
	struct conn *conn;
	const struct db_query *query;
	int (*each)(void *ctx, struct item *item, struct err *err);
	void *ctx;
};

/* With filters few items may come from many, and each one's children are looked up by index. */
static int list_rows(
	const struct listing *list, sqlite3_stmt *stmt, struct merge *merge, struct err *err)
{
	int row;

	while ((row = stmt_step(stmt, err)) > 0) {
		autoitem struct item *item = NULL;

		if (row_read_item(stmt, list->query->type, &item, err) < 0)
			return -1;
		if ((merge->stmt ? merge_into(merge, item, err)
				 : load_children(list->db, list->conn, item, err)) < 0)
			return -1;
		if (list->each(list->ctx, item, err) < 0)
			return -1;
	}
	return row;
}

static int list_items(const struct listing *list, struct err *err)
{
	const struct db_query *query = list->query;
	const struct type_sql *child = &list->db->sql[query->type->child];
	autostrbuf sql = STRBUF_INIT;
	autostmt *stmt = NULL;
	autostmt *children = NULL;
	struct merge merge = {.stmt = NULL};

	if (query_check(query, err) < 0)
		return -1;
	query_sql(list->db, query, &sql);
	stmt = stmt_get_made(list->conn, sql.buf, err);
	if (!stmt || query_bind(stmt, query, err) < 0)
		return -1;
	if (query->type->child && !query->filters && !query_sorts(query) && !query->descending) {
		children = stmt_get(list->conn, child->children_from, err);
		if (!children || merge_begin(&merge, children, query, err) < 0)
			return -1;
	}
	return list_rows(list, stmt, &merge, err);
}

int db_item_list(struct db *db, const struct db_query *query,
	int (*each)(void *ctx, struct item *item, struct err *err), void *ctx, struct err *err)
{
	struct listing list = {.db = db, .query = query, .each = each, .ctx = ctx};
	bool begun;
	int result;

	list.conn = reader_take(db, err);
	if (!list.conn)
		return -1;
	result = read_begin(list.conn, &begun, err);
	if (result == 0)
		result = read_end(list.conn, begun, list_items(&list, err), err);
	reader_give(db, list.conn);
	return result;
}
