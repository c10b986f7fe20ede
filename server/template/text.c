#include "template/text.h"

#include "template/utf8.h"

#include <string.h>

void text_add_cased(struct strbuf *b, const char *s, size_t n, bool upper)
{
	char out[4];
	uint32_t cp = utf8_get(s, n);

	if (n == 1 && (unsigned char)*s >= 0x80) /* no UTF-8: leave it */
		strbuf_addc(b, *s);
	else if (upper && cp == 0xdf)
		strbuf_adds(b, "SS");
	else
		strbuf_add(b, out, utf8_put(out, upper ? utf8_upper(cp) : utf8_lower(cp)));
}

void text_add_titled(struct strbuf *b, const char *s, size_t n)
{
	if (utf8_get(s, n) == 0xdf && n == 2)
		strbuf_adds(b, "Ss");
	else
		text_add_cased(b, s, n, true);
}

int text_change_case(struct render *r, const struct value *s, enum text_case how, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;

	for (size_t i = 0; i < s->len;) {
		size_t n = utf8_len(s->s + i, s->len - i);
		uint32_t cp = utf8_get(s->s + i, s->len - i);
		bool upper = how == TEXT_UPPER || (how == TEXT_SWAPCASE && utf8_lower(cp) == cp);

		if (rd_tick(r) < 0)
			return -1;
		if (how == TEXT_CAPITALIZE && i == 0)
			text_add_titled(&b, s->s, n);
		else
			text_add_cased(&b, s->s + i, n, upper);
		i += n;
	}
	if (rd_take(r, &b, ret) < 0)
		return -1;
	ret->safe = s->safe;
	return 0;
}

static bool is_stripped(const struct value *chars, const char *s, size_t n)
{
	if (!chars)
		return utf8_is_space(utf8_get(s, n));
	for (size_t i = 0; i < chars->len;) {
		size_t width = utf8_len(chars->s + i, chars->len - i);

		if (width == n && !memcmp(chars->s + i, s, n))
			return true;
		i += width;
	}
	return false;
}

/* The length of the character that ends at `end`. */
static size_t last_char(const char *s, size_t end)
{
	size_t n = 1;

	while (n < 4 && n < end && ((unsigned char)s[end - n] & 0xc0) == 0x80)
		n++;
	return utf8_len(s + end - n, n) == n ? n : 1;
}

int text_strip(struct render *r, const struct value *s, const struct value *chars, bool left,
	bool right, struct value *ret)
{
	size_t work = chars ? chars->len / 16 : 0;
	struct value v = *s;

	while (left && v.len) {
		size_t n = utf8_len(v.s, v.len);

		if (rd_tick(r) < 0 || rd_spend(r, work) < 0)
			return -1;
		if (!is_stripped(chars, v.s, n))
			break;
		v.s += n;
		v.len -= (uint32_t)n;
	}
	while (right && v.len) {
		size_t n = last_char(v.s, v.len);

		if (rd_tick(r) < 0 || rd_spend(r, work) < 0)
			return -1;
		if (!is_stripped(chars, v.s + v.len - n, n))
			break;
		v.len -= (uint32_t)n;
	}
	*ret = v;
	return 0;
}

/* An empty `from` is found before each character and at the end. */
static int replace_empty(struct render *r, const struct value *s, const struct value *to,
	int64_t count, struct value *ret)
{
	size_t begun = r->out->len;

	for (size_t i = 0; i <= s->len;) {
		size_t n = i < s->len ? utf8_len(s->s + i, s->len - i) : 1;

		if (count != 0)
			strbuf_add(r->out, to->s, to->len);
		if (count > 0)
			count--;
		if (i < s->len)
			strbuf_add(r->out, s->s + i, n);
		i += n;
		if (rd_fits_since(r, begun) < 0 || rd_tick(r) < 0)
			return -1;
	}
	return rd_cut(r, begun, ret);
}

static int replace_all(struct render *r, const struct value *s, const struct value *from,
	const struct value *to, int64_t count, struct value *ret)
{
	size_t begun = r->out->len;
	const char *p = s->s;
	const char *end = s->s + s->len;
	const char *hit;

	while (count != 0 && (hit = memmem(p, (size_t)(end - p), from->s, from->len))) {
		strbuf_add(r->out, p, (size_t)(hit - p));
		strbuf_add(r->out, to->s, to->len);
		p = hit + from->len;
		if (count > 0)
			count--;
		if (rd_fits_since(r, begun) < 0 || rd_tick(r) < 0)
			return -1;
	}
	if (p == s->s) {
		*ret = value_str(s->s, s->len);
		return 0;
	}
	strbuf_add(r->out, p, (size_t)(end - p));
	return rd_cut(r, begun, ret);
}

int text_replace(struct render *r, const struct value *s, const struct value *from,
	const struct value *to, int64_t count, struct value *ret)
{
	return from->len ? replace_all(r, s, from, to, count, ret)
	                 : replace_empty(r, s, to, count, ret);
}

int text_find(struct render *r, const struct value *s, const struct value *what, bool last,
	const char **ret)
{
	*ret = last ? NULL : memmem(s->s, s->len, what->s, what->len);
	if (!last || what->len > s->len)
		return 0;
	for (size_t i = s->len - what->len + 1; i > 0; i--) {
		const char *p = s->s + i - 1;

		if (what->len && *p != *what->s)
			continue;
		/* Candidates can be many and long: this is not linear as memmem() is. */
		if (rd_spend(r, what->len / 64) < 0)
			return -1;
		if (!memcmp(p, what->s, what->len)) {
			*ret = p;
			return 0;
		}
	}
	return 0;
}

int text_pad(struct render *r, const struct value *s, int64_t width, enum text_side side, char fill,
	struct value *ret)
{
	size_t n = utf8_count(s->s, s->len);
	size_t pad;
	size_t left;
	char *text;

	*ret = *s;
	if (width < 0 || (size_t)width <= n)
		return 0;
	pad = (size_t)width - n;
	/* As Python: where the padding is odd, the extra goes left if the width is odd too. */
	left = side == TEXT_LEFT    ? 0
	       : side == TEXT_RIGHT ? pad
	                            : pad / 2 + (pad & (size_t)width & 1);
	text = rd_text(r, s->len + pad);
	if (!text)
		return -1;
	memset(text, fill, left);
	memcpy(text + left, s->s, s->len);
	memset(text + left + s->len, fill, pad - left);
	text[s->len + pad] = '\0';
	*ret = value_str(text, s->len + pad);
	ret->safe = s->safe;
	return 0;
}

static bool ends_line(uint32_t cp)
{
	return (cp >= '\n' && cp <= '\r') || (cp >= 0x1c && cp <= 0x1e) || cp == 0x85 ||
	       cp == 0x2028 || cp == 0x2029;
}

int text_lines(struct render *r, const struct value *s, bool keep_ends, struct list **ret)
{
	struct list *list = list_new(&r->arena, 0);
	size_t start = 0;
	size_t i = 0;

	while (i < s->len) {
		size_t n = utf8_len(s->s + i, s->len - i);

		if (rd_tick(r) < 0)
			return -1;
		if (!ends_line(utf8_get(s->s + i, s->len - i)) ||
			(n == 1 && (unsigned char)s->s[i] >= 0x80)) {
			i += n;
			continue;
		}
		if (s->s[i] == '\r' && i + 1 < s->len && s->s[i + 1] == '\n')
			n++;
		list_add(list, value_str(s->s + start, i - start + (keep_ends ? n : 0)));
		i += n;
		start = i;
	}
	if (start < s->len)
		list_add(list, value_str(s->s + start, s->len - start));
	*ret = list;
	return 0;
}
