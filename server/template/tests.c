/* The tests that follow `is`. */
#include "template/render.h"
#include "template/utf8.h"

#include <string.h>

static int answer(bool b, struct value *ret)
{
	*ret = value_bool(b);
	return 0;
}

static int test_defined(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind != VALUE_UNDEFINED, ret);
}

static int test_undefined(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_UNDEFINED, ret);
}

static int test_none(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_NONE, ret);
}

static int test_boolean(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_BOOL, ret);
}

static int test_true(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_BOOL && c->args[0].b, ret);
}

static int test_false(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_BOOL && !c->args[0].b, ret);
}

static int test_integer(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_INT, ret);
}

static int test_float(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_FLOAT, ret);
}

static int test_number(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(value_is_number(&c->args[0]), ret);
}

static int test_string(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_STRING, ret);
}

static int test_mapping(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_DICT, ret);
}

static int test_iterable(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(rd_can_iterate(&c->args[0]), ret);
}

static int test_sequence(struct render *r, struct call *c, struct value *ret)
{
	enum value_kind k = c->args[0].kind;

	(void)r;
	return answer(k == VALUE_LIST || k == VALUE_TUPLE || k == VALUE_DICT || k == VALUE_STRING ||
			      k == VALUE_RANGE,
		ret);
}

static int test_callable(struct render *r, struct call *c, struct value *ret)
{
	enum value_kind k = c->args[0].kind;

	(void)r;
	return answer(k == VALUE_MACRO || k == VALUE_FUNCTION || k == VALUE_METHOD ||
			      k == VALUE_BLOCK || k == VALUE_JOINER || k == VALUE_LOOP ||
			      k == VALUE_UNDEFINED,
		ret);
}

static int test_escaped(struct render *r, struct call *c, struct value *ret)
{
	(void)r;
	return answer(c->args[0].kind == VALUE_STRING && c->args[0].safe, ret);
}

static int test_sameas(struct render *r, struct call *c, struct value *ret)
{
	const struct value *a = &c->args[0];
	const struct value *b = &c->args[1];

	(void)r;
	if (a->kind != b->kind)
		return answer(false, ret);
	if (a->kind == VALUE_LIST || a->kind == VALUE_DICT || a->kind == VALUE_TUPLE)
		return answer(a->list == b->list, ret);
	return answer(
		a->kind == VALUE_UNDEFINED ? a->undefined == b->undefined : value_equal(a, b), ret);
}

static int test_in(struct render *r, struct call *c, struct value *ret)
{
	bool in;

	if (rd_contains(r, &c->args[1], &c->args[0], &in) < 0)
		return -1;
	return answer(in, ret);
}

static int compare(struct render *r, struct call *c, enum compare_op op, struct value *ret)
{
	bool holds;

	if (rd_compare(r, op, &c->args[0], &c->args[1], &holds) < 0)
		return -1;
	return answer(holds, ret);
}

static int test_eq(struct render *r, struct call *c, struct value *ret)
{
	return compare(r, c, CMP_EQ, ret);
}

static int test_ne(struct render *r, struct call *c, struct value *ret)
{
	return compare(r, c, CMP_NE, ret);
}

static int test_lt(struct render *r, struct call *c, struct value *ret)
{
	return compare(r, c, CMP_LT, ret);
}

static int test_le(struct render *r, struct call *c, struct value *ret)
{
	return compare(r, c, CMP_LE, ret);
}

static int test_gt(struct render *r, struct call *c, struct value *ret)
{
	return compare(r, c, CMP_GT, ret);
}

static int test_ge(struct render *r, struct call *c, struct value *ret)
{
	return compare(r, c, CMP_GE, ret);
}

/* Whether value % divisor is `rest`. */
static int remainder_is(struct render *r, const struct value *v, const struct value *divisor,
	int64_t rest, struct value *ret)
{
	struct value wanted = value_int(rest);
	struct value found;
	bool same;

	if (v->kind == VALUE_STRING)
		return rd_fail(r, "a string cannot be divided; add |int");
	if (rd_binary(r, OP_MOD, v, divisor, &found) < 0 || rd_equal(r, &found, &wanted, &same) < 0)
		return -1;
	return answer(same, ret);
}

static int test_odd(struct render *r, struct call *c, struct value *ret)
{
	struct value two = value_int(2);

	return remainder_is(r, &c->args[0], &two, 1, ret);
}

static int test_even(struct render *r, struct call *c, struct value *ret)
{
	struct value two = value_int(2);

	return remainder_is(r, &c->args[0], &two, 0, ret);
}

static int test_divisibleby(struct render *r, struct call *c, struct value *ret)
{
	return remainder_is(r, &c->args[0], &c->args[1], 0, ret);
}

/* At least one letter with case, and none in the other. */
static int has_case(struct render *r, struct call *c, bool upper, struct value *ret)
{
	bool any = false;
	struct value s;

	if (rd_to_str(r, &c->args[0], &s) < 0)
		return -1;
	for (size_t i = 0; i < s.len; i += utf8_len(s.s + i, s.len - i)) {
		uint32_t cp = utf8_get(s.s + i, s.len - i);
		bool is_upper = utf8_lower(cp) != cp;
		bool is_lower = utf8_upper(cp) != cp || cp == 0xdf;

		if (upper ? is_lower : is_upper)
			return answer(false, ret);
		any = any || is_upper || is_lower;
	}
	return answer(any, ret);
}

static int test_lower(struct render *r, struct call *c, struct value *ret)
{
	return has_case(r, c, false, ret);
}

static int test_upper(struct render *r, struct call *c, struct value *ret)
{
	return has_case(r, c, true, ret);
}

static int name_exists(struct render *r, struct call *c,
	const struct builtin *(*search)(const char *), struct value *ret)
{
	const struct value *v = &c->args[0];

	if (v->kind != VALUE_STRING)
		return answer(false, ret);
	return answer(search(arena_strndup(&r->arena, v->s, v->len)) != NULL, ret);
}

static int test_filter(struct render *r, struct call *c, struct value *ret)
{
	return name_exists(r, c, filter_find, ret);
}

static int test_test(struct render *r, struct call *c, struct value *ret)
{
	return name_exists(r, c, test_find, ret);
}

#define OTHER .params = {"other"}, .required = 1

const struct builtin tests_all[] = {
	{.name = "defined", .fn = test_defined, .takes_undefined = true},
	{.name = "undefined", .fn = test_undefined, .takes_undefined = true},
	{.name = "none", .fn = test_none, .takes_undefined = true},
	{.name = "boolean", .fn = test_boolean, .takes_undefined = true},
	{.name = "true", .fn = test_true, .takes_undefined = true},
	{.name = "false", .fn = test_false, .takes_undefined = true},
	{.name = "integer", .fn = test_integer, .takes_undefined = true},
	{.name = "float", .fn = test_float, .takes_undefined = true},
	{.name = "number", .fn = test_number, .takes_undefined = true},
	{.name = "string", .fn = test_string, .takes_undefined = true},
	{.name = "mapping", .fn = test_mapping, .takes_undefined = true},
	{.name = "sequence", .fn = test_sequence, .takes_undefined = true},
	{.name = "callable", .fn = test_callable, .takes_undefined = true},
	{.name = "escaped", .fn = test_escaped, .takes_undefined = true},
	{.name = "sameas", .fn = test_sameas, .takes_undefined = true, OTHER},
	{.name = "iterable", .fn = test_iterable},
	{.name = "odd", .fn = test_odd},
	{.name = "even", .fn = test_even},
	{.name = "divisibleby", .fn = test_divisibleby, .params = {"num"}, .required = 1},
	{.name = "lower", .fn = test_lower},
	{.name = "upper", .fn = test_upper},
	{.name = "filter", .fn = test_filter},
	{.name = "test", .fn = test_test},
	{.name = "in", .fn = test_in, .params = {"seq"}, .required = 1},
	{.name = "eq", .fn = test_eq, OTHER},
	{.name = "equalto", .fn = test_eq, OTHER},
	{.name = "==", .fn = test_eq, OTHER},
	{.name = "ne", .fn = test_ne, OTHER},
	{.name = "!=", .fn = test_ne, OTHER},
	{.name = "lt", .fn = test_lt, OTHER},
	{.name = "lessthan", .fn = test_lt, OTHER},
	{.name = "<", .fn = test_lt, OTHER},
	{.name = "le", .fn = test_le, OTHER},
	{.name = "<=", .fn = test_le, OTHER},
	{.name = "gt", .fn = test_gt, OTHER},
	{.name = "greaterthan", .fn = test_gt, OTHER},
	{.name = ">", .fn = test_gt, OTHER},
	{.name = "ge", .fn = test_ge, OTHER},
	{.name = ">=", .fn = test_ge, OTHER},
	{.name = NULL},
};
