/* Making expressions: their height and size, their calls bound, their constants folded. */
#include "template/builtin.h"
#include "template/parser.h"

#define HEIGHT_MAX 200

struct expr *expr_new(struct parser *p, enum expr_kind kind, struct place at)
{
	struct expr *e = arena_zalloc(p->arena, sizeof(*e));

	e->kind = kind;
	e->at = at;
	e->height = 1;
	e->nodes = 1;
	return e;
}

int expr_grow(struct parser *p, struct expr *e, const struct expr *child)
{
	if (child)
		e->nodes += child->nodes;
	if (child && child->height >= e->height)
		e->height = child->height + 1;
	if (e->height > HEIGHT_MAX)
		return parse_fail(p, e->at, "expression is too long or nested too deep");
	return 0;
}

struct expr *expr_constant(struct parser *p, struct place at, struct value v)
{
	struct expr *e = expr_new(p, EXPR_CONST, at);

	e->u.value = v;
	return e;
}

int expr_add_item(struct parser *p, struct expr *e, struct expr ***tail, struct expr *item)
{
	if (!item)
		return -1;
	**tail = item;
	*tail = &item->next;
	e->u.items.n++;
	return expr_grow(p, e, item);
}

struct expr *expr_fold_items(struct parser *p, struct expr *e)
{
	struct list *list;

	if (e->kind != EXPR_LIST && e->kind != EXPR_TUPLE)
		return e;
	for (const struct expr *i = e->u.items.first; i; i = i->next)
		if (i->kind != EXPR_CONST)
			return e;
	list = list_new(p->arena, e->u.items.n);
	for (const struct expr *i = e->u.items.first; i; i = i->next)
		list_add(list, i->u.value);
	return expr_constant(p, e->at, value_tuple(list));
}

static int grow_by_args(struct parser *p, struct expr *e, const struct args *args)
{
	int r = expr_grow(p, e, args->star) | expr_grow(p, e, args->starstar);

	for (const struct expr *a = args->first; a; a = a->next)
		r |= expr_grow(p, e, a);
	for (const struct arg_keyword *k = args->keywords; k; k = k->next)
		r |= expr_grow(p, e, k->value);
	return r;
}

struct expr *expr_call(struct parser *p, enum expr_kind kind, struct place at, struct expr *base,
	struct args *args)
{
	struct expr *e = expr_new(p, kind, at);

	if (!args)
		return NULL;
	e->u.call.base = base;
	e->u.call.args = args;
	if (kind == EXPR_CALL && base->kind == EXPR_ATTR) {
		e->u.call.row = methods_first(base->u.attr.methods);
		builtin_bind(p->arena, e->u.call.row, args);
	}
	return expr_grow(p, e, base) < 0 || grow_by_args(p, e, args) < 0 ? NULL : e;
}
