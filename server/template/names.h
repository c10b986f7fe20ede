/*
 * Names as small numbers: what templates call variables, blocks, macros and attributes is looked up
 * by comparing numbers, and a rendering keeps variables in an array. An environment has one table
 * for all its templates; a name has its number for as long as a parsed template uses it, then the
 * number is given to another. Thread-safe.
 */
#ifndef TEMPLATE_NAMES_H
#define TEMPLATE_NAMES_H

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct name {
	const char *s;
	uint32_t len;
	uint32_t id;
};

static inline bool name_is(const struct name *a, const struct name *b)
{
	return a->id == b->id;
}

/* Names that the engine itself uses: the same numbers in all tables. */
enum name_fixed {
	NAME_NONE,
	NAME_LOOP,
	NAME_CALLER,
	NAME_VARARGS,
	NAME_KWARGS,
	NAME_SUPER,
	NAME_SELF,
	NAME_FUNCTIONS, /* this and the next are the global functions, in their order */
};
extern const struct name names_fixed[NAME_FUNCTIONS];

struct names;

struct names *names_new(void);
void names_free(struct names *names);
DEFINE_AUTO(names, struct names *, names_free)
/* The name's number, which is held until names_drop() is told so. `s` is only read. */
uint32_t names_take(struct names *names, const char *s, size_t len);
void names_drop(struct names *names, const uint32_t *ids, size_t n);
/* NAME_NONE if no template has the name. */
uint32_t names_find(struct names *names, const char *s, size_t len);

#endif
