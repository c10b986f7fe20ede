/* What filters and methods do to text. Results are in the arena of the rendering. */
#ifndef TEMPLATE_TEXT_H
#define TEMPLATE_TEXT_H

#include "template/render.h"

enum text_case {
	TEXT_UPPER,
	TEXT_LOWER,
	TEXT_CAPITALIZE,
	TEXT_SWAPCASE,
};

enum text_side {
	TEXT_CENTER,
	TEXT_LEFT,  /* the text stands left */
	TEXT_RIGHT, /* the text stands right */
};

int text_change_case(
	struct render *r, const struct value *s, enum text_case how, struct value *ret);
/* One character (n bytes) in upper or lower case. */
void text_add_cased(struct strbuf *b, const char *s, size_t n, bool upper);
/* The same as the first of a word: the German sharp s becomes Ss, not SS. */
void text_add_titled(struct strbuf *b, const char *s, size_t n);
/* Without blanks, or the characters of `chars`, at the ends. */
int text_strip(struct render *r, const struct value *s, const struct value *chars, bool left,
	bool right, struct value *ret);
int text_replace(struct render *r, const struct value *s, const struct value *from,
	const struct value *to, int64_t count, struct value *ret);
/* The first or last place of `what`, NULL where it is not. */
int text_find(struct render *r, const struct value *s, const struct value *what, bool last,
	const char **ret);
/* To `width` characters. */
int text_pad(struct render *r, const struct value *s, int64_t width, enum text_side side, char fill,
	struct value *ret);
/* The lines without their ends, as str.splitlines() cuts them. */
int text_lines(struct render *r, const struct value *s, bool keep_ends, struct list **ret);

#endif
