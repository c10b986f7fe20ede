/* The global functions: range, dict, namespace, cycler, joiner, and our own fail. And the methods
 * of loops. */
#include "template/render.h"

#include <string.h>

static int int_arg(struct render *r, const struct call *c, size_t i, int64_t *ret)
{
	if (c->args[i].kind == VALUE_UNDEFINED)
		return rd_undefined(r, &c->args[i]);
	return arg_int(r, c, i, 0, ret);
}

static int function_range(struct render *r, struct call *c, struct value *ret)
{
	struct range *range = arena_zalloc(&r->arena, sizeof(*range));
	int64_t first;
	uint64_t distance;

	range->step = 1;
	if (int_arg(r, c, 1, &first) < 0)
		return -1;
	if (c->args[2].kind == VALUE_ABSENT) {
		range->stop = first;
	} else {
		range->start = first;
		if (int_arg(r, c, 2, &range->stop) < 0 || arg_int(r, c, 3, 1, &range->step) < 0)
			return -1;
	}
	if (!range->step)
		return rd_fail(r, "the step of range cannot be 0");
	if (range->step > 0 ? range->stop > range->start : range->stop < range->start) {
		distance = range->step > 0 ? (uint64_t)range->stop - (uint64_t)range->start
		                           : (uint64_t)range->start - (uint64_t)range->stop;
		range->n = (distance - 1) / (range->step > 0 ? (uint64_t)range->step
							     : 0 - (uint64_t)range->step) +
		           1;
	}
	if (range->n > INT32_MAX)
		return rd_too_big(r, "the range is too long");
	*ret = (struct value){.kind = VALUE_RANGE, .range = range};
	return 0;
}

/* dict(other, key=value …) */
static int build_dict(struct render *r, struct call *c, struct dict *dict)
{
	if (c->n > 2)
		return rd_fail(r, "'%s' takes at most one positional argument", c->name);
	if (c->n == 2 && c->args[1].kind == VALUE_DICT) {
		struct dict *from = c->args[1].dict;

		dict_open(from);
		if (rd_spend(r, from->n) < 0)
			return -1;
		for (size_t i = 0; i < from->n; i++)
			dict_set(dict, from->v[i].key, from->v[i].value);
	} else if (c->n == 2) {
		struct list *pairs;

		if (rd_items(r, &c->args[1], &pairs) < 0)
			return -1;
		for (size_t i = 0; i < pairs->n; i++) {
			struct list *pair;

			if (rd_items(r, &pairs->v[i], &pair) < 0)
				return -1;
			if (pair->n != 2 || !value_hashable(&pair->v[0]))
				return rd_fail(r, "'%s' needs pairs of key and value", c->name);
			dict_set(dict, pair->v[0], pair->v[1]);
		}
	}
	for (size_t i = 0; i < c->n_keywords; i++)
		dict_set(dict, value_cstr(c->keywords[i].name), c->keywords[i].value);
	return 0;
}

static int function_dict(struct render *r, struct call *c, struct value *ret)
{
	struct dict *dict = dict_new(&r->arena);

	*ret = value_dict(dict);
	return build_dict(r, c, dict);
}

static int function_namespace(struct render *r, struct call *c, struct value *ret)
{
	struct dict *dict = dict_new(&r->arena);

	*ret = (struct value){.kind = VALUE_NAMESPACE, .dict = dict};
	return build_dict(r, c, dict);
}

static int function_cycler(struct render *r, struct call *c, struct value *ret)
{
	struct cycler *cycler = arena_zalloc(&r->arena, sizeof(*cycler));

	if (c->n < 2)
		return rd_fail(r, "'cycler' needs at least one item");
	cycler->items = list_new(&r->arena, c->n);
	for (size_t i = 1; i < c->n; i++)
		list_add(cycler->items, c->args[i]);
	*ret = (struct value){.kind = VALUE_CYCLER, .cycler = cycler};
	return 0;
}

static int function_joiner(struct render *r, struct call *c, struct value *ret)
{
	struct joiner *joiner = arena_zalloc(&r->arena, sizeof(*joiner));

	if (arg_str(r, c, 1, ", ", &joiner->text) < 0)
		return -1;
	*ret = (struct value){.kind = VALUE_JOINER, .joiner = joiner};
	return 0;
}

/* fail("what to do about it"): a template's own refusal, such as of a missing password. */
static int function_fail(struct render *r, struct call *c, struct value *ret)
{
	struct value message;

	(void)ret;
	if (arg_str(r, c, 1, "", &message) < 0)
		return -1;
	return rd_fail(r, "%.*s", (int)message.len, message.s);
}

const struct builtin functions_all[] = {
	{.name = "range", .fn = function_range, .params = {"start", "stop", "step"}, .required = 1},
	{.name = "dict", .fn = function_dict, .variadic = true},
	{.name = "namespace", .fn = function_namespace, .variadic = true},
	{.name = "cycler", .fn = function_cycler, .variadic = true},
	{.name = "joiner", .fn = function_joiner, .params = {"sep"}},
	{.name = "fail", .fn = function_fail, .params = {"message"}, .required = 1},
	{.name = NULL},
};
const size_t functions_n = ARRAY_SIZE(functions_all) - 1;

static int cycler_next(struct render *r, struct call *c, struct value *ret)
{
	struct cycler *cycler = c->args[0].cycler;

	(void)r;
	*ret = cycler->items->v[cycler->pos];
	cycler->pos = (cycler->pos + 1) % cycler->items->n;
	return 0;
}

static int cycler_reset(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	c->args[0].cycler->pos = 0;
	*ret = value_none();
	return 0;
}

const struct builtin methods_cycler[] = {
	{.name = "next", .fn = cycler_next},
	{.name = "reset", .fn = cycler_reset},
	{.name = NULL},
};

static int loop_cycle(struct render *r, struct call *c, struct value *ret)
{
	if (c->n < 2)
		return rd_fail(r, "loop.cycle needs at least one item");
	*ret = c->args[1 + c->args[0].loop->index % (c->n - 1)];
	return 0;
}

static int loop_changed(struct render *r, struct call *c, struct value *ret)
{
	struct loop *loop = c->args[0].loop;
	struct list *now = list_new(&r->arena, c->n);
	bool same = loop->changed && loop->changed->n == c->n - 1;

	for (size_t i = 1; i < c->n; i++) {
		if (same && rd_equal(r, &loop->changed->v[i - 1], &c->args[i], &same) < 0)
			return -1;
		list_add(now, c->args[i]);
	}
	loop->changed = now;
	*ret = value_bool(!same);
	return 0;
}

const struct builtin methods_loop[] = {
	{.name = "cycle", .fn = loop_cycle, .variadic = true},
	{.name = "changed", .fn = loop_changed, .variadic = true},
	{.name = NULL},
};
