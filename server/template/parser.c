#include "template/parser.h"

#include "base/mem.h"
#include "template/builtin.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 100

struct name parse_name_of(struct parser *p, const char *s, size_t len)
{
	struct parsed *to = p->parsed;
	uint32_t id = names_take(to->names, s, len);

	if (to->n_ids == to->alloc_ids) {
		to->alloc_ids = to->alloc_ids ? to->alloc_ids * 2 : 64;
		to->ids = xreallocarray(to->ids, to->alloc_ids, sizeof(*to->ids));
	}
	to->ids[to->n_ids++] = id;
	if (id >= to->ids_end)
		to->ids_end = (size_t)id + 1;
	return (struct name){.s = s, .len = (uint32_t)len, .id = id};
}

int parse_fail(struct parser *p, struct place at, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(p->err, ERR_TEMPLATE, PLACE_FORMAT ": %s", PLACE_ARGS(at), what);
}

int parse_enter(struct parser *p)
{
	if (p->depth >= DEPTH_MAX)
		return parse_fail(p, p->t->at, "nested deeper than %d levels", DEPTH_MAX);
	p->depth++;
	return 0;
}

void parse_leave(struct parser *p)
{
	p->depth--;
}

bool token_is_name(const struct token *t, const char *name)
{
	return t->kind == TOKEN_NAME && !strcmp(t->s, name);
}

bool token_is_op(const struct token *t, unsigned op)
{
	return t->kind == TOKEN_OPERATOR && t->op == op;
}

bool parse_skip_name(struct parser *p, const char *name)
{
	if (!token_is_name(p->t, name))
		return false;
	p->t++;
	return true;
}

bool parse_skip_op(struct parser *p, unsigned op)
{
	if (!token_is_op(p->t, op))
		return false;
	p->t++;
	return true;
}

const char *token_describe(const struct token *t, char *buf, size_t size)
{
	switch (t->kind) {
	case TOKEN_EOF:
		return "end of the template";
	case TOKEN_TEXT:
		return "text";
	case TOKEN_PRINT_BEGIN:
		return "'{{'";
	case TOKEN_PRINT_END:
		return "'}}'";
	case TOKEN_BLOCK_BEGIN:
		return "'{%'";
	case TOKEN_BLOCK_END:
		return "'%}'";
	case TOKEN_STRING:
		return "a string";
	case TOKEN_NAME:
	case TOKEN_INT:
	case TOKEN_FLOAT:
	case TOKEN_OPERATOR:
		break;
	}
	snprintf(buf, size, "'%.*s'", (int)(t->len < 40 ? t->len : 40), t->s);
	return buf;
}

int parse_expect_op(struct parser *p, unsigned op)
{
	char what[64];

	if (parse_skip_op(p, op))
		return 0;
	return parse_fail(p, p->t->at, "'%c' expected, not %s", (int)(op & 0xff),
		token_describe(p->t, what, sizeof(what)));
}

int parse_expect_name(struct parser *p, const char *name)
{
	char what[64];

	if (parse_skip_name(p, name))
		return 0;
	return parse_fail(p, p->t->at, "'%s' expected, not %s", name,
		token_describe(p->t, what, sizeof(what)));
}

int parse_identifier(struct parser *p, struct name *ret)
{
	char what[64];

	if (p->t->kind != TOKEN_NAME)
		return parse_fail(p, p->t->at, "a name is expected, not %s",
			token_describe(p->t, what, sizeof(what)));
	*ret = parse_name_of(p, p->t->s, p->t->len);
	p->t++;
	return 0;
}

void parsed_free(struct parsed *parsed)
{
	if (!parsed)
		return;
	names_drop(parsed->names, parsed->ids, parsed->n_ids);
	free(parsed->ids);
	arena_done(&parsed->arena);
	free(parsed);
}

DEFINE_AUTO(parsed, struct parsed *, parsed_free)

/* Puts the name in front of "line N column M: …". */
static void name_template(struct err *err, const char *name)
{
	struct err inner;

	if (!err)
		return;
	inner = *err;
	err_set(err, inner.code, "template '%.200s' %s", name, inner.msg);
}

static int check_unknown(struct parser *p)
{
	const struct expr *e = p->unknown_for_sure ? p->unknown_for_sure : p->unknown;
	const char *what;
	const char *near;

	if (!e)
		return 0;
	what = e->kind == EXPR_FILTER ? "filter" : "test";
	near = builtin_nearest(what, e->u.call.called);
	if (near)
		return parse_fail(p, e->at, "there is no %s '%.100s', did you mean '%s'?", what,
			e->u.call.called, near);
	return parse_fail(p, e->at, "there is no %s '%.100s'", what, e->u.call.called);
}

struct parsed *parser_parse(struct names *names, const struct template_options *options,
	const char *name, const char *text, size_t len, struct err *err)
{
	AUTO(parsed) struct parsed *parsed = NULL;
	struct tokens tokens = {.n = 0};
	struct parser p = {.err = err};

	if (len > TEXT_MAX)
		return (void)err_set(err, ERR_TOO_BIG, "template '%.100s' is too long", name), NULL;
	parsed = xcalloc(1, sizeof(*parsed));
	p.parsed = parsed;
	p.arena = &parsed->arena;
	atomic_init(&parsed->refs, 1);
	parsed->names = names;
	parsed->name_len = strlen(name);
	parsed->name = arena_strndup(&parsed->arena, name, parsed->name_len);
	if (lexer_run(options, &parsed->arena, text, len, &tokens, err) < 0) {
		name_template(err, name);
		return NULL;
	}
	p.t = tokens.v;
	if (parse_template(&p, &parsed->body) < 0) {
		name_template(err, name);
		return NULL;
	}
	if (check_unknown(&p) < 0) {
		name_template(err, name);
		return NULL;
	}
	parsed->blocks = p.blocks;
	return TAKE(parsed);
}
