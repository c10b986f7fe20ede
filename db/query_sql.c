/*
 * The SELECT of a query: filters, order and where the last page ended. Its parameters are ?1 after,
 * ?2 limit, ?3 the value to sort by of `after`, then two for each filter.
 */
#include "db/filter.h"

#include <string.h>

static int filter_parameter(size_t filter)
{
	return 4 + 2 * (int)filter;
}

/* The condition on a value, where it has `column`: a list fits where one of its elements does, and
 * a map's filter is "key" or "key=value". A key alone has no value. */
static void add_comparison(
	struct strbuf *b, const struct db_filter *filter, const char *column, int at)
{
	static const char *const operators[] = {
		[DB_EQUAL] = "=",
		[DB_GLOB] = "GLOB",
		[DB_LESS] = "<",
		[DB_LESS_EQUAL] = "<=",
		[DB_GREATER] = ">",
		[DB_GREATER_EQUAL] = ">=",
		[DB_NOT] = NULL,
	};
	const struct field *field = filter_field(filter);
	const char *op = operators[filter_compare(filter)];

	switch (field->kind) {
	case VALUE_STRING:
	case VALUE_TEXT:
	case VALUE_INT:
	case VALUE_BOOL:
		strbuf_addf(b, "%s %s ?%d", column, op, at);
		if (field->flags & FIELD_UNIQUE)
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
				", json_each(CASE e.type WHEN 'array' THEN e.value"
				" ELSE json_array(e.value) END) v"
				" WHERE e.key = ?%d AND v.type = 'text' AND v.atom %s ?%d)",
				at, op, at + 1);
		else
			strbuf_addf(b, " WHERE e.key %s ?%d)", op, at);
		return;
	}
}

static void add_is_set(struct strbuf *b, const struct field *field, const char *column)
{
	switch (field->kind) {
	case VALUE_STRING:
	case VALUE_TEXT:
		strbuf_addf(b, "%s <> ''", column);
		return;
	case VALUE_INT:
	case VALUE_BOOL:
		strbuf_addf(b, "%s IS NOT NULL", column);
		return;
	case VALUE_LIST:
	case VALUE_NUMBERS:
		strbuf_addf(b, "%s <> '[]'", column);
		return;
	case VALUE_MAP:
		strbuf_addf(b, "%s <> '{}'", column);
		return;
	}
}

static void add_condition(
	struct strbuf *b, const struct db_filter *filter, const char *column, int at)
{
	if (filter_asks_if_set(filter))
		add_is_set(b, filter_field(filter), column);
	else
		add_comparison(b, filter, column, at);
}

/*
 * Rows of another table that have the owner's name. Where its index finds few, they are asked
 * first; whether there is any at all is asked for each item, as far as the page goes.
 */
static void add_other_table(struct strbuf *b, const struct db_filter *filter,
	const struct item_type *type, const char *table, const char *condition)
{
	const char *not = filter_negates(filter) ? "NOT " : "";

	if (filter_asks_if_set(filter))
		strbuf_addf(b, "%sEXISTS (SELECT 1 FROM %s o WHERE o.\"%s\" = %s.name AND %s)", not,
			table, type->name, type->plural, condition);
	else
		strbuf_addf(b, "name %sIN (SELECT \"%s\" FROM %s WHERE %s)", not, type->name, table,
			condition);
}

static void add_list_filter(
	struct strbuf *b, const struct db_filter *filter, const struct item_type *type, int at)
{
	autofree char *table = xasprintf("%s_%s", type->plural, filter->field->name);
	/* of the names, not of the list that they make */
	const struct field element = {.name = "value", .kind = VALUE_STRING};
	const struct db_filter one = {&element, filter->compare, filter->text};
	autostrbuf condition = STRBUF_INIT;

	add_condition(&condition, &one, "value", at);
	add_other_table(b, filter, type, table, condition.buf);
}

static void add_filter(
	struct strbuf *b, const struct item_type *type, const struct db_filter *filter, int at)
{
	const struct field *field = filter_field(filter);
	autofree char *column = xasprintf("\"%s\"", field->name);
	autostrbuf condition = STRBUF_INIT;

	strbuf_adds(b, " AND ");
	if (!is_field_of(type, field)) {
		add_condition(&condition, filter, column, at);
		add_other_table(b, filter, type, item_types[type->child]->plural, condition.buf);
		return;
	}
	if (field_is_ref_list(field)) {
		add_list_filter(b, filter, type, at);
		return;
	}
	add_condition(&condition, filter, column, at);
	strbuf_addf(b, "(%s)%s", condition.buf, filter_negates(filter) ? " IS NOT TRUE" : "");
}

/* What comes after the last page's end. Every name is greater than '', and so the index is walked
 * in order from the start, too. */
static void add_after(struct strbuf *b, const struct db_query *query, const char *sort)
{
	const char *op = query->descending ? "<" : ">";

	if (!query->after && (query->descending || sort))
		strbuf_adds(b, "TRUE");
	else if (!sort)
		strbuf_addf(b, "name %s ?1", op);
	else if (query->after_value)
		strbuf_addf(b, "((%s, name) %s (?3, ?1)%s%s%s)", sort, op,
			query->descending ? " OR " : "", query->descending ? sort : "",
			query->descending ? " IS NULL" : "");
	else
		strbuf_addf(b, "(%s IS NULL AND name %s ?1%s%s%s)", sort, op,
			query->descending ? "" : " OR ", query->descending ? "" : sort,
			query->descending ? "" : " IS NOT NULL");
}

bool query_sorts(const struct db_query *query)
{
	return query->sort && query->sort != db_head_field("name");
}

static void add_order(struct strbuf *b, const struct db_query *query, const char *sort)
{
	const char *down = query->descending ? " DESC" : "";

	strbuf_adds(b, " ORDER BY ");
	if (sort)
		strbuf_addf(b, "%s%s, ", sort, down);
	strbuf_addf(b, "name%s", down);
}

/* Without an index all that fit are sorted: only their ids then, and of the page the rest. */
void query_sql(const struct db *db, const struct db_query *query, struct strbuf *ret)
{
	autofree char *sort = query_sorts(query) ? xasprintf("\"%s\"", query->sort->name) : NULL;
	const char *table = query->type->plural;

	strbuf_addf(ret, "SELECT %s FROM %s WHERE ", db->sql[query->type->kind].columns, table);
	if (sort)
		strbuf_addf(ret, "id IN (SELECT id FROM %s WHERE ", table);
	add_after(ret, query, sort);
	for (size_t i = 0; i < query->filters; i++)
		add_filter(ret, query->type, &query->filter[i], filter_parameter(i));
	add_order(ret, query, sort);
	strbuf_adds(ret, " LIMIT ?2");
	if (!sort)
		return;
	strbuf_addc(ret, ')');
	add_order(ret, query, sort);
}

static void bind_map(sqlite3_stmt *stmt, int at, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals) {
		stmt_bind_text(stmt, at, text);
		return;
	}
	stmt_bind_take(stmt, at, xstrndup(text, (size_t)(equals - text)));
	stmt_bind_text(stmt, at + 1, equals + 1);
}

static int bind_value(
	sqlite3_stmt *stmt, int at, const struct field *field, const char *text, struct err *err)
{
	double real;
	bool truth;

	switch (field->kind) {
	case VALUE_STRING:
	case VALUE_TEXT:
	case VALUE_LIST:
		stmt_bind_text(stmt, at, text);
		return 0;
	case VALUE_INT:
	case VALUE_NUMBERS:
		if (parse_real(text, &real) < 0)
			break;
		stmt_bind_real(stmt, at, real);
		return 0;
	case VALUE_BOOL:
		if (parse_bool(text, &truth) < 0)
			break;
		stmt_bind_int(stmt, at, truth);
		return 0;
	case VALUE_MAP:
		bind_map(stmt, at, text);
		return 0;
	}
	return err_field(err, ERR_INVALID, field->name, "'%.60s' is no value of it", text);
}

static int bind_filter(sqlite3_stmt *stmt, int at, const struct db_filter *filter, struct err *err)
{
	const struct field *field = filter_field(filter);
	bool number = field->kind == VALUE_INT || field->kind == VALUE_NUMBERS;

	if (db_filter_check(filter, err) < 0)
		return -1;
	if (filter_asks_if_set(filter))
		return 0;
	if (number && filter_compare(filter) == DB_GLOB) {
		stmt_bind_text(stmt, at, filter->text);
		return 0;
	}
	return bind_value(stmt, at, field, filter->text, err);
}

static bool is_sortable(enum value_kind kind)
{
	return kind == VALUE_STRING || kind == VALUE_TEXT || kind == VALUE_INT ||
	       kind == VALUE_BOOL;
}

static int bind_sort(sqlite3_stmt *stmt, const struct db_query *query, struct err *err)
{
	const struct field *sort = query->sort;
	char *end = NULL;
	long long whole;

	if (!query->after || !query->after_value)
		return 0;
	/* a number past 2^53 is none that a fraction could hold */
	whole = strtoll(query->after_value, &end, 10);
	if (sort->kind == VALUE_INT && *query->after_value && !*end) {
		stmt_bind_int(stmt, 3, whole);
		return 0;
	}
	return bind_value(stmt, 3, sort, query->after_value, err);
}

int query_check(const struct db_query *query, struct err *err)
{
	if (query_sorts(query) &&
		(!is_field_of(query->type, query->sort) || !is_sortable(query->sort->kind)))
		return err_field(err, ERR_INVALID, query->sort->name,
			"%s have no order by it; a text, number or truth of their own has one",
			query->type->plural);
	return 0;
}

int query_bind(sqlite3_stmt *stmt, const struct db_query *query, struct err *err)
{
	stmt_bind_text(stmt, 1, query->after ? query->after : "");
	stmt_bind_int(stmt, 2, query->limit ? (int64_t)query->limit : -1);
	if (query_sorts(query) && bind_sort(stmt, query, err) < 0)
		return -1;
	for (size_t i = 0; i < query->filters; i++)
		if (bind_filter(stmt, filter_parameter(i), &query->filter[i], err) < 0)
			return -1;
	return 0;
}
