/* The text % values of Python: printf with repr, names and any width. */
#include "template/render.h"
#include "template/text.h"
#include "template/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH_MAX 10000

struct conversion {
	bool minus, plus, space, zero, alternate;
	int64_t width;
	int64_t precision; /* -1: none */
	char type;
};

struct formatter {
	struct render *r;
	const char *p;
	const char *end;
	const struct value *args;
	size_t next; /* of a tuple */
	struct strbuf *out;
};

static int next_arg(struct formatter *f, struct value *ret)
{
	if (f->args->kind != VALUE_TUPLE) {
		if (f->next++)
			return rd_fail(f->r, "the format has more places than values");
		*ret = *f->args;
	} else {
		list_open(f->args->list);
		if (f->next >= f->args->list->n)
			return rd_fail(f->r, "the format has more places than values");
		*ret = f->args->list->v[f->next++];
	}
	return ret->kind == VALUE_UNDEFINED ? rd_undefined(f->r, ret) : 0;
}

static int named_arg(struct formatter *f, struct value *ret)
{
	const char *close = memchr(f->p, ')', (size_t)(f->end - f->p));
	const struct value *v;

	if (!close)
		return rd_fail(f->r, "the format has a '(' without ')'");
	if (f->args->kind != VALUE_DICT)
		return rd_fail(f->r, "the format has names, but the values have none");
	v = dict_get_str(f->args->dict, f->p, (size_t)(close - f->p));
	if (!v)
		return rd_fail(f->r, "the format names '%.*s', which has no value",
			(int)(close - f->p < 100 ? close - f->p : 100), f->p);
	f->p = close + 1;
	*ret = *v;
	return ret->kind == VALUE_UNDEFINED ? rd_undefined(f->r, ret) : 0;
}

static int parse_size(struct formatter *f, int64_t *ret)
{
	struct value v;

	*ret = 0;
	if (f->p < f->end && *f->p == '*') {
		f->p++;
		if (next_arg(f, &v) < 0)
			return -1;
		if (v.kind != VALUE_INT)
			return rd_fail(f->r, "* in a format needs an integer");
		*ret = v.i;
	}
	while (f->p < f->end && *f->p >= '0' && *f->p <= '9' && *ret < WIDTH_MAX)
		*ret = *ret * 10 + (*f->p++ - '0');
	if (*ret >= WIDTH_MAX || *ret <= -WIDTH_MAX)
		return rd_too_big(f->r, "a width in the format is too large");
	return 0;
}

static int parse_conversion(struct formatter *f, struct conversion *c)
{
	for (; f->p < f->end && *f->p && strchr("-+ 0#", *f->p); f->p++) {
		c->minus |= *f->p == '-';
		c->plus |= *f->p == '+';
		c->space |= *f->p == ' ';
		c->zero |= *f->p == '0';
		c->alternate |= *f->p == '#';
	}
	if (parse_size(f, &c->width) < 0)
		return -1;
	if (c->width < 0) {
		c->minus = true;
		c->width = -c->width;
	}
	c->precision = -1;
	if (f->p < f->end && *f->p == '.') {
		f->p++;
		if (parse_size(f, &c->precision) < 0)
			return -1;
		if (c->precision < 0)
			c->precision = 0;
	}
	while (f->p < f->end && *f->p && strchr("hlL", *f->p))
		f->p++;
	if (f->p == f->end)
		return rd_fail(f->r, "the format ends in the middle of a place");
	c->type = *f->p++;
	return 0;
}

/* Digits with sign, prefix and zeros. */
static void put_number(struct formatter *f, const struct conversion *c, bool negative,
	const char *prefix, const char *digits)
{
	const char *sign = negative ? "-" : c->plus ? "+" : c->space ? " " : "";
	int64_t used = (int64_t)(strlen(sign) + strlen(prefix) + strlen(digits));
	int64_t pad = c->width > used ? c->width - used : 0;

	for (int64_t i = 0; !c->minus && !c->zero && i < pad; i++)
		strbuf_addc(f->out, ' ');
	strbuf_addf(f->out, "%s%s", sign, prefix);
	for (int64_t i = 0; !c->minus && c->zero && i < pad; i++)
		strbuf_addc(f->out, '0');
	strbuf_adds(f->out, digits);
	for (int64_t i = 0; c->minus && i < pad; i++)
		strbuf_addc(f->out, ' ');
}

static int put_integer(struct formatter *f, const struct conversion *c, const struct value *v)
{
	static const char prefixes[] = "oxX";
	const char *p = strchr(prefixes, c->type);
	char prefix[3] = {0};
	uint64_t n;
	int64_t i;
	autostrbuf digits = STRBUF_INIT;

	if (v->kind == VALUE_FLOAT && !p) {
		if (!(fabs(v->f) < 9.2e18))
			return rd_fail(f->r, "number does not fit in 64 bits");
		i = (int64_t)v->f;
	} else if (v->kind == VALUE_INT || v->kind == VALUE_BOOL) {
		i = v->kind == VALUE_INT ? v->i : v->b;
	} else {
		return rd_fail(f->r, "%%%c in a format needs a number, not %s", c->type,
			value_type_name(v));
	}
	n = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
	if (p && c->alternate) {
		prefix[0] = '0';
		prefix[1] = c->type;
	}
	strbuf_addf(&digits,
		c->type == 'o'   ? "%llo"
		: c->type == 'x' ? "%llx"
		: c->type == 'X' ? "%llX"
				 : "%llu",
		(unsigned long long)n);
	while ((int64_t)digits.len < c->precision) {
		autofree char *was = strbuf_take(&digits);

		strbuf_addf(&digits, "%0*d%s", (int)(c->precision - (int64_t)strlen(was)), 0, was);
	}
	put_number(f, c, i < 0, prefix, digits.buf);
	return 0;
}

static int put_float(struct formatter *f, const struct conversion *c, const struct value *v)
{
	int precision = c->precision < 0 ? 6 : (int)c->precision;
	struct conversion padding = *c;
	autostrbuf digits = STRBUF_INIT;
	double d;

	if (!value_is_number(v))
		return rd_fail(f->r, "%%%c in a format needs a number, not %s", c->type,
			value_type_name(v));
	d = fabs(value_to_double(v));
	switch (c->type) {
	case 'e':
		strbuf_addf(&digits, c->alternate ? "%#.*e" : "%.*e", precision, d);
		break;
	case 'E':
		strbuf_addf(&digits, c->alternate ? "%#.*E" : "%.*E", precision, d);
		break;
	case 'g':
		strbuf_addf(&digits, c->alternate ? "%#.*g" : "%.*g", precision, d);
		break;
	case 'G':
		strbuf_addf(&digits, c->alternate ? "%#.*G" : "%.*G", precision, d);
		break;
	default:
		strbuf_addf(&digits, c->alternate ? "%#.*f" : "%.*f", precision, d);
		break;
	}
	if (!isfinite(d))
		padding.zero = false;
	put_number(f, &padding, signbit(value_to_double(v)) && !isnan(d), "", digits.buf);
	return 0;
}

static int put_text(struct formatter *f, const struct conversion *c, const struct value *v)
{
	autostrbuf b = STRBUF_INIT;
	struct value s;
	char one[4];
	size_t len;

	if (c->type == 'c' && v->kind == VALUE_INT) {
		if (v->i < 0 || v->i > 0x10ffff)
			return rd_fail(f->r, "%%c in a format needs a character's number");
		strbuf_add(&b, one, utf8_put(one, (uint32_t)v->i));
	} else if (c->type == 'c' && (v->kind != VALUE_STRING || utf8_count(v->s, v->len) != 1)) {
		return rd_fail(f->r, "%%c in a format needs one character");
	} else if (c->type == 'r' || c->type == 'a' ? rd_repr(f->r, v, &b) < 0
						    : rd_print(f->r, v, &b) < 0) {
		return -1;
	}
	len = c->precision < 0 ? b.len : utf8_offset(b.buf, b.len, (size_t)c->precision);
	s = value_str(b.buf, len);
	if (text_pad(f->r, &s, c->width, c->minus ? TEXT_LEFT : TEXT_RIGHT, ' ', &s) < 0)
		return -1;
	strbuf_add(f->out, s.s, s.len);
	return 0;
}

static int put_place(struct formatter *f)
{
	struct conversion c = {.width = 0};
	struct value v = VALUE_INIT;
	bool named = f->p < f->end && *f->p == '(';

	if (named) {
		f->p++;
		if (named_arg(f, &v) < 0)
			return -1;
	}
	if (parse_conversion(f, &c) < 0)
		return -1;
	if (c.type == '%') {
		strbuf_addc(f->out, '%');
		return 0;
	}
	if (rd_spend(f->r, (size_t)(c.width + (c.precision > 0 ? c.precision : 0)) / 16) < 0)
		return -1;
	if (!c.type || !strchr("diuoxXeEfFgGcrsa", c.type))
		return rd_fail(f->r, "the format has an unknown place '%%%c'", c.type);
	if (!named && next_arg(f, &v) < 0)
		return -1;
	if (strchr("diuoxX", c.type))
		return put_integer(f, &c, &v);
	return strchr("eEfFgG", c.type) ? put_float(f, &c, &v) : put_text(f, &c, &v);
}

int rd_format_percent(
	struct render *r, const struct value *format, const struct value *args, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct formatter f = {
		.r = r,
		.p = format->s,
		.end = format->s + format->len,
		.args = args,
		.out = &b,
	};

	while (f.p < f.end) {
		const char *mark = memchr(f.p, '%', (size_t)(f.end - f.p));

		strbuf_add(&b, f.p, (size_t)((mark ? mark : f.end) - f.p));
		if (!mark)
			break;
		f.p = mark + 1;
		if (put_place(&f) < 0 || rd_fits(r, &b) < 0 || rd_spend(r, 1) < 0)
			return -1;
	}
	if (args->kind == VALUE_TUPLE
			? f.next < args->list->n
			: !f.next && args->kind != VALUE_DICT && args->kind != VALUE_LIST)
		return rd_fail(r, "the format has fewer places than values");
	return rd_take(r, &b, ret);
}
