#include "template/render.h"
#include "template/utf8.h"

#include <math.h>
#include <string.h>

static int64_t int_of(const struct value *v)
{
	return v->kind == VALUE_INT ? v->i : v->b;
}

static bool is_int(const struct value *v)
{
	return v->kind == VALUE_INT || v->kind == VALUE_BOOL;
}

static bool is_list(const struct value *v)
{
	return v->kind == VALUE_LIST || v->kind == VALUE_TUPLE;
}

static int too_large(struct render *r)
{
	return rd_fail(r, "number does not fit in 64 bits");
}

static int int_power(struct render *r, int64_t base, int64_t exponent, struct value *ret)
{
	int64_t v = 1;

	if (exponent < 0) {
		if (!base)
			return rd_fail(r, "division by zero");
		*ret = value_float(pow((double)base, (double)exponent));
		return 0;
	}
	while (exponent) {
		if (exponent & 1 && __builtin_mul_overflow(v, base, &v))
			return too_large(r);
		exponent >>= 1;
		if (exponent && __builtin_mul_overflow(base, base, &base))
			return too_large(r);
	}
	*ret = value_int(v);
	return 0;
}

/* Division and remainder round towards minus infinity, as in Python. */
static int int_divide(struct render *r, enum binary_op op, int64_t a, int64_t b, struct value *ret)
{
	int64_t quotient;
	int64_t rest;

	if (!b)
		return rd_fail(r, "division by zero");
	if (op == OP_DIV) {
		*ret = value_float((double)a / (double)b);
		return 0;
	}
	if (a == INT64_MIN && b == -1)
		return op == OP_MOD ? (*ret = value_int(0), 0) : too_large(r);
	quotient = a / b;
	rest = a % b;
	if (rest && (rest < 0) != (b < 0)) {
		quotient--;
		rest += b;
	}
	*ret = value_int(op == OP_MOD ? rest : quotient);
	return 0;
}

static int int_binary(struct render *r, enum binary_op op, int64_t a, int64_t b, struct value *ret)
{
	int64_t v = 0;
	bool overflow = false;

	switch (op) {
	case OP_ADD:
		overflow = __builtin_add_overflow(a, b, &v);
		break;
	case OP_SUB:
		overflow = __builtin_sub_overflow(a, b, &v);
		break;
	case OP_MUL:
		overflow = __builtin_mul_overflow(a, b, &v);
		break;
	case OP_DIV:
	case OP_FLOORDIV:
	case OP_MOD:
		return int_divide(r, op, a, b, ret);
	case OP_POW:
		return int_power(r, a, b, ret);
	}
	if (overflow)
		return too_large(r);
	*ret = value_int(v);
	return 0;
}

static int float_binary(struct render *r, enum binary_op op, double a, double b, struct value *ret)
{
	double v = 0;

	if (b == 0 && (op == OP_DIV || op == OP_FLOORDIV || op == OP_MOD))
		return rd_fail(r, "division by zero");
	switch (op) {
	case OP_ADD:
		v = a + b;
		break;
	case OP_SUB:
		v = a - b;
		break;
	case OP_MUL:
		v = a * b;
		break;
	case OP_DIV:
		v = a / b;
		break;
	case OP_FLOORDIV:
		v = floor(a / b);
		break;
	case OP_MOD:
		v = fmod(a, b);
		if (v != 0 && (v < 0) != (b < 0))
			v += b;
		break;
	case OP_POW:
		if (a == 0 && b < 0)
			return rd_fail(r, "division by zero");
		v = pow(a, b);
		if (isinf(v) && isfinite(a) && isfinite(b))
			return rd_fail(r, "number is too large");
		break;
	}
	*ret = value_float(v);
	return 0;
}

static int repeat_string(struct render *r, const struct value *s, int64_t times, struct value *ret)
{
	size_t total;
	char *text;

	if (times < 0)
		times = 0;
	if (__builtin_mul_overflow(s->len, (size_t)times, &total))
		return rd_too_big(r, "the text becomes too long");
	text = rd_text(r, total);
	if (!text)
		return -1;
	if (s->len == 1)
		memset(text, s->s[0], total);
	else
		for (size_t i = 0; i < total; i += s->len)
			memcpy(text + i, s->s, s->len);
	text[total] = '\0';
	*ret = value_str(text, total);
	ret->safe = s->safe;
	return 0;
}

static int repeat_list(struct render *r, const struct value *v, int64_t times, struct value *ret)
{
	struct list *list;
	size_t total;

	list_open(v->list);
	if (times < 0)
		times = 0;
	if (__builtin_mul_overflow(v->list->n, (size_t)times, &total) || total > SIZE_MAX / 64)
		return rd_too_big(r, "the list becomes too long");
	if (rd_check_size(r, total * sizeof(*v)) < 0 || rd_spend(r, total) < 0)
		return -1;
	list = list_new(&r->arena, total);
	for (size_t i = 0; i < total; i++) {
		if (rd_tick(r) < 0)
			return -1;
		list_add(list, v->list->v[i % v->list->n]);
	}
	*ret = (struct value){.kind = v->kind, .list = list};
	return 0;
}

/* Markup + text escapes the text, so that the result is markup again. */
static int escaped(struct render *r, const struct value *v, struct value *ret)
{
	struct call call = {.name = "escape", .args = ret, .n = 1};

	*ret = *v;
	return v->safe ? 0 : rd_call_filter(r, "escape", &call, ret);
}

static int add_strings(struct render *r, struct value a, struct value b, struct value *ret)
{
	bool safe = a.safe || b.safe;
	char *text;

	if (safe && (escaped(r, &a, &a) < 0 || escaped(r, &b, &b) < 0))
		return -1;
	text = rd_text(r, a.len + b.len);
	if (!text)
		return -1;
	memcpy(text, a.s, a.len);
	memcpy(text + a.len, b.s, b.len);
	text[a.len + b.len] = '\0';
	*ret = value_str(text, a.len + b.len);
	ret->safe = safe;
	return 0;
}

static int add_lists(
	struct render *r, const struct value *a, const struct value *b, struct value *ret)
{
	struct list *list;
	size_t total;

	list_open(a->list);
	list_open(b->list);
	total = a->list->n + b->list->n;
	if (rd_check_size(r, total * sizeof(*a)) < 0 || rd_spend(r, total) < 0)
		return -1;
	list = list_new(&r->arena, total);
	for (size_t i = 0; i < total; i++) {
		if (rd_tick(r) < 0)
			return -1;
		list_add(list, i < a->list->n ? a->list->v[i] : b->list->v[i - a->list->n]);
	}
	*ret = (struct value){.kind = a->kind, .list = list};
	return 0;
}

int rd_binary(struct render *r, enum binary_op op, const struct value *a, const struct value *b,
	struct value *ret)
{
	static const char *const signs[] = {
		[OP_ADD] = "+",
		[OP_SUB] = "-",
		[OP_MUL] = "*",
		[OP_DIV] = "/",
		[OP_FLOORDIV] = "//",
		[OP_MOD] = "%",
		[OP_POW] = "**",
	};

	if (a->kind == VALUE_UNDEFINED)
		return rd_undefined(r, a);
	if (op == OP_MOD && a->kind == VALUE_STRING)
		return rd_format_percent(r, a, b, ret);
	if (b->kind == VALUE_UNDEFINED)
		return rd_undefined(r, b);
	if (is_int(a) && is_int(b))
		return int_binary(r, op, int_of(a), int_of(b), ret);
	if (value_is_number(a) && value_is_number(b))
		return float_binary(r, op, value_to_double(a), value_to_double(b), ret);
	if (op == OP_ADD && a->kind == VALUE_STRING && b->kind == VALUE_STRING)
		return add_strings(r, *a, *b, ret);
	if (op == OP_ADD && is_list(a) && a->kind == b->kind)
		return add_lists(r, a, b, ret);
	if (op == OP_MUL && (a->kind == VALUE_STRING || is_list(a)) && is_int(b))
		return a->kind == VALUE_STRING ? repeat_string(r, a, int_of(b), ret)
		                               : repeat_list(r, a, int_of(b), ret);
	if (op == OP_MUL && is_int(a) && (b->kind == VALUE_STRING || is_list(b)))
		return rd_binary(r, op, b, a, ret);
	return rd_fail(r, "%s %s %s is not possible%s", value_type_name(a), signs[op],
		value_type_name(b),
		op == OP_ADD && (a->kind == VALUE_STRING || b->kind == VALUE_STRING)
			? "; use ~ to join texts"
			: "");
}

static int order_strings(const struct value *a, const struct value *b)
{
	int c = memcmp(a->s, b->s, a->len < b->len ? a->len : b->len);

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

static int order_lists(struct render *r, struct list *a, struct list *b, int *ret)
{
	list_open(a);
	list_open(b);
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		bool same;

		if (rd_equal(r, &a->v[i], &b->v[i], &same) < 0)
			return -1;
		if (!same)
			return rd_order(r, &a->v[i], &b->v[i], ret);
	}
	*ret = (a->n > b->n) - (a->n < b->n);
	return 0;
}

int rd_order(struct render *r, const struct value *a, const struct value *b, int *ret)
{
	int status;

	if (a->kind == VALUE_UNDEFINED || b->kind == VALUE_UNDEFINED)
		return rd_undefined(r, a->kind == VALUE_UNDEFINED ? a : b);
	if (rd_spend(r, 1) < 0)
		return -1;
	if (is_int(a) && is_int(b)) {
		*ret = (int_of(a) > int_of(b)) - (int_of(a) < int_of(b));
		return 0;
	}
	if (value_is_number(a) && value_is_number(b)) {
		double x = value_to_double(a);
		double y = value_to_double(b);

		*ret = isnan(x) || isnan(y) ? 2 : (x > y) - (x < y);
		return 0;
	}
	if (a->kind == VALUE_STRING && b->kind == VALUE_STRING) {
		*ret = order_strings(a, b);
		return rd_spend(r, (a->len < b->len ? a->len : b->len) / 64);
	}
	if (is_list(a) && a->kind == b->kind) {
		if (rd_enter(r) < 0)
			return -1;
		status = order_lists(r, a->list, b->list, ret);
		rd_leave(r);
		return status;
	}
	return rd_fail(r, "%s and %s have no order", value_type_name(a), value_type_name(b));
}

static int equal_lists(struct render *r, struct list *a, struct list *b, bool *ret)
{
	list_open(a);
	list_open(b);
	*ret = a->n == b->n;
	for (size_t i = 0; *ret && i < a->n && i < b->n; i++)
		if (rd_equal(r, &a->v[i], &b->v[i], ret) < 0)
			return -1;
	return 0;
}

static int equal_dicts(struct render *r, struct dict *a, struct dict *b, bool *ret)
{
	dict_open(a);
	dict_open(b);
	*ret = a->n == b->n;
	for (size_t i = 0; *ret && i < a->n; i++) {
		const struct value *other = dict_get(b, &a->v[i].key);

		*ret = other != NULL;
		if (other && rd_equal(r, &a->v[i].value, other, ret) < 0)
			return -1;
	}
	return 0;
}

int rd_equal(struct render *r, const struct value *a, const struct value *b, bool *ret)
{
	int status = 0;

	if (a->kind == VALUE_UNDEFINED && !value_is_lenient(a))
		return rd_undefined(r, a);
	if (b->kind == VALUE_UNDEFINED && !value_is_lenient(b))
		return rd_undefined(r, b);
	if (rd_enter(r) < 0)
		return -1;
	if (a->kind == b->kind && is_list(a) && a->list != b->list)
		status = equal_lists(r, a->list, b->list, ret);
	else if (a->kind == VALUE_DICT && b->kind == VALUE_DICT && a->dict != b->dict)
		status = equal_dicts(r, a->dict, b->dict, ret);
	else
		*ret = value_equal(a, b);
	rd_leave(r);
	if (a->kind == VALUE_STRING && b->kind == VALUE_STRING && a->len == b->len)
		return rd_spend(r, a->len / 64);
	return status;
}

static int string_contains(
	struct render *r, const struct value *in, const struct value *what, bool *ret)
{
	if (what->kind != VALUE_STRING)
		return rd_fail(r, "'in' a string needs a string, not %s", value_type_name(what));
	*ret = memmem(in->s, in->len, what->s, what->len) != NULL;
	return rd_spend(r, in->len / 64);
}

static bool range_contains(const struct range *range, const struct value *what)
{
	int64_t i;

	if (!value_is_number(what) || !range->n)
		return false;
	if (what->kind == VALUE_FLOAT) {
		if (!(what->f >= -9e18 && what->f <= 9e18) || floor(what->f) != what->f)
			return false;
		i = (int64_t)what->f;
	} else {
		i = int_of(what);
	}
	if (range->step > 0)
		return i >= range->start && i < range->stop &&
		       ((uint64_t)i - (uint64_t)range->start) % (uint64_t)range->step == 0;
	return i <= range->start && i > range->stop &&
	       ((uint64_t)range->start - (uint64_t)i) % (0 - (uint64_t)range->step) == 0;
}

int rd_contains(struct render *r, struct value *in, const struct value *what, bool *ret)
{
	struct list *items;

	if (in->kind == VALUE_UNDEFINED)
		return rd_undefined(r, in);
	if (what->kind == VALUE_UNDEFINED)
		return rd_undefined(r, what);
	if (in->kind == VALUE_STRING)
		return string_contains(r, in, what, ret);
	if (in->kind == VALUE_DICT) {
		if (!value_hashable(what))
			return rd_fail(r, "a %s cannot be a key", value_type_name(what));
		*ret = dict_get(in->dict, what) != NULL;
		return 0;
	}
	if (in->kind == VALUE_RANGE) {
		*ret = range_contains(in->range, what);
		return 0;
	}
	if (rd_items(r, in, &items) < 0)
		return -1;
	*ret = false;
	for (size_t i = 0; i < items->n && !*ret; i++)
		if (rd_equal(r, &items->v[i], what, ret) < 0)
			return -1;
	return 0;
}

int rd_compare(struct render *r, enum compare_op op, struct value *a, struct value *b, bool *ret)
{
	int order = 0;

	if (op == CMP_EQ || op == CMP_NE) {
		if (rd_equal(r, a, b, ret) < 0)
			return -1;
		*ret = *ret == (op == CMP_EQ);
		return 0;
	}
	if (op == CMP_IN || op == CMP_NOT_IN) {
		if (rd_contains(r, b, a, ret) < 0)
			return -1;
		*ret = *ret == (op == CMP_IN);
		return 0;
	}
	if (rd_order(r, a, b, &order) < 0)
		return -1;
	if (order == 2 && (a->kind == VALUE_FLOAT || b->kind == VALUE_FLOAT)) /* nan */
		*ret = false;
	else if (op == CMP_LT || op == CMP_GE)
		*ret = (order < 0) == (op == CMP_LT);
	else
		*ret = (order > 0) == (op == CMP_GT);
	return 0;
}
