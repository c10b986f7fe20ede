#include "template/arena.h"

#include "base/mem.h"

#include <stdint.h>

#define CHUNK_SIZE ((size_t)16 * 1024)
#define FIRST_SIZE ((size_t)64 * 1024) /* most renderings need no more */

struct arena_chunk {
	struct arena_chunk *older;
	size_t unused; /* keeps `bytes` aligned */
	char bytes[];
};

void arena_done(struct arena *a)
{
	for (struct arena_chunk *c = a->head; c;) {
		struct arena_chunk *older = c->older;

		free(c);
		c = older;
	}
	*a = ARENA_INIT;
}

struct arena arena_begin(struct arena_chunk *chunk)
{
	struct arena_chunk *c = chunk ? chunk : xmalloc(sizeof(*c) + FIRST_SIZE);

	c->older = NULL;
	return (struct arena){
		.head = c, .first = c, .next = c->bytes, .end = c->bytes + FIRST_SIZE};
}

struct arena_chunk *arena_end(struct arena *a)
{
	struct arena_chunk *first = a->first;

	for (struct arena_chunk *c = a->head; c;) {
		struct arena_chunk *older = c->older;

		if (c != first)
			free(c);
		c = older;
	}
	*a = ARENA_INIT;
	return first;
}

void arena_drop(struct arena_chunk *chunk)
{
	free(chunk);
}

static void *from_new_chunk(struct arena *a, size_t size)
{
	size_t room = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE;
	struct arena_chunk *c = xmalloc(sizeof(*c) + room);

	if (room == size && a->head) { /* a chunk of its own: go on filling the one in use */
		c->older = a->head->older;
		a->head->older = c;
		return c->bytes;
	}
	c->older = a->head;
	a->head = c;
	a->next = c->bytes + size;
	a->end = c->bytes + room;
	return c->bytes;
}

void *arena_more(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		abort(); /* callers check sizes that a template can choose */
	size = (size + !size + ARENA_ALIGNMENT - 1) & ~(ARENA_ALIGNMENT - 1);
	a->total += size;
	return from_new_chunk(a, size);
}

void *arena_regrow(struct arena *a, const void *old, size_t keep, size_t n, size_t size)
{
	char *p;

	if (size && n > SIZE_MAX / 2 / size)
		abort();
	p = arena_alloc(a, n * size);
	if (keep)
		memcpy(p, old, keep * size);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}
