/*
 * Inside the converter of Cheetah templates: reading one expression. Functions return 0, or -1 with
 * the reason in `why`; what they have appended to `ret` by then is cut off by the caller.
 */
#ifndef TEMPLATE_CHEETAH_READER_H
#define TEMPLATE_CHEETAH_READER_H

#include "template/cheetah_expr.h"

enum { CHEETAH_DEPTH_MAX = 32 }; /* of brackets */

struct cheetah_reader {
	const struct cheetah_names *names;
	const char *at;
	const char *end;
	struct strbuf *ret;
	struct strbuf *why;
	unsigned depth;
};

/* Worth -1. */
#define cheetah_refuse(reader, ...)                                                                \
	__extension__({                                                                            \
		strbuf_reset((reader)->why);                                                       \
		strbuf_addf((reader)->why, __VA_ARGS__);                                           \
		-1;                                                                                \
	})

/* cheetah_expr.c */
void cheetah_skip_blanks(struct cheetah_reader *r);
/* The name at r->at, yours to free; "" where there is none. */
char *cheetah_take_name(struct cheetah_reader *r);
/* All up to r->end, converted into r->ret. */
int cheetah_read_sequence(struct cheetah_reader *r);
/* What stands in the brackets at r->at, converted; r->at is behind them afterwards. */
int cheetah_read_brackets(struct cheetah_reader *r, struct strbuf *ret);

/* cheetah_call.c */
/* The expression for a variable of Cobbler's, or its name. */
void cheetah_add_variable(const char *name, struct strbuf *ret);
/* A call of a plain name; r->at is at the opening bracket. */
int cheetah_read_call(struct cheetah_reader *r, const char *name, struct strbuf *ret);
/* Attributes, items and calls after an operand, which is `ret` from `start` on. */
int cheetah_read_trailers(struct cheetah_reader *r, struct strbuf *ret, size_t start);

#endif
