/* macro and call. */
#include "template/parser.h"

static int parse_params(struct parser *p, struct macro_def *macro)
{
	struct macro_param **tail = &macro->params;
	bool defaults = false;

	if (parse_expect_op(p, '(') < 0)
		return -1;
	while (!token_is_op(p->t, ')')) {
		struct macro_param *param = arena_zalloc(p->arena, sizeof(*param));

		if (macro->n_params && parse_expect_op(p, ',') < 0)
			return -1;
		if (parse_target_name(p, &param->name) < 0)
			return -1;
		if (parse_skip_op(p, '=')) {
			defaults = true;
			param->value = parse_expression(p, true);
			if (!param->value)
				return -1;
		} else if (defaults) {
			return parse_fail(p, p->t->at,
				"parameter '%s' without a default follows one with a default",
				param->name.s);
		}
		*tail = param;
		tail = &param->next;
		macro->n_params++;
	}
	p->t++;
	return 0;
}

static int parse_macro_body(struct parser *p, struct macro_def *macro, const char *end)
{
	struct macro_scope scope = {.outer = p->outer, .macro = macro};
	int r;

	p->outer = &scope;
	r = parse_block_body(p, end, &macro->body);
	p->outer = scope.outer;
	return r;
}

struct node *parse_macro(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_MACRO, at);

	n->u.macro = arena_zalloc(p->arena, sizeof(*n->u.macro));
	if (parse_target_name(p, &n->u.macro->name) < 0 || parse_params(p, n->u.macro) < 0)
		return NULL;
	return parse_macro_body(p, n->u.macro, "endmacro") < 0 ? NULL : n;
}

struct node *parse_call(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_CALL, at);
	struct macro_def *caller = arena_zalloc(p->arena, sizeof(*caller));

	caller->name = names_fixed[NAME_CALLER];
	n->u.call.caller = caller;
	if (token_is_op(p->t, '(') && parse_params(p, caller) < 0)
		return NULL;
	n->u.call.call = parse_expression(p, true);
	if (!n->u.call.call)
		return NULL;
	if (n->u.call.call->kind != EXPR_CALL)
		return PARSE_FAIL(p, at, "a call block needs a call, such as name()");
	return parse_macro_body(p, caller, "endcall") < 0 ? NULL : n;
}
