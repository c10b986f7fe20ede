/* Filters on lists and dictionaries. */
#include "template/attribute.h"
#include "template/utf8.h"

#include <string.h>

static int filter_length(struct render *r, struct call *c, struct value *ret)
{
	size_t n;

	if (rd_length(r, &c->args[0], &n) < 0)
		return -1;
	*ret = value_size(n);
	return 0;
}

static int filter_list(struct render *r, struct call *c, struct value *ret)
{
	struct list *items;
	struct list *copy;

	if (rd_items(r, &c->args[0], &items) < 0)
		return -1;
	copy = list_new(&r->arena, items->n);
	for (size_t i = 0; i < items->n; i++) {
		if (rd_tick(r) < 0)
			return -1;
		list_add(copy, items->v[i]);
	}
	*ret = value_list(copy);
	return 0;
}

static int filter_first(struct render *r, struct call *c, struct value *ret)
{
	struct value *from = &c->args[0];
	struct list *items;

	if (from->kind == VALUE_ITERATOR && from->list->pos < from->list->n) {
		*ret = from->list->v[from->list->pos++];
		return 0;
	}
	if (rd_items(r, from, &items) < 0)
		return -1;
	*ret = items->n ? items->v[0]
	                : value_undefined_hint(&r->arena, "'first' found nothing: it is empty");
	return 0;
}

static int filter_last(struct render *r, struct call *c, struct value *ret)
{
	struct list *items;

	if (c->args[0].kind == VALUE_ITERATOR)
		return rd_fail(r, "'last' needs a list; add |list");
	if (rd_items(r, &c->args[0], &items) < 0)
		return -1;
	*ret = items->n ? items->v[items->n - 1]
	                : value_undefined_hint(&r->arena, "'last' found nothing: it is empty");
	if (c->args[0].kind == VALUE_STRING) /* Jinja indexes it; a loop gives plain text */
		ret->safe = c->args[0].safe;
	return 0;
}

static int reverse_string(struct render *r, const struct value *s, struct value *ret)
{
	struct list *chars;
	char *text = rd_text(r, s->len);
	char *to = text;

	if (!text || rd_items(r, s, &chars) < 0)
		return -1;
	for (size_t i = chars->n; i > 0; i--) {
		if (rd_tick(r) < 0)
			return -1;
		memcpy(to, chars->v[i - 1].s, chars->v[i - 1].len);
		to += chars->v[i - 1].len;
	}
	*to = '\0';
	*ret = value_str(text, s->len);
	ret->safe = s->safe;
	return 0;
}

static int filter_reverse(struct render *r, struct call *c, struct value *ret)
{
	struct list *items;
	struct list *list;

	if (c->args[0].kind == VALUE_STRING)
		return reverse_string(r, &c->args[0], ret);
	if (rd_items(r, &c->args[0], &items) < 0)
		return -1;
	list = list_new(&r->arena, items->n);
	for (size_t i = items->n; i > 0; i--) {
		if (rd_tick(r) < 0)
			return -1;
		list_add(list, items->v[i - 1]);
	}
	*ret = value_iterator(list, "reverse");
	return 0;
}

/* The characters of a text: a list of them would be many times as long. */
static int join_characters(
	struct render *r, const struct value *s, const struct value *between, struct value *ret)
{
	size_t from = r->out->len;

	for (size_t i = 0; i < s->len;) {
		size_t n = utf8_len(s->s + i, s->len - i);

		if (i)
			strbuf_add(r->out, between->s, between->len);
		strbuf_add(r->out, s->s + i, n);
		if (rd_tick(r) < 0 || rd_fits_since(r, from) < 0)
			return -1;
		i += n;
	}
	return rd_cut(r, from, ret);
}

static int filter_join(struct render *r, struct call *c, struct value *ret)
{
	size_t from = r->out->len;
	struct value between;
	struct list *items;

	if (arg_str(r, c, 1, "", &between) < 0)
		return -1;
	if (c->args[0].kind == VALUE_STRING && c->args[2].kind == VALUE_ABSENT)
		return rd_spend(r, c->args[0].len / 16) < 0
		               ? -1
		               : join_characters(r, &c->args[0], &between, ret);
	if (rd_items(r, &c->args[0], &items) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++) {
		struct value v;

		if (i)
			strbuf_add(r->out, between.s, between.len);
		if (rd_tick(r) < 0 || attribute_get(r, &c->args[2], items->v[i], &v) < 0 ||
			rd_print(r, &v, r->out) < 0 || rd_fits_since(r, from) < 0)
			return -1;
	}
	return rd_cut(r, from, ret);
}

static int filter_sum(struct render *r, struct call *c, struct value *ret)
{
	struct value total = c->args[2].kind == VALUE_ABSENT ? value_int(0) : c->args[2];
	struct list *items;

	if (total.kind == VALUE_STRING)
		return rd_fail(r, "'sum' cannot add texts; use join");
	if (rd_items(r, &c->args[0], &items) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++) {
		struct value v;

		if (rd_tick(r) < 0 || attribute_get(r, &c->args[1], items->v[i], &v) < 0 ||
			rd_binary(r, OP_ADD, &total, &v, &total) < 0)
			return -1;
	}
	*ret = total;
	return 0;
}

static int filter_batch(struct render *r, struct call *c, struct value *ret)
{
	struct list *rows = list_new(&r->arena, 0);
	struct list *row = NULL;
	struct list *items;
	int64_t n;

	if (arg_int(r, c, 1, 1, &n) < 0 || rd_items(r, &c->args[0], &items) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++) {
		if (rd_tick(r) < 0)
			return -1;
		if (!row || (int64_t)row->n == n) {
			row = list_new(&r->arena, 0);
			list_add(rows, value_list(row));
		}
		list_add(row, items->v[i]);
	}
	while (row && arg_given(c, 2) && (int64_t)row->n < n) {
		if (rd_spend(r, 1) < 0)
			return -1;
		list_add(row, c->args[2]);
	}
	*ret = value_iterator(rows, "batch");
	return 0;
}

static int filter_slice(struct render *r, struct call *c, struct value *ret)
{
	struct list *columns = list_new(&r->arena, 0);
	struct list *items;
	size_t at = 0;
	size_t n;
	int64_t wanted;

	if (arg_int(r, c, 1, 1, &wanted) < 0 || rd_items(r, &c->args[0], &items) < 0)
		return -1;
	if (!wanted)
		return rd_fail(r, "'slice' needs at least one slice");
	n = wanted > 0 ? (size_t)wanted : 0;
	for (size_t i = 0; i < n; i++) {
		struct list *column = list_new(&r->arena, 0);
		size_t take = items->n / n + (i < items->n % n);

		if (rd_spend(r, 1) < 0)
			return -1;
		while (take--)
			list_add(column, items->v[at++]);
		if (arg_given(c, 2) && i >= items->n % n)
			list_add(column, c->args[2]);
		list_add(columns, value_list(column));
	}
	*ret = value_iterator(columns, "slice");
	return 0;
}

static int filter_items(struct render *r, struct call *c, struct value *ret)
{
	struct list *list = list_new(&r->arena, 0);
	struct dict *dict = c->args[0].dict;

	if (c->args[0].kind != VALUE_UNDEFINED) {
		if (c->args[0].kind != VALUE_DICT)
			return rd_fail(
				r, "'items' needs a dict, not %s", value_type_name(&c->args[0]));
		dict_open(dict);
		if (rd_spend(r, dict->n) < 0)
			return -1;
		for (size_t i = 0; i < dict->n; i++)
			list_add(list, value_pair(&r->arena, dict->v[i].key, dict->v[i].value));
	}
	*ret = value_iterator(list, "items");
	return 0;
}

const struct builtin filters_list[] = {
	{.name = "length", .fn = filter_length},
	{.name = "count", .fn = filter_length},
	{.name = "list", .fn = filter_list},
	{.name = "first", .fn = filter_first},
	{.name = "last", .fn = filter_last},
	{.name = "reverse", .fn = filter_reverse},
	{.name = "join", .fn = filter_join, .params = {"d", "attribute"}},
	{.name = "sum", .fn = filter_sum, .params = {"attribute", "start"}},
	{.name = "batch", .fn = filter_batch, .params = {"linecount", "fill_with"}, .required = 1},
	{.name = "slice", .fn = filter_slice, .params = {"slices", "fill_with"}, .required = 1},
	{.name = "items", .fn = filter_items, .takes_undefined = true},
	{.name = NULL},
};
