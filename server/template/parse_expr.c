#include "template/builtin.h"
#include "template/parser.h"

static struct expr *unary(
	struct parser *p, enum expr_kind kind, struct place at, struct expr *operand)
{
	struct expr *e;

	if (!operand)
		return NULL;
	e = expr_new(p, kind, at);
	e->u.operand = operand;
	return expr_grow(p, e, operand) < 0 ? NULL : e;
}

static void note_unknown(struct parser *p, const struct expr *e)
{
	if (!e->u.call.row && !p->unknown)
		p->unknown = e;
}

void parse_unknown_soft(struct parser *p, const struct expr *before)
{
	p->unknown = before;
}

void parse_unknown_hard(struct parser *p, const struct expr *before)
{
	if (p->unknown != before && !p->unknown_for_sure)
		p->unknown_for_sure = p->unknown;
	p->unknown = before;
}

/* What is known of a filter or test before it is ever called. */
static void bind(struct parser *p, struct expr *e)
{
	const struct builtin *row = e->u.call.row;
	const struct expr *arg = e->u.call.args->first;

	if (!row)
		return;
	builtin_bind(p->arena, row, e->u.call.args);
	if (e->u.call.args->bound)
		e->kind = EXPR_BOUND;
	for (size_t i = 1; arg && i < row->names; i++)
		arg = arg->next;
	if (row->names && arg && arg->kind == EXPR_CONST && arg->u.value.kind == VALUE_STRING)
		e->u.call.named =
			row->named_by(arena_strndup(p->arena, arg->u.value.s, arg->u.value.len));
}

struct expr *parse_filter_chain(struct parser *p, struct expr *base, bool starts_inline)
{
	struct expr *e = base;

	while (e && (starts_inline || parse_skip_op(p, '|'))) {
		struct place at = p->t->at;
		struct name name;

		starts_inline = false;
		if (parse_identifier(p, &name) < 0)
			return NULL;
		e = expr_call(p, EXPR_FILTER, at, e, parse_args(p));
		if (!e)
			return NULL;
		e->u.call.called = name.s;
		e->u.call.row = filter_find(name.s);
		bind(p, e);
		note_unknown(p, e);
	}
	return e;
}

static bool starts_test_argument(const struct token *t)
{
	if (t->kind == TOKEN_NAME)
		return !token_is_name(t, "else") && !token_is_name(t, "or") &&
		       !token_is_name(t, "and");
	return t->kind == TOKEN_STRING || t->kind == TOKEN_INT || t->kind == TOKEN_FLOAT ||
	       token_is_op(t, '[') || token_is_op(t, '{');
}

/* `is divisibleby 3`: one argument without parentheses. */
static struct args *parse_test_args(struct parser *p)
{
	struct args *args;

	if (token_is_op(p->t, '(') || !starts_test_argument(p->t))
		return parse_args(p);
	if (token_is_name(p->t, "is"))
		return PARSE_FAIL(p, p->t->at, "tests with 'is' cannot be chained");
	args = arena_zalloc(p->arena, sizeof(*args));
	args->first = parse_postfix(p, parse_primary(p));
	args->n = 1;
	return args->first ? args : NULL;
}

static struct expr *parse_test(struct parser *p, struct expr *base)
{
	struct place at = p->t->at;
	bool negated;
	struct name name;
	struct expr *e;

	p->t++;
	negated = parse_skip_name(p, "not");
	if (parse_identifier(p, &name) < 0)
		return NULL;
	e = expr_call(p, EXPR_TEST, at, base, parse_test_args(p));
	if (!e)
		return NULL;
	e->u.call.called = name.s;
	e->u.call.row = test_find(name.s);
	bind(p, e);
	note_unknown(p, e);
	return negated ? unary(p, EXPR_NOT, at, e) : e;
}

static struct expr *parse_filters_and_tests(struct parser *p, struct expr *e)
{
	while (e) {
		if (token_is_op(p->t, '|'))
			e = parse_filter_chain(p, e, false);
		else if (token_is_name(p->t, "is"))
			e = parse_test(p, e);
		else if (token_is_op(p->t, '('))
			e = expr_call(p, EXPR_CALL, e->at, e, parse_args(p));
		else
			break;
	}
	return e;
}

static struct expr *parse_unary(struct parser *p, bool with_filter)
{
	struct place at = p->t->at;
	struct expr *e;

	if (parse_enter(p) < 0)
		return NULL;
	if (parse_skip_op(p, '-'))
		e = unary(p, EXPR_NEG, at, parse_unary(p, false));
	else if (parse_skip_op(p, '+'))
		e = unary(p, EXPR_POS, at, parse_unary(p, false));
	else
		e = parse_primary(p);
	e = parse_postfix(p, e);
	if (with_filter)
		e = parse_filters_and_tests(p, e);
	parse_leave(p);
	return e;
}

/* The binary operators by how tightly they bind. ~ stands between: see parse_concat(). */
static const struct operator_row {
	unsigned op;
	int level;
	enum binary_op binary;
} operators[] = {
	{'+', 1, OP_ADD},
	{'-', 1, OP_SUB},
	{'*', 3, OP_MUL},
	{'/', 3, OP_DIV},
	{OPERATOR('/', '/'), 3, OP_FLOORDIV},
	{'%', 3, OP_MOD},
	{OPERATOR('*', '*'), 4, OP_POW},
};

static const struct operator_row *operator_at(const struct token *t, int level)
{
	if (t->kind == TOKEN_OPERATOR)
		for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
			if (operators[i].op == t->op && operators[i].level == level)
				return &operators[i];
	return NULL;
}

static struct expr *parse_math(struct parser *p, int level);

static struct expr *parse_concat(struct parser *p)
{
	struct expr *first = parse_math(p, 3);
	struct expr *e;
	struct expr **tail;

	if (!first || !token_is_op(p->t, '~'))
		return first;
	e = expr_new(p, EXPR_CONCAT, first->at);
	tail = &e->u.items.first;
	if (expr_add_item(p, e, &tail, first) < 0)
		return NULL;
	while (parse_skip_op(p, '~'))
		if (expr_add_item(p, e, &tail, parse_math(p, 3)) < 0)
			return NULL;
	return e;
}

/* Levels: 1 sums, 2 concatenation, 3 products, 4 powers (from left to right, as Jinja has it). */
static struct expr *parse_math(struct parser *p, int level)
{
	const struct operator_row *row;
	struct expr *left;

	if (level == 2)
		return parse_concat(p);
	if (level == 5)
		return parse_unary(p, true);
	left = parse_math(p, level + 1);
	while (left && (row = operator_at(p->t, level))) {
		struct expr *e = expr_new(p, EXPR_BINARY, p->t->at);

		p->t++;
		e->u.binary.left = left;
		e->u.binary.op = row->binary;
		e->u.binary.right = parse_math(p, level + 1);
		if (!e->u.binary.right || expr_grow(p, e, left) < 0 ||
			expr_grow(p, e, e->u.binary.right) < 0)
			return NULL;
		left = e;
	}
	return left;
}

static bool parse_compare_op(struct parser *p, enum compare_op *ret)
{
	static const struct {
		unsigned op;
		enum compare_op compare;
	} rows[] = {
		{OPERATOR('=', '='), CMP_EQ},
		{OPERATOR('!', '='), CMP_NE},
		{'<', CMP_LT},
		{OPERATOR('<', '='), CMP_LE},
		{'>', CMP_GT},
		{OPERATOR('>', '='), CMP_GE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (parse_skip_op(p, rows[i].op)) {
			*ret = rows[i].compare;
			return true;
		}
	}
	if (parse_skip_name(p, "in")) {
		*ret = CMP_IN;
		return true;
	}
	if (token_is_name(p->t, "not") && token_is_name(p->t + 1, "in")) {
		p->t += 2;
		*ret = CMP_NOT_IN;
		return true;
	}
	return false;
}

static struct expr *parse_compare(struct parser *p)
{
	struct expr *left = parse_math(p, 1);
	struct expr *e = NULL;
	struct comparison **tail = NULL;
	struct comparison *last = NULL;
	enum compare_op op;

	while (left && parse_compare_op(p, &op)) {
		struct comparison *c = arena_zalloc(p->arena, sizeof(*c));

		if (!e) {
			e = expr_new(p, EXPR_COMPARE, left->at);
			e->u.compare.left = left;
			tail = &e->u.compare.rest;
			if (expr_grow(p, e, left) < 0)
				return NULL;
		}
		c->op = op;
		c->with = parse_math(p, 1);
		if (!c->with || expr_grow(p, e, c->with) < 0)
			return NULL;
		*tail = last = c;
		tail = &c->next;
	}
	if (last && (last->op == CMP_IN || last->op == CMP_NOT_IN))
		last->with = expr_fold_items(p, last->with);
	return e ? e : left;
}

static struct expr *parse_not(struct parser *p)
{
	struct place at = p->t->at;
	struct expr *e;

	if (!token_is_name(p->t, "not"))
		return parse_compare(p);
	p->t++;
	if (parse_enter(p) < 0)
		return NULL;
	e = unary(p, EXPR_NOT, at, parse_not(p));
	parse_leave(p);
	return e;
}

static struct expr *parse_logic(struct parser *p, enum expr_kind kind)
{
	bool is_or = kind == EXPR_OR;
	struct expr *left = is_or ? parse_logic(p, EXPR_AND) : parse_not(p);

	while (left && parse_skip_name(p, is_or ? "or" : "and")) {
		struct expr *e = expr_new(p, kind, left->at);

		e->u.binary.left = left;
		e->u.binary.right = is_or ? parse_logic(p, EXPR_AND) : parse_not(p);
		if (!e->u.binary.right || expr_grow(p, e, left) < 0 ||
			expr_grow(p, e, e->u.binary.right) < 0)
			return NULL;
		left = e;
	}
	return left;
}

static struct undefined *nothing(struct parser *p, const struct expr *e)
{
	struct undefined *u = arena_zalloc(p->arena, sizeof(*u));

	u->hint = "the inline if is false and has no else, so there is no value";
	u->where = p->parsed->name;
	u->at = e->at;
	u->lenient = true;
	return u;
}

static struct expr *parse_cond_rest(struct parser *p, struct expr *yes)
{
	struct expr *e = expr_new(p, EXPR_COND, yes->at);

	e->u.cond.yes = yes;
	e->u.cond.test = parse_logic(p, EXPR_OR);
	if (!e->u.cond.test || expr_grow(p, e, yes) < 0 || expr_grow(p, e, e->u.cond.test) < 0)
		return NULL;
	if (!parse_skip_name(p, "else")) {
		e->u.cond.nothing = nothing(p, e);
		return e;
	}
	e->u.cond.no = parse_expression(p, true);
	return e->u.cond.no && expr_grow(p, e, e->u.cond.no) == 0 ? e : NULL;
}

struct expr *parse_expression(struct parser *p, bool with_cond)
{
	const struct expr *unknown = p->unknown;
	struct expr *e;

	if (parse_enter(p) < 0)
		return NULL;
	e = parse_logic(p, EXPR_OR);
	while (e && with_cond && parse_skip_name(p, "if")) {
		e = parse_cond_rest(p, e);
		parse_unknown_soft(p, unknown);
	}
	parse_leave(p);
	return e;
}
