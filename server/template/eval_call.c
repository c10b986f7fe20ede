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

/* args[0] is there. */
static inline int run_bound(struct render *r, struct scope *s, const struct expr *e,
	struct value args[CALL_ROOM], struct value *ret)
{
	const struct bound_args *bound = e->u.call.args->bound;
	struct call call = {.name = e->u.call.row->name, .args = args, .n = bound->n};

	for (size_t i = 1; i < bound->n; i++) {
		if (!bound->made[i])
			args[i] = bound->fixed[i];
		else if (rd_eval_part(r, s, bound->made[i], &args[i]) < 0)
			return -1;
	}
	r->at = e->at;
	return rd_run_builtin(r, e->u.call.row, &call, ret);
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
	if (what.kind == VALUE_MACRO && macro_fits(what.macro, e->u.call.args)) {
		r->at = e->at;
		return rd_print_macro(r, s, what.macro, e->u.call.args) < 0 ? -1 : 1;
	}
	if (eval_call_args(r, s, e, room, &call) < 0 || rd_call_printing(r, &what, &call) < 0)
		return -1;
	return 1;
}

/* What is filtered or tested; some rows only want to know that it is not there. */
static inline int eval_first(
	struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	const struct expr *base = e->u.call.base;

	if (base->kind != EXPR_NAME || !e->u.call.row->takes_undefined)
		return rd_eval_part(r, s, base, ret);
	scope_peek(r, s, &base->u.name, ret);
	return 0;
}

int eval_bound(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	struct value room[CALL_ROOM];

	if (eval_first(r, s, e, &room[0]) < 0 || run_bound(r, s, e, room, ret) < 0)
		return -1;
	return eval_place(r, e, ret);
}

int eval_filter_or_test(struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	const char *what = e->kind == EXPR_FILTER ? "filter" : "test";
	struct value room[CALL_ROOM];
	struct call call;

	if (!e->u.call.row) {
		r->at = e->at;
		return builtin_missing(r, what, e->u.call.called);
	}
	if (eval_first(r, s, e, &room[0]) < 0 ||
		rd_eval_args(r, s, e->u.call.args, room[0], room, &call) < 0)
		return -1;
	r->at = e->at;
	call.name = e->u.call.called;
	call.named = e->u.call.named;
	if (builtin_call(r, e->u.call.row, what, &call, ret) < 0)
		return -1;
	return eval_place(r, e, ret);
}
