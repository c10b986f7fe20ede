/*
 * What eval.c and eval_call.c share: an expression is evaluated by the function of its kind
 * (rd_evaluators in render.h).
 */
#ifndef TEMPLATE_EVAL_H
#define TEMPLATE_EVAL_H

#include "template/render.h"

/* Notes where an undefined value came from, which says more than where it is missed. Returns 0. */
int eval_place_undefined(const struct render *r, const struct expr *e, struct value *v);
static inline int eval_place(const struct render *r, const struct expr *e, struct value *v)
{
	return v->kind == VALUE_UNDEFINED ? eval_place_undefined(r, e, v) : 0;
}
/* The attribute that `e` names, of a value that is there. */
int eval_attr_of(struct render *r, const struct expr *e, struct value *base, struct value *ret);

rd_evaluator eval_call;
rd_evaluator eval_filter_or_test;
rd_evaluator eval_bound;
/* {{ name(…) }}: what a macro prints needs no value of its own. 0 if the name is no macro's, else 1
 * or -1. */
int eval_print_call(struct render *r, struct scope *s, const struct expr *e);

#endif
