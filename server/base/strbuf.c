#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>

char strbuf_empty[1];

void strbuf_done(struct strbuf *b)
{
	if (b->alloc)
		free(b->buf);
	*b = (struct strbuf)STRBUF_INIT;
}

void strbuf_reset(struct strbuf *b)
{
	strbuf_truncate(b, 0);
}

void strbuf_truncate(struct strbuf *b, size_t len)
{
	if (b->alloc) {
		b->len = len;
		b->buf[len] = '\0';
	} else {
		*b = (struct strbuf)STRBUF_INIT;
	}
}

char *strbuf_grow(struct strbuf *b, size_t extra)
{
	size_t need = b->len + extra + 1;

	if (need < extra) /* wrapped: nobody can hold that much */
		abort();
	if (need > b->alloc) {
		size_t alloc = b->alloc + b->alloc / 2;

		if (alloc < need)
			alloc = need < 64 ? 64 : need;
		b->buf = xreallocarray(b->alloc ? b->buf : NULL, alloc, 1);
		b->alloc = alloc;
		b->buf[b->len] = '\0';
	}
	return b->buf + b->len;
}

void strbuf_added(struct strbuf *b, size_t n)
{
	if (!n)
		return;
	b->len += n;
	b->buf[b->len] = '\0';
}

void strbuf_add(struct strbuf *b, const void *bytes, size_t n)
{
	if (!n)
		return;
	if (n >= b->alloc - b->len)
		strbuf_grow(b, n);
	memcpy(b->buf + b->len, bytes, n);
	b->len += n;
	b->buf[b->len] = '\0';
}

void strbuf_adds(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}

void strbuf_addc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

void strbuf_vaddf(struct strbuf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(strbuf_grow(b, 64), 65, fmt, ap);
	if (n > 64) {
		size_t need = (size_t)n;

		n = vsnprintf(strbuf_grow(b, need), need + 1, fmt, again);
	}
	va_end(again);
	if (n < 0)
		abort(); /* only a wrong format string gets here */
	strbuf_added(b, (size_t)n);
}

void strbuf_addf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(b, fmt, ap);
	va_end(ap);
}

char *strbuf_take(struct strbuf *b)
{
	char *s = b->alloc ? b->buf : xstrdup("");

	*b = (struct strbuf)STRBUF_INIT;
	return s;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void strbuf_add_shell(struct strbuf *b, const char *s)
{
	const char *p = s;

	while (is_alnum(*p) || (*p && strchr("@%+=:,./-_", *p)))
		p++;
	if (*s && !*p) {
		strbuf_adds(b, s);
		return;
	}
	strbuf_addc(b, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			strbuf_adds(b, "'\\''");
		else
			strbuf_addc(b, *s);
	}
	strbuf_addc(b, '\'');
}

void strbuf_add_url(struct strbuf *b, const char *s)
{
	for (; *s; s++) {
		if (is_alnum(*s) || strchr("-._~", *s))
			strbuf_addc(b, *s);
		else
			strbuf_addf(b, "%%%02X", (unsigned char)*s);
	}
}

void strbuf_add_hex(struct strbuf *b, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++) {
		strbuf_addc(b, digits[p[i] >> 4]);
		strbuf_addc(b, digits[p[i] & 15]);
	}
}
