/*
 * Inside the converter of Cheetah templates: the text being read, the Jinja being written, and how
 * a tag keeps the line ends that Cheetah keeps.
 */
#ifndef TEMPLATE_CHEETAH_TEXT_H
#define TEMPLATE_CHEETAH_TEXT_H

#include "template/cheetah.h"
#include "template/cheetah_expr.h"

enum { CHEETAH_BLOCKS_MAX = 32 };

struct cheetah {
	const char *text; /* the rest of it */
	const char *end;
	const char *begin;
	const char *counted; /* up to here there are `line` lines */
	size_t line;
	struct strbuf *ret;
	struct cheetah_marks *marks;
	struct cheetah_names names;
	struct strv outer; /* set outside of loops so far */
	struct {
		const char *name; /* of the directive that opened it */
		const char *end;  /* Jinja's word that closes it; NULL: it was not converted */
		bool has_else;
	} block[CHEETAH_BLOCKS_MAX];
	size_t blocks;
	unsigned loops;
};

/* A directive, from its # to its end. */
struct cheetah_tag {
	const char *whole;
	size_t whole_len;
	const char *args;
	size_t len;
	size_t line;
	bool alone; /* on its line, which goes with it */
};

void cheetah_mark(struct cheetah *c, size_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
size_t cheetah_line(struct cheetah *c, const char *at);
/* Only blanks stand before it on its line. */
bool cheetah_begins_line(const struct cheetah *c, const char *at);

/* Writes {% … %}; c->text is already behind the tag. */
void cheetah_put_tag(struct cheetah *c, bool alone, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Writes the text as a comment. */
void cheetah_put_comment(struct cheetah *c, bool alone, const char *text, size_t len);
/* Writes text that is none of Jinja's business. */
void cheetah_put_literal(struct cheetah *c, const char *text, size_t len);

/* cheetah_directives.c: converts the directive at c->text ("#if …"); false: there is none. */
bool cheetah_directive(struct cheetah *c);
/* The same file: what its directives share. */
/* Directives that have no like are kept, with why. */
void cheetah_keep(struct cheetah *c, const struct cheetah_tag *tag, const char *why);
/* True, with the expression in Jinja; else the directive has been kept. */
bool cheetah_tag_expression(struct cheetah *c, const struct cheetah_tag *tag, const char *text,
	size_t len, struct strbuf *ret);
/* The line's end goes with a directive, also where Jinja would keep it. */
void cheetah_skip_line_end(struct cheetah *c, const struct cheetah_tag *tag);
void cheetah_put_value(struct cheetah *c, const struct cheetah_tag *tag, const char *value);

/* cheetah_blocks.c */
/* Remembers what `#end name` will close: the tag is to be written where this is true. */
bool cheetah_open_block(
	struct cheetah *c, const struct cheetah_tag *tag, const char *name, const char *end);
void cheetah_do_if(struct cheetah *c, const struct cheetah_tag *tag);
void cheetah_do_unless(struct cheetah *c, const struct cheetah_tag *tag);
void cheetah_do_elif(struct cheetah *c, const struct cheetah_tag *tag);
void cheetah_do_else(struct cheetah *c, const struct cheetah_tag *tag);
void cheetah_do_for(struct cheetah *c, const struct cheetah_tag *tag);
void cheetah_do_repeat(struct cheetah *c, const struct cheetah_tag *tag);
void cheetah_do_def(struct cheetah *c, const struct cheetah_tag *tag);
void cheetah_do_end(struct cheetah *c, const struct cheetah_tag *tag);

/* cheetah.c: what stands for one expression of $…; `whole` is how it was written. */
void cheetah_put_expression(struct cheetah *c, const char *expression, size_t len,
	const char *whole, size_t whole_len, size_t line);

#endif
