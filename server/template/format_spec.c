/*
 * What stands after the colon in '{:>8}'.format(…): Python's format specification,
 * [[fill]align][sign][#][0][width][,][.precision][type].
 */
#include "template/render.h"
#include "template/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH_MAX 10000

struct spec {
	const char *fill;
	size_t fill_len; /* bytes of one character */
	char align;      /* < > ^ = or NUL */
	char sign;       /* + - blank */
	bool alternate;
	char group; /* , _ or NUL */
	int64_t width;
	int precision; /* -1: none */
	char type;     /* or NUL */
};

static int parse_number(struct render *r, const char **p, const char *end, int64_t *ret)
{
	*ret = 0;
	while (*p < end && **p >= '0' && **p <= '9' && *ret <= WIDTH_MAX)
		*ret = *ret * 10 + (*(*p)++ - '0');
	return *ret > WIDTH_MAX ? rd_too_big(r, "a width in the format is too large") : 0;
}

static bool take(const char **p, const char *end, const char *any, char *ret)
{
	if (*p >= end || !**p || !strchr(any, **p))
		return false;
	*ret = *(*p)++;
	return true;
}

static int parse_spec(struct render *r, const char *p, size_t len, struct spec *ret)
{
	const char *end = p + len;
	size_t first = len ? utf8_len(p, len) : 0;
	int64_t precision;
	char c;

	*ret = (struct spec){.fill = " ", .fill_len = 1, .sign = '-', .precision = -1};
	if (len > first && strchr("<>^=", p[first]) && p[first]) {
		ret->fill = p;
		ret->fill_len = first;
		p += first;
	}
	take(&p, end, "<>^=", &ret->align);
	take(&p, end, "+- ", &ret->sign);
	ret->alternate = take(&p, end, "#", &c);
	if (take(&p, end, "0", &c) && !ret->align) {
		ret->fill = "0";
		ret->align = '=';
	}
	if (parse_number(r, &p, end, &ret->width) < 0)
		return -1;
	take(&p, end, ",_", &ret->group);
	if (take(&p, end, ".", &c)) {
		if (p >= end || *p < '0' || *p > '9' || parse_number(r, &p, end, &precision) < 0)
			return rd_fail(r, "format: a precision is missing");
		ret->precision = (int)precision;
	}
	take(&p, end, "bcdeEfFgGnosxX%", &ret->type);
	if (p != end)
		return rd_fail(r, "format: '%.*s' is not understood",
			(int)(end - p < 50 ? end - p : 50), p);
	return 0;
}

static void fill(const struct spec *s, int64_t n, struct strbuf *out)
{
	while (n-- > 0)
		strbuf_add(out, s->fill, s->fill_len);
}

/* `sign` is what zeros come after: "-0x". */
static int put_padded(struct render *r, const struct spec *s, const char *sign, const char *text,
	size_t len, struct strbuf *out)
{
	int64_t used = (int64_t)(strlen(sign) + utf8_count(text, len));
	int64_t pad = s->width > used ? s->width - used : 0;
	int64_t left = s->align == '<' ? 0 : s->align == '^' ? pad / 2 : pad;

	if (s->align != '=')
		fill(s, left, out);
	strbuf_adds(out, sign);
	if (s->align == '=')
		fill(s, left, out);
	strbuf_add(out, text, len);
	fill(s, pad - left, out);
	return rd_spend(r, (size_t)pad / 16 + 1);
}

/* Digits with a comma or underscore after each `every`, up to the point or exponent. */
static void add_grouped(const char *digits, char group, size_t every, struct strbuf *ret)
{
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	if (strpbrk(digits, ".e"))
		n = strspn(digits, "0123456789");
	for (size_t i = 0; i < n; i++) {
		strbuf_addc(ret, digits[i]);
		if (group && n - i > 1 && (n - i - 1) % every == 0)
			strbuf_addc(ret, group);
	}
	strbuf_adds(ret, digits + n);
}

static int put_number(struct render *r, struct spec *s, bool negative, const char *prefix,
	const char *digits, struct strbuf *out)
{
	bool decimal = !strchr("boxX", s->type ? s->type : 'd');
	autostrbuf grouped = STRBUF_INIT;
	char sign[8];

	if (s->group && (s->align == '=' || (s->group == ',' && !decimal)))
		return rd_fail(r, "format: '%c' does not go with the rest", s->group);
	snprintf(sign, sizeof(sign), "%s%s",
		negative         ? "-"
		: s->sign == '-' ? ""
		: s->sign == '+' ? "+"
				 : " ",
		s->alternate ? prefix : "");
	add_grouped(digits, s->group, decimal ? 3 : 4, &grouped);
	if (!s->align)
		s->align = '>';
	return put_padded(r, s, sign, grouped.buf, grouped.len, out);
}

static void binary_digits(uint64_t n, char ret[65])
{
	size_t at = 64;

	ret[at] = '\0';
	do
		ret[--at] = (char)('0' + (n & 1));
	while (n >>= 1);
	memmove(ret, ret + at, 65 - at);
}

static int put_int(struct render *r, struct spec *s, int64_t i, struct strbuf *out)
{
	uint64_t n = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
	const char prefix[3] = {'0', s->type, '\0'};
	char digits[65];

	if (s->precision >= 0)
		return rd_fail(r, "format: an integer has no precision");
	if (s->type == 'c') {
		char one[4];

		if (i < 0 || i > 0x10ffff)
			return rd_fail(r, "format: c needs a character's number");
		s->align = s->align ? s->align : '<';
		return put_padded(r, s, "", one, utf8_put(one, (uint32_t)i), out);
	}
	if (s->type == 'b')
		binary_digits(n, digits);
	else
		snprintf(digits, sizeof(digits),
			s->type == 'o'   ? "%llo"
			: s->type == 'x' ? "%llx"
			: s->type == 'X' ? "%llX"
					 : "%llu",
			(unsigned long long)n);
	return put_number(
		r, s, i < 0, s->type && strchr("boxX", s->type) ? prefix : "", digits, out);
}

/* Without a type: as str() prints it, or that many digits and at least one after the point. */
static void add_general(double d, int precision, struct strbuf *ret)
{
	size_t start = ret->len;
	size_t n;

	if (precision < 0) {
		float_print(d, ret);
		return;
	}
	precision = precision ? precision : 1;
	strbuf_addf(ret, "%.*g", precision, d);
	n = ret->len - start;
	if (strpbrk(ret->buf + start, ".en"))
		return;
	if ((int)n < precision) {
		strbuf_adds(ret, ".0");
		return;
	}
	while (n > 1 && ret->buf[start + n - 1] == '0')
		n--;
	strbuf_truncate(ret, start);
	strbuf_addf(ret, "%.*e", (int)n - 1, d);
}

static void add_float(char type, int precision, double size, struct strbuf *ret)
{
	int digits = precision < 0 ? 6 : precision;

	if (!type || !isfinite(size))
		add_general(size, isfinite(size) ? precision : -1, ret);
	else if (type == 'e')
		strbuf_addf(ret, "%.*e", digits, size);
	else if (type == 'E')
		strbuf_addf(ret, "%.*E", digits, size);
	else if (type == 'g' || type == 'n')
		strbuf_addf(ret, "%.*g", digits ? digits : 1, size);
	else if (type == 'G')
		strbuf_addf(ret, "%.*G", digits ? digits : 1, size);
	else
		strbuf_addf(ret, "%.*f", digits, type == '%' ? size * 100 : size);
	if (type == '%')
		strbuf_addc(ret, '%');
}

static int put_float(struct render *r, struct spec *s, double d, struct strbuf *out)
{
	autostrbuf digits = STRBUF_INIT;

	if (s->type && !strchr("eEfFgGn%", s->type))
		return rd_fail(r, "format: '%c' does not go with a float", s->type);
	if (s->alternate)
		return rd_fail(r, "format: '#' does not go with a float");
	add_float(s->type, s->precision, fabs(d), &digits);
	s->type = '\0';
	return put_number(r, s, signbit(d) && !isnan(d), "", digits.buf, out);
}

static int put_string(struct render *r, struct spec *s, const struct value *v, struct strbuf *out)
{
	size_t len = v->len;

	if ((s->type && s->type != 's') || s->align == '=' || s->group || s->sign != '-' ||
		s->alternate) {
		/* 0 in front of the width only fills a text. */
		if (s->align != '=' || *s->fill != '0' || (s->type && s->type != 's'))
			return rd_fail(r, "format: the specification does not go with a string");
		s->align = '<';
	}
	if (s->precision >= 0)
		len = utf8_offset(v->s, v->len, (size_t)s->precision);
	if (!s->align)
		s->align = '<';
	return put_padded(r, s, "", v->s, len, out);
}

int rd_format_value(
	struct render *r, const struct value *v, const char *spec, size_t len, struct strbuf *out)
{
	struct spec s;

	if (!len)
		return rd_print(r, v, out);
	if (parse_spec(r, spec, len, &s) < 0 ||
		rd_spend(r, s.precision > 0 ? (size_t)s.precision / 16 : 0) < 0)
		return -1;
	if (v->kind == VALUE_STRING)
		return put_string(r, &s, v, out);
	if (v->kind == VALUE_FLOAT || (value_is_number(v) && s.type && strchr("eEfFgG%", s.type)))
		return put_float(r, &s, value_to_double(v), out);
	if (value_is_number(v) && s.type != 's')
		return put_int(r, &s, v->kind == VALUE_INT ? v->i : v->b, out);
	if (v->kind == VALUE_UNDEFINED)
		return rd_undefined(r, v);
	return rd_fail(r, "format: a %s takes no specification", value_type_name(v));
}
