/* Filters for HTML, XML, URLs and JSON. */
#include "template/literal.h"
#include "template/render.h"
#include "template/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int add_escaped(struct render *r, struct strbuf *b, const char *s, size_t len)
{
	static const struct {
		char c;
		const char *text;
	} rows[] = {
		{'&', "&amp;"},
		{'<', "&lt;"},
		{'>', "&gt;"},
		{'"', "&#34;"},
		{'\'', "&#39;"},
	};

	for (size_t i = 0; i < len; i++) {
		size_t k = 0;

		while (k < ARRAY_SIZE(rows) && rows[k].c != s[i])
			k++;
		if (rd_tick(r) < 0)
			return -1;
		if (k < ARRAY_SIZE(rows))
			strbuf_adds(b, rows[k].text);
		else
			strbuf_addc(b, s[i]);
	}
	return rd_fits(r, b);
}

static int escape(struct render *r, const struct value *v, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct value s;

	if (rd_to_str(r, v, &s) < 0 || add_escaped(r, &b, s.s, s.len) < 0)
		return -1;
	if (rd_take(r, &b, ret) < 0)
		return -1;
	ret->safe = true;
	return 0;
}

static int filter_escape(struct render *r, struct call *c, struct value *ret)
{
	if (c->args[0].kind == VALUE_STRING && c->args[0].safe) {
		*ret = c->args[0];
		return 0;
	}
	return escape(r, &c->args[0], ret);
}

static int filter_forceescape(struct render *r, struct call *c, struct value *ret)
{
	return escape(r, &c->args[0], ret);
}

static int filter_safe(struct render *r, struct call *c, struct value *ret)
{
	if (rd_to_str(r, &c->args[0], ret) < 0)
		return -1;
	ret->safe = true;
	return 0;
}

/* The character of an entity (the text after &), and how long it is; 0 where it is none. */
static size_t entity(const char *s, size_t left, uint32_t *ret)
{
	static const struct {
		const char *name;
		uint32_t cp;
	} rows[] = {
		{"amp;", '&'},
		{"lt;", '<'},
		{"gt;", '>'},
		{"quot;", '"'},
		{"apos;", '\''},
		{"nbsp;", 0xa0},
	};
	size_t i = 1;
	uint32_t cp = 0;

	for (size_t k = 0; k < ARRAY_SIZE(rows); k++) {
		*ret = rows[k].cp;
		if (left >= strlen(rows[k].name) && !memcmp(s, rows[k].name, strlen(rows[k].name)))
			return strlen(rows[k].name);
	}
	if (left < 3 || s[0] != '#')
		return 0;
	while (i < left && i < 8 && s[i] >= '0' && s[i] <= '9')
		cp = cp * 10 + (uint32_t)(s[i++] - '0');
	*ret = cp;
	return i > 1 && i < left && s[i] == ';' && cp && cp < 0xd800 ? i + 1 : 0;
}

static void add_unescaped(struct strbuf *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint32_t cp;
		size_t n = s[i] == '&' ? entity(s + i + 1, len - i - 1, &cp) : 0;
		char out[4];

		if (!n) {
			strbuf_addc(b, s[i]);
			continue;
		}
		strbuf_add(b, out, utf8_put(out, cp));
		i += n;
	}
}

/* Without <!-- comments -->, then without <tags>. */
static void strip_marks(
	const struct value *s, const char *open, const char *close, struct strbuf *ret)
{
	const char *p = s->s;
	const char *end = s->s + s->len;

	while (p < end) {
		const char *from = memmem(p, (size_t)(end - p), open, strlen(open));
		const char *to =
			from ? memmem(from, (size_t)(end - from), close, strlen(close)) : NULL;

		if (!to)
			break;
		strbuf_add(ret, p, (size_t)(from - p));
		p = to + strlen(close);
	}
	strbuf_add(ret, p, (size_t)(end - p));
}

static int filter_striptags(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf without_comments = STRBUF_INIT;
	autostrbuf without_tags = STRBUF_INIT;
	autostrbuf words = STRBUF_INIT;
	autostrbuf out = STRBUF_INIT;
	struct value s;
	bool space = false;

	if (rd_to_str(r, &c->args[0], &s) < 0)
		return -1;
	strip_marks(&s, "<!--", "-->", &without_comments);
	s = value_str(without_comments.buf, without_comments.len);
	strip_marks(&s, "<", ">", &without_tags);
	for (size_t i = 0; i < without_tags.len;) {
		const char *p = without_tags.buf + i;
		size_t n = utf8_len(p, without_tags.len - i);

		i += n;
		if (rd_tick(r) < 0)
			return -1;
		if (utf8_is_space(utf8_get(p, n))) {
			space = words.len > 0;
			continue;
		}
		if (space)
			strbuf_addc(&words, ' ');
		space = false;
		strbuf_add(&words, p, n);
	}
	add_unescaped(&out, words.buf, words.len);
	return rd_take(r, &out, ret);
}

static int filter_xmlattr(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct dict *dict = c->args[0].dict;
	bool autospace;

	if (c->args[0].kind != VALUE_DICT)
		return rd_fail(r, "'xmlattr' needs a dict, not %s", value_type_name(&c->args[0]));
	if (arg_bool(r, c, 1, true, &autospace) < 0)
		return -1;
	dict_open(dict);
	for (size_t i = 0; i < dict->n; i++) {
		const struct value *v = &dict->v[i].value;
		struct value key;
		struct value text;

		if (v->kind == VALUE_NONE || v->kind == VALUE_UNDEFINED)
			continue;
		if (rd_to_str(r, &dict->v[i].key, &key) < 0 || rd_to_str(r, v, &text) < 0)
			return -1;
		for (size_t k = 0; k < key.len; k++)
			if (!key.s[k] || strchr(" \t\n\v\f\r/>=", key.s[k]))
				return rd_fail(r, "'%.*s' cannot be an attribute's name",
					(int)(key.len < 100 ? key.len : 100), key.s);
		if (b.len || autospace)
			strbuf_addc(&b, ' ');
		if (add_escaped(r, &b, key.s, key.len) < 0)
			return -1;
		strbuf_adds(&b, "=\"");
		if (text.safe)
			strbuf_add(&b, text.s, text.len);
		else if (add_escaped(r, &b, text.s, text.len) < 0)
			return -1;
		strbuf_addc(&b, '"');
		if (rd_fits(r, &b) < 0)
			return -1;
	}
	return rd_take(r, &b, ret);
}

static int quote_url(struct render *r, const struct value *v, bool query, struct strbuf *b)
{
	struct value s;

	if (rd_to_str(r, v, &s) < 0)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.s[i];

		if (rd_tick(r) < 0)
			return -1;
		if ((utf8_is_word(ch) && ch < 0x80) || ch == '-' || ch == '.' || ch == '~' ||
			(ch == '/' && !query))
			strbuf_addc(b, s.s[i]);
		else if (ch == ' ' && query)
			strbuf_addc(b, '+');
		else
			strbuf_addf(b, "%%%02X", ch);
	}
	return rd_fits(r, b);
}

static int quote_pair(
	struct render *r, const struct value *key, const struct value *v, struct strbuf *b)
{
	if (b->len)
		strbuf_addc(b, '&');
	if (quote_url(r, key, true, b) < 0)
		return -1;
	strbuf_addc(b, '=');
	return quote_url(r, v, true, b);
}

static int filter_urlencode(struct render *r, struct call *c, struct value *ret)
{
	const struct value *v = &c->args[0];
	autostrbuf b = STRBUF_INIT;
	struct list *items;

	if (v->kind == VALUE_STRING || !rd_can_iterate(v)) {
		if (quote_url(r, v, false, &b) < 0)
			return -1;
		return rd_take(r, &b, ret);
	}
	if (rd_items(r, v, &items) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++) {
		struct list *pair;

		if (v->kind == VALUE_DICT) {
			if (quote_pair(r, &items->v[i], dict_get(v->dict, &items->v[i]), &b) < 0)
				return -1;
			continue;
		}
		if (rd_items(r, &items->v[i], &pair) < 0)
			return -1;
		if (pair->n != 2)
			return rd_fail(r, "'urlencode' needs pairs of key and value");
		if (quote_pair(r, &pair->v[0], &pair->v[1], &b) < 0)
			return -1;
	}
	return rd_take(r, &b, ret);
}

const struct builtin filters_markup[] = {
	{.name = "escape", .fn = filter_escape},
	{.name = "e", .fn = filter_escape},
	{.name = "forceescape", .fn = filter_forceescape},
	{.name = "safe", .fn = filter_safe},
	{.name = "striptags", .fn = filter_striptags},
	{.name = "xmlattr", .fn = filter_xmlattr, .params = {"autospace"}},
	{.name = "urlencode", .fn = filter_urlencode},
	{.name = NULL},
};
