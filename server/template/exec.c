#include "template/render.h"

#include <string.h>

static int exec_text(struct render *r, const struct node *n)
{
	strbuf_add(r->out, n->u.text.s, n->u.text.len);
	return rd_check_output(r);
}

static int exec_print(struct render *r, struct scope *s, const struct node *n)
{
	struct value v;

	if (r->muted) /* not even evaluated */
		return 0;
	if (n->u.print->kind == EXPR_CALL)
		return rd_print_call(r, s, n->u.print);
	if (rd_eval(r, s, n->u.print, &v) < 0 || rd_print(r, &v, r->out) < 0)
		return -1;
	return rd_check_output(r);
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

int rd_assign(struct render *r, struct scope *s, const struct target *t, struct value v)
{
	const struct target *part = t->first;
	struct list *items;

	if (t->kind == TARGET_NAME) {
		scope_set(r, s, &t->name, v);
		return 0;
	}
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

static int exec_call(struct render *r, struct scope *s, const struct node *n)
{
	const struct expr *e = n->u.call.call;
	struct value room[CALL_ROOM];
	struct call call;
	struct value what;
	struct value v;

	if (rd_eval(r, s, e->u.call.base, &what) < 0 ||
		rd_eval_args(r, s, e->u.call.args, VALUE_INIT, room, &call) < 0)
		return -1;
	call.name = "call";
	call.keywords = arena_regrow(&r->arena, call.keywords, call.n_keywords, call.n_keywords + 1,
		sizeof(*call.keywords));
	call.keywords[call.n_keywords++] =
		(struct keyword){.name = "caller", .value = macro_value(r, s, n->u.call.caller)};
	if (rd_call(r, &what, &call, &v) < 0 || rd_print(r, &v, r->out) < 0)
		return -1;
	return rd_check_output(r);
}

static int exec_node(struct render *r, struct scope *s, const struct node *n)
{
	switch (n->kind) {
	case NODE_TEXT:
		return exec_text(r, n);
	case NODE_PRINT:
		return exec_print(r, s, n);
	case NODE_IF:
		return exec_if(r, s, n);
	case NODE_FOR:
		return rd_exec_for(r, s, n);
	case NODE_SET:
		return exec_set(r, s, n);
	case NODE_SET_BLOCK:
		return exec_set_block(r, s, n);
	case NODE_WITH:
		return exec_with(r, s, n);
	case NODE_MACRO:
		scope_set(r, s, &n->u.macro->name, macro_value(r, s, n->u.macro));
		return 0;
	case NODE_CALL:
		return exec_call(r, s, n);
	case NODE_FILTER:
		return exec_filter(r, s, n);
	case NODE_INCLUDE:
		return rd_exec_include(r, s, n);
	case NODE_IMPORT:
		return rd_exec_import(r, s, n);
	case NODE_FROM:
		return rd_exec_from(r, s, n);
	case NODE_EXTENDS:
		return rd_exec_extends(r, s, n);
	case NODE_BLOCK:
		return rd_exec_block(r, s, n);
	}
	return 0;
}

int rd_exec(struct render *r, struct scope *s, const struct node *body)
{
	int status = 0;

	if (rd_enter(r) < 0)
		return -1;
	for (const struct node *n = body; n && status == 0; n = n->next) {
		r->at = n->at;
		status = rd_spend(r, 1) < 0 ? -1 : exec_node(r, s, n);
	}
	rd_leave(r);
	return status;
}
