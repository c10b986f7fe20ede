#include "template/cheetah_text.h"

#include <string.h>

/* Asked in the order of the text, so that counting goes on where it stopped. */
size_t cheetah_line(struct cheetah *c, const char *at)
{
	if (!c->counted || at < c->counted) {
		c->counted = c->begin;
		c->line = 1;
	}
	for (; c->counted < at; c->counted++)
		c->line += *c->counted == '\n';
	return c->line;
}

bool cheetah_begins_line(const struct cheetah *c, const char *at)
{
	while (at > c->begin && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at == c->begin || at[-1] == '\n';
}

void cheetah_mark(struct cheetah *c, size_t line, const char *fmt, ...)
{
	struct cheetah_marks *marks = c->marks;
	autostrbuf message = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&message, fmt, ap);
	va_end(ap);
	if (marks->n == marks->alloc) {
		marks->alloc = marks->alloc ? marks->alloc * 2 : 8;
		marks->v = xreallocarray(marks->v, marks->alloc, sizeof(*marks->v));
	}
	marks->v[marks->n++] =
		(struct cheetah_mark){.line = line, .message = strbuf_take(&message)};
}

void cheetah_marks_done(struct cheetah_marks *marks)
{
	for (size_t i = 0; i < marks->n; i++)
		free(marks->v[i].message);
	free(marks->v);
	*marks = (struct cheetah_marks){.v = NULL};
}

/* lstrip_blocks would take the blanks before a tag. */
static bool only_blanks_before(const struct strbuf *ret)
{
	size_t at = ret->len;

	while (at && (ret->buf[at - 1] == ' ' || ret->buf[at - 1] == '\t'))
		at--;
	return at < ret->len && (at == 0 || ret->buf[at - 1] == '\n');
}

/* trim_blocks would take the line's end after a tag. */
static bool line_ends(const struct cheetah *c)
{
	return c->text < c->end && (*c->text == '\n' || (*c->text == '\r' && c->text + 1 < c->end &&
								c->text[1] == '\n'));
}

static void put(struct cheetah *c, bool alone, char kind, const char *text, size_t len)
{
	strbuf_addf(c->ret, "{%c%s ", kind, !alone && only_blanks_before(c->ret) ? "+" : "");
	strbuf_add(c->ret, text, len);
	strbuf_addf(c->ret, " %s%c}", !alone && line_ends(c) ? "+" : "", kind);
}

void cheetah_put_tag(struct cheetah *c, bool alone, const char *fmt, ...)
{
	autostrbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	put(c, alone, '%', text.buf, text.len);
}

void cheetah_put_comment(struct cheetah *c, bool alone, const char *text, size_t len)
{
	autostrbuf safe = STRBUF_INIT;

	while (len && (text[len - 1] == ' ' || text[len - 1] == '\r'))
		len--;
	for (size_t i = 0; i < len; i++) {
		strbuf_addc(&safe, text[i]);
		if (text[i] == '#' && i + 1 < len && text[i + 1] == '}')
			strbuf_addc(&safe, ' ');
	}
	put(c, alone, '#', safe.buf, safe.len);
}

void cheetah_put_literal(struct cheetah *c, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		/* what follows the last one may become a tag: a block that is left open gets its
		 * end */
		bool opens = text[i] == '{' && (i + 1 == len ? c->text < c->end || c->blocks
							     : strchr("{%#", text[i + 1]) != NULL);

		if (opens)
			strbuf_adds(c->ret, "{{ \"{\" }}");
		else
			strbuf_addc(c->ret, text[i]);
	}
}
