/* Filters on numbers. */
#include "template/literal.h"
#include "template/render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int filter_abs(struct render *r, struct call *c, struct value *ret)
{
	const struct value *v = &c->args[0];

	if (!value_is_number(v))
		return rd_fail(r, "'abs' needs a number, not %s", value_type_name(v));
	if (v->kind == VALUE_FLOAT)
		*ret = value_float(fabs(v->f));
	else if (v->kind == VALUE_INT && v->i == INT64_MIN)
		return rd_fail(r, "number does not fit in 64 bits");
	else
		*ret = value_int(v->kind == VALUE_BOOL ? v->b : v->i < 0 ? -v->i : v->i);
	return 0;
}

static int float_to_int(struct render *r, double f, struct value otherwise, struct value *ret)
{
	if (isnan(f) || isinf(f)) {
		*ret = otherwise;
		return 0;
	}
	if (f < -9223372036854775808.0 || f >= 9223372036854775808.0)
		return rd_fail(r, "number does not fit in 64 bits");
	*ret = value_int((int64_t)f);
	return 0;
}

static int filter_int(struct render *r, struct call *c, struct value *ret)
{
	struct value otherwise = c->args[1].kind == VALUE_ABSENT ? value_int(0) : c->args[1];
	const struct value *v = &c->args[0];
	int64_t base;
	double f;

	*ret = otherwise;
	if (arg_int(r, c, 2, 10, &base) < 0)
		return -1;
	if (v->kind == VALUE_INT || v->kind == VALUE_BOOL) {
		*ret = value_int(v->kind == VALUE_INT ? v->i : v->b);
		return 0;
	}
	if (v->kind == VALUE_FLOAT)
		return float_to_int(r, v->f, otherwise, ret);
	if (v->kind != VALUE_STRING)
		return 0;
	if ((base == 0 || (base >= 2 && base <= 36)) &&
		literal_int(v->s, v->len, (int)base, &ret->i)) {
		*ret = value_int(ret->i);
		return 0;
	}
	*ret = otherwise;
	return literal_float(v->s, v->len, &f) ? float_to_int(r, f, otherwise, ret) : 0;
}

static int filter_float(struct render *r, struct call *c, struct value *ret)
{
	const struct value *v = &c->args[0];
	double f;

	(void)r;
	*ret = c->args[1].kind == VALUE_ABSENT ? value_float(0) : c->args[1];
	if (value_is_number(v))
		*ret = value_float(value_to_double(v));
	else if (v->kind == VALUE_STRING && literal_float(v->s, v->len, &f))
		*ret = value_float(f);
	return 0;
}

/* Half to even on the decimal digits that the number really has, as round() of Python. */
static double round_common(double f, int64_t precision)
{
	char buf[400];

	if (!isfinite(f) || precision > 300)
		return f;
	if (precision < -308)
		return copysign(0, f);
	if (precision >= 0) {
		snprintf(buf, sizeof(buf), "%.*f", (int)precision, f);
		return strtod(buf, NULL);
	}
	return nearbyint(f / pow(10, (double)-precision)) * pow(10, (double)-precision);
}

static int round_int(int64_t i, int64_t precision, struct value *ret)
{
	int64_t unit = 1;
	int64_t rest;

	*ret = value_int(i);
	if (precision >= 0)
		return 0;
	if (precision < -18) {
		*ret = value_int(0);
		return 0;
	}
	while (precision++ < 0)
		unit *= 10;
	rest = i % unit;
	i -= rest;
	if (llabs(rest) * 2 > unit || (llabs(rest) * 2 == unit && (i / unit) % 2))
		i += rest < 0 ? -unit : unit;
	*ret = value_int(i);
	return 0;
}

static int filter_round(struct render *r, struct call *c, struct value *ret)
{
	const struct value *v = &c->args[0];
	struct value method;
	int64_t precision;
	double f;
	double unit;

	if (arg_int(r, c, 1, 0, &precision) < 0 || arg_str(r, c, 2, "common", &method) < 0)
		return -1;
	if (!value_is_number(v))
		return rd_fail(r, "'round' needs a number, not %s", value_type_name(v));
	f = value_to_double(v);
	if (!strcmp(method.s, "common")) {
		if (v->kind != VALUE_FLOAT)
			return round_int(v->kind == VALUE_INT ? v->i : v->b, precision, ret);
		*ret = value_float(round_common(f, precision));
		return 0;
	}
	if (strcmp(method.s, "ceil") != 0 && strcmp(method.s, "floor") != 0)
		return rd_fail(r, "'round' has the methods common, ceil and floor");
	unit = pow(10, (double)precision);
	f = (method.s[0] == 'c' ? ceil(f * unit) : floor(f * unit)) + 0.0; /* no -0.0 */
	*ret = value_float(f / unit);
	return 0;
}

static int filter_filesizeformat(struct render *r, struct call *c, struct value *ret)
{
	static const char letters[] = "kMGTPEZY";
	autostrbuf b = STRBUF_INIT;
	double base = 1000;
	double unit;
	double bytes;
	bool binary;
	size_t i = 0;

	if (arg_bool(r, c, 1, false, &binary) < 0)
		return -1;
	if (value_is_number(&c->args[0]))
		bytes = value_to_double(&c->args[0]);
	else if (c->args[0].kind != VALUE_STRING ||
		 !literal_float(c->args[0].s, c->args[0].len, &bytes))
		return rd_fail(r, "'filesizeformat' needs a number");
	if (binary)
		base = 1024;
	unit = base * base;
	if (bytes == 1) {
		strbuf_adds(&b, "1 Byte");
	} else if (bytes < base) {
		strbuf_addf(&b, "%.0f Bytes", trunc(bytes));
	} else {
		while (i + 1 < strlen(letters) && bytes >= unit) {
			unit *= base;
			i++;
		}
		strbuf_addf(&b, "%.1f %c%s", base * bytes / unit, binary && !i ? 'K' : letters[i],
			binary ? "iB" : "B");
	}
	return rd_take(r, &b, ret);
}

const struct builtin filters_number[] = {
	{.name = "abs", .fn = filter_abs},
	{.name = "int", .fn = filter_int, .params = {"default", "base"}},
	{.name = "float", .fn = filter_float, .params = {"default"}},
	{.name = "round", .fn = filter_round, .params = {"precision", "method"}},
	{.name = "filesizeformat", .fn = filter_filesizeformat, .params = {"binary"}},
	{.name = NULL},
};
