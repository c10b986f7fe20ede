/* Filters that lay out lines: indent and wordwrap. */
#include "template/render.h"
#include "template/text.h"
#include "template/utf8.h"

#include <string.h>

static int indention(struct render *r, struct call *c, struct value *ret)
{
	struct value empty = value_str("", 0);
	int64_t width;

	if (c->args[1].kind == VALUE_STRING) {
		*ret = c->args[1];
		return 0;
	}
	if (arg_int(r, c, 1, 4, &width) < 0)
		return -1;
	return text_pad(r, &empty, width, TEXT_LEFT, ' ', ret);
}

static int filter_indent(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct value s;
	struct value indent;
	struct list *lines;
	bool first;
	bool blank;

	if (rd_to_str(r, &c->args[0], &s) < 0 || indention(r, c, &indent) < 0 ||
		arg_bool(r, c, 2, false, &first) < 0 || arg_bool(r, c, 3, false, &blank) < 0)
		return -1;
	lines = text_lines(r, &s, false);
	if (!lines->n || (s.len && strchr("\n\r", s.s[s.len - 1]))) /* the end starts a line too */
		list_add(lines, value_str("", 0));
	for (size_t i = 0; i < lines->n; i++) {
		if (i)
			strbuf_addc(&b, '\n');
		if (i ? blank || lines->v[i].len : first)
			strbuf_add(&b, indent.s, indent.len);
		strbuf_add(&b, lines->v[i].s, lines->v[i].len);
		if (rd_fits(r, &b) < 0)
			return -1;
	}
	return rd_take(r, &b, ret);
}

struct wrap {
	struct strbuf *out;
	struct value between;
	size_t width;
	size_t column;     /* characters in the line so far */
	size_t blank_from; /* where the blanks at the end of the line begin in `out` */
	bool any;          /* a line was begun */
	bool break_long;
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* How many bytes of `s` the next piece has: blanks, or a word up to where it may be broken. */
static size_t next_piece(const char *s, size_t len, bool hyphens)
{
	size_t i = 0;

	if (is_blank(s[0])) {
		while (i < len && is_blank(s[i]))
			i++;
		return i;
	}
	for (; i < len && !is_blank(s[i]); i++) {
		/* After a hyphen between letters: pre-seed. */
		if (hyphens && s[i] == '-' && i >= 2 && i + 2 < len &&
			utf8_is_word((unsigned char)s[i - 1]) &&
			!utf8_is_digit((unsigned char)s[i - 1]) &&
			utf8_is_word((unsigned char)s[i - 2]) &&
			!utf8_is_digit((unsigned char)s[i - 2]) &&
			utf8_is_word((unsigned char)s[i + 1]) &&
			!utf8_is_digit((unsigned char)s[i + 1]) &&
			utf8_is_word((unsigned char)s[i + 2]))
			return i + 1;
	}
	return i;
}

/* Ends the line, without the blanks at its end. */
static void end_line(struct wrap *w)
{
	strbuf_truncate(w->out, w->blank_from);
	strbuf_add(w->out, w->between.s, w->between.len);
	w->blank_from = w->out->len;
	w->column = 0;
}

static void put(struct wrap *w, const char *s, size_t n, bool blank)
{
	strbuf_add(w->out, s, n);
	w->column += utf8_count(s, n);
	if (!blank)
		w->blank_from = w->out->len;
	w->any = true;
}

/* A word that no line can hold: cut to what fits. */
static void put_long(struct wrap *w, const char *s, size_t n)
{
	if (!w->break_long) {
		if (w->column)
			end_line(w);
		put(w, s, n, false);
		return;
	}
	while (n) {
		size_t room = w->width - w->column;
		size_t part = utf8_offset(s, n, room);

		if (!part) {
			end_line(w);
			continue;
		}
		put(w, s, part, false);
		s += part;
		n -= part;
	}
}

static void wrap_line(struct wrap *w, const struct value *line, bool hyphens)
{
	w->column = 0;
	w->any = false;
	w->blank_from = w->out->len;
	for (size_t i = 0; i < line->len;) {
		size_t n = next_piece(line->s + i, line->len - i, hyphens);
		bool blank = is_blank(line->s[i]);
		size_t chars = utf8_count(line->s + i, n);

		if (w->column + chars <= w->width) {
			if (!blank || w->column || !w->any)
				put(w, line->s + i, n, blank);
		} else if (blank) {
			if (w->column) /* it goes, and the line ends with it */
				end_line(w);
		} else if (chars > w->width) {
			put_long(w, line->s + i, n);
		} else {
			end_line(w);
			put(w, line->s + i, n, false);
		}
		i += n;
	}
	strbuf_truncate(w->out, w->blank_from);
	if (w->any && !w->column && w->out->len >= w->between.len) /* an end after the last word */
		strbuf_truncate(w->out, w->out->len - w->between.len);
}

static int filter_wordwrap(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct wrap w = {.out = &b};
	struct value s;
	struct list *lines;
	int64_t width;
	bool hyphens;

	if (rd_to_str(r, &c->args[0], &s) < 0 || arg_int(r, c, 1, 79, &width) < 0 ||
		arg_bool(r, c, 2, true, &w.break_long) < 0 || arg_bool(r, c, 4, true, &hyphens) < 0)
		return -1;
	w.between = value_str("\n", 1);
	if (arg_given(c, 3) && arg_str(r, c, 3, "\n", &w.between) < 0)
		return -1;
	if (width <= 0)
		return rd_fail(r, "'wordwrap' needs a width of at least 1");
	w.width = (size_t)width;
	lines = text_lines(r, &s, false);
	for (size_t i = 0; i < lines->n; i++) {
		if (i)
			strbuf_add(&b, w.between.s, w.between.len);
		wrap_line(&w, &lines->v[i], hyphens);
		if (rd_fits(r, &b) < 0)
			return -1;
	}
	return rd_take(r, &b, ret);
}

const struct builtin filters_wrap[] = {
	{.name = "indent", .fn = filter_indent, .params = {"width", "first", "blank"}},
	{.name = "wordwrap",
		.fn = filter_wordwrap,
		.params = {"width", "break_long_words", "wrapstring", "break_on_hyphens"}},
	{.name = NULL},
};
