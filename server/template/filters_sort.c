/* Filters that order and compare the items of a list by a key. */
#include "template/attribute.h"

#include <string.h>

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

static int filter_dictsort(struct render *r, struct call *c, struct value *ret)
{
	struct call dict_items = {.name = "items", .args = c->args, .n = 1};
	struct value which = value_int(0);
	struct value pairs;
	struct sort_item *v;
	struct list *items;
	bool case_sensitive;
	bool reverse;
	struct value by;

	if (arg_bool(r, c, 1, false, &case_sensitive) < 0 || arg_str(r, c, 2, "key", &by) < 0 ||
		arg_bool(r, c, 3, false, &reverse) < 0 ||
		rd_call_filter(r, "items", &dict_items, &pairs) < 0)
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

const struct builtin filters_sort[] = {
	{.name = "sort", .fn = filter_sort, .params = {"reverse", "case_sensitive", "attribute"}},
	{.name = "unique", .fn = filter_unique, .params = {"case_sensitive", "attribute"}},
	{.name = "max", .fn = filter_max, .params = {"case_sensitive", "attribute"}},
	{.name = "min", .fn = filter_min, .params = {"case_sensitive", "attribute"}},
	{.name = "dictsort", .fn = filter_dictsort, .params = {"case_sensitive", "by", "reverse"}},
	{.name = "groupby",
		.fn = filter_groupby,
		.params = {"attribute", "default", "case_sensitive"},
		.required = 1},
	{.name = NULL},
};
