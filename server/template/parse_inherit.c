/* The statements that know of other templates: include, import, extends and blocks. */
#include "template/parser.h"

#include <string.h>

#define BLOCKS_MAX 1000 /* their names are compared with each other */

/* "with context" or "without context": whether it was there. */
static bool parse_context(struct parser *p, bool *ret)
{
	if ((!token_is_name(p->t, "with") && !token_is_name(p->t, "without")) ||
		!token_is_name(p->t + 1, "context"))
		return false;
	*ret = token_is_name(p->t, "with");
	p->t += 2;
	return true;
}

struct node *parse_include(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_INCLUDE, at);

	n->u.other.name = parse_expression(p, true);
	if (!n->u.other.name)
		return NULL;
	if (token_is_name(p->t, "ignore") && token_is_name(p->t + 1, "missing")) {
		n->u.other.ignore_missing = true;
		p->t += 2;
	}
	n->u.other.with_context = true;
	parse_context(p, &n->u.other.with_context);
	return n;
}

struct node *parse_import(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_IMPORT, at);

	n->u.other.name = parse_expression(p, true);
	if (!n->u.other.name || parse_expect_name(p, "as") < 0 ||
		parse_target_name(p, &n->u.other.as) < 0)
		return NULL;
	parse_context(p, &n->u.other.with_context);
	return n;
}

struct node *parse_from(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_FROM, at);
	struct import_name **tail = &n->u.other.names;

	n->u.other.name = parse_expression(p, true);
	if (!n->u.other.name || parse_expect_name(p, "import") < 0)
		return NULL;
	for (;;) {
		struct import_name *i = arena_zalloc(p->arena, sizeof(*i));

		if (n->u.other.names && parse_expect_op(p, ',') < 0)
			return NULL;
		if (parse_context(p, &n->u.other.with_context))
			break;
		if (parse_target_name(p, &i->name) < 0)
			return NULL;
		if (i->name.s[0] == '_')
			return PARSE_FAIL(
				p, at, "'%s' begins with an underscore: private", i->name.s);
		i->as = i->name;
		if (parse_skip_name(p, "as") && parse_target_name(p, &i->as) < 0)
			return NULL;
		*tail = i;
		tail = &i->next;
		if (parse_context(p, &n->u.other.with_context) || !token_is_op(p->t, ','))
			break;
	}
	return n;
}

struct node *parse_extends(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_EXTENDS, at);

	n->u.other.name = parse_expression(p, true);
	return n->u.other.name ? n : NULL;
}

static bool only_blanks(const struct node *body)
{
	for (; body; body = body->next) {
		if (body->kind != NODE_TEXT)
			return false;
		for (size_t i = 0; i < body->u.text.len; i++)
			if (!strchr(" \t\n\v\f", body->u.text.s[i]))
				return false;
	}
	return true;
}

struct node *parse_block(struct parser *p, struct place at)
{
	struct node *n = node_new(p, NODE_BLOCK, at);
	struct block_def *b = arena_zalloc(p->arena, sizeof(*b));
	struct macro_scope *outer = p->outer;
	int r;

	n->u.block = b;
	if (parse_identifier(p, &b->name) < 0)
		return NULL;
	b->scoped = parse_skip_name(p, "scoped");
	b->required = parse_skip_name(p, "required");
	for (const struct block_def *other = p->blocks; other; other = other->next)
		if (name_is(&other->name, &b->name))
			return PARSE_FAIL(p, at, "block '%s' is there twice", b->name.s);
	b->next = p->blocks;
	p->blocks = b;
	if (++p->blocks_n > BLOCKS_MAX)
		return PARSE_FAIL(p, at, "a template has at most %d blocks", BLOCKS_MAX);
	p->outer = NULL;
	r = parse_block_body(p, "endblock", &b->body);
	p->outer = outer;
	if (r < 0)
		return NULL;
	if (b->required && !only_blanks(b->body))
		return PARSE_FAIL(p, at, "required block '%s' must be empty", b->name.s);
	parse_skip_name(p, b->name.s);
	return n;
}
