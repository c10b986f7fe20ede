/* str.format() of Python, without format specifications beyond width and alignment: '{} {name}'. */
#include "template/render.h"
#include "template/text.h"
#include "template/utf8.h"

#include <string.h>

static const struct value *place(const struct call *c, const char *name, size_t len, size_t *next)
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

int rd_format_braces(struct render *r, const struct call *c, struct value *ret)
{
	const char *p = c->args[0].s;
	const char *end = p + c->args[0].len;
	autostrbuf b = STRBUF_INIT;
	size_t next = 0;

	while (p < end) {
		const struct value *v;
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
		if (memchr(p, ':', (size_t)(close - p)) || memchr(p, '!', (size_t)(close - p)))
			return rd_fail(r, "format: only {}, {0} and {name} are supported; use the "
					  "filter format with %%s, %%05d …");
		v = place(c, p + 1, (size_t)(close - p - 1), &next);
		if (!v)
			return rd_fail(r, "format: '%.*s' has no value",
				(int)(close - p < 100 ? close - p + 1 : 100), p);
		if (rd_print(r, v, &b) < 0 || rd_fits(r, &b) < 0 || rd_spend(r, 1) < 0)
			return -1;
		p = close + 1;
	}
	return rd_take(r, &b, ret);
}
