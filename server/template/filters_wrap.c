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
	if (text_lines(r, &s, false, &lines) < 0)
		return -1;
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
	if (rd_take(r, &b, ret) < 0)
		return -1;
	ret->safe = s.safe;
	return 0;
}

/* One line as Python's textwrap sees it: chunks of blanks and of what may not be broken. */
struct wrap {
	struct render *r;
	const struct value *line;
	uint32_t *cps;   /* its characters */
	size_t *offsets; /* their bytes, and the end */
	size_t n;
	size_t at;        /* the first character that is in no line yet */
	size_t chunk_end; /* of the chunk that begins at `at` */
	size_t width;
	bool break_long;
	bool hyphens;
};

static bool is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_letter(uint32_t c)
{
	return utf8_is_word(c) && !utf8_is_digit(c);
}

static uint32_t char_at(const struct wrap *w, size_t i)
{
	return i < w->n ? w->cps[i] : 0;
}

/* What may stand before a dash between words. */
static bool is_word_punctuation(uint32_t c)
{
	return utf8_is_word(c) || (c && c < 0x80 && strchr("!\"'&.,?", (int)c));
}

/* Two or more hyphens and then a word at `i`: how many, or 0. */
static size_t dash_at(const struct wrap *w, size_t i)
{
	size_t n = 0;

	if (!i || !is_word_punctuation(char_at(w, i - 1)))
		return 0;
	while (char_at(w, i + n) == '-')
		n++;
	return n >= 2 && utf8_is_word(char_at(w, i + n)) ? n : 0;
}

/* A hyphen at `i` within a word: pre-seed, a-b-c. */
static bool breaks_after(const struct wrap *w, size_t i)
{
	uint32_t next = char_at(w, i + 1);

	if (char_at(w, i) != '-' || i < 2 || !is_letter(next) ||
		!is_letter(char_at(w, char_at(w, i + 2) == '-' ? i + 3 : i + 2)))
		return false;
	if (is_letter(w->cps[i - 1]) && is_letter(w->cps[i - 2]))
		return true;
	return i >= 3 && is_letter(w->cps[i - 3]) && w->cps[i - 2] == '-' &&
	       is_word_punctuation(w->cps[i - 1]);
}

/* Sets chunk_end for the chunk at `at`. */
static void find_chunk(struct wrap *w)
{
	size_t i = w->at;

	if (i < w->n && is_blank(w->cps[i])) {
		while (i < w->n && is_blank(w->cps[i]))
			i++;
	} else if (w->hyphens && dash_at(w, i)) {
		i += dash_at(w, i);
	} else {
		for (; i < w->n && !is_blank(w->cps[i]); i++) {
			if (w->hyphens && i > w->at && dash_at(w, i))
				break;
			if (w->hyphens && i > w->at && breaks_after(w, i)) {
				i++;
				break;
			}
		}
	}
	w->chunk_end = i;
}

static void next_chunk(struct wrap *w)
{
	w->at = w->chunk_end;
	find_chunk(w);
}

/* How much of a chunk that no line can hold goes into a line with room for `room`. */
static size_t break_at(const struct wrap *w, size_t room)
{
	if (w->hyphens && w->chunk_end - w->at > room) {
		for (size_t i = room; i > 1; i--) {
			if (w->cps[w->at + i - 1] != '-')
				continue;
			for (size_t k = 0; k < i - 1; k++)
				if (w->cps[w->at + k] != '-')
					return i;
			break;
		}
	}
	return room;
}

/* Takes the chunks of one line; [from, *end) of the characters are it, without blanks at its end.
 */
static size_t take_line(struct wrap *w, size_t *end)
{
	size_t from = w->at;
	size_t last = from; /* where the last chunk begins */

	while (w->at < w->n && w->chunk_end - from <= w->width) {
		last = w->at;
		next_chunk(w);
	}
	if (w->at < w->n && w->chunk_end - w->at > w->width) {
		if (w->break_long) {
			last = w->at;
			w->at += break_at(w, w->width - (w->at - from));
		} else if (w->at == from) {
			last = w->at;
			next_chunk(w);
		}
	}
	*end = w->at;
	if (last < *end && is_blank(w->cps[last]))
		*end = last;
	return from;
}

static int read_line(struct wrap *w, const struct value *line)
{
	size_t n = 0;

	if (rd_check_size(w->r, (line->len + 1) * (sizeof(*w->cps) + sizeof(*w->offsets))) < 0)
		return -1;
	w->line = line;
	w->cps = arena_alloc(&w->r->arena, (line->len + 1) * sizeof(*w->cps));
	w->offsets = arena_alloc(&w->r->arena, (line->len + 1) * sizeof(*w->offsets));
	for (size_t i = 0; i < line->len; i += utf8_len(line->s + i, line->len - i)) {
		w->offsets[n] = i;
		w->cps[n++] = utf8_get(line->s + i, line->len - i);
	}
	w->offsets[n] = line->len;
	w->n = n;
	w->at = 0;
	find_chunk(w);
	return 0;
}

static int wrap_line(
	struct wrap *w, const struct value *line, const struct value *between, struct strbuf *out)
{
	bool any = false;

	if (read_line(w, line) < 0)
		return -1;
	while (w->at < w->n) {
		size_t from;
		size_t end;

		if (any && is_blank(w->cps[w->at])) { /* never at the start of a further line */
			next_chunk(w);
			if (w->at == w->n)
				break;
		}
		from = take_line(w, &end);
		if (end > from) {
			if (any)
				strbuf_add(out, between->s, between->len);
			strbuf_add(out, line->s + w->offsets[from],
				w->offsets[end] - w->offsets[from]);
			any = true;
		}
		if (rd_fits(w->r, out) < 0 || rd_tick(w->r) < 0)
			return -1;
	}
	return 0;
}

static int filter_wordwrap(struct render *r, struct call *c, struct value *ret)
{
	struct wrap w = {.r = r};
	autostrbuf b = STRBUF_INIT;
	struct value between;
	struct value s;
	struct list *lines;
	int64_t width;

	if (rd_to_str(r, &c->args[0], &s) < 0 || arg_int(r, c, 1, 79, &width) < 0 ||
		arg_bool(r, c, 2, true, &w.break_long) < 0 ||
		arg_bool(r, c, 4, true, &w.hyphens) < 0)
		return -1;
	between = value_str("\n", 1);
	if (arg_given(c, 3) && arg_str(r, c, 3, "\n", &between) < 0)
		return -1;
	if (width <= 0)
		return rd_fail(r, "'wordwrap' needs a width of at least 1");
	w.width = (size_t)width;
	if (text_lines(r, &s, false, &lines) < 0)
		return -1;
	for (size_t i = 0; i < lines->n; i++) {
		if (i)
			strbuf_add(&b, between.s, between.len);
		if (wrap_line(&w, &lines->v[i], &between, &b) < 0)
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
