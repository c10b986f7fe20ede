/* Calls, filters and tests within expressions: where their arguments go. */
#include "template/eval.h"

/* What is to be called, and with what. A method is called without being made a value before:
 * `*method` is its row then. */
static int eval_callee(struct render *r, struct scope *s, const struct expr *e, struct value *what,
	const struct builtin **method)
{
	const struct expr *base = e->u.call.base;
	struct value self;

	*method = NULL;
	if (base->kind != EXPR_ATTR || !base->u.attr.methods)
		return rd_eval_part(r, s, base, what);
	if (rd_eval_part(r, s, base->u.attr.base, &self) < 0)
		return -1;
	*method = base->u.attr.methods->of[self.kind];
	if (!*method)
		return eval_attr_of(r, base, &self, what);
	*what = self;
	return 0;
}

/* The arguments go where the function wants them; args[0] is there. */
static int run_bound(struct render *r, struct scope *s, const struct expr *e,
	struct value args[CALL_ROOM], struct value *ret)
{
	const struct args *given = e->u.call.args;
	struct call call = {.name = e->u.call.row->name, .args = args, .n = given->bound};
	size_t n = 1;

	for (const struct expr *i = given->first; i; i = i->next)
		if (rd_eval_part(r, s, i, &args[n++]) < 0)
			return -1;
	while (n < call.n)
		args[n++].kind = VALUE_ABSENT;
	for (const struct arg_keyword *k = given->keywords; k; k = k->next)
		if (rd_eval_part(r, s, k->value, &args[k->param]) < 0)
			return -1;
	r->at = e->at;
	return builtin_run(r, e->u.call.row, &call, ret);
}

static int run_method(struct render *r, struct scope *s, const struct expr *e,
	const struct builtin *method, struct value room[CALL_ROOM], struct value *ret)
{
	struct call call;

	if (method == e->u.call.row && e->u.call.args->bound)
		return run_bound(r, s, e, room, ret);
	if (rd_eval_args(r, s, e->u.call.args, room[0], room, &call) < 0)
		return -1;
	call.name = method->name;
	r->at = e->at;
	return builtin_call(r, method, "method", &call, ret);
}

static int eval_call_args(struct render *r, struct scope *s, const struct expr *e,
	struct value room[CALL_ROOM], struct call *ret)
{
	const struct expr *base = e->u.call.base;

	if (rd_eval_args(r, s, e->u.call.args, VALUE_INIT, room, ret) < 0)
		return -1;
	ret->name = base->kind == EXPR_NAME ? base->u.name.s : "call";
	r->at = e->at;
	return 0;
}

int eval_call(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct value room[CALL_ROOM];
	const struct builtin *method;
	struct value what;
	struct call call;
	int status;

	if (eval_callee(r, s, e, &what, &method) < 0)
		return -1;
	if (method) {
		room[0] = what;
		status = run_method(r, s, e, method, room, ret);
	} else {
		status = eval_call_args(r, s, e, room, &call) < 0 ? -1
		                                                  : rd_call(r, &what, &call, ret);
	}
	return status < 0 ? -1 : eval_place(r, e, ret);
}

int eval_print_call(struct render *r, struct scope *s, const struct expr *e)
{
	const struct expr *base = e->u.call.base;
	struct value room[CALL_ROOM];
	struct value what;
	struct call call;

	if (base->kind != EXPR_NAME &&
		(base->kind != EXPR_ATTR || base->u.attr.base->kind != EXPR_NAME))
		return 0; /* it may do something, and would do it twice */
	if (rd_eval_part(r, s, base, &what) < 0)
		return -1;
	if (!call_prints(&what))
		return 0;
	if (eval_call_args(r, s, e, room, &call) < 0 || rd_call_printing(r, &what, &call) < 0)
		return -1;
	return 1;
}

int eval_filter_or_test(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	const char *what = e->kind == EXPR_FILTER ? "filter" : "test";
	const struct expr *base = e->u.call.base;
	struct value room[CALL_ROOM];
	struct call call;

	if (!e->u.call.row) {
		r->at = e->at;
		return builtin_missing(r, what, e->u.call.called);
	}
	if (base->kind == EXPR_NAME && e->u.call.row->takes_undefined)
		scope_peek(r, s, &base->u.name, &room[0]);
	else if (rd_eval_part(r, s, base, &room[0]) < 0)
		return -1;
	if (e->u.call.args->bound)
		return run_bound(r, s, e, room, ret) < 0 ? -1 : eval_place(r, e, ret);
	if (rd_eval_args(r, s, e->u.call.args, room[0], room, &call) < 0)
		return -1;
	r->at = e->at;
	call.name = e->u.call.called;
	if (builtin_call(r, e->u.call.row, what, &call, ret) < 0)
		return -1;
	return eval_place(r, e, ret);
}
