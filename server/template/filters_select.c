/* Filters that apply a filter or test to each item: map, select, reject … */
#include "template/attribute.h"

#include <string.h>

static struct value *keyword_value(const struct call *c, const char *name)
{
	for (size_t i = 0; i < c->n_keywords; i++)
		if (!strcmp(c->keywords[i].name, name))
			return &c->keywords[i].value;
	return NULL;
}

/* map(attribute="…", default=…) */
static int map_attribute(struct render *r, const struct call *c, const struct value *path,
	struct value item, struct value *ret)
{
	const struct value *otherwise = keyword_value(c, "default");

	for (size_t i = 0; i < c->n_keywords; i++)
		if (strcmp(c->keywords[i].name, "attribute") != 0 &&
			strcmp(c->keywords[i].name, "default") != 0)
			return rd_fail(
				r, "filter 'map' has no parameter '%s'", c->keywords[i].name);
	if (attribute_get(r, path, item, ret) < 0)
		return -1;
	if (ret->kind == VALUE_UNDEFINED && otherwise)
		*ret = *otherwise;
	return 0;
}

/* The call for one item: args[skip] takes the item's place in front of the arguments. */
static struct call item_call(struct render *r, const struct call *c, size_t skip, struct value item)
{
	struct call call = *c;

	call.n = c->n > skip ? c->n - skip : 1;
	call.args = arena_alloc(&r->arena, call.n * sizeof(*call.args));
	call.args[0] = item;
	for (size_t i = 1; i < call.n; i++)
		call.args[i] = c->args[i + skip];
	return call;
}

static int name_arg(struct render *r, const struct call *c, size_t i, const char **ret)
{
	if (c->args[i].kind == VALUE_UNDEFINED)
		return rd_undefined(r, &c->args[i]);
	if (c->args[i].kind != VALUE_STRING)
		return rd_fail(r, "'%s' needs the name of a filter or test", c->name);
	*ret = arena_strndup(&r->arena, c->args[i].s, c->args[i].len);
	return 0;
}

static int map_one(struct render *r, const struct call *c, struct value item, struct value *ret)
{
	const struct value *path = c->n == 1 ? keyword_value(c, "attribute") : NULL;
	const struct builtin *row = c->named;
	const char *name;
	struct call call;

	if (path)
		return map_attribute(r, c, path, item, ret);
	if (c->n < 2)
		return rd_fail(r, "'map' needs a filter's name or attribute=");
	if (!row && name_arg(r, c, 1, &name) < 0)
		return -1;
	call = item_call(r, c, 1, item);
	call.named = NULL;
	return row ? builtin_call(r, row, "filter", &call, ret)
	           : rd_call_filter(r, name, &call, ret);
}

static int filter_map(struct render *r, struct call *c, struct value *ret)
{
	struct list *list = list_new(&r->arena, 0);
	struct list *items;

	if (rd_items(r, &c->args[0], &items) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++) {
		struct value v;

		if (rd_spend(r, 1) < 0 || map_one(r, c, items->v[i], &v) < 0)
			return -1;
		list_add(list, v);
	}
	*ret = value_iterator(list, "map");
	return 0;
}

/* What select, reject … ask of each item. */
struct question {
	const struct value *attribute; /* of the item; NULL: the item itself */
	const struct builtin *test;    /* NULL: whether it is true */
	struct call call;              /* args[0] takes the item */
	struct value room[CALL_ROOM];
};

static int question_of(struct render *r, const struct call *c, bool attribute, struct question *ret)
{
	size_t at = attribute ? 2 : 1;
	const char *name;

	ret->attribute = attribute ? &c->args[1] : NULL;
	ret->test = NULL;
	if (c->n <= at)
		return 0;
	ret->test = c->named;
	if (!ret->test) {
		if (name_arg(r, c, at, &name) < 0)
			return -1;
		ret->test = test_find(name);
		if (!ret->test)
			return builtin_missing(r, "test", name);
	}
	memset(ret->room, 0, sizeof(ret->room));
	ret->call = *c; /* the name's place is the item's */
	ret->call.args = c->args + at;
	ret->call.n = c->n - at;
	return builtin_order(r, ret->test, "test", &ret->call, ret->room);
}

static int passes(struct render *r, struct question *q, struct value item, bool *ret)
{
	struct value answer;

	if (q->attribute && attribute_get(r, q->attribute, item, &item) < 0)
		return -1;
	if (!q->test)
		return rd_truth(r, &item, ret);
	q->call.args[0] = item;
	if (rd_run_builtin(r, q->test, &q->call, &answer) < 0)
		return -1;
	*ret = answer.b;
	return 0;
}

static int choose(struct render *r, struct call *c, bool attribute, bool wanted, struct value *ret)
{
	struct list *list = list_new(&r->arena, 0);
	struct question question;
	struct list *items;

	if (attribute && c->n < 2)
		return rd_fail(r, "'%s' needs an attribute's name", c->name);
	if (rd_items(r, &c->args[0], &items) < 0)
		return -1;
	if (items->n && question_of(r, c, attribute, &question) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++) {
		bool holds;

		if (rd_spend(r, 1) < 0 || passes(r, &question, items->v[i], &holds) < 0)
			return -1;
		if (holds == wanted)
			list_add(list, items->v[i]);
	}
	*ret = value_iterator(list, c->name);
	return 0;
}

static int filter_select(struct render *r, struct call *c, struct value *ret)
{
	return choose(r, c, false, true, ret);
}

static int filter_reject(struct render *r, struct call *c, struct value *ret)
{
	return choose(r, c, false, false, ret);
}

static int filter_selectattr(struct render *r, struct call *c, struct value *ret)
{
	return choose(r, c, true, true, ret);
}

static int filter_rejectattr(struct render *r, struct call *c, struct value *ret)
{
	return choose(r, c, true, false, ret);
}

#define TEST_NAMED_BY(argument) .names = (argument), .named_by = test_find, .variadic = true

const struct builtin filters_select[] = {
	{.name = "map", .fn = filter_map, .names = 1, .named_by = filter_find, .variadic = true},
	{.name = "select", .fn = filter_select, TEST_NAMED_BY(1)},
	{.name = "reject", .fn = filter_reject, TEST_NAMED_BY(1)},
	{.name = "selectattr", .fn = filter_selectattr, TEST_NAMED_BY(2)},
	{.name = "rejectattr", .fn = filter_rejectattr, TEST_NAMED_BY(2)},
	{.name = NULL},
};
