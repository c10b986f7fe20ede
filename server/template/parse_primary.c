#include "template/builtin.h"
#include "template/parser.h"

#include <string.h>

static void note_macro_use(struct parser *p, const struct name *name)
{
	bool varargs = name->id == NAME_VARARGS;
	bool kwargs = name->id == NAME_KWARGS;
	bool caller = name->id == NAME_CALLER;

	if (!varargs && !kwargs && !caller)
		return;
	for (struct macro_scope *m = p->outer; m; m = m->outer) {
		m->macro->uses_varargs |= varargs;
		m->macro->uses_kwargs |= kwargs;
		m->macro->uses_caller |= caller;
	}
}

static struct expr *parse_name(struct parser *p)
{
	static const struct {
		const char *word;
		struct value value;
	} constants[] = {
		{"true", {.kind = VALUE_BOOL, .b = true}},
		{"True", {.kind = VALUE_BOOL, .b = true}},
		{"false", {.kind = VALUE_BOOL, .b = false}},
		{"False", {.kind = VALUE_BOOL, .b = false}},
		{"none", {.kind = VALUE_NONE}},
		{"None", {.kind = VALUE_NONE}},
	};
	const struct token *t = p->t++;
	struct expr *e;

	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++)
		if (token_is_name(t, constants[i].word))
			return expr_constant(p, t->at, constants[i].value);
	e = expr_new(p, EXPR_NAME, t->at);
	e->u.name = parse_name_of(p, t->s, t->len);
	note_macro_use(p, &e->u.name);
	return e;
}

/* "a" "b" is one string. */
static struct expr *parse_string(struct parser *p)
{
	const struct token *first = p->t;
	size_t len = 0;
	char *s;
	char *to;

	for (const struct token *t = first; t->kind == TOKEN_STRING; t++)
		len += t->len;
	if (first[1].kind != TOKEN_STRING) {
		p->t++;
		return expr_constant(p, first->at, value_str(first->s, len));
	}
	s = to = arena_alloc(p->arena, len + 1);
	for (; p->t->kind == TOKEN_STRING; p->t++) {
		memcpy(to, p->t->s, p->t->len);
		to += p->t->len;
	}
	*to = '\0';
	return expr_constant(p, first->at, value_str(s, len));
}

static struct expr *parse_list(struct parser *p)
{
	struct expr *e = expr_new(p, EXPR_LIST, p->t->at);
	struct expr **tail = &e->u.items.first;

	p->t++;
	while (!token_is_op(p->t, ']')) {
		if (e->u.items.n && parse_expect_op(p, ',') < 0)
			return NULL;
		if (token_is_op(p->t, ']'))
			break;
		if (expr_add_item(p, e, &tail, parse_expression(p, true)) < 0)
			return NULL;
	}
	p->t++;
	return e;
}

static struct expr *parse_dict(struct parser *p)
{
	struct expr *e = expr_new(p, EXPR_DICT, p->t->at);
	struct expr **tail = &e->u.items.first;

	p->t++;
	while (!token_is_op(p->t, '}')) {
		if (e->u.items.n && parse_expect_op(p, ',') < 0)
			return NULL;
		if (token_is_op(p->t, '}'))
			break;
		if (expr_add_item(p, e, &tail, parse_expression(p, true)) < 0 ||
			parse_expect_op(p, ':') < 0 ||
			expr_add_item(p, e, &tail, parse_expression(p, true)) < 0)
			return NULL;
	}
	p->t++;
	return e;
}

static bool tuple_ends(const struct parser *p, const char *end_name)
{
	return p->t->kind == TOKEN_PRINT_END || p->t->kind == TOKEN_BLOCK_END ||
	       token_is_op(p->t, ')') || (end_name && token_is_name(p->t, end_name));
}

static struct expr *tuple_rest(
	struct parser *p, bool with_cond, const char *end_name, bool in_parens)
{
	struct expr *e = expr_new(p, EXPR_TUPLE, p->t->at);
	struct expr **tail = &e->u.items.first;
	bool is_tuple = false;

	for (;;) {
		if (e->u.items.n && parse_expect_op(p, ',') < 0)
			return NULL;
		if (tuple_ends(p, end_name))
			break;
		if (expr_add_item(p, e, &tail, parse_expression(p, with_cond)) < 0)
			return NULL;
		if (!token_is_op(p->t, ','))
			break;
		is_tuple = true;
	}
	if (is_tuple || (in_parens && !e->u.items.n))
		return expr_fold_items(p, e);
	if (!e->u.items.n)
		return PARSE_FAIL(p, p->t->at, "an expression is missing");
	return e->u.items.first;
}

struct expr *parse_tuple(struct parser *p, bool with_cond, const char *end_name)
{
	return tuple_rest(p, with_cond, end_name, false);
}

static struct expr *parse_parens(struct parser *p)
{
	struct expr *e;

	p->t++;
	e = tuple_rest(p, true, NULL, true);
	if (!e || parse_expect_op(p, ')') < 0)
		return NULL;
	return e;
}

struct expr *parse_primary(struct parser *p)
{
	const struct token *t = p->t;
	char what[64];

	switch (t->kind) {
	case TOKEN_NAME:
		return parse_name(p);
	case TOKEN_STRING:
		return parse_string(p);
	case TOKEN_INT:
		p->t++;
		return expr_constant(p, t->at, value_int(t->i));
	case TOKEN_FLOAT:
		p->t++;
		return expr_constant(p, t->at, value_float(t->f));
	case TOKEN_OPERATOR:
		if (t->op == '(')
			return parse_parens(p);
		if (t->op == '[')
			return parse_list(p);
		if (t->op == '{')
			return parse_dict(p);
		break;
	case TOKEN_EOF:
	case TOKEN_TEXT:
	case TOKEN_PRINT_BEGIN:
	case TOKEN_PRINT_END:
	case TOKEN_BLOCK_BEGIN:
	case TOKEN_BLOCK_END:
		break;
	}
	return PARSE_FAIL(p, t->at, "unexpected %s", token_describe(t, what, sizeof(what)));
}

static int parse_keyword_arg(struct parser *p, struct args *args, struct arg_keyword ***tail)
{
	struct arg_keyword *k = arena_zalloc(p->arena, sizeof(*k));

	k->name = parse_name_of(p, p->t->s, p->t->len);
	p->t += 2;
	k->value = parse_expression(p, true);
	if (!k->value)
		return -1;
	**tail = k;
	*tail = &k->next;
	args->n_keywords++;
	return 0;
}

static int parse_one_arg(struct parser *p, struct args *args, struct expr ***tail,
	struct arg_keyword ***keyword_tail)
{
	struct place at = p->t->at;
	struct expr *e;

	if (parse_skip_op(p, '*')) {
		if (args->star || args->starstar)
			return parse_fail(p, at, "call has a second * or one after **");
		args->star = parse_expression(p, true);
		return args->star ? 0 : -1;
	}
	if (parse_skip_op(p, OPERATOR('*', '*'))) {
		if (args->starstar)
			return parse_fail(p, at, "call has a second **");
		args->starstar = parse_expression(p, true);
		return args->starstar ? 0 : -1;
	}
	if (p->t->kind == TOKEN_NAME && token_is_op(p->t + 1, '=')) {
		if (args->starstar)
			return parse_fail(p, at, "call has a keyword argument after **");
		return parse_keyword_arg(p, args, keyword_tail);
	}
	if (args->star || args->starstar || args->keywords)
		return parse_fail(p, at, "call has a positional argument after a keyword");
	e = parse_expression(p, true);
	if (!e)
		return -1;
	**tail = e;
	*tail = &e->next;
	args->n++;
	return 0;
}

struct args *parse_args(struct parser *p)
{
	struct args *args = arena_zalloc(p->arena, sizeof(*args));
	struct expr **tail = &args->first;
	struct arg_keyword **keyword_tail = &args->keywords;
	bool comma = false;

	if (!parse_skip_op(p, '('))
		return args;
	while (!token_is_op(p->t, ')')) {
		if (comma && parse_expect_op(p, ',') < 0)
			return NULL;
		if (token_is_op(p->t, ')'))
			break;
		if (parse_one_arg(p, args, &tail, &keyword_tail) < 0)
			return NULL;
		comma = true;
	}
	p->t++;
	return args;
}

static struct expr *parse_slice_rest(struct parser *p, struct expr *from, struct place at)
{
	struct expr *e = expr_new(p, EXPR_SLICE, at);
	struct expr **parts[] = {&e->u.slice.to, &e->u.slice.step};

	e->u.slice.from = from;
	if (expr_grow(p, e, from) < 0)
		return NULL;
	for (size_t i = 0; i < 2 && parse_skip_op(p, ':'); i++) {
		if (token_is_op(p->t, ':') || token_is_op(p->t, ']') || token_is_op(p->t, ','))
			continue;
		*parts[i] = parse_expression(p, true);
		if (!*parts[i] || expr_grow(p, e, *parts[i]) < 0)
			return NULL;
	}
	return e;
}

static struct expr *parse_subscript(struct parser *p)
{
	struct place at = p->t->at;
	struct expr *e = NULL;

	if (!token_is_op(p->t, ':')) {
		e = parse_expression(p, true);
		if (!e)
			return NULL;
	}
	return token_is_op(p->t, ':') ? parse_slice_rest(p, e, at) : e;
}

static struct expr *parse_item(struct parser *p, struct expr *base)
{
	struct expr *e = expr_new(p, EXPR_ITEM, p->t->at);

	p->t++;
	e->u.item.base = base;
	e->u.item.index = parse_subscript(p);
	if (!e->u.item.index || expr_grow(p, e, base) < 0 || expr_grow(p, e, e->u.item.index) < 0)
		return NULL;
	return parse_expect_op(p, ']') < 0 ? NULL : e;
}

static struct expr *parse_attr(struct parser *p, struct expr *base)
{
	struct place at;
	struct expr *e;

	p->t++;
	at = p->t->at;
	if (p->t->kind == TOKEN_INT) {
		e = expr_new(p, EXPR_ITEM, at);
		e->u.item.base = base;
		e->u.item.index = expr_constant(p, at, value_int(p->t->i));
		p->t++;
	} else {
		e = expr_new(p, EXPR_ATTR, at);
		e->u.attr.base = base;
		if (parse_identifier(p, &e->u.attr.name) < 0)
			return NULL;
		e->u.attr.methods = methods_named(p->arena, e->u.attr.name.s);
	}
	return expr_grow(p, e, base) < 0 ? NULL : e;
}

struct expr *parse_postfix(struct parser *p, struct expr *e)
{
	while (e) {
		if (token_is_op(p->t, '.'))
			e = parse_attr(p, e);
		else if (token_is_op(p->t, '['))
			e = parse_item(p, e);
		else if (token_is_op(p->t, '('))
			e = expr_call(p, EXPR_CALL, e->at, e, parse_args(p));
		else
			break;
	}
	return e;
}
