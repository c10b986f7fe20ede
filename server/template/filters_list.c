/* Filters on lists and dictionaries. */
#include "template/attribute.h"

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

static int filter_join(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct value between;
	struct list *items;

	if (rd_items(r, &c->args[0], &items) < 0 || arg_str(r, c, 1, "", &between) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++) {
		struct value v;

		if (i)
			strbuf_add(&b, between.s, between.len);
		if (rd_tick(r) < 0 || attribute_get(r, &c->args[2], items->v[i], &v) < 0 ||
			rd_print(r, &v, &b) < 0 || rd_fits(r, &b) < 0)
			return -1;
	}
	return rd_take(r, &b, ret);
}

/* The attributes of "a,b" as one list to sort by. */
static int multi_key(struct render *r, const struct value *paths, struct value item,
	bool ignore_case, struct value *ret)
{
	struct list *keys = list_new(&r->arena, 1);
	struct value path = *paths;
	struct value v;

	if (path.kind != VALUE_STRING) {
		if (attribute_key(r, &path, item, ignore_case, &v) < 0)
			return -1;
		list_add(keys, v);
		*ret = value_list(keys);
		return 0;
	}
	for (const char *p = path.s, *end = path.s + path.len; p <= end;) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		const char *stop = comma ? comma : end;

		path = value_str(p, (size_t)(stop - p));
		if (attribute_key(r, &path, item, ignore_case, &v) < 0)
			return -1;
		list_add(keys, v);
		p = stop + 1;
	}
	*ret = value_list(keys);
	return 0;
}

static int sort_list(struct render *r, struct list *items, const struct value *attribute,
	bool ignore_case, bool many, struct sort_item **ret)
{
	struct sort_item *v;

	if (rd_check_size(r, items->n * sizeof(*v)) < 0)
		return -1;
	v = arena_alloc(&r->arena, items->n * sizeof(*v));
	for (size_t i = 0; i < items->n; i++) {
		int status =
			many ? multi_key(r, attribute, items->v[i], ignore_case, &v[i].key)
			     : attribute_key(r, attribute, items->v[i], ignore_case, &v[i].key);

		if (status < 0 || rd_spend(r, 1) < 0)
			return -1;
		v[i].value = items->v[i];
	}
	*ret = v;
	return 0;
}

static struct value sorted_values(struct render *r, const struct sort_item *v, size_t n)
{
	struct list *list = list_new(&r->arena, n);

	for (size_t i = 0; i < n; i++)
		list_add(list, v[i].value);
	return value_list(list);
}

static int filter_sort(struct render *r, struct call *c, struct value *ret)
{
	struct sort_item *v;
	struct list *items;
	bool reverse;
	bool case_sensitive;

	if (arg_bool(r, c, 1, false, &reverse) < 0 ||
		arg_bool(r, c, 2, false, &case_sensitive) < 0 ||
		rd_items(r, &c->args[0], &items) < 0 ||
		sort_list(r, items, &c->args[3], !case_sensitive, true, &v) < 0 ||
		sort_items(r, v, items->n, reverse) < 0)
		return -1;
	*ret = sorted_values(r, v, items->n);
	return 0;
}

static int filter_unique(struct render *r, struct call *c, struct value *ret)
{
	struct dict *seen = dict_new(&r->arena);
	struct list *list = list_new(&r->arena, 0);
	struct list *items;
	bool case_sensitive;

	if (arg_bool(r, c, 1, false, &case_sensitive) < 0 || rd_items(r, &c->args[0], &items) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++) {
		struct value key;

		if (rd_spend(r, 1) < 0 ||
			attribute_key(r, &c->args[2], items->v[i], !case_sensitive, &key) < 0)
			return -1;
		if (!value_hashable(&key))
			return rd_fail(r, "'unique' cannot compare a %s", value_type_name(&key));
		if (dict_get(seen, &key))
			continue;
		dict_set(seen, key, value_none());
		list_add(list, items->v[i]);
	}
	*ret = value_iterator(list, "unique");
	return 0;
}

static int extreme(struct render *r, struct call *c, int sign, struct value *ret)
{
	struct value best = VALUE_INIT;
	struct list *items;
	bool case_sensitive;

	if (arg_bool(r, c, 1, false, &case_sensitive) < 0 || rd_items(r, &c->args[0], &items) < 0)
		return -1;
	*ret = value_undefined_hint(
		&r->arena, "the list is empty, so it has no smallest or largest");
	for (size_t i = 0; i < items->n; i++) {
		struct value key;
		int order = -sign;

		if (rd_tick(r) < 0 ||
			attribute_key(r, &c->args[2], items->v[i], !case_sensitive, &key) < 0)
			return -1;
		if (i && rd_order(r, &best, &key, &order) < 0)
			return -1;
		if (order * sign < 0) {
			best = key;
			*ret = items->v[i];
		}
	}
	return 0;
}

static int filter_max(struct render *r, struct call *c, struct value *ret)
{
	return extreme(r, c, 1, ret);
}

static int filter_min(struct render *r, struct call *c, struct value *ret)
{
	return extreme(r, c, -1, ret);
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

static int filter_dictsort(struct render *r, struct call *c, struct value *ret)
{
	struct value which = value_int(0);
	struct value pairs;
	struct sort_item *v;
	struct list *items;
	bool case_sensitive;
	bool reverse;
	struct value by;

	if (arg_bool(r, c, 1, false, &case_sensitive) < 0 || arg_str(r, c, 2, "key", &by) < 0 ||
		arg_bool(r, c, 3, false, &reverse) < 0 || filter_items(r, c, &pairs) < 0)
		return -1;
	if (!strcmp(by.s, "value"))
		which = value_int(1);
	else if (strcmp(by.s, "key") != 0)
		return rd_fail(r, "'dictsort' sorts by 'key' or 'value', not '%.100s'", by.s);
	if (rd_items(r, &pairs, &items) < 0 ||
		sort_list(r, items, &which, !case_sensitive, false, &v) < 0 ||
		sort_items(r, v, items->n, reverse) < 0)
		return -1;
	*ret = sorted_values(r, v, items->n);
	return 0;
}

/* The attribute, or the filter's default where there is none. */
static int group_key(struct render *r, const struct call *c, struct value item, bool ignore_case,
	struct value *ret)
{
	struct call lower = {.name = "lower", .args = ret, .n = 1};

	if (attribute_get(r, &c->args[1], item, ret) < 0)
		return -1;
	if (ret->kind == VALUE_UNDEFINED && arg_given(c, 2))
		*ret = c->args[2];
	return ignore_case && ret->kind == VALUE_STRING ? rd_call_filter(r, "lower", &lower, ret)
	                                                : 0;
}

/* Neighbours with equal keys as (key, [items]), which has .grouper and .list. */
static int group_sorted(
	struct render *r, struct call *c, const struct sort_item *v, size_t n, struct list *groups)
{
	struct list *group = NULL;

	for (size_t i = 0; i < n; i++) {
		bool same = false;

		if (i && rd_equal(r, &v[i].key, &v[i - 1].key, &same) < 0)
			return -1;
		if (!same) {
			struct value pair;
			struct value name;

			group = list_new(&r->arena, 0);
			if (group_key(r, c, v[i].value, false, &name) < 0)
				return -1;
			pair = value_pair(&r->arena, name, value_list(group));
			pair.list->label = "group";
			list_add(groups, pair);
		}
		list_add(group, v[i].value);
	}
	return 0;
}

static int filter_groupby(struct render *r, struct call *c, struct value *ret)
{
	struct list *groups = list_new(&r->arena, 0);
	struct list *items;
	struct sort_item *v;
	bool case_sensitive;

	if (arg_bool(r, c, 3, false, &case_sensitive) < 0 || rd_items(r, &c->args[0], &items) < 0 ||
		rd_check_size(r, items->n * sizeof(*v)) < 0)
		return -1;
	v = arena_alloc(&r->arena, items->n * sizeof(*v));
	for (size_t i = 0; i < items->n; i++) {
		v[i].value = items->v[i];
		if (rd_tick(r) < 0 || group_key(r, c, items->v[i], !case_sensitive, &v[i].key) < 0)
			return -1;
	}
	*ret = value_list(groups);
	if (sort_items(r, v, items->n, false) < 0)
		return -1;
	return group_sorted(r, c, v, items->n, groups);
}

const struct builtin filters_list[] = {
	{.name = "length", .fn = filter_length},
	{.name = "count", .fn = filter_length},
	{.name = "list", .fn = filter_list},
	{.name = "first", .fn = filter_first},
	{.name = "last", .fn = filter_last},
	{.name = "reverse", .fn = filter_reverse},
	{.name = "join", .fn = filter_join, .params = {"d", "attribute"}},
	{.name = "sort", .fn = filter_sort, .params = {"reverse", "case_sensitive", "attribute"}},
	{.name = "unique", .fn = filter_unique, .params = {"case_sensitive", "attribute"}},
	{.name = "max", .fn = filter_max, .params = {"case_sensitive", "attribute"}},
	{.name = "min", .fn = filter_min, .params = {"case_sensitive", "attribute"}},
	{.name = "sum", .fn = filter_sum, .params = {"attribute", "start"}},
	{.name = "batch", .fn = filter_batch, .params = {"linecount", "fill_with"}, .required = 1},
	{.name = "slice", .fn = filter_slice, .params = {"slices", "fill_with"}, .required = 1},
	{.name = "items", .fn = filter_items, .takes_undefined = true},
	{.name = "dictsort", .fn = filter_dictsort, .params = {"case_sensitive", "by", "reverse"}},
	{.name = "groupby",
		.fn = filter_groupby,
		.params = {"attribute", "default", "case_sensitive"},
		.required = 1},
	{.name = NULL},
};
