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

/* Quotient and remainder fit together, as in Python: 1.0 // 0.1 is 9, since 0.1 is a bit more. */
static double float_divide(enum binary_op op, double a, double b)
{
	double rest = fmod(a, b);
	double quotient = (a - rest) / b;
	double whole;

	if (rest == 0) {
		rest = copysign(0, b);
	} else if ((rest < 0) != (b < 0)) {
		rest += b;
		quotient--;
	}
	if (op == OP_MOD)
		return rest;
	if (quotient == 0)
		return copysign(0, a / b);
	whole = floor(quotient);
	return quotient - whole > 0.5 ? whole + 1 : whole;
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
	case OP_MOD:
		v = float_divide(op, a, b);
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
