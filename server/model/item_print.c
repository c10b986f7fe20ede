/* An item as JSON text, member for member as item_to_json() makes it. */
#include "base/json.h"
#include "model/item.h"

#include <inttypes.h>
#include <math.h>

/* What begins the next member. */
static void add_key(const char *key, struct strbuf *ret)
{
	if (ret->buf[ret->len - 1] != '{')
		strbuf_addc(ret, ',');
	json_print_str(key, ret);
	strbuf_addc(ret, ':');
}

static void add_json_take(json_t *value, struct strbuf *ret)
{
	json_print(value, false, ret);
	json_decref(value);
}

/* Seconds since 1970 to seven digits, which is as fine as a double tells them apart; snprintf()'s
 * way to 17 digits would be a third of the whole. */
static void add_time(double time, struct strbuf *ret)
{
	double whole = floor(time);
	long tenths = lround((time - whole) * 1e7);

	if (time < 1e9) { /* 2001: none of a clock's, and a double has more digits there */
		add_json_take(json_real(time), ret);
		return;
	}
	if (tenths == 10000000) {
		whole++;
		tenths = 0;
	}
	strbuf_addf(ret, "%" PRId64 ".%07ld", (int64_t)whole, tenths);
	while (ret->buf[ret->len - 1] == '0' && ret->buf[ret->len - 2] != '.')
		ret->buf[--ret->len] = '\0';
}

static void add_head(const struct item *item, unsigned flags, struct strbuf *ret)
{
	add_key("name", ret);
	json_print_str(item->name, ret);
	if (flags & ITEM_JSON_PLAIN)
		return;
	if (item->uid) {
		add_key("uid", ret);
		json_print_str(item->uid, ret);
	}
	add_key("version", ret);
	strbuf_addf(ret, "%" PRId64, item->version);
	add_key("ctime", ret);
	add_time(item->ctime, ret);
	add_key("mtime", ret);
	add_time(item->mtime, ret);
}

static void add_value(const struct field *field, const void *at, struct strbuf *ret)
{
	switch (field->kind) {
	case VALUE_STRING:
		json_print_str(*(char *const *)at, ret);
		return;
	case VALUE_TEXT:
	case VALUE_INT:
	case VALUE_BOOL:
	case VALUE_LIST:
	case VALUE_NUMBERS:
	case VALUE_MAP:
		add_json_take(value_ops(field->kind)->to_json(at), ret);
		return;
	}
}

static void add_fields(const struct item *item, unsigned flags, struct strbuf *ret)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const void *at = item_at_const(item, field);

		if (!value_ops(field->kind)->is_set(at))
			continue;
		add_key(field->name, ret);
		if ((field->flags & FIELD_SECRET) && !(flags & ITEM_JSON_SECRETS))
			json_print_str(SECRET_MASK, ret);
		else
			add_value(field, at, ret);
	}
}

void item_print_json(const struct item *item, unsigned flags, struct strbuf *ret)
{
	strbuf_addc(ret, '{');
	add_head(item, flags, ret);
	add_fields(item, flags, ret);
	if (item->type->child) {
		add_key(item->type->children_field, ret);
		strbuf_addc(ret, '{');
		for (size_t i = 0; i < item->children; i++) {
			add_key(item->child[i]->name, ret);
			strbuf_addc(ret, '{');
			add_fields(item->child[i], flags, ret);
			strbuf_addc(ret, '}');
		}
		strbuf_addc(ret, '}');
	}
	strbuf_addc(ret, '}');
}
