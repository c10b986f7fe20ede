/*
 * Cuts a template into tokens: text, the marks of tags, and the words within tags. Whitespace
 * control (trim_blocks, lstrip_blocks, the signs in {%- -%}), comments and raw sections are dealt
 * with here, so that the parser sees text as it is to be printed.
 */
#ifndef TEMPLATE_LEXER_H
#define TEMPLATE_LEXER_H

#include "base/err.h"
#include "template/arena.h"
#include "template/place.h"
#include "template/template.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_kind {
	TOKEN_EOF,
	TOKEN_TEXT,
	TOKEN_PRINT_BEGIN,
	TOKEN_PRINT_END,
	TOKEN_BLOCK_BEGIN,
	TOKEN_BLOCK_END,
	TOKEN_NAME,
	TOKEN_STRING,
	TOKEN_INT,
	TOKEN_FLOAT,
	TOKEN_OPERATOR, /* `s` is one of the operators, and `op` its characters packed */
};

/* Operators of up to two characters as one number, for switch and comparison. */
#define OPERATOR(a, b) ((unsigned)(a) | ((unsigned)(b) << 8))

struct token {
	enum token_kind kind;
	struct place at;
	unsigned op;
	const char *s; /* NUL-terminated only for strings and names */
	size_t len;
	union {
		int64_t i;
		double f;
	};
};

struct tokens {
	struct token *v; /* ends with TOKEN_EOF */
	size_t n;
	size_t alloc;
};

/* Fills `ret`, whose memory is the arena's. Fails with ERR_TEMPLATE, "line N column M: …". */
int lexer_run(const struct template_options *options, struct arena *arena, const char *text,
	size_t len, struct tokens *ret, struct err *err);

#endif
