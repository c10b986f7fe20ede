#include "ops/query/query_page.h"

#include <string.h>

/* A cursor is the last item's name, and its value where there is one: "web7", "web7=2048". No name
 * has a '='; the value is percent-encoded. */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL: not percent-encoded. */
static char *decode(const char *text)
{
	autostrbuf plain = STRBUF_INIT;

	for (; *text; text++) {
		if (*text != '%') {
			strbuf_addc(&plain, *text);
			continue;
		}
		if (hex(text[1]) < 0 || hex(text[2]) < 0)
			return NULL;
		strbuf_addc(&plain, (char)(hex(text[1]) * 16 + hex(text[2])));
		text += 2;
	}
	return strbuf_take(&plain);
}

static int parse_cursor(const char *text, struct order *ret, struct err *err)
{
	const char *equals = strchr(text, '=');

	ret->after = equals ? xstrndup(text, (size_t)(equals - text)) : xstrdup(text);
	if (!equals)
		return 0;
	ret->after_value = decode(equals + 1);
	if (ret->after_value && ret->field)
		return 0;
	return err_field(err, ERR_INVALID, "after",
		"'%.60s' is not the \"next\" of a page in this order", text);
}

/* What every item has: a number, or text. */
static char *head_text(const struct field *field, const struct item *item)
{
	if (field == db_head_field("version"))
		return xasprintf("%lld", (long long)item->version);
	if (field == db_head_field("ctime") || field == db_head_field("mtime"))
		return xasprintf("%.17g", *(const double *)item_at_const(item, field));
	return xstrdup_null(*(char *const *)item_at_const(item, field));
}

/* NULL: unset. */
static char *value_text(
	const struct order *order, const struct item *item, const struct resolved *resolved)
{
	const struct resolved_value *value;
	autostrbuf text = STRBUF_INIT;
	const void *at;

	if (!order->field || db_head_field(order->field->name))
		return order->field ? head_text(order->field, item) : NULL;
	value = resolved ? resolved_get(resolved, order->field->name) : NULL;
	at = resolved ? value ? value->at : NULL : item_at_const(item, order->field);
	if (!at || !value_ops(order->field->kind)->is_set(at))
		return NULL;
	value_ops(order->field->kind)->to_text(at, &text);
	return strbuf_take(&text);
}

char *order_cursor(
	const struct order *order, const struct item *item, const struct resolved *resolved)
{
	autofree char *value = value_text(order, item, resolved);
	autostrbuf text = STRBUF_INIT;

	strbuf_adds(&text, item->name);
	if (value) {
		strbuf_addc(&text, '=');
		strbuf_add_url(&text, value);
	}
	return strbuf_take(&text);
}

static int find_field(
	const struct item_type *type, const char *name, const struct field **ret, struct err *err)
{
	*ret = NULL;
	if (strcmp(name, "name") == 0)
		return 0;
	*ret = db_head_field(name);
	if (*ret)
		return 0;
	*ret = item_field_checked(type, name, err);
	if (!*ret)
		return err_wrap(err, "sort");
	if ((*ret)->flags & FIELD_SECRET) /* whose order, and the cursor, would tell it */
		return err_field(err, ERR_INVALID, "sort",
			"'%.60s' is secret; sort by something else", (*ret)->name);
	if ((*ret)->kind == VALUE_STRING || (*ret)->kind == VALUE_INT || (*ret)->kind == VALUE_BOOL)
		return 0;
	return err_field(err, ERR_INVALID, "sort",
		"'%.60s' is a %s, which has no order; sort by a text, a number or a truth",
		(*ret)->name, value_ops((*ret)->kind)->name);
}

int order_parse(const struct query_list *query, struct order *ret, struct err *err)
{
	const char *sort = query->sort ? query->sort : "name";
	const struct query_options *options = &query->options;

	ret->descending = *sort == '-';
	if (find_field(query->type, sort + ret->descending, &ret->field, err) < 0)
		return -1;
	ret->stored = !options->as_of &&
	              (!ret->field || !options->resolved || db_head_field(ret->field->name));
	return query->after ? parse_cursor(query->after, ret, err) : 0;
}

void order_done(struct order *order)
{
	free(order->after);
	free(order->after_value);
	order->after = order->after_value = NULL;
}

void rows_add(struct rows *rows, const struct order *order, const struct item *item,
	const struct resolved *resolved)
{
	if (rows->n == rows->alloc) {
		rows->alloc = rows->alloc ? 2 * rows->alloc : 64;
		rows->row = xreallocarray(rows->row, rows->alloc, sizeof(*rows->row));
	}
	rows->row[rows->n++] = (struct row){
		.name = xstrdup(item->name), .value = value_text(order, item, resolved)};
}

static bool is_number(const struct field *field)
{
	return field->kind == VALUE_INT || field == db_head_field("version") ||
	       field == db_head_field("ctime") || field == db_head_field("mtime");
}

static int compare_values(const struct field *field, const char *a, const char *b)
{
	double x, y;

	if (!a || !b)
		return (a != NULL) - (b != NULL);
	if (!is_number(field))
		return strcmp(a, b); /* false comes before true */
	x = strtod(a, NULL);
	y = strtod(b, NULL);
	return (x > y) - (x < y);
}

static int compare(const struct row *a, const struct row *b, const struct order *order)
{
	int result = order->field ? compare_values(order->field, a->value, b->value) : 0;

	if (result == 0)
		result = strcmp(a->name, b->name);
	return order->descending ? -result : result;
}

static int compare_rows(const void *a, const void *b, void *order)
{
	return compare(a, b, order);
}

void rows_sort(struct rows *rows, const struct order *order)
{
	struct order by = *order;

	if (rows->n)
		qsort_r(rows->row, rows->n, sizeof(*rows->row), compare_rows, &by);
}

size_t rows_after(const struct rows *rows, const struct order *order)
{
	const struct row last = {.name = order->after, .value = order->after_value};
	size_t at = 0;

	while (order->after && at < rows->n && compare(&rows->row[at], &last, order) <= 0)
		at++;
	return at;
}

void rows_done(struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		free(rows->row[i].name);
		free(rows->row[i].value);
	}
	free(rows->row);
}
