#include "template/eval.h"

#include <string.h>

int eval_place_undefined(const struct render *r, const struct expr *e, struct value *v)
{
	if (v->undefined->where)
		return 0;
	v->undefined->where = r->from->name;
	v->undefined->at = e->at;
	return 0;
}

/* "host.dns" for the expression host.dns, so that a message can name it; "…" for others. */
static int dotted_name(const struct expr *e, struct strbuf *ret)
{
	if (e->kind == EXPR_NAME) {
		strbuf_add(ret, e->u.name.s, e->u.name.len);
		return 0;
	}
	if (e->kind == EXPR_ATTR) {
		if (dotted_name(e->u.attr.base, ret) < 0)
			return -1;
		strbuf_addf(ret, ".%s", e->u.attr.name.s);
		return 0;
	}
	if (e->kind == EXPR_ITEM && e->u.item.index->kind == EXPR_CONST) {
		const struct value *key = &e->u.item.index->u.value;

		if (dotted_name(e->u.item.base, ret) < 0)
			return -1;
		if (key->kind == VALUE_STRING)
			strbuf_addf(ret, ".%.*s", (int)key->len, key->s);
		else if (key->kind == VALUE_INT)
			strbuf_addf(ret, "[%lld]", (long long)key->i);
		return 0;
	}
	return -1;
}

/* What a look-up did not find gets the whole name of the expression. */
static void name_missing(struct render *r, const struct expr *e, struct value *v)
{
	autostrbuf b = STRBUF_INIT;

	if (v->undefined->hint || dotted_name(e, &b) < 0)
		return;
	*v = value_undefined(
		&r->arena, arena_strndup(&r->arena, b.buf, b.len), v->undefined->among);
}

/* What a look-up by the expression gave. */
static int looked_up(struct render *r, const struct expr *e, struct value *v)
{
	if (v->kind != VALUE_UNDEFINED)
		return 0;
	name_missing(r, e, v);
	return eval_place(r, e, v);
}

int eval_attr_of(struct render *r, const struct expr *e, struct value *base, struct value *ret)
{
	return rd_get_attr(r, base, e, ret) < 0 ? -1 : looked_up(r, e, ret);
}

static int eval_attr(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct value base;

	return rd_eval_part(r, s, e->u.attr.base, &base) < 0 ? -1 : eval_attr_of(r, e, &base, ret);
}

static int eval_slice(struct render *r, struct scope *s, const struct expr *e, struct value *base,
	struct value *ret)
{
	const struct expr *given[3] = {e->u.slice.from, e->u.slice.to, e->u.slice.step};
	struct value parts[3];

	for (size_t i = 0; i < 3; i++) {
		parts[i] = value_none();
		if (given[i] && rd_eval_part(r, s, given[i], &parts[i]) < 0)
			return -1;
	}
	return rd_get_slice(r, base, parts, ret) < 0 ? -1 : eval_place(r, e, ret);
}

static int eval_item(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct value base;
	struct value key;

	if (rd_eval_part(r, s, e->u.item.base, &base) < 0)
		return -1;
	if (e->u.item.index->kind == EXPR_SLICE)
		return eval_slice(r, s, e->u.item.index, &base, ret);
	if (rd_eval_part(r, s, e->u.item.index, &key) < 0 || rd_get_item(r, &base, &key, ret) < 0)
		return -1;
	return looked_up(r, e, ret);
}

static int eval_not(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct value v;
	bool truth;

	if (rd_eval_part(r, s, e->u.operand, &v) < 0 || rd_truth(r, &v, &truth) < 0)
		return -1;
	*ret = value_bool(!truth);
	return 0;
}

static int eval_sign(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct value v;

	if (rd_eval_part(r, s, e->u.operand, &v) < 0)
		return -1;
	if (v.kind == VALUE_UNDEFINED)
		return rd_undefined(r, &v);
	if (v.kind == VALUE_FLOAT) {
		*ret = value_float(e->kind == EXPR_NEG ? -v.f : v.f);
		return 0;
	}
	if (!value_is_number(&v))
		return rd_fail(r, "a %s has no sign", value_type_name(&v));
	if (v.kind == VALUE_BOOL)
		v = value_int(v.b);
	if (e->kind == EXPR_NEG && v.i == INT64_MIN)
		return rd_fail(r, "number does not fit in 64 bits");
	*ret = value_int(e->kind == EXPR_NEG ? -v.i : v.i);
	return 0;
}

static int eval_logic(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	bool truth;

	if (rd_eval_part(r, s, e->u.binary.left, ret) < 0 || rd_truth(r, ret, &truth) < 0)
		return -1;
	if (truth == (e->kind == EXPR_OR))
		return 0;
	return rd_eval_part(r, s, e->u.binary.right, ret);
}

static int eval_binary(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct value a;
	struct value b;

	if (rd_eval_part(r, s, e->u.binary.left, &a) < 0 ||
		rd_eval_part(r, s, e->u.binary.right, &b) < 0)
		return -1;
	r->at = e->at;
	return rd_binary(r, e->u.binary.op, &a, &b, ret);
}

/* a < b < c: each neighbours, b evaluated once. */
static int eval_compare(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct value left;
	bool holds = true;

	if (rd_eval_part(r, s, e->u.compare.left, &left) < 0)
		return -1;
	for (const struct comparison *c = e->u.compare.rest; c && holds; c = c->next) {
		struct value right;

		if (rd_eval_part(r, s, c->with, &right) < 0)
			return -1;
		r->at = e->at;
		if (rd_compare(r, c->op, &left, &right, &holds) < 0)
			return -1;
		left = right;
	}
	*ret = value_bool(holds);
	return 0;
}

static int eval_concat(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	size_t from = r->out->len;

	for (const struct expr *i = e->u.items.first; i; i = i->next) {
		struct value v;

		if (rd_eval_part(r, s, i, &v) < 0 || rd_print(r, &v, r->out) < 0 ||
			rd_fits_since(r, from) < 0)
			return -1;
	}
	return rd_cut(r, from, ret);
}

static int eval_cond(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct value test;
	bool truth;

	if (rd_eval_part(r, s, e->u.cond.test, &test) < 0 || rd_truth(r, &test, &truth) < 0)
		return -1;
	if (truth || e->u.cond.no)
		return rd_eval_part(r, s, truth ? e->u.cond.yes : e->u.cond.no, ret);
	*ret = (struct value){.kind = VALUE_UNDEFINED, .undefined = e->u.cond.nothing};
	return 0;
}

static int eval_list(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct list *list = list_new(&r->arena, e->u.items.n);

	for (const struct expr *i = e->u.items.first; i; i = i->next) {
		struct value v;

		if (rd_eval_part(r, s, i, &v) < 0)
			return -1;
		list_add(list, v);
	}
	*ret = e->kind == EXPR_LIST ? value_list(list) : value_tuple(list);
	return 0;
}

static int eval_dict(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct dict *dict = dict_new(&r->arena);

	for (const struct expr *i = e->u.items.first; i; i = i->next->next) {
		struct value key;
		struct value v;

		if (rd_eval_part(r, s, i, &key) < 0 || rd_eval_part(r, s, i->next, &v) < 0)
			return -1;
		if (key.kind == VALUE_UNDEFINED)
			return rd_undefined(r, &key);
		if (!value_hashable(&key))
			return rd_fail(r, "a %s cannot be a key", value_type_name(&key));
		dict_set(dict, key, v);
	}
	*ret = value_dict(dict);
	return 0;
}

static int eval_const(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	(void)r;
	(void)s;
	*ret = e->u.value;
	return 0;
}

static int eval_name(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	const struct value *v = scope_find(r, s, &e->u.name);

	if (!v)
		scope_lookup(r, s, &e->u.name, ret);
	else
		*ret = *v;
	return eval_place(r, e, ret);
}

static int eval_piped(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	(void)s;
	(void)e;
	*ret = r->piped;
	return 0;
}

static int eval_lone_slice(
	struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	(void)s;
	(void)e;
	(void)ret;
	return rd_fail(r, "a slice is possible only in brackets");
}

rd_evaluator *const rd_evaluators[] = {
	[EXPR_CONST] = eval_const,
	[EXPR_NAME] = eval_name,
	[EXPR_ATTR] = eval_attr,
	[EXPR_ITEM] = eval_item,
	[EXPR_SLICE] = eval_lone_slice,
	[EXPR_CALL] = eval_call,
	[EXPR_FILTER] = eval_filter_or_test,
	[EXPR_TEST] = eval_filter_or_test,
	[EXPR_BOUND] = eval_bound,
	[EXPR_PIPED] = eval_piped,
	[EXPR_NOT] = eval_not,
	[EXPR_NEG] = eval_sign,
	[EXPR_POS] = eval_sign,
	[EXPR_BINARY] = eval_binary,
	[EXPR_AND] = eval_logic,
	[EXPR_OR] = eval_logic,
	[EXPR_COMPARE] = eval_compare,
	[EXPR_CONCAT] = eval_concat,
	[EXPR_COND] = eval_cond,
	[EXPR_LIST] = eval_list,
	[EXPR_TUPLE] = eval_list,
	[EXPR_DICT] = eval_dict,
};

int rd_eval(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	int status = rd_begin_expr(r, e) < 0 ? -1 : rd_eval_part(r, s, e, ret);

	rd_end_expr(r, e);
	return status;
}

int rd_print_expr(struct render *r, struct scope *s, const struct expr *e)
{
	struct value v;
	int printed = 0;

	if (rd_begin_expr(r, e) < 0)
		return -1;
	if (e->kind == EXPR_CALL)
		printed = eval_print_call(r, s, e);
	if (printed < 0 || (!printed && rd_eval_part(r, s, e, &v) < 0))
		return -1;
	rd_end_expr(r, e);
	if (printed)
		return 0;
	if (v.kind == VALUE_STRING)
		return rd_out(r, v.s, v.len);
	return rd_print(r, &v, r->out) < 0 ? -1 : rd_check_output(r);
}
