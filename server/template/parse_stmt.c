#include "base/mem.h"
#include "base/strv.h"
#include "template/parser.h"

#include <string.h>

static int parse_body(struct parser *p, const char *const *ends, struct node **ret);

struct node *node_new(struct parser *p, enum node_kind kind, struct place at)
{
	struct node *n = arena_zalloc(p->arena, sizeof(*n));

	n->kind = kind;
	n->at = at;
	return n;
}

static int expect_tag_end(struct parser *p)
{
	char what[64];

	if (p->t->kind != TOKEN_BLOCK_END)
		return parse_fail(p, p->t->at, "'%%}' expected, not %s",
			token_describe(p->t, what, sizeof(what)));
	p->t++;
	return 0;
}

int parse_block_body(struct parser *p, const char *end, struct node **ret)
{
	const char *const ends[] = {end, NULL};

	if (parse_body(p, ends, ret) < 0)
		return -1;
	p->t++;
	return 0;
}

static bool is_constant_name(const char *s)
{
	static const char *const words[] = {"true", "True", "false", "False", "none", "None"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(s, words[i]))
			return true;
	return false;
}

int parse_target_name(struct parser *p, struct name *ret)
{
	struct place at = p->t->at;

	if (parse_identifier(p, ret) < 0)
		return -1;
	if (is_constant_name(ret->s))
		return parse_fail(p, at, "cannot assign to '%s'", ret->s);
	return 0;
}

static struct target *parse_target(struct parser *p, const char *end_name, bool in_parens);

static struct target *parse_target_item(struct parser *p)
{
	struct target *t;

	if (parse_skip_op(p, '(')) {
		if (parse_enter(p) < 0)
			return NULL;
		t = parse_target(p, NULL, true);
		parse_leave(p);
		return t && parse_expect_op(p, ')') == 0 ? t : NULL;
	}
	t = arena_zalloc(p->arena, sizeof(*t));
	t->at = p->t->at;
	return parse_target_name(p, &t->name) < 0 ? NULL : t;
}

/* name, or (name, name), or name, name. */
static struct target *parse_target(struct parser *p, const char *end_name, bool in_parens)
{
	struct target *tuple = arena_zalloc(p->arena, sizeof(*tuple));
	struct target **tail = &tuple->first;
	bool is_tuple = false;

	tuple->kind = TARGET_TUPLE;
	tuple->at = p->t->at;
	for (;;) {
		bool ends = (in_parens && token_is_op(p->t, ')')) ||
		            p->t->kind == TOKEN_BLOCK_END || token_is_op(p->t, '=') ||
		            (end_name && token_is_name(p->t, end_name));

		if (tuple->n && ends)
			break;
		*tail = parse_target_item(p);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
		tuple->n++;
		if (!parse_skip_op(p, ','))
			break;
		is_tuple = true;
	}
	return is_tuple ? tuple : tuple->first;
}

static struct target *parse_set_target(struct parser *p)
{
	struct target *t;

	if (p->t->kind != TOKEN_NAME || !token_is_op(p->t + 1, '.'))
		return parse_target(p, NULL, false);
	t = arena_zalloc(p->arena, sizeof(*t));
	t->kind = TARGET_MEMBER;
	t->at = p->t->at;
	parse_identifier(p, &t->name);
	p->t++;
	return parse_identifier(p, &t->member) < 0 ? NULL : t;
}

static struct node *parse_set(struct parser *p, struct place at)
{
	struct target *target = parse_set_target(p);
	struct node *n;

	if (!target)
		return NULL;
	if (!parse_skip_op(p, '=')) {
		struct expr *piped = expr_new(p, EXPR_PIPED, at);

		n = node_new(p, NODE_SET_BLOCK, at);
		n->u.capture.target = target;
		n->u.capture.filter = parse_filter_chain(p, piped, false);
		if (!n->u.capture.filter || parse_block_body(p, "endset", &n->u.capture.body) < 0)
			return NULL;
		if (n->u.capture.filter == piped)
			n->u.capture.filter = NULL;
		return n;
	}
	n = node_new(p, NODE_SET, at);
	n->u.set = arena_zalloc(p->arena, sizeof(*n->u.set));
	n->u.set->target = target;
	n->u.set->value = parse_tuple(p, true, NULL);
	return n->u.set->value ? n : NULL;
}

static struct node *parse_for(struct parser *p, struct place at)
{
	static const char *const ends[] = {"endfor", "else", NULL};
	struct node *n = node_new(p, NODE_FOR, at);

	n->u.loop.target = parse_target(p, "in", false);
	if (!n->u.loop.target || parse_expect_name(p, "in") < 0)
		return NULL;
	n->u.loop.over = parse_tuple(p, false, "recursive");
	if (!n->u.loop.over)
		return NULL;
	if (parse_skip_name(p, "if")) {
		n->u.loop.test = parse_expression(p, true);
		if (!n->u.loop.test)
			return NULL;
	}
	n->u.loop.recursive = parse_skip_name(p, "recursive");
	if (parse_body(p, ends, &n->u.loop.body) < 0)
		return NULL;
	if (parse_skip_name(p, "endfor"))
		return n;
	p->t++;
	return parse_block_body(p, "endfor", &n->u.loop.otherwise) < 0 ? NULL : n;
}

static struct branch *parse_branch(struct parser *p, bool has_test)
{
	static const char *const ends[] = {"elif", "else", "endif", NULL};
	struct branch *b = arena_zalloc(p->arena, sizeof(*b));

	if (has_test) {
		b->test = parse_tuple(p, false, NULL);
		if (!b->test)
			return NULL;
	}
	return parse_body(p, has_test ? ends : ends + 2, &b->body) < 0 ? NULL : b;
}

static struct node *parse_if(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_IF, at);
	struct branch **tail = &n->u.branches;
	const struct expr *unknown = p->unknown;
	bool has_test = true;

	for (;;) {
		*tail = parse_branch(p, has_test);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
		if (parse_skip_name(p, "endif"))
			break;
		has_test = token_is_name(p->t, "elif");
		p->t++;
	}
	parse_unknown_soft(p, unknown);
	return n;
}

static struct node *parse_with(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_WITH, at);
	struct assignment **tail = &n->u.with.set;

	while (p->t->kind != TOKEN_BLOCK_END) {
		struct assignment *a = arena_zalloc(p->arena, sizeof(*a));

		if (n->u.with.set && parse_expect_op(p, ',') < 0)
			return NULL;
		a->target = parse_target(p, NULL, false);
		if (!a->target || parse_expect_op(p, '=') < 0)
			return NULL;
		a->value = parse_expression(p, true);
		if (!a->value)
			return NULL;
		*tail = a;
		tail = &a->next;
	}
	return parse_block_body(p, "endwith", &n->u.with.body) < 0 ? NULL : n;
}

static struct node *parse_filter(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_FILTER, at);

	n->u.capture.filter = parse_filter_chain(p, expr_new(p, EXPR_PIPED, at), true);
	if (!n->u.capture.filter)
		return NULL;
	return parse_block_body(p, "endfilter", &n->u.capture.body) < 0 ? NULL : n;
}

static struct node *parse_print(struct parser *p, struct place at)
{
	struct node *first = NULL;
	struct node **tail = &first;

	while (p->t->kind != TOKEN_BLOCK_END) {
		if (first && parse_expect_op(p, ',') < 0)
			return NULL;
		*tail = node_new(p, NODE_PRINT, at);
		(*tail)->u.print = parse_expression(p, true);
		if (!(*tail)->u.print)
			return NULL;
		tail = &(*tail)->next;
	}
	return first ? first : node_new(p, NODE_TEXT, at);
}

static const struct statement_row {
	const char *word;
	bool own_frame; /* a body that an if around it makes no difference to: see parser.unknown */
	struct node *(*parse)(struct parser *p, struct place at);
} statements[] = {
	{"set", false, parse_set},
	{"if", false, parse_if},
	{"for", true, parse_for},
	{"include", false, parse_include},
	{"macro", true, parse_macro},
	{"call", true, parse_call},
	{"filter", true, parse_filter},
	{"with", true, parse_with},
	{"block", true, parse_block},
	{"extends", false, parse_extends},
	{"import", false, parse_import},
	{"from", false, parse_from},
	{"print", false, parse_print},
};

static const char *nearest_tag(const char *word)
{
	const char *words[ARRAY_SIZE(statements)];

	for (size_t i = 0; i < ARRAY_SIZE(statements); i++)
		words[i] = statements[i].word;
	return nearest_word(word, words, ARRAY_SIZE(statements));
}

static struct node *unknown_tag(struct parser *p)
{
	const char *near = nearest_tag(p->t->s);

	if (!strncmp(p->t->s, "end", 3) || token_is_name(p->t, "else") ||
		token_is_name(p->t, "elif"))
		return PARSE_FAIL(p, p->t->at, "unexpected tag '%.100s'", p->t->s);
	if (near)
		return PARSE_FAIL(
			p, p->t->at, "unknown tag '%.100s', did you mean '%s'?", p->t->s, near);
	return PARSE_FAIL(p, p->t->at, "unknown tag '%.100s'", p->t->s);
}

static struct node *parse_statement(struct parser *p)
{
	struct place at = p->t->at;
	struct place outer = p->open;
	const struct expr *unknown = p->unknown;
	char what[64];

	if (p->t->kind != TOKEN_NAME)
		return PARSE_FAIL(p, at, "a tag's name is expected, not %s",
			token_describe(p->t, what, sizeof(what)));
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++) {
		struct node *n;

		if (!parse_skip_name(p, statements[i].word))
			continue;
		if (parse_enter(p) < 0)
			return NULL;
		p->open = at;
		n = statements[i].parse(p, at);
		p->open = outer;
		parse_leave(p);
		if (statements[i].own_frame)
			parse_unknown_hard(p, unknown);
		return n && expect_tag_end(p) == 0 ? n : NULL;
	}
	return unknown_tag(p);
}

static struct node *parse_output(struct parser *p)
{
	struct node *n = node_new(p, NODE_PRINT, p->t->at);
	char what[64];

	p->t++;
	n->at = p->t->at;
	n->u.print = parse_tuple(p, true, NULL);
	if (!n->u.print)
		return NULL;
	if (p->t->kind != TOKEN_PRINT_END)
		return PARSE_FAIL(p, p->t->at, "'}}' expected, not %s",
			token_describe(p->t, what, sizeof(what)));
	p->t++;
	return n;
}

static bool at_end_word(const struct parser *p, const char *const *ends)
{
	for (; ends && *ends; ends++)
		if (token_is_name(p->t, *ends))
			return true;
	return false;
}

/* Of the words that may end a part the one that ends the whole: "endif", not "elif". */
static const char *closing(const char *const *ends)
{
	while (ends[1] && strncmp(*ends, "end", 3) != 0)
		ends++;
	return *ends;
}

/* Text, prints and statements up to an end word (which is the current token afterwards), or the
 * end of the template where `ends` is NULL. */
static int parse_nodes(struct parser *p, const char *const *ends, struct node **ret)
{
	struct node **tail = ret;

	*ret = NULL;
	while (p->t->kind != TOKEN_EOF) {
		if (p->t->kind == TOKEN_TEXT) {
			*tail = node_new(p, NODE_TEXT, p->t->at);
			(*tail)->u.text.s = p->t->s;
			(*tail)->u.text.len = p->t->len;
			p->t++;
		} else if (p->t->kind == TOKEN_PRINT_BEGIN) {
			*tail = parse_output(p);
		} else {
			p->t++;
			if (at_end_word(p, ends))
				return 0;
			*tail = parse_statement(p);
		}
		if (!*tail)
			return -1;
		while (*tail)
			tail = &(*tail)->next;
	}
	if (ends)
		return parse_fail(p, p->t->at,
			"the template ends, but '%s' is missing for the tag of line %u",
			closing(ends), p->open.line);
	return 0;
}

static int parse_body(struct parser *p, const char *const *ends, struct node **ret)
{
	parse_skip_op(p, ':');
	if (expect_tag_end(p) < 0)
		return -1;
	return parse_nodes(p, ends, ret);
}

int parse_template(struct parser *p, struct node **ret)
{
	return parse_nodes(p, NULL, ret);
}
