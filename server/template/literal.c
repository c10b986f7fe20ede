#include "template/literal.h"

#include "template/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIGITS_MAX 400 /* of a float; more add nothing */

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

/* Digits of a base, an underscore allowed between two: how many characters. */
static size_t digits(const char *s, int base)
{
	size_t n = 0;

	while (digit_of(s[n]) < base ||
		(n && s[n] == '_' && s[n - 1] != '_' && digit_of(s[n + 1]) < base))
		n++;
	return n;
}

static bool add_digits(const char *s, size_t n, int base, int64_t *ret)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++)
		if (s[i] != '_' && (__builtin_mul_overflow(v, base, &v) ||
					   __builtin_add_overflow(v, digit_of(s[i]), &v)))
			return false;
	*ret = v;
	return true;
}

static double to_double(const char *s, size_t n)
{
	char copy[DIGITS_MAX + 1];
	size_t len = 0;

	for (size_t i = 0; i < n && len < DIGITS_MAX; i++)
		if (s[i] != '_')
			copy[len++] = s[i];
	copy[len] = '\0';
	return strtod(copy, NULL);
}

/* The length of a float literal, 0 where this is none. */
static size_t float_length(const char *s)
{
	size_t n = digits(s, 10);
	bool any = false;
	size_t e;

	if (!n)
		return 0;
	if (s[n] == '.' && digits(s + n + 1, 10)) {
		n += 1 + digits(s + n + 1, 10);
		any = true;
	}
	e = n + 1;
	if (s[n] == 'e' || s[n] == 'E') {
		if (s[e] == '+' || s[e] == '-')
			e++;
		if (digits(s + e, 10))
			return e + digits(s + e, 10);
	}
	return any ? n : 0;
}

static int base_of_prefix(const char *s)
{
	if (s[0] != '0')
		return 10;
	switch (s[1]) {
	case 'x':
	case 'X':
		return 16;
	case 'o':
	case 'O':
		return 8;
	case 'b':
	case 'B':
		return 2;
	default:
		return 10;
	}
}

size_t literal_number(const char *s, char before, struct number *ret)
{
	size_t n = before == '.' ? 0 : float_length(s);
	int base = base_of_prefix(s);

	*ret = (struct number){.is_float = n > 0};
	if (n) {
		ret->f = to_double(s, n);
		return n;
	}
	if (base != 10) {
		size_t skip = s[2] == '_' ? 3 : 2;

		n = digits(s + skip, base);
		if (n)
			return add_digits(s + skip, n, base, &ret->i) ? n + skip : 0;
	}
	if (s[0] == '0') /* 007 is not a number: 0, and then 07 */
		while (s[n] == '0' || (n && s[n] == '_' && s[n + 1] == '0'))
			n++;
	else
		n = digits(s, 10);
	return add_digits(s, n, 10, &ret->i) ? n : 0;
}

/* \xHH, \uHHHH, \UHHHHHHHH: adds the character, returns the number of digits used, 0 if wrong. */
static size_t hex_escape(const char *s, size_t left, char *out, size_t *n)
{
	size_t want = s[0] == 'x' ? 2 : s[0] == 'u' ? 4 : 8;
	uint32_t cp = 0;

	if (left < want + 1)
		return 0;
	for (size_t i = 1; i <= want; i++) {
		if (digit_of(s[i]) > 15 || cp > 0xfffffff)
			return 0;
		cp = cp * 16 + (uint32_t)digit_of(s[i]);
	}
	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return 0;
	*n += utf8_put(out + *n, cp);
	return want;
}

static size_t octal_escape(const char *s, size_t left, char *out, size_t *n)
{
	uint32_t cp = 0;
	size_t i = 0;

	while (i < 3 && i < left && s[i] >= '0' && s[i] <= '7')
		cp = cp * 8 + (uint32_t)(s[i++] - '0');
	*n += utf8_put(out + *n, cp);
	return i - 1;
}

const char *literal_string(
	struct arena *arena, const char *s, size_t len, const char **ret_s, size_t *ret_len)
{
	static const char from[] = "abfnrtv\\'\"";
	static const char to[] = "\a\b\f\n\r\t\v\\'\"";
	char *out = arena_alloc(arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const char *simple;
		size_t used;

		if (s[i] != '\\' || i + 1 >= len) {
			out[n++] = s[i];
			continue;
		}
		i++;
		simple = s[i] ? strchr(from, s[i]) : NULL;
		if (simple) {
			out[n++] = to[simple - from];
		} else if (s[i] == 'x' || s[i] == 'u' || s[i] == 'U') {
			used = hex_escape(s + i, len - i, out, &n);
			if (!used)
				return "string has a wrong \\x, \\u or \\U escape";
			i += used;
		} else if (s[i] >= '0' && s[i] <= '7') {
			i += octal_escape(s + i, len - i, out, &n);
		} else if (s[i] == 'N') {
			return "string has a \\N escape; use \\u and the character's number";
		} else if (s[i] != '\n') {
			out[n++] = '\\';
			out[n++] = s[i];
		}
	}
	out[n] = '\0';
	*ret_s = out;
	*ret_len = n;
	return NULL;
}

static void strip(const char **s, size_t *len)
{
	while (*len && ((*s)[0] == ' ' || ((*s)[0] >= '\t' && (*s)[0] <= '\r')))
		(*s)++, (*len)--;
	while (*len &&
		((*s)[*len - 1] == ' ' || ((*s)[*len - 1] >= '\t' && (*s)[*len - 1] <= '\r')))
		(*len)--;
}

bool literal_int(const char *s, size_t len, int base, int64_t *ret)
{
	char copy[128];
	const char *p = copy;
	bool negative;
	int prefix;
	int64_t v;

	strip(&s, &len);
	if (!len || len >= sizeof(copy) || memchr(s, '\0', len))
		return false;
	memcpy(copy, s, len);
	copy[len] = '\0';
	negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	prefix = base_of_prefix(p);
	if (prefix != 10 && (base == 0 || base == prefix)) {
		p += p[2] == '_' ? 3 : 2;
		base = prefix;
	} else if (base == 0) {
		base = 10;
		if (p[0] == '0' && strspn(p, "0_") != strlen(p))
			return false;
	}
	if (!*p || p[digits(p, base)] || !add_digits(p, strlen(p), base, &v))
		return false;
	*ret = negative ? -v : v;
	return true;
}

bool literal_float(const char *s, size_t len, double *ret)
{
	char copy[DIGITS_MAX + 1];
	const char *p = copy;
	size_t n;

	strip(&s, &len);
	if (!len || len >= sizeof(copy) || memchr(s, '\0', len))
		return false;
	memcpy(copy, s, len);
	copy[len] = '\0';
	if (*p == '-' || *p == '+')
		p++;
	if (!strcasecmp(p, "inf") || !strcasecmp(p, "infinity") || !strcasecmp(p, "nan")) {
		*ret = strtod(copy, NULL);
		return true;
	}
	if (*p == '.' && digits(p + 1, 10)) { /* .5 */
		n = 1 + digits(p + 1, 10);
	} else {
		n = digits(p, 10);
		if (!n)
			return false;
		if (p[n] == '.')
			n += 1 + digits(p + n + 1, 10);
	}
	if (p[n] == 'e' || p[n] == 'E') {
		size_t e = n + 1 + (p[n + 1] == '+' || p[n + 1] == '-');

		if (digits(p + e, 10))
			n = e + digits(p + e, 10);
	}
	if (p[n])
		return false;
	*ret = (*copy == '-' ? -1 : 1) * to_double(p, strlen(p));
	return true;
}
