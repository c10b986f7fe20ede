/*
 * Text as characters: Python counts, cuts and pads by code point, not by byte. Bytes that are no
 * UTF-8 count as one character each.
 */
#ifndef TEMPLATE_UTF8_H
#define TEMPLATE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the character at `s` (1 to 4; never more than `left`, which is not 0). */
size_t utf8_len_long(const char *s, size_t left); /* of one that is not ASCII */
static inline size_t utf8_len(const char *s, size_t left)
{
	return (unsigned char)*s < 0x80 ? 1 : utf8_len_long(s, left);
}
uint32_t utf8_get_long(const char *s, size_t left);
static inline uint32_t utf8_get(const char *s, size_t left)
{
	return (unsigned char)*s < 0x80 ? (unsigned char)*s : utf8_get_long(s, left);
}
/* Writes up to 4 bytes, returns how many. */
size_t utf8_put(char *out, uint32_t cp);
size_t utf8_count(const char *s, size_t len);
/* The byte offset of character `n`, or `len` where there are fewer. */
size_t utf8_offset(const char *s, size_t len, size_t n);

/* Simple case mapping of Latin, Greek and Cyrillic letters; others stay. */
uint32_t utf8_upper(uint32_t cp);
uint32_t utf8_lower(uint32_t cp);
bool utf8_is_space_long(uint32_t cp);
static inline bool utf8_is_space(uint32_t cp)
{
	return cp < 0x80 ? cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0x1c && cp <= 0x1f)
	                 : utf8_is_space_long(cp);
}
bool utf8_is_digit(uint32_t cp);
/* A letter, digit or other part of a word, as far as scripts without case are concerned roughly. */
bool utf8_is_word(uint32_t cp);
/* What repr() shows as it is. */
bool utf8_is_printable(uint32_t cp);

#endif
