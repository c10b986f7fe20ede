/*
 * Text to syntax tree. parser_parse() is the door; the rest is shared by parse_stmt.c and
 * parse_expr.c. Nesting is bounded, both while parsing and in the tree, so that neither the parser
 * nor a rendering can exhaust the stack.
 */
#ifndef TEMPLATE_PARSER_H
#define TEMPLATE_PARSER_H

#include "base/err.h"
#include "template/ast.h"
#include "template/lexer.h"

/* A tree with one reference, which must be freed before `names`; errors are
 * "template 'NAME' line N column M: …" (ERR_TEMPLATE). */
struct parsed *parser_parse(struct names *names, const struct template_options *options,
	const char *name, const char *text, size_t len, struct err *err);
void parsed_free(struct parsed *parsed);

struct parser {
	const struct token *t; /* the token to look at */
	struct parsed *parsed;
	struct arena *arena; /* its arena */
	struct err *err;
	unsigned depth;    /* of nested constructs being parsed */
	struct place open; /* the tag whose end is being looked for */
	unsigned blocks_n;
	/* The first filter or test that there is none of. Where it is part of an if it is an error
	 * only when it runs, as in Jinja: what follows `if 'x' is filter` may use x. */
	const struct expr *unknown;
	const struct expr *unknown_for_sure;
	struct macro_scope *outer; /* macros and call blocks around this place */
	struct block_def *blocks;
};

/* A name used inside a macro counts for all macros around it. */
struct macro_scope {
	struct macro_scope *outer;
	struct macro_def *macro;
};

int parse_fail(struct parser *p, struct place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same where a pointer is returned: NULL. */
#define PARSE_FAIL(...) (parse_fail(__VA_ARGS__), NULL)
int parse_enter(struct parser *p);
void parse_leave(struct parser *p);

bool token_is_name(const struct token *t, const char *name);
bool token_is_op(const struct token *t, unsigned op);
bool parse_skip_name(struct parser *p, const char *name);
bool parse_skip_op(struct parser *p, unsigned op);
int parse_expect_op(struct parser *p, unsigned op);
int parse_expect_name(struct parser *p, const char *name);
/* The name with its number. */
struct name parse_name_of(struct parser *p, const char *s, size_t len);
/* Any identifier. */
int parse_identifier(struct parser *p, struct name *ret);
/* What the token is called in a message. */
const char *token_describe(const struct token *t, char *buf, size_t size);

/* The whole template, to its end. */
int parse_template(struct parser *p, struct node **ret);
struct expr *parse_expression(struct parser *p, bool with_cond);
/* a, b, c without brackets is a tuple; `end_name` ends it early ("in", "recursive"), or NULL. */
struct expr *parse_tuple(struct parser *p, bool with_cond, const char *end_name);
/* name|filter(…)|…, applied to EXPR_PIPED. */
struct expr *parse_filter_chain(struct parser *p, struct expr *base, bool starts_inline);
/* A literal, name or bracketed expression, with the .attr, [item] and (call) after it. */
struct expr *parse_primary(struct parser *p);
struct expr *parse_postfix(struct parser *p, struct expr *e);
/* The arguments in parentheses, if there are any: never NULL but on failure. */
struct args *parse_args(struct parser *p);

/* What was unknown since `before` stands in an if, or in a body of its own, which is an error. */
void parse_unknown_soft(struct parser *p, const struct expr *before);
void parse_unknown_hard(struct parser *p, const struct expr *before);

/* Of statements: parse_stmt.c, parse_macro.c, and parse_inherit.c for other templates. */
struct node *node_new(struct parser *p, enum node_kind kind, struct place at);
/* A name that may be assigned to. */
int parse_target_name(struct parser *p, struct name *ret);
/* The rest of the opening tag, and the body up to the end word, which is passed. */
int parse_block_body(struct parser *p, const char *end, struct node **ret);
struct node *parse_macro(struct parser *p, struct place at);
struct node *parse_call(struct parser *p, struct place at);
struct node *parse_include(struct parser *p, struct place at);
struct node *parse_import(struct parser *p, struct place at);
struct node *parse_from(struct parser *p, struct place at);
struct node *parse_extends(struct parser *p, struct place at);
struct node *parse_block(struct parser *p, struct place at);

struct expr *expr_new(struct parser *p, enum expr_kind kind, struct place at);
struct expr *expr_constant(struct parser *p, struct place at, struct value v);
/* Notes that `child` (or NULL), which is complete, hangs below `e`: a long chain makes a high tree
 * without nesting. */
int expr_grow(struct parser *p, struct expr *e, const struct expr *child);
/* Appends to the elements of a list, tuple, dict or concatenation. */
int expr_add_item(struct parser *p, struct expr *e, struct expr ***tail, struct expr *item);
/* A list or tuple of constants that nobody can change: made now, as a tuple. */
struct expr *expr_fold_items(struct parser *p, struct expr *e);
/* A call, filter or test; fails where `args` is NULL. */
struct expr *expr_call(struct parser *p, enum expr_kind kind, struct place at, struct expr *base,
	struct args *args);

#endif
