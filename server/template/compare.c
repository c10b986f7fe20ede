/* Order, equality and `in`. */
#include "template/render.h"

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

	if (a->kind == VALUE_STRING && b->kind == VALUE_STRING) {
		*ret = a->len == b->len && !memcmp(a->s, b->s, a->len);
		return rd_spend(r, 1 + (a->len == b->len ? a->len / 64 : 0));
	}
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
