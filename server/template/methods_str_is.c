/* Methods that ask something of a text: startswith, find, isdigit … */
#include "template/render.h"
#include "template/text.h"
#include "template/utf8.h"

#include <string.h>

/* The prefix or suffix, or any of a tuple of them. */
static int at_edge(struct render *r, struct call *c, const struct value *what, bool end, bool *ret)
{
	const struct value *s = &c->args[0];

	if (what->kind == VALUE_TUPLE) {
		*ret = false;
		for (size_t i = 0; i < what->list->n && !*ret; i++)
			if (what->list->v[i].kind == VALUE_TUPLE ||
				at_edge(r, c, &what->list->v[i], end, ret) < 0)
				return rd_fail(r, "'%s' needs strings", c->name);
		return 0;
	}
	if (what->kind == VALUE_UNDEFINED)
		return rd_undefined(r, what);
	if (what->kind != VALUE_STRING)
		return rd_fail(r, "'%s' needs a string, not %s", c->name, value_type_name(what));
	*ret = what->len <= s->len &&
	       !memcmp(end ? s->s + s->len - what->len : s->s, what->s, what->len);
	return 0;
}

static int edge(struct render *r, struct call *c, bool end, struct value *ret)
{
	bool is;

	if (at_edge(r, c, &c->args[1], end, &is) < 0)
		return -1;
	*ret = value_bool(is);
	return 0;
}

static int str_startswith(struct render *r, struct call *c, struct value *ret)
{
	return edge(r, c, false, ret);
}

static int str_endswith(struct render *r, struct call *c, struct value *ret)
{
	return edge(r, c, true, ret);
}

static int remove_edge(struct render *r, struct call *c, bool end, struct value *ret)
{
	bool is;

	if (c->args[1].kind == VALUE_TUPLE)
		return rd_fail(r, "'%s' needs a string", c->name);
	if (at_edge(r, c, &c->args[1], end, &is) < 0)
		return -1;
	*ret = c->args[0];
	if (is) {
		ret->s += end ? 0 : c->args[1].len;
		ret->len -= c->args[1].len;
	}
	return 0;
}

static int str_removeprefix(struct render *r, struct call *c, struct value *ret)
{
	return remove_edge(r, c, false, ret);
}

static int str_removesuffix(struct render *r, struct call *c, struct value *ret)
{
	return remove_edge(r, c, true, ret);
}

static int need_str(struct render *r, const struct call *c)
{
	if (c->args[1].kind == VALUE_UNDEFINED)
		return rd_undefined(r, &c->args[1]);
	if (c->args[1].kind != VALUE_STRING)
		return rd_fail(
			r, "'%s' needs a string, not %s", c->name, value_type_name(&c->args[1]));
	return rd_spend(r, c->args[0].len / 16);
}

/* The place in characters, -1 where it is not. */
static int find(struct render *r, struct call *c, bool last, int64_t *ret)
{
	const struct value *s = &c->args[0];
	const struct value *what = &c->args[1];
	const char *hit;

	if (need_str(r, c) < 0 || text_find(r, s, what, last, &hit) < 0)
		return -1;
	*ret = hit ? (int64_t)utf8_count(s->s, (size_t)(hit - s->s)) : -1;
	return 0;
}

static int str_find(struct render *r, struct call *c, struct value *ret)
{
	*ret = value_int(0);
	return find(r, c, false, &ret->i);
}

static int str_rfind(struct render *r, struct call *c, struct value *ret)
{
	*ret = value_int(0);
	return find(r, c, true, &ret->i);
}

static int find_index(struct render *r, struct call *c, bool last, struct value *ret)
{
	*ret = value_int(0);
	if (find(r, c, last, &ret->i) < 0)
		return -1;
	return ret->i < 0 ? rd_fail(r, "'%s' does not find the text", c->name) : 0;
}

static int str_index(struct render *r, struct call *c, struct value *ret)
{
	return find_index(r, c, false, ret);
}

static int str_rindex(struct render *r, struct call *c, struct value *ret)
{
	return find_index(r, c, true, ret);
}

static int str_count(struct render *r, struct call *c, struct value *ret)
{
	const struct value *what = &c->args[1];
	const char *p = c->args[0].s;
	const char *end = p + c->args[0].len;
	int64_t n = 0;

	if (need_str(r, c) < 0)
		return -1;
	if (!what->len) {
		*ret = value_size(utf8_count(p, c->args[0].len) + 1);
		return 0;
	}
	while ((p = memmem(p, (size_t)(end - p), what->s, what->len))) {
		n++;
		p += what->len;
	}
	*ret = value_int(n);
	return 0;
}

static bool is_cased(uint32_t cp)
{
	return utf8_upper(cp) != cp || utf8_lower(cp) != cp || cp == 0xdf;
}

static bool is_letter(uint32_t cp)
{
	return utf8_is_word(cp) && !utf8_is_digit(cp) && cp != '_';
}

static bool is_alnum(uint32_t cp)
{
	return utf8_is_word(cp) && cp != '_';
}

static bool is_ascii(uint32_t cp)
{
	return cp < 0x80;
}

/* Whether all characters are of a class; an empty text is not. */
static int all(struct render *r, struct call *c, bool (*of)(uint32_t), struct value *ret)
{
	const struct value *s = &c->args[0];
	bool yes = s->len > 0;

	for (size_t i = 0; i < s->len && yes; i += utf8_len(s->s + i, s->len - i))
		yes = of(utf8_get(s->s + i, s->len - i));
	*ret = value_bool(yes);
	return rd_spend(r, s->len / 16);
}

static int str_isdigit(struct render *r, struct call *c, struct value *ret)
{
	return all(r, c, utf8_is_digit, ret);
}

static int str_isalpha(struct render *r, struct call *c, struct value *ret)
{
	return all(r, c, is_letter, ret);
}

static int str_isalnum(struct render *r, struct call *c, struct value *ret)
{
	return all(r, c, is_alnum, ret);
}

static int str_isspace(struct render *r, struct call *c, struct value *ret)
{
	return all(r, c, utf8_is_space, ret);
}

static int str_isascii(struct render *r, struct call *c, struct value *ret)
{
	if (c->args[0].len)
		return all(r, c, is_ascii, ret);
	*ret = value_bool(true);
	return 0;
}

/* Upper-case (lower-case) letters only, and at least one. */
static int one_case(struct render *r, struct call *c, bool upper, struct value *ret)
{
	const struct value *s = &c->args[0];
	bool any = false;
	bool yes = true;

	for (size_t i = 0; i < s->len && yes; i += utf8_len(s->s + i, s->len - i)) {
		uint32_t cp = utf8_get(s->s + i, s->len - i);

		if (!is_cased(cp))
			continue;
		any = true;
		yes = upper == (utf8_lower(cp) != cp);
	}
	*ret = value_bool(any && yes);
	return rd_spend(r, s->len / 16);
}

static int str_isupper(struct render *r, struct call *c, struct value *ret)
{
	return one_case(r, c, true, ret);
}

static int str_islower(struct render *r, struct call *c, struct value *ret)
{
	return one_case(r, c, false, ret);
}

const struct builtin methods_str_is[] = {
	{.name = "startswith", .fn = str_startswith, .params = {"prefix"}, .required = 1},
	{.name = "endswith", .fn = str_endswith, .params = {"suffix"}, .required = 1},
	{.name = "removeprefix", .fn = str_removeprefix, .params = {"prefix"}, .required = 1},
	{.name = "removesuffix", .fn = str_removesuffix, .params = {"suffix"}, .required = 1},
	{.name = "find", .fn = str_find, .params = {"sub"}, .required = 1},
	{.name = "rfind", .fn = str_rfind, .params = {"sub"}, .required = 1},
	{.name = "index", .fn = str_index, .params = {"sub"}, .required = 1},
	{.name = "rindex", .fn = str_rindex, .params = {"sub"}, .required = 1},
	{.name = "count", .fn = str_count, .params = {"sub"}, .required = 1},
	{.name = "isdigit", .fn = str_isdigit},
	{.name = "isdecimal", .fn = str_isdigit},
	{.name = "isnumeric", .fn = str_isdigit},
	{.name = "isalpha", .fn = str_isalpha},
	{.name = "isalnum", .fn = str_isalnum},
	{.name = "isspace", .fn = str_isspace},
	{.name = "isascii", .fn = str_isascii},
	{.name = "isupper", .fn = str_isupper},
	{.name = "islower", .fn = str_islower},
	{.name = NULL},
};
