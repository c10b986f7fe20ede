/*
 * Memory that is given back all at once: one arena per parsed template and one per rendering, so
 * that the values of an expression need no owner. `total` counts what was handed out; the
 * rendering refuses to go on past its bound.
 */
#ifndef TEMPLATE_ARENA_H
#define TEMPLATE_ARENA_H

#include <stddef.h>
#include <string.h>

#define ARENA_ALIGNMENT ((size_t)16)

struct arena_chunk;

struct arena {
	struct arena_chunk *head;
	struct arena_chunk *first; /* what arena_end() gives */
	char *next;                /* aligned, and so is `end` */
	char *end;
	size_t total;
};

#define ARENA_INIT ((struct arena){.head = NULL})

void arena_done(struct arena *a);
/* Memory that is soon wanted again: an arena begins with the chunk that another ended with (NULL: a
 * new one). Only such an arena may be ended; arena_drop() frees the chunk. */
struct arena arena_begin(struct arena_chunk *chunk);
struct arena_chunk *arena_end(struct arena *a);
void arena_drop(struct arena_chunk *chunk);
/* What does not fit the chunk in use. */
void *arena_more(struct arena *a, size_t size) __attribute__((returns_nonnull));
/* Never NULL; aligned for any value; not zeroed. */
static inline __attribute__((returns_nonnull)) void *arena_alloc(struct arena *a, size_t size)
{
	void *p = a->next;

	if (size - 1 >= (size_t)(a->end - a->next)) /* none at all is not usual either */
		return arena_more(a, size);
	size = (size + ARENA_ALIGNMENT - 1) & ~(ARENA_ALIGNMENT - 1);
	a->total += size;
	a->next += size;
	return p;
}
static inline __attribute__((returns_nonnull)) void *arena_zalloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}
/* `n` elements, of which the first `keep` are copied from `old`: a grown array. */
void *arena_regrow(struct arena *a, const void *old, size_t keep, size_t n, size_t size)
	__attribute__((returns_nonnull));
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));

#endif
