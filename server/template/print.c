#include "template/render.h"
#include "template/utf8.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fewest digits that read back as the same number, as repr() of Python does it. */
static int shortest(double f, char digits[32], int *exponent)
{
	char buf[40];
	char *e;
	int n = 0;

	/* 15 digits survive the way there and back whatever they are (but of the smallest numbers);
	 * zeros at their end go. */
	for (int precision = f < DBL_MIN ? 0 : 14; precision < 17; precision++) {
		snprintf(buf, sizeof(buf), "%.*e", precision, f);
		if (precision == 16 || strtod(buf, NULL) == f)
			break;
	}
	e = strchr(buf, 'e');
	*exponent = (int)strtol(e + 1, NULL, 10);
	for (const char *p = buf; p < e; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	return n;
}

void float_print(double f, struct strbuf *ret)
{
	char digits[32] = "";
	int exponent;
	int n;

	if (isnan(f) || isinf(f)) {
		strbuf_adds(ret, isnan(f) ? "nan" : f < 0 ? "-inf" : "inf");
		return;
	}
	if (signbit(f))
		strbuf_addc(ret, '-');
	n = shortest(fabs(f), digits, &exponent);
	if (exponent < -4 || exponent >= 16) {
		strbuf_addc(ret, digits[0]);
		if (n > 1) {
			strbuf_addc(ret, '.');
			strbuf_add(ret, digits + 1, (size_t)n - 1);
		}
		strbuf_addf(ret, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
		return;
	}
	if (exponent < 0) {
		strbuf_adds(ret, "0.");
		for (int i = -1; i > exponent; i--)
			strbuf_addc(ret, '0');
		strbuf_add(ret, digits, (size_t)n);
		return;
	}
	for (int i = 0; i < n || i <= exponent + 1; i++) {
		if (i == exponent + 1)
			strbuf_addc(ret, '.');
		strbuf_addc(ret, (char)(i < n ? digits[i] : '0'));
	}
}

static void repr_char(const char *s, size_t left, char quote, struct strbuf *ret)
{
	static const char plain[] = "\n\r\t\\";
	static const char letters[] = "nrt\\";
	const char *p = *s ? strchr(plain, *s) : NULL;
	uint32_t cp = utf8_get(s, left);

	if (p)
		strbuf_addf(ret, "\\%c", letters[p - plain]);
	else if (*s == quote)
		strbuf_addf(ret, "\\%c", quote);
	else if (utf8_is_printable(cp))
		strbuf_add(ret, s, utf8_len(s, left));
	else if (cp < 0x100)
		strbuf_addf(ret, "\\x%02x", (unsigned)cp);
	else if (cp < 0x10000)
		strbuf_addf(ret, "\\u%04x", (unsigned)cp);
	else
		strbuf_addf(ret, "\\U%08x", (unsigned)cp);
}

static int repr_string(struct render *r, const struct value *v, struct strbuf *ret)
{
	bool single = memchr(v->s, '\'', v->len) != NULL;
	char quote = (char)(single && !memchr(v->s, '"', v->len) ? '"' : '\'');

	if (v->safe)
		strbuf_adds(ret, "Markup(");
	strbuf_addc(ret, quote);
	for (size_t i = 0; i < v->len; i += utf8_len(v->s + i, v->len - i)) {
		if (rd_tick(r) < 0)
			return -1;
		repr_char(v->s + i, v->len - i, quote, ret);
	}
	strbuf_addc(ret, quote);
	if (v->safe)
		strbuf_addc(ret, ')');
	return rd_fits(r, ret);
}

static int repr_list(struct render *r, struct list *list, const char *open, const char *close,
	struct strbuf *ret)
{
	list_open(list);
	strbuf_adds(ret, open);
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			strbuf_adds(ret, ", ");
		if (rd_repr(r, &list->v[i], ret) < 0)
			return -1;
	}
	strbuf_adds(ret, close);
	return rd_fits(r, ret);
}

static int repr_dict(struct render *r, struct dict *dict, struct strbuf *ret)
{
	dict_open(dict);
	strbuf_addc(ret, '{');
	for (size_t i = 0; i < dict->n; i++) {
		if (i)
			strbuf_adds(ret, ", ");
		if (rd_repr(r, &dict->v[i].key, ret) < 0)
			return -1;
		strbuf_adds(ret, ": ");
		if (rd_repr(r, &dict->v[i].value, ret) < 0)
			return -1;
	}
	strbuf_addc(ret, '}');
	return 0;
}

static void repr_range(const struct range *range, struct strbuf *ret)
{
	strbuf_addf(ret, "range(%lld, %lld", (long long)range->start, (long long)range->stop);
	if (range->step != 1)
		strbuf_addf(ret, ", %lld", (long long)range->step);
	strbuf_addc(ret, ')');
}

static int repr_nested(struct render *r, const struct value *v, struct strbuf *ret)
{
	if (v->kind == VALUE_LIST)
		return repr_list(r, v->list, "[", "]", ret);
	if (v->kind == VALUE_TUPLE)
		return repr_list(r, v->list, "(", v->list->n == 1 ? ",)" : ")", ret);
	if (v->kind == VALUE_DICT)
		return repr_dict(r, v->dict, ret);
	if (v->kind == VALUE_VIEW) {
		strbuf_adds(ret, v->list->label);
		return repr_list(r, v->list, "([", "])", ret);
	}
	strbuf_adds(ret, "<Namespace ");
	if (repr_dict(r, v->dict, ret) < 0)
		return -1;
	strbuf_addc(ret, '>');
	return 0;
}

int rd_repr(struct render *r, const struct value *v, struct strbuf *ret)
{
	int status;

	if (v->kind == VALUE_STRING)
		return repr_string(r, v, ret);
	if (v->kind != VALUE_LIST && v->kind != VALUE_TUPLE && v->kind != VALUE_DICT &&
		v->kind != VALUE_VIEW && v->kind != VALUE_NAMESPACE)
		return rd_print(r, v, ret);
	if (rd_enter(r) < 0)
		return -1;
	status = rd_fits(r, ret) < 0 ? -1 : repr_nested(r, v, ret);
	rd_leave(r);
	return status;
}

/* What has no text of its own: a macro that was not called, the result of map … */
static int print_object(struct render *r, const struct value *v, struct strbuf *ret)
{
	if (v->kind == VALUE_MACRO) {
		strbuf_addf(ret, "<Macro '%s'>", v->macro->def->name.s);
		return 0;
	}
	if (v->kind == VALUE_LOOP) {
		strbuf_addf(ret, "<LoopContext %zu/%zu>", v->loop->index + 1, v->loop->items->n);
		return 0;
	}
	if (v->kind == VALUE_ITERATOR)
		return rd_fail(
			r, "what '%s' gives cannot be printed; add |list or |join", v->list->label);
	if (v->kind == VALUE_METHOD)
		return rd_fail(r, "'%s' is a method; call it with ()", v->method->row->name);
	if (v->kind == VALUE_FUNCTION)
		return rd_fail(r, "'%s' is a function; call it with ()", v->function->name);
	return rd_fail(r, "a %s cannot be printed", value_type_name(v));
}

int rd_print(struct render *r, const struct value *v, struct strbuf *ret)
{
	switch (v->kind) {
	case VALUE_STRING:
		strbuf_add(ret, v->s, v->len);
		return 0;
	case VALUE_INT:
		strbuf_addf(ret, "%lld", (long long)v->i);
		return 0;
	case VALUE_FLOAT:
		float_print(v->f, ret);
		return 0;
	case VALUE_BOOL:
		strbuf_adds(ret, v->b ? "True" : "False");
		return 0;
	case VALUE_ABSENT:
	case VALUE_NONE:
		strbuf_adds(ret, "None");
		return 0;
	case VALUE_UNDEFINED:
		return value_is_lenient(v) ? 0 : rd_undefined(r, v);
	case VALUE_LIST:
	case VALUE_TUPLE:
	case VALUE_DICT:
	case VALUE_VIEW:
	case VALUE_NAMESPACE:
		return rd_repr(r, v, ret);
	case VALUE_RANGE:
		repr_range(v->range, ret);
		return 0;
	case VALUE_MODULE:
		return rd_print(r, &v->module->text, ret);
	case VALUE_ITERATOR:
	case VALUE_LOOP:
	case VALUE_MACRO:
	case VALUE_METHOD:
	case VALUE_FUNCTION:
	case VALUE_BLOCK:
	case VALUE_SELF:
	case VALUE_CYCLER:
	case VALUE_JOINER:
		break;
	}
	return print_object(r, v, ret);
}

int rd_made_str(struct render *r, const struct value *v, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;

	return rd_print(r, v, &b) < 0 ? -1 : rd_take(r, &b, ret);
}
