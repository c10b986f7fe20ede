/*
 * A list of strings that it owns. `v` is NULL-terminated when it is not empty, so that it can be
 * an argv.
 */
#ifndef BASE_STRV_H
#define BASE_STRV_H

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

struct strv {
	char **v;
	size_t n;
	size_t alloc;
};

#define STRV_INIT                                                                                  \
	{                                                                                          \
		.v = NULL                                                                          \
	}
#define strv_for_each(item, list)                                                                  \
	for (char **item##_p = (list)->v, *item = (list)->n ? *item##_p : NULL;                    \
		(list)->n && item##_p < (list)->v + (list)->n;                                     \
		item##_p++, item = item##_p < (list)->v + (list)->n ? *item##_p : NULL)

void strv_done(struct strv *list);
void strv_add(struct strv *list, const char *s);
void strv_add_take(struct strv *list, char *s);
void strv_addf(struct strv *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strv_copy(struct strv *to, const struct strv *from);
/* Appends the parts of `s` between any of the bytes in `separators`; empty parts are left out. */
void strv_split(struct strv *list, const char *s, const char *separators);
void strv_join(const struct strv *list, const char *between, struct strbuf *ret);
bool strv_has(const struct strv *list, const char *s);
/* In byte order. */
void strv_sort(struct strv *list);

/* The candidate nearest to `word` by edit distance, or NULL where none is near: for «did you
 * mean».*/
const char *nearest_word(const char *word, const char *const *candidates, size_t n);

static inline void auto_strv(struct strv *list)
{
	strv_done(list);
}
#define autostrv AUTO(strv) struct strv

#endif
