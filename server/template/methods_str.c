/* Methods of text. */
#include "template/render.h"
#include "template/text.h"
#include "template/utf8.h"

#include <string.h>

static int str_upper(struct render *r, struct call *c, struct value *ret)
{
	return text_change_case(r, &c->args[0], TEXT_UPPER, ret);
}

static int str_lower(struct render *r, struct call *c, struct value *ret)
{
	return text_change_case(r, &c->args[0], TEXT_LOWER, ret);
}

static int str_capitalize(struct render *r, struct call *c, struct value *ret)
{
	return text_change_case(r, &c->args[0], TEXT_CAPITALIZE, ret);
}

static int str_swapcase(struct render *r, struct call *c, struct value *ret)
{
	return text_change_case(r, &c->args[0], TEXT_SWAPCASE, ret);
}

/* A word begins after whatever is no letter: str.title(), which differs from the filter. */
static int str_title(struct render *r, struct call *c, struct value *ret)
{
	const struct value *s = &c->args[0];
	autostrbuf b = STRBUF_INIT;
	bool starts = true;

	for (size_t i = 0; i < s->len;) {
		size_t n = utf8_len(s->s + i, s->len - i);
		uint32_t cp = utf8_get(s->s + i, s->len - i);

		if (rd_tick(r) < 0)
			return -1;
		if (starts)
			text_add_titled(&b, s->s + i, n);
		else
			text_add_cased(&b, s->s + i, n, false);
		starts = utf8_lower(cp) == cp && utf8_upper(cp) == cp && cp != 0xdf;
		i += n;
	}
	return rd_take(r, &b, ret);
}

static int need_str(struct render *r, const struct call *c, size_t i)
{
	if (c->args[i].kind == VALUE_UNDEFINED)
		return rd_undefined(r, &c->args[i]);
	if (c->args[i].kind != VALUE_STRING)
		return rd_fail(
			r, "'%s' needs a string, not %s", c->name, value_type_name(&c->args[i]));
	return 0;
}

static int strip(struct render *r, struct call *c, bool left, bool right, struct value *ret)
{
	if (arg_given(c, 1) && need_str(r, c, 1) < 0)
		return -1;
	return text_strip(r, &c->args[0], arg_given(c, 1) ? &c->args[1] : NULL, left, right, ret);
}

static int str_strip(struct render *r, struct call *c, struct value *ret)
{
	return strip(r, c, true, true, ret);
}

static int str_lstrip(struct render *r, struct call *c, struct value *ret)
{
	return strip(r, c, true, false, ret);
}

static int str_rstrip(struct render *r, struct call *c, struct value *ret)
{
	return strip(r, c, false, true, ret);
}

static int pad(struct render *r, struct call *c, enum text_side side, struct value *ret)
{
	int64_t width;
	char fill = ' ';

	if (arg_int(r, c, 1, 0, &width) < 0)
		return -1;
	if (arg_given(c, 2)) {
		if (need_str(r, c, 2) < 0)
			return -1;
		if (c->args[2].len != 1)
			return rd_fail(r, "'%s' fills with one ASCII character", c->name);
		fill = c->args[2].s[0];
	}
	return text_pad(r, &c->args[0], width, side, fill, ret);
}

static int str_center(struct render *r, struct call *c, struct value *ret)
{
	return pad(r, c, TEXT_CENTER, ret);
}

static int str_ljust(struct render *r, struct call *c, struct value *ret)
{
	return pad(r, c, TEXT_LEFT, ret);
}

static int str_rjust(struct render *r, struct call *c, struct value *ret)
{
	return pad(r, c, TEXT_RIGHT, ret);
}

static int str_zfill(struct render *r, struct call *c, struct value *ret)
{
	struct value s = c->args[0];
	bool sign = s.len && (s.s[0] == '-' || s.s[0] == '+');
	struct value rest = value_str(s.s + sign, s.len - sign);
	struct value zeros;
	struct value mark = value_str(s.s, sign);
	int64_t width;

	if (arg_int(r, c, 1, 0, &width) < 0 ||
		text_pad(r, &rest, width - sign, TEXT_RIGHT, '0', &zeros) < 0)
		return -1;
	return rd_binary(r, OP_ADD, &mark, &zeros, ret);
}

/* In markup a text is looked for, and put there, as it is written in markup. */
static int as_markup(struct render *r, struct value *v)
{
	struct value text = *v;
	struct call call = {.name = "escape", .args = &text, .n = 1};

	return v->safe ? 0 : rd_call_filter(r, "escape", &call, v);
}

static int str_replace(struct render *r, struct call *c, struct value *ret)
{
	struct value from = c->args[1];
	struct value to = c->args[2];
	bool safe = c->args[0].safe;
	int64_t count;

	if (need_str(r, c, 1) < 0 || need_str(r, c, 2) < 0 || arg_int(r, c, 3, -1, &count) < 0)
		return -1;
	if (safe && (as_markup(r, &from) < 0 || as_markup(r, &to) < 0))
		return -1;
	if (text_replace(r, &c->args[0], &from, &to, count, ret) < 0)
		return -1;
	ret->safe = safe;
	return 0;
}

/* The parts of a safe string are safe. */
static void parts_of(const struct value *s, struct list *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		parts->v[i].safe = s->safe;
}

static int str_splitlines(struct render *r, struct call *c, struct value *ret)
{
	struct list *lines;
	bool keep;

	if (arg_bool(r, c, 1, false, &keep) < 0)
		return -1;
	if (text_lines(r, &c->args[0], keep, &lines) < 0)
		return -1;
	parts_of(&c->args[0], lines);
	*ret = value_list(lines);
	return rd_spend(r, lines->n);
}

static int split_at(struct render *r, struct list *list, struct value s, const struct value *by,
	int64_t max, bool right)
{
	while (max != 0) {
		const char *hit;
		size_t before;

		if (rd_spend(r, 1) < 0 || text_find(r, &s, by, right, &hit) < 0)
			return -1;
		if (!hit)
			break;
		before = (size_t)(hit - s.s);
		if (right) {
			list_add(list, value_str(hit + by->len, s.len - before - by->len));
			s.len = (uint32_t)before;
		} else {
			list_add(list, value_str(s.s, before));
			s.len -= (uint32_t)before + by->len;
			s.s = hit + by->len;
		}
		if (max > 0)
			max--;
	}
	list_add(list, s);
	return 0;
}

static size_t word_end(const struct value *s, bool right)
{
	struct value rest = *s;

	while (rest.len) {
		size_t n = right ? 1 : utf8_len(rest.s, rest.len);
		const char *p = right ? rest.s + rest.len - 1 : rest.s;

		if (utf8_is_space(utf8_get(p, n)) && (n > 1 || (unsigned char)*p < 0x80))
			break;
		rest.len -= (uint32_t)n;
		rest.s += right ? 0 : n;
	}
	return right ? rest.len : s->len - rest.len;
}

static int split_words(struct render *r, struct list *list, struct value s, int64_t max, bool right)
{
	for (;;) {
		size_t end;

		if (rd_spend(r, 1) < 0 || text_strip(r, &s, NULL, !right, right, &s) < 0)
			return -1;
		if (!s.len)
			return 0;
		if (max == 0)
			break;
		end = word_end(&s, right);
		if (right) {
			list_add(list, value_str(s.s + end, s.len - end));
			s.len = (uint32_t)end;
		} else {
			list_add(list, value_str(s.s, end));
			s.s += end;
			s.len -= (uint32_t)end;
		}
		if (max > 0)
			max--;
	}
	list_add(list, s);
	return 0;
}

static int split(struct render *r, struct call *c, bool right, struct value *ret)
{
	struct list *list = list_new(&r->arena, 0);
	int64_t max;

	if (arg_int(r, c, 2, -1, &max) < 0 || rd_spend(r, c->args[0].len / 8) < 0)
		return -1;
	if (!arg_given(c, 1)) {
		if (split_words(r, list, c->args[0], max, right) < 0)
			return -1;
	} else {
		if (need_str(r, c, 1) < 0)
			return -1;
		if (!c->args[1].len)
			return rd_fail(r, "'%s' needs a separator that is not empty", c->name);
		if (split_at(r, list, c->args[0], &c->args[1], max, right) < 0)
			return -1;
	}
	parts_of(&c->args[0], list);
	for (size_t i = 0; right && i < list->n / 2; i++) {
		struct value v = list->v[i];

		list->v[i] = list->v[list->n - 1 - i];
		list->v[list->n - 1 - i] = v;
	}
	*ret = value_list(list);
	return rd_spend(r, list->n);
}

static int str_split(struct render *r, struct call *c, struct value *ret)
{
	return split(r, c, false, ret);
}

static int str_rsplit(struct render *r, struct call *c, struct value *ret)
{
	return split(r, c, true, ret);
}

static int partition(struct render *r, struct call *c, bool right, struct value *ret)
{
	const struct value s = c->args[0];
	struct list *list = list_new(&r->arena, 3);
	const char *hit;
	size_t at;

	if (need_str(r, c, 1) < 0)
		return -1;
	if (!c->args[1].len)
		return rd_fail(r, "'%s' needs a separator that is not empty", c->name);
	if (text_find(r, &s, &c->args[1], right, &hit) < 0)
		return -1;
	*ret = value_tuple(list);
	if (!hit) {
		list_add(list, right ? value_str("", 0) : s);
		list_add(list, value_str("", 0));
		list_add(list, right ? s : value_str("", 0));
		parts_of(&s, list);
		return 0;
	}
	at = (size_t)(hit - s.s);
	list_add(list, value_str(s.s, at));
	list_add(list, c->args[1]);
	list_add(list, value_str(hit + c->args[1].len, s.len - at - c->args[1].len));
	parts_of(&s, list);
	return rd_spend(r, s.len / 64);
}

static int str_partition(struct render *r, struct call *c, struct value *ret)
{
	return partition(r, c, false, ret);
}

static int str_rpartition(struct render *r, struct call *c, struct value *ret)
{
	return partition(r, c, true, ret);
}

static int str_join(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct list *items;

	if (rd_items(r, &c->args[1], &items) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++) {
		if (items->v[i].kind != VALUE_STRING)
			return rd_fail(r, "join of a string needs strings, not %s; use |join",
				value_type_name(&items->v[i]));
		if (i)
			strbuf_add(&b, c->args[0].s, c->args[0].len);
		strbuf_add(&b, items->v[i].s, items->v[i].len);
		if (rd_fits(r, &b) < 0 || rd_tick(r) < 0)
			return -1;
	}
	return rd_take(r, &b, ret);
}

static int str_format(struct render *r, struct call *c, struct value *ret)
{
	return rd_format_braces(r, c, ret);
}

const struct builtin methods_str[] = {
	{.name = "upper", .fn = str_upper},
	{.name = "lower", .fn = str_lower},
	{.name = "casefold", .fn = str_lower},
	{.name = "capitalize", .fn = str_capitalize},
	{.name = "swapcase", .fn = str_swapcase},
	{.name = "title", .fn = str_title},
	{.name = "strip", .fn = str_strip, .params = {"chars"}},
	{.name = "lstrip", .fn = str_lstrip, .params = {"chars"}},
	{.name = "rstrip", .fn = str_rstrip, .params = {"chars"}},
	{.name = "center", .fn = str_center, .params = {"width", "fill"}, .required = 1},
	{.name = "ljust", .fn = str_ljust, .params = {"width", "fill"}, .required = 1},
	{.name = "rjust", .fn = str_rjust, .params = {"width", "fill"}, .required = 1},
	{.name = "zfill", .fn = str_zfill, .params = {"width"}, .required = 1},
	{.name = "replace", .fn = str_replace, .params = {"old", "new", "count"}, .required = 2},
	{.name = "splitlines", .fn = str_splitlines, .params = {"keepends"}},
	{.name = "split", .fn = str_split, .params = {"sep", "maxsplit"}},
	{.name = "rsplit", .fn = str_rsplit, .params = {"sep", "maxsplit"}},
	{.name = "partition", .fn = str_partition, .params = {"sep"}, .required = 1},
	{.name = "rpartition", .fn = str_rpartition, .params = {"sep"}, .required = 1},
	{.name = "join", .fn = str_join, .params = {"items"}, .required = 1},
	{.name = "format", .fn = str_format, .variadic = true},
	{.name = NULL},
};
