#include "template/render.h"

#include <string.h>

static int exec_print(struct render *r, struct scope *s, const struct node *n)
{
	return r->muted ? 0 : rd_print_expr(r, s, n->u.print); /* not even evaluated */
}

static int exec_if(struct render *r, struct scope *s, const struct node *n)
{
	for (const struct branch *b = n->u.branches; b; b = b->next) {
		struct value v;
		bool truth = true;

		if (b->test) {
			r->at = b->test->at;
			if (rd_eval(r, s, b->test, &v) < 0 || rd_truth(r, &v, &truth) < 0)
				return -1;
		}
		if (truth)
			return rd_exec(r, s, b->body);
	}
	return 0;
}

static int assign_member(struct render *r, struct scope *s, const struct target *t, struct value v)
{
	struct value namespace;

	scope_lookup(r, s, &t->name, &namespace);
	if (namespace.kind == VALUE_UNDEFINED)
		return rd_undefined(r, &namespace);
	if (namespace.kind != VALUE_NAMESPACE)
		return rd_fail(r, "'%s' is a %s; only a namespace's members can be set", t->name.s,
			value_type_name(&namespace));
	dict_set(namespace.dict, value_str(t->member.s, t->member.len), v);
	return 0;
}

int rd_assign_parts(struct render *r, struct scope *s, const struct target *t, struct value v)
{
	const struct target *part = t->first;
	struct list *items;

	if (t->kind == TARGET_MEMBER)
		return assign_member(r, s, t, v);
	if (rd_items(r, &v, &items) < 0)
		return -1;
	if (items->n != t->n)
		return rd_fail(r, "%zu values do not fit %zu names", items->n, t->n);
	for (size_t i = 0; i < t->n; i++, part = part->next)
		if (rd_assign(r, s, part, items->v[i]) < 0)
			return -1;
	return 0;
}

static int exec_set(struct render *r, struct scope *s, const struct node *n)
{
	struct value v;

	if (rd_eval(r, s, n->u.set->value, &v) < 0)
		return -1;
	return rd_assign(r, s, n->u.set->target, v);
}

/* What a set block or filter block makes of its body. */
static int capture_body(struct render *r, struct scope *s, const struct node *n, struct value *ret)
{
	struct capture outer = rd_capture(r);

	if (rd_exec(r, scope_new(r, s), n->u.capture.body) < 0 || rd_captured(r, outer, ret) < 0)
		return -1;
	if (!n->u.capture.filter)
		return 0;
	r->piped = *ret;
	r->at = n->at;
	return rd_eval(r, s, n->u.capture.filter, ret);
}

static int exec_set_block(struct render *r, struct scope *s, const struct node *n)
{
	struct value v;

	if (capture_body(r, s, n, &v) < 0)
		return -1;
	return rd_assign(r, s, n->u.capture.target, v);
}

static int exec_filter(struct render *r, struct scope *s, const struct node *n)
{
	struct value v;

	if (capture_body(r, s, n, &v) < 0 || rd_print(r, &v, r->out) < 0)
		return -1;
	return rd_check_output(r);
}

/* The values are those outside: in {% with a=1, b=a %}, b is not 1. */
static int exec_with(struct render *r, struct scope *s, const struct node *n)
{
	struct scope *inner = scope_new(r, s);

	for (const struct assignment *a = n->u.with.set; a; a = a->next) {
		struct value v;

		if (rd_eval(r, s, a->value, &v) < 0 || rd_assign(r, inner, a->target, v) < 0)
			return -1;
	}
	return rd_exec(r, inner, n->u.with.body);
}

static struct value macro_value(struct render *r, struct scope *s, const struct macro_def *def)
{
	struct macro *m = arena_alloc(&r->arena, sizeof(*m));

	*m = (struct macro){.def = def, .scope = s, .from = r->from};
	return (struct value){.kind = VALUE_MACRO, .macro = m};
}

static int call_with_caller(
	struct render *r, struct scope *s, const struct node *n, struct value *ret)
{
	const struct expr *e = n->u.call.call;
	struct value room[CALL_ROOM];
	struct call call;
	struct value what;

	if (rd_eval_part(r, s, e->u.call.base, &what) < 0 ||
		rd_eval_args(r, s, e->u.call.args, VALUE_INIT, room, &call) < 0)
		return -1;
	call.name = "call";
	call.keywords = arena_regrow(&r->arena, call.keywords, call.n_keywords, call.n_keywords + 1,
		sizeof(*call.keywords));
	call.keywords[call.n_keywords++] =
		(struct keyword){.name = "caller", .value = macro_value(r, s, n->u.call.caller)};
	return rd_call(r, &what, &call, ret);
}

static int exec_call(struct render *r, struct scope *s, const struct node *n)
{
	const struct expr *e = n->u.call.call;
	struct value v;

	if (rd_begin_expr(r, e) < 0 || call_with_caller(r, s, n, &v) < 0 ||
		rd_print(r, &v, r->out) < 0)
		return -1;
	rd_end_expr(r, e);
	return rd_check_output(r);
}

/* Only the name is set; the body runs when it is called. */
static int exec_macro(struct render *r, struct scope *s, const struct node *n)
{
	scope_set(r, s, &n->u.macro->name, macro_value(r, s, n->u.macro));
	return 0;
}

int rd_exec(struct render *r, struct scope *s, const struct node *body)
{
	static int (*const execs[])(struct render *, struct scope *, const struct node *) = {
		[NODE_PRINT] = exec_print,
		[NODE_IF] = exec_if,
		[NODE_FOR] = rd_exec_for,
		[NODE_SET] = exec_set,
		[NODE_SET_BLOCK] = exec_set_block,
		[NODE_WITH] = exec_with,
		[NODE_MACRO] = exec_macro,
		[NODE_CALL] = exec_call,
		[NODE_FILTER] = exec_filter,
		[NODE_INCLUDE] = rd_exec_include,
		[NODE_IMPORT] = rd_exec_import,
		[NODE_FROM] = rd_exec_from,
		[NODE_EXTENDS] = rd_exec_extends,
		[NODE_BLOCK] = rd_exec_block,
	};

	if (rd_enter(r) < 0)
		return -1;
	for (const struct node *n = body; n; n = n->next) {
		r->at = n->at;
		if (rd_spend(r, 1) < 0 ||
			(n->kind == NODE_TEXT ? rd_out(r, n->u.text.s, n->u.text.len)
					      : execs[n->kind](r, s, n)) < 0)
			return -1;
	}
	rd_leave(r);
	return 0;
}
