/*
 * A string that grows. `buf` is always a NUL-terminated string (an empty one has no allocation), so
 * it can be read at any time; bytes may include NUL, `len` counts. Quoting for an output format is
 * a call of its own (strbuf_add_shell() …), so that a missing one shows.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/mem.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct strbuf {
	char *buf;
	size_t len;
	size_t alloc;
};

extern char strbuf_empty[];
#define STRBUF_INIT                                                                                \
	{                                                                                          \
		.buf = strbuf_empty                                                                \
	}

/* Accepts a zeroed struct too. */
void strbuf_done(struct strbuf *b);
/* Empties it and keeps the memory for the next use. */
void strbuf_reset(struct strbuf *b);
void strbuf_truncate(struct strbuf *b, size_t len);
/* Makes room for `extra` more bytes and returns where they go; see strbuf_added(). */
char *strbuf_grow(struct strbuf *b, size_t extra);
/* Says that `n` bytes were written where strbuf_grow() pointed. */
void strbuf_added(struct strbuf *b, size_t n);
void strbuf_add(struct strbuf *b, const void *bytes, size_t n);
void strbuf_adds(struct strbuf *b, const char *s);
void strbuf_addc(struct strbuf *b, char c);
void strbuf_addf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* The string, yours to free; `b` is empty afterwards. */
char *strbuf_take(struct strbuf *b);

/* As one POSIX shell word, in single quotes where it needs any. */
void strbuf_add_shell(struct strbuf *b, const char *s);
/* Percent-encoded as a URL path segment or query value (RFC 3986 unreserved bytes stay). */
void strbuf_add_url(struct strbuf *b, const char *s);
/* Lower-case hex digits of `n` bytes. */
void strbuf_add_hex(struct strbuf *b, const void *bytes, size_t n);

static inline void auto_strbuf(struct strbuf *b)
{
	strbuf_done(b);
}
#define autostrbuf AUTO(strbuf) struct strbuf

#endif
