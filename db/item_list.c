/* Lists: one SELECT made from the filters, with the children merged in as it is read. */
#include "db/store.h"

#include <string.h>

static const char *const operators[] = {
	[DB_EQUAL] = "=",
	[DB_GLOB] = "GLOB",
	[DB_LESS] = "<",
	[DB_LESS_EQUAL] = "<=",
	[DB_GREATER] = ">",
	[DB_GREATER_EQUAL] = ">=",
	[DB_NOT] = "=", /* NOT stands before the whole */
};

/* Parameters: ?1 after, ?2 limit, then two for each filter. */
static int filter_parameter(size_t filter)
{
	return 3 + 2 * (int)filter;
}

static const char *filter_operator(const struct db_filter *filter)
{
	bool glob = filter->compare == DB_NOT && strpbrk(filter->text, "*?[");

	return operators[glob ? DB_GLOB : filter->compare];
}

/* The condition on `column` of one kind; a list fits where one of its elements does, and a map's
 * filter is "key" or "key=value". */
static void add_condition(
	struct strbuf *b, const struct db_filter *filter, const char *column, int at)
{
	const char *op = filter_operator(filter);

	switch (filter->field ? filter->field->kind : VALUE_STRING) {
	case VALUE_STRING:
	case VALUE_TEXT:
	case VALUE_INT:
	case VALUE_BOOL:
		strbuf_addf(b, "%s %s ?%d", column, op, at);
		if (filter->field && (filter->field->flags & FIELD_UNIQUE))
			strbuf_addf(b, " AND %s <> ''", column); /* as its index says */
		return;
	case VALUE_LIST:
	case VALUE_NUMBERS:
		strbuf_addf(b, "EXISTS (SELECT 1 FROM json_each(%s) e WHERE e.atom %s ?%d)", column,
			op, at);
		return;
	case VALUE_MAP:
		strbuf_addf(b, "EXISTS (SELECT 1 FROM json_each(%s) e", column);
		if (strchr(filter->text, '='))
			strbuf_addf(b,
				", json_each(%s, e.fullkey) v"
				" WHERE e.key = ?%d AND v.atom %s ?%d)",
				column, at, op, at + 1);
		else
			strbuf_addf(b, " WHERE e.key %s ?%d)", op, at);
		return;
	}
}

static bool is_field_of(const struct item_type *type, const struct field *field)
{
	return !field || (field >= type->fields && field < type->fields + type->n_fields);
}

static void add_filter(
	struct strbuf *b, const struct item_type *type, const struct db_filter *filter, int at)
{
	autofree char *column = xasprintf("\"%s\"", filter->field ? filter->field->name : "name");
	bool negate = filter->compare == DB_NOT;
	const struct item_type *child = item_types[type->child];

	strbuf_adds(b, " AND ");
	if (is_field_of(type, filter->field)) {
		strbuf_addc(b, '(');
		add_condition(b, filter, column, at);
		strbuf_adds(b, negate ? ") IS NOT TRUE" : ")");
		return;
	}
	strbuf_addf(b, "name %sIN (SELECT \"%s\" FROM %s WHERE ", negate ? "NOT " : "", type->name,
		child->plural);
	add_condition(b, filter, column, at);
	strbuf_addc(b, ')');
}

void query_sql(const struct db *db, const struct db_query *query, struct strbuf *ret)
{
	strbuf_addf(ret, "SELECT %s FROM %s WHERE name > ?1", db->sql[query->type->kind].columns,
		query->type->plural);
	for (size_t i = 0; i < query->filters; i++)
		add_filter(ret, query->type, &query->filter[i], filter_parameter(i));
	strbuf_adds(ret, " ORDER BY name LIMIT ?2");
}

static int wrong_text(const struct db_filter *filter, const char *wanted, struct err *err)
{
	return err_field(
		err, ERR_INVALID, filter->field->name, "'%.60s' is not %s", filter->text, wanted);
}

static int bind_number(sqlite3_stmt *stmt, int at, const struct db_filter *filter, struct err *err)
{
	char *end;
	double value = strtod(filter->text, &end);

	if (end == filter->text || *end)
		return wrong_text(filter, "a number", err);
	stmt_bind_real(stmt, at, value);
	return 0;
}

static int bind_bool(sqlite3_stmt *stmt, int at, const struct db_filter *filter, struct err *err)
{
	struct opt_bool value = {.set = false};

	if (value_ops(VALUE_BOOL)->from_text(&value, filter->text, NULL) < 0)
		return wrong_text(filter, "true or false", err);
	stmt_bind_int(stmt, at, value.value);
	return 0;
}

static void bind_map(sqlite3_stmt *stmt, int at, const struct db_filter *filter)
{
	const char *equals = strchr(filter->text, '=');

	if (!equals) {
		stmt_bind_text(stmt, at, filter->text);
		return;
	}
	stmt_bind_take(stmt, at, xstrndup(filter->text, (size_t)(equals - filter->text)));
	stmt_bind_text(stmt, at + 1, equals + 1);
}

static int bind_filter(sqlite3_stmt *stmt, int at, const struct db_filter *filter, struct err *err)
{
	switch (filter->field ? filter->field->kind : VALUE_STRING) {
	case VALUE_STRING:
	case VALUE_TEXT:
	case VALUE_LIST:
		stmt_bind_text(stmt, at, filter->text);
		return 0;
	case VALUE_INT:
	case VALUE_NUMBERS:
		if (strcmp(filter_operator(filter), "GLOB") != 0)
			return bind_number(stmt, at, filter, err);
		stmt_bind_text(stmt, at, filter->text);
		return 0;
	case VALUE_BOOL:
		return bind_bool(stmt, at, filter, err);
	case VALUE_MAP:
		bind_map(stmt, at, filter);
		return 0;
	}
	return 0;
}

static int bind_query(sqlite3_stmt *stmt, const struct db_query *query, struct err *err)
{
	stmt_bind_text(stmt, 1, query->after ? query->after : "");
	stmt_bind_int(stmt, 2, query->limit ? (int64_t)query->limit : -1);
	for (size_t i = 0; i < query->filters; i++)
		if (bind_filter(stmt, filter_parameter(i), &query->filter[i], err) < 0)
			return -1;
	return 0;
}

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
	autonewstmt *stmt = NULL;
	autostmt *children = NULL;
	struct merge merge = {.stmt = NULL};

	query_sql(list->db, query, &sql);
	stmt = stmt_new(list->conn, sql.buf, err);
	if (!stmt || bind_query(stmt, query, err) < 0)
		return -1;
	if (query->type->child && !query->filters) {
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
