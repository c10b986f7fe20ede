/* Filters on text. */
#include "template/render.h"
#include "template/text.h"
#include "template/utf8.h"

#include <string.h>

static int filter_default(struct render *r, struct call *c, struct value *ret)
{
	const struct value *v = &c->args[0];
	bool boolean = false;
	bool truth = true;

	if (c->args[2].kind != VALUE_ABSENT && rd_truth(r, &c->args[2], &boolean) < 0)
		return -1;
	if (v->kind != VALUE_UNDEFINED && boolean && rd_truth(r, v, &truth) < 0)
		return -1;
	if (v->kind != VALUE_UNDEFINED && truth)
		*ret = *v;
	else
		*ret = c->args[1].kind == VALUE_ABSENT ? value_str("", 0) : c->args[1];
	return 0;
}

static int filter_string(struct render *r, struct call *c, struct value *ret)
{
	return rd_to_str(r, &c->args[0], ret);
}

/* Filters that change the case of text. */
static int with_case(struct render *r, struct call *c, enum text_case how, struct value *ret)
{
	struct value s;

	if (rd_to_str(r, &c->args[0], &s) < 0)
		return -1;
	return text_change_case(r, &s, how, ret);
}

static int filter_upper(struct render *r, struct call *c, struct value *ret)
{
	return with_case(r, c, TEXT_UPPER, ret);
}

static int filter_lower(struct render *r, struct call *c, struct value *ret)
{
	return with_case(r, c, TEXT_LOWER, ret);
}

static int filter_capitalize(struct render *r, struct call *c, struct value *ret)
{
	return with_case(r, c, TEXT_CAPITALIZE, ret);
}

/* Words begin after blanks and - ( { [ <. */
static int filter_title(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	bool starts = true;
	struct value s;

	if (rd_to_str(r, &c->args[0], &s) < 0)
		return -1;
	for (size_t i = 0; i < s.len;) {
		size_t n = utf8_len(s.s + i, s.len - i);
		uint32_t cp = utf8_get(s.s + i, s.len - i);

		if (rd_tick(r) < 0)
			return -1;
		text_add_cased(&b, s.s + i, n, starts);
		starts = utf8_is_space(cp) || (cp < 0x80 && cp && strchr("-({[<", (int)cp));
		i += n;
	}
	return rd_take(r, &b, ret);
}

static int filter_trim(struct render *r, struct call *c, struct value *ret)
{
	struct value s;
	struct value chars = VALUE_INIT;

	if (rd_to_str(r, &c->args[0], &s) < 0 ||
		(arg_given(c, 1) && rd_to_str(r, &c->args[1], &chars) < 0))
		return -1;
	return text_strip(r, &s, arg_given(c, 1) ? &chars : NULL, true, true, ret);
}

static int filter_replace(struct render *r, struct call *c, struct value *ret)
{
	struct value s;
	struct value from;
	struct value to;
	int64_t count;

	if (rd_to_str(r, &c->args[0], &s) < 0 || arg_str(r, c, 1, "", &from) < 0 ||
		arg_str(r, c, 2, "", &to) < 0)
		return -1;
	if (!arg_given(c, 3))
		count = -1;
	else if (arg_int(r, c, 3, -1, &count) < 0)
		return -1;
	return text_replace(r, &s, &from, &to, count, ret);
}

static int filter_center(struct render *r, struct call *c, struct value *ret)
{
	struct value s;
	int64_t width;

	if (rd_to_str(r, &c->args[0], &s) < 0 || arg_int(r, c, 1, 80, &width) < 0)
		return -1;
	return text_pad(r, &s, width, TEXT_CENTER, ' ', ret);
}

static int filter_format(struct render *r, struct call *c, struct value *ret)
{
	struct list *list = list_new(&r->arena, c->n);
	struct dict *dict = dict_new(&r->arena);
	struct value args;
	struct value s;

	if (c->n > 1 && c->n_keywords)
		return rd_fail(r, "'format' takes either positional or keyword arguments");
	if (rd_to_str(r, &c->args[0], &s) < 0)
		return -1;
	for (size_t i = 1; i < c->n; i++)
		list_add(list, c->args[i]);
	for (size_t i = 0; i < c->n_keywords; i++)
		dict_set(dict, value_cstr(c->keywords[i].name), c->keywords[i].value);
	args = c->n_keywords ? value_dict(dict) : value_tuple(list);
	return rd_format_percent(r, &s, &args, ret);
}

static int filter_wordcount(struct render *r, struct call *c, struct value *ret)
{
	bool inside = false;
	int64_t n = 0;
	struct value s;

	if (rd_to_str(r, &c->args[0], &s) < 0 || rd_spend(r, s.len / 16) < 0)
		return -1;
	for (size_t i = 0; i < s.len; i += utf8_len(s.s + i, s.len - i)) {
		bool word = utf8_is_word(utf8_get(s.s + i, s.len - i));

		n += word && !inside;
		inside = word;
	}
	*ret = value_int(n);
	return 0;
}

/* Where the text is cut: at `keep` characters, or at the last space before. */
static size_t cut_at(const struct value *s, size_t keep, bool killwords)
{
	size_t at = utf8_offset(s->s, s->len, keep);
	const char *space = killwords ? NULL : memrchr(s->s, ' ', at);

	return space ? (size_t)(space - s->s) : at;
}

static int filter_truncate(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct value s;
	struct value end;
	int64_t length;
	int64_t leeway = 5;
	int64_t end_len;
	bool killwords;

	if (rd_to_str(r, &c->args[0], &s) < 0 || arg_int(r, c, 1, 255, &length) < 0 ||
		arg_bool(r, c, 2, false, &killwords) < 0 || arg_str(r, c, 3, "...", &end) < 0 ||
		(arg_given(c, 4) && arg_int(r, c, 4, 5, &leeway) < 0))
		return -1;
	end_len = (int64_t)utf8_count(end.s, end.len);
	if (length < end_len)
		return rd_fail(r, "'truncate' needs a length of at least %lld, for the end",
			(long long)end_len);
	if (leeway < 0)
		return rd_fail(r, "'truncate' cannot have a negative leeway");
	*ret = s;
	if ((int64_t)utf8_count(s.s, s.len) - leeway <= length)
		return 0;
	strbuf_add(&b, s.s, cut_at(&s, (size_t)(length - end_len), killwords));
	strbuf_add(&b, end.s, end.len);
	return rd_take(r, &b, ret);
}

const struct builtin filters_text[] = {
	{.name = "default",
		.fn = filter_default,
		.params = {"default_value", "boolean"},
		.takes_undefined = true},
	{.name = "d",
		.fn = filter_default,
		.params = {"default_value", "boolean"},
		.takes_undefined = true},
	{.name = "string", .fn = filter_string},
	{.name = "upper", .fn = filter_upper},
	{.name = "lower", .fn = filter_lower},
	{.name = "capitalize", .fn = filter_capitalize},
	{.name = "title", .fn = filter_title},
	{.name = "trim", .fn = filter_trim, .params = {"chars"}},
	{.name = "replace", .fn = filter_replace, .params = {"old", "new", "count"}, .required = 2},
	{.name = "center", .fn = filter_center, .params = {"width"}},
	{.name = "format", .fn = filter_format, .variadic = true},
	{.name = "wordcount", .fn = filter_wordcount},
	{.name = "truncate",
		.fn = filter_truncate,
		.params = {"length", "killwords", "end", "leeway"}},
	{.name = NULL},
};
