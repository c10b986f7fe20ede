/* str.format() of Python: '{} {1} {name[key].member!r:>8}'. */
#include "template/render.h"

#include <string.h>

struct field {
	const char *name; /* with .member and [item] */
	size_t name_len;
	char conversion; /* of !r, !s; NUL: none */
	const char *spec;
	size_t spec_len;
};

static const struct value *argument(
	const struct call *c, const char *name, size_t len, size_t *next)
{
	size_t n = 0;

	if (!len)
		return ++*next < c->n ? &c->args[*next] : NULL;
	if (strspn(name, "0123456789") >= len) {
		for (size_t i = 0; i < len && n < 100000; i++)
			n = n * 10 + (size_t)(name[i] - '0');
		return n + 1 < c->n ? &c->args[n + 1] : NULL;
	}
	for (size_t i = 0; i < c->n_keywords; i++)
		if (strlen(c->keywords[i].name) == len && !memcmp(c->keywords[i].name, name, len))
			return &c->keywords[i].value;
	return NULL;
}

/* One [key] of a field's name: digits are an index. */
static int follow_item(struct render *r, const char *key, size_t len, struct value *v)
{
	struct value k = value_str(key, len);
	struct value of = *v;

	if (len && len < 10 && strspn(key, "0123456789") >= len) {
		k = value_int(0);
		for (size_t i = 0; i < len; i++)
			k.i = k.i * 10 + key[i] - '0';
	}
	if (rd_get_item(r, &of, &k, v) < 0)
		return -1;
	return v->kind == VALUE_UNDEFINED ? rd_undefined(r, v) : 0;
}

static int field_value(struct render *r, const struct call *c, const struct field *f, size_t *next,
	struct value *ret)
{
	size_t len = 0;
	const struct value *v;
	const char *p;
	const char *end = f->name + f->name_len;

	while (len < f->name_len && f->name[len] != '[' && f->name[len] != '.')
		len++;
	v = argument(c, f->name, len, next);
	if (!v)
		return rd_fail(r, "format: '{%.*s}' has no value",
			(int)(f->name_len < 100 ? f->name_len : 100), f->name);
	*ret = *v;
	for (p = f->name + len; p < end;) {
		const char *close = *p == '[' ? memchr(p, ']', (size_t)(end - p)) : NULL;

		if (!close)
			return rd_fail(r, "format: only [item] can follow a name");
		if (follow_item(r, p + 1, (size_t)(close - p - 1), ret) < 0)
			return -1;
		p = close + 1;
	}
	return ret->kind == VALUE_UNDEFINED ? rd_undefined(r, ret) : 0;
}

/* The inside of the braces at [p, end). */
static int parse_field(struct render *r, const char *p, const char *end, struct field *ret)
{
	*ret = (struct field){.name = p, .spec = end};
	while (p < end && *p != '!' && *p != ':')
		p += *p == '[' && memchr(p, ']', (size_t)(end - p))
		             ? (const char *)memchr(p, ']', (size_t)(end - p)) - p
		             : 1;
	ret->name_len = (size_t)(p - ret->name);
	if (p < end && *p == '!') {
		if (end - p < 2 || !strchr("rsa", p[1]) || !p[1])
			return rd_fail(r, "format: after ! comes r or s");
		ret->conversion = p[1];
		p += 2;
	}
	if (p < end && *p != ':')
		return rd_fail(r, "format: after the name comes : or }");
	if (p < end)
		ret->spec = p + 1;
	ret->spec_len = (size_t)(end - ret->spec);
	if (memchr(ret->spec, '{', ret->spec_len))
		return rd_fail(r, "format: braces within braces are not supported");
	return 0;
}

static int put_field(struct render *r, const struct call *c, const struct field *f, size_t *next,
	struct strbuf *b)
{
	autostrbuf text = STRBUF_INIT;
	struct value v;

	if (field_value(r, c, f, next, &v) < 0)
		return -1;
	if (f->conversion) {
		if (f->conversion == 's' ? rd_print(r, &v, &text) < 0 : rd_repr(r, &v, &text) < 0)
			return -1;
		v = value_str(text.buf, text.len);
	}
	if (rd_format_value(r, &v, f->spec, f->spec_len, b) < 0 || rd_fits(r, b) < 0)
		return -1;
	return rd_spend(r, 1);
}

int rd_format_braces(struct render *r, const struct call *c, struct value *ret)
{
	const char *p = c->args[0].s;
	const char *end = p + c->args[0].len;
	autostrbuf b = STRBUF_INIT;
	size_t next = 0;

	while (p < end) {
		struct field field;
		const char *close;

		if ((*p == '{' || *p == '}') && p + 1 < end && p[1] == *p) {
			strbuf_addc(&b, *p);
			p += 2;
			continue;
		}
		if (*p != '{' && *p != '}') {
			strbuf_addc(&b, *p++);
			continue;
		}
		close = *p == '{' ? memchr(p, '}', (size_t)(end - p)) : NULL;
		if (!close)
			return rd_fail(r, "format: a brace has no partner");
		if (parse_field(r, p + 1, close, &field) < 0 ||
			put_field(r, c, &field, &next, &b) < 0)
			return -1;
		p = close + 1;
	}
	return rd_take(r, &b, ret);
}
