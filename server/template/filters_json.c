/* tojson: as Python's json.dumps with sorted keys writes it, with < > & ' escaped for HTML. */
#include "template/attribute.h"
#include "template/utf8.h"

#include <math.h>
#include <string.h>

struct writer {
	struct render *r;
	struct strbuf *out;
	bool pretty;
	bool plain;          /* for YAML: no escapes for HTML, UTF-8 as it is */
	struct value indent; /* of one level */
	unsigned level;
};

static int write_value(struct writer *w, const struct value *v);

static void write_char(struct strbuf *b, uint32_t cp)
{
	static const char plain[] = "\"\\\n\r\t\f\b";
	static const char letters[] = "\"\\nrtfb";
	const char *p = cp && cp < 0x80 ? strchr(plain, (int)cp) : NULL;

	if (p)
		strbuf_addf(b, "\\%c", letters[p - plain]);
	else if (cp >= ' ' && cp < 0x7f && !strchr("<>&'", (int)cp))
		strbuf_addc(b, (char)cp);
	else if (cp < 0x10000)
		strbuf_addf(b, "\\u%04x", (unsigned)cp);
	else
		strbuf_addf(b, "\\u%04x\\u%04x", 0xd7c0 + (unsigned)(cp >> 10),
			0xdc00 + (unsigned)(cp & 0x3ff));
}

static int write_string(const struct writer *w, const struct value *s)
{
	strbuf_addc(w->out, '"');
	for (size_t i = 0; i < s->len;) {
		size_t n = utf8_len(s->s + i, s->len - i);
		uint32_t cp = utf8_get(s->s + i, s->len - i);

		if (rd_tick(w->r) < 0)
			return -1;
		if (w->plain && utf8_is_printable(cp) && cp != '"' && cp != '\\')
			strbuf_add(w->out, s->s + i, n);
		else
			write_char(w->out, cp);
		i += n;
	}
	strbuf_addc(w->out, '"');
	return rd_fits(w->r, w->out);
}

static void new_line(struct writer *w)
{
	if (!w->pretty)
		return;
	strbuf_addc(w->out, '\n');
	for (unsigned i = 0; i < w->level; i++)
		strbuf_add(w->out, w->indent.s, w->indent.len);
}

static void before_item(struct writer *w, size_t i)
{
	if (i)
		strbuf_adds(w->out, w->pretty ? "," : ", ");
	new_line(w);
}

static int write_list(struct writer *w, struct list *list)
{
	list_open(list);
	strbuf_addc(w->out, '[');
	w->level++;
	for (size_t i = 0; i < list->n; i++) {
		before_item(w, i);
		if (write_value(w, &list->v[i]) < 0)
			return -1;
	}
	w->level--;
	if (list->n)
		new_line(w);
	strbuf_addc(w->out, ']');
	return 0;
}

static int write_key(struct writer *w, const struct value *key)
{
	if (key->kind == VALUE_STRING) {
		return write_string(w, key);
	}
	if (!value_is_number(key) && key->kind != VALUE_NONE)
		return rd_fail(w->r, "a %s cannot be a key in JSON", value_type_name(key));
	strbuf_addc(w->out, '"');
	if (write_value(w, key) < 0)
		return -1;
	strbuf_addc(w->out, '"');
	return 0;
}

static int write_dict(struct writer *w, struct dict *dict)
{
	struct sort_item *v;

	dict_open(dict);
	if (rd_check_size(w->r, dict->n * sizeof(*v)) < 0)
		return -1;
	v = arena_alloc(&w->r->arena, dict->n * sizeof(*v));
	for (size_t i = 0; i < dict->n; i++)
		v[i] = (struct sort_item){.key = dict->v[i].key, .value = dict->v[i].value};
	if (sort_items(w->r, v, dict->n, false) < 0)
		return -1;
	strbuf_addc(w->out, '{');
	w->level++;
	for (size_t i = 0; i < dict->n; i++) {
		before_item(w, i);
		if (write_key(w, &v[i].key) < 0)
			return -1;
		strbuf_adds(w->out, ": ");
		if (write_value(w, &v[i].value) < 0)
			return -1;
	}
	w->level--;
	if (dict->n)
		new_line(w);
	strbuf_addc(w->out, '}');
	return 0;
}

static int write_float(struct writer *w, double f)
{
	if (isnan(f) || isinf(f))
		strbuf_adds(w->out, isnan(f) ? "NaN" : f < 0 ? "-Infinity" : "Infinity");
	else
		float_print(f, w->out);
	return 0;
}

static int write_nested(struct writer *w, const struct value *v)
{
	int status;

	if (rd_enter(w->r) < 0)
		return -1;
	status = rd_fits(w->r, w->out) < 0 ? -1
	         : v->kind == VALUE_DICT   ? write_dict(w, v->dict)
	                                   : write_list(w, v->list);
	rd_leave(w->r);
	return status;
}

static int write_value(struct writer *w, const struct value *v)
{
	if (v->kind == VALUE_STRING)
		return write_string(w, v);
	else if (v->kind == VALUE_BOOL)
		strbuf_adds(w->out, v->b ? "true" : "false");
	else if (v->kind == VALUE_NONE)
		strbuf_adds(w->out, "null");
	else if (v->kind == VALUE_INT)
		strbuf_addf(w->out, "%lld", (long long)v->i);
	else if (v->kind == VALUE_FLOAT)
		write_float(w, v->f);
	else if (v->kind == VALUE_LIST || v->kind == VALUE_TUPLE || v->kind == VALUE_DICT)
		return write_nested(w, v);
	else if (v->kind == VALUE_UNDEFINED)
		return rd_undefined(w->r, v);
	else
		return rd_fail(w->r, "a %s cannot be JSON; add |list", value_type_name(v));
	return rd_fits(w->r, w->out);
}

static int filter_tojson(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct writer w = {.r = r, .out = &b, .pretty = arg_given(c, 1)};
	int64_t n;

	if (w.pretty && c->args[1].kind == VALUE_STRING) {
		w.indent = c->args[1];
	} else if (w.pretty) {
		struct value space = value_str(" ", 1);
		struct value times;

		if (arg_int(r, c, 1, 0, &n) < 0)
			return -1;
		times = value_int(n);
		if (rd_binary(r, OP_MUL, &space, &times, &w.indent) < 0)
			return -1;
	}
	if (write_value(&w, &c->args[0]) < 0 || rd_take(r, &b, ret) < 0)
		return -1;
	ret->safe = true;
	return 0;
}

int rd_json(struct render *r, const struct value *v, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct writer w = {.r = r, .out = &b, .plain = true};

	return write_value(&w, v) < 0 ? -1 : rd_take(r, &b, ret);
}

const struct builtin filters_json[] = {
	{.name = "tojson", .fn = filter_tojson, .params = {"indent"}},
	{.name = NULL},
};
