#include "template/render.h"

/* Keeps the items for which the test of `for … if` holds. */
static int filter_items(
	struct render *r, struct scope *outside, const struct node *n, struct list **items)
{
	struct scope *s = scope_new(r, outside);
	struct list *kept = list_new(&r->arena, 0);

	for (size_t i = 0; i < (*items)->n; i++) {
		struct value v;
		bool holds;

		s->n = 0;
		scope_set(r, s, &names_fixed[NAME_LOOP],
			value_undefined_hint(
				&r->arena, "'loop' cannot be used in the condition of a loop"));
		if (rd_assign(r, s, n->u.loop.target, (*items)->v[i]) < 0 ||
			rd_eval(r, s, n->u.loop.test, &v) < 0 || rd_truth(r, &v, &holds) < 0)
			return -1;
		if (holds)
			list_add(kept, (*items)->v[i]);
	}
	*items = kept;
	return 0;
}

static int run_loop(struct render *r, struct scope *outside, const struct node *n,
	const struct value *over, size_t depth)
{
	struct list *items;
	struct loop *loop;
	struct scope *s;

	if (rd_items(r, over, &items) < 0)
		return -1;
	if (n->u.loop.test && items->n && filter_items(r, outside, n, &items) < 0)
		return -1;
	if (!items->n)
		return n->u.loop.otherwise ? rd_exec(r, scope_new(r, outside), n->u.loop.otherwise)
		                           : 0;
	s = scope_new(r, outside);
	loop = arena_alloc(&r->arena, sizeof(*loop));
	*loop = (struct loop){.items = items, .depth = depth, .node = n, .outside = outside};
	for (; loop->index < loop->items->n; loop->index++) {
		s->n = 0; /* names set in the body do not outlive the iteration */
		scope_set(r, s, &names_fixed[NAME_LOOP],
			(struct value){.kind = VALUE_LOOP, .loop = loop});
		r->at = n->at;
		if (rd_spend(r, 1) < 0 ||
			rd_assign(r, s, n->u.loop.target, loop->items->v[loop->index]) < 0 ||
			rd_exec(r, s, n->u.loop.body) < 0)
			return -1;
	}
	return 0;
}

int rd_exec_for(struct render *r, struct scope *s, const struct node *n)
{
	struct value over;

	if (rd_eval(r, s, n->u.loop.over, &over) < 0)
		return -1;
	return run_loop(r, s, n, &over, 0);
}

int rd_loop_again(struct render *r, struct loop *loop, const struct value *over, struct value *ret)
{
	struct capture outer;
	struct frame frame;

	if (!loop->node->u.loop.recursive)
		return rd_fail(r, "the loop is not marked 'recursive', so it cannot be called");
	if (rd_enter_call(r, "called again", &frame) < 0)
		return -1;
	outer = rd_capture(r);
	if (run_loop(r, loop->outside, loop->node, over, loop->depth + 1) < 0)
		return -1;
	rd_leave_call(r, &frame);
	return rd_captured(r, outer, ret);
}
