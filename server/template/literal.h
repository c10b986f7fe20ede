/*
 * Numbers and strings as Python writes them: 1_000, 0x1f, 2.5e3, 'it\'s \u00e9'. Used for the
 * template's text and by the filters int and float.
 */
#ifndef TEMPLATE_LITERAL_H
#define TEMPLATE_LITERAL_H

#include "template/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number {
	bool is_float;
	int64_t i;
	double f;
};

/* Reads the number that `s` (NUL-terminated) starts with a digit of; `before` is the character in
 * front of it (after a dot, 1.2 is two numbers). Returns its length, 0 if it does not fit. */
size_t literal_number(const char *s, char before, struct number *ret);

/* Undoes the escapes of a string's inside. Returns what is wrong, or NULL. */
const char *literal_string(
	struct arena *arena, const char *s, size_t len, const char **ret_s, size_t *ret_len);

/* int(text, base) and float(text) of Python: the whole text, blanks around it allowed. */
bool literal_int(const char *s, size_t len, int base, int64_t *ret);
bool literal_float(const char *s, size_t len, double *ret);

#endif
