/* Methods of lists, tuples and dictionaries. */
#include "template/attribute.h"

#include <string.h>

static int list_append(struct render *r, struct call *c, struct value *ret)
{
	list_add(c->args[0].list, c->args[1]);
	*ret = value_none();
	return rd_spend(r, 1);
}

static int list_extend(struct render *r, struct call *c, struct value *ret)
{
	struct list *items;
	size_t n;

	if (rd_items(r, &c->args[1], &items) < 0)
		return -1;
	n = items->n; /* it may be the list itself */
	for (size_t i = 0; i < n; i++)
		list_add(c->args[0].list, items->v[i]);
	*ret = value_none();
	return 0;
}

/* An index counted from the end where it is negative, clamped into the list. */
static size_t clamp(int64_t i, size_t n)
{
	if (i < 0)
		i += (int64_t)n;
	return i < 0 ? 0 : (size_t)i > n ? n : (size_t)i;
}

static int list_insert_at(struct render *r, struct call *c, struct value *ret)
{
	struct list *list = c->args[0].list;
	int64_t i;

	list_open(list);
	if (arg_int(r, c, 1, 0, &i) < 0)
		return -1;
	list_insert(list, clamp(i, list->n), c->args[2]);
	*ret = value_none();
	return rd_spend(r, list->n / 64 + 1);
}

static int list_pop(struct render *r, struct call *c, struct value *ret)
{
	struct list *list = c->args[0].list;
	int64_t i;

	list_open(list);
	if (arg_int(r, c, 1, -1, &i) < 0)
		return -1;
	if (i < 0)
		i += (int64_t)list->n;
	if (i < 0 || (size_t)i >= list->n)
		return rd_fail(r, "pop: the list has no such element");
	*ret = list->v[i];
	list_remove(list, (size_t)i);
	return rd_spend(r, list->n / 64 + 1);
}

/* Where the value stands, from 0; n where it does not. */
static int find_value(struct render *r, struct call *c, size_t *ret)
{
	struct list *list = c->args[0].list;

	list_open(list);
	for (*ret = 0; *ret < list->n; ++*ret) {
		bool same;

		if (rd_equal(r, &list->v[*ret], &c->args[1], &same) < 0)
			return -1;
		if (same)
			break;
	}
	return 0;
}

static int list_index(struct render *r, struct call *c, struct value *ret)
{
	size_t i;

	if (find_value(r, c, &i) < 0)
		return -1;
	if (i == c->args[0].list->n)
		return rd_fail(r, "%s: the value is not in the list", c->name);
	*ret = value_size(i);
	return 0;
}

static int list_remove_value(struct render *r, struct call *c, struct value *ret)
{
	if (list_index(r, c, ret) < 0)
		return -1;
	list_remove(c->args[0].list, (size_t)ret->i);
	*ret = value_none();
	return 0;
}

static int list_count(struct render *r, struct call *c, struct value *ret)
{
	struct list *list = c->args[0].list;
	int64_t n = 0;

	list_open(list);
	for (size_t i = 0; i < list->n; i++) {
		bool same;

		if (rd_equal(r, &list->v[i], &c->args[1], &same) < 0)
			return -1;
		n += same;
	}
	*ret = value_int(n);
	return 0;
}

static int list_reverse(struct render *r, struct call *c, struct value *ret)
{
	struct list *list = c->args[0].list;

	list_open(list);
	for (size_t i = 0; i < list->n / 2; i++) {
		struct value v = list->v[i];

		list->v[i] = list->v[list->n - 1 - i];
		list->v[list->n - 1 - i] = v;
	}
	*ret = value_none();
	return rd_spend(r, list->n);
}

static int list_sort(struct render *r, struct call *c, struct value *ret)
{
	struct list *list = c->args[0].list;
	struct sort_item *v;
	bool reverse;

	list_open(list);
	if (arg_bool(r, c, 1, false, &reverse) < 0 || rd_check_size(r, list->n * sizeof(*v)) < 0)
		return -1;
	v = arena_alloc(&r->arena, list->n * sizeof(*v));
	for (size_t i = 0; i < list->n; i++)
		v[i] = (struct sort_item){.key = list->v[i], .value = list->v[i]};
	if (sort_items(r, v, list->n, reverse) < 0)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		list->v[i] = v[i].value;
	*ret = value_none();
	return 0;
}

static int list_copy(struct render *r, struct call *c, struct value *ret)
{
	return rd_call_filter(r, "list", c, ret);
}

static int list_clear(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	list_open(c->args[0].list);
	c->args[0].list->n = 0;
	*ret = value_none();
	return 0;
}

const struct builtin methods_list[] = {
	{.name = "append", .fn = list_append, .params = {"value"}, .required = 1},
	{.name = "extend", .fn = list_extend, .params = {"values"}, .required = 1},
	{.name = "insert", .fn = list_insert_at, .params = {"index", "value"}, .required = 2},
	{.name = "pop", .fn = list_pop, .params = {"index"}},
	{.name = "index", .fn = list_index, .params = {"value"}, .required = 1},
	{.name = "remove", .fn = list_remove_value, .params = {"value"}, .required = 1},
	{.name = "count", .fn = list_count, .params = {"value"}, .required = 1},
	{.name = "reverse", .fn = list_reverse},
	{.name = "sort", .fn = list_sort, .params = {"reverse"}},
	{.name = "copy", .fn = list_copy},
	{.name = "clear", .fn = list_clear},
	{.name = NULL},
};

const struct builtin methods_tuple[] = {
	{.name = "index", .fn = list_index, .params = {"value"}, .required = 1},
	{.name = "count", .fn = list_count, .params = {"value"}, .required = 1},
	{.name = NULL},
};

enum view_part {
	VIEW_KEYS,
	VIEW_VALUES,
	VIEW_ITEMS,
};

static int view(struct render *r, struct call *c, enum view_part part, struct value *ret)
{
	static const char *const labels[] = {
		[VIEW_KEYS] = "dict_keys",
		[VIEW_VALUES] = "dict_values",
		[VIEW_ITEMS] = "dict_items",
	};
	struct dict *dict = c->args[0].dict;
	struct list *list;

	dict_open(dict);
	list = list_new(&r->arena, dict->n);
	list->label = labels[part];
	for (size_t i = 0; i < dict->n; i++) {
		const struct dict_entry *e = &dict->v[i];

		list_add(list, part == VIEW_KEYS     ? e->key
			       : part == VIEW_VALUES ? e->value
						     : value_pair(&r->arena, e->key, e->value));
	}
	*ret = (struct value){.kind = VALUE_VIEW, .list = list};
	return rd_spend(r, dict->n);
}

static int dict_keys(struct render *r, struct call *c, struct value *ret)
{
	return view(r, c, VIEW_KEYS, ret);
}

static int dict_values(struct render *r, struct call *c, struct value *ret)
{
	return view(r, c, VIEW_VALUES, ret);
}

static int dict_items(struct render *r, struct call *c, struct value *ret)
{
	return view(r, c, VIEW_ITEMS, ret);
}

static int check_key(struct render *r, const struct value *key)
{
	if (key->kind == VALUE_UNDEFINED)
		return rd_undefined(r, key);
	if (!value_hashable(key))
		return rd_fail(r, "a %s cannot be a key", value_type_name(key));
	return 0;
}

static struct value otherwise(const struct call *c)
{
	return c->args[2].kind == VALUE_ABSENT ? value_none() : c->args[2];
}

static int dict_get_method(struct render *r, struct call *c, struct value *ret)
{
	const struct value *v;

	if (check_key(r, &c->args[1]) < 0)
		return -1;
	v = dict_get(c->args[0].dict, &c->args[1]);
	*ret = v ? *v : otherwise(c);
	return 0;
}

static int dict_setdefault(struct render *r, struct call *c, struct value *ret)
{
	if (dict_get_method(r, c, ret) < 0)
		return -1;
	if (!dict_get(c->args[0].dict, &c->args[1]))
		dict_set(c->args[0].dict, c->args[1], *ret);
	return rd_spend(r, 1);
}

static int dict_pop(struct render *r, struct call *c, struct value *ret)
{
	if (check_key(r, &c->args[1]) < 0 || rd_spend(r, c->args[0].dict->n / 16 + 1) < 0)
		return -1;
	if (dict_remove(c->args[0].dict, &c->args[1], ret))
		return 0;
	if (c->args[2].kind == VALUE_ABSENT)
		return rd_fail(r, "pop: the dict has no such key");
	*ret = c->args[2];
	return 0;
}

static int dict_update(struct render *r, struct call *c, struct value *ret)
{
	struct value from;
	struct call call = *c;
	struct value what = {.kind = VALUE_FUNCTION, .function = function_find("dict")};

	if (rd_call(r, &what, &call, &from) < 0)
		return -1;
	for (size_t i = 0; i < from.dict->n; i++)
		dict_set(c->args[0].dict, from.dict->v[i].key, from.dict->v[i].value);
	*ret = value_none();
	return 0;
}

static int dict_copy(struct render *r, struct call *c, struct value *ret)
{
	struct value args[2] = {VALUE_INIT, c->args[0]};
	struct call call = {.name = "copy", .args = args, .n = 2};
	struct value what = {.kind = VALUE_FUNCTION, .function = function_find("dict")};

	return rd_call(r, &what, &call, ret);
}

static int dict_clear(struct render *r, struct call *c, struct value *ret)
{
	struct dict *dict = c->args[0].dict;

	(void)r;
	*dict = (struct dict){.arena = dict->arena};
	*ret = value_none();
	return 0;
}

const struct builtin methods_dict[] = {
	{.name = "items", .fn = dict_items},
	{.name = "keys", .fn = dict_keys},
	{.name = "values", .fn = dict_values},
	{.name = "get", .fn = dict_get_method, .params = {"key", "default"}, .required = 1},
	{.name = "setdefault", .fn = dict_setdefault, .params = {"key", "default"}, .required = 1},
	{.name = "pop", .fn = dict_pop, .params = {"key", "default"}, .required = 1},
	{.name = "update", .fn = dict_update, .variadic = true},
	{.name = "copy", .fn = dict_copy},
	{.name = "clear", .fn = dict_clear},
	{.name = NULL},
};
