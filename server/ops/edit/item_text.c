#include "ops/edit/item_text.h"

#include "base/diff.h"

#include <string.h>

static json_t *sorted(const json_t *object)
{
	json_t *result = json_object();
	autostrv keys = STRV_INIT;
	const char *key;
	json_t *value;

	json_object_foreach (json_mutable(object), key, value)
		strv_add(&keys, key);
	strv_sort(&keys);
	strv_for_each (name, &keys)
		json_object_set(result, name, json_object_get(object, name));
	return result;
}

static void sort_children(json_t *object, const char *field)
{
	json_t *children = json_object_get(object, field);
	json_t *result;
	const char *name;
	json_t *child;

	if (!json_object_size(children)) {
		json_object_del(object, field);
		return;
	}
	result = json_object();
	json_object_foreach (children, name, child) /* which are in order already */
		json_object_set_new(result, name, sorted(child));
	json_object_set_new(object, field, result);
}

/* A secret that is not what it was looks the same once it is masked. */
static void mark_secrets(const struct item *item, const struct item *before, json_t *object)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const struct value_ops *ops = value_ops(field->kind);
		const void *is = item_at_const(item, field);
		const void *was = item_at_const(before, field);

		if ((field->flags & FIELD_SECRET) && ops->is_set(is) && ops->is_set(was) &&
			!ops->equal(is, was))
			json_set_str(object, field->name, "*** (another one)");
	}
}

/* `before` may be NULL. */
static json_t *canonical(const struct item *item, unsigned flags, const struct item *before)
{
	autojson json_t *object = item_to_json(item, flags | ITEM_JSON_PLAIN);

	if (before)
		mark_secrets(item, before, object);
	if (item->type->child)
		sort_children(object, item->type->children_field);
	if (item->type->kind == ITEM_SETTINGS) /* there is only one */
		json_object_del(object, "name");
	return sorted(object);
}

static int append(const char *bytes, size_t n, void *ctx)
{
	strbuf_add(ctx, bytes, n);
	return 0;
}

static void dump(const json_t *object, struct strbuf *ret)
{
	json_dump_callback(object, append, ret, JSON_INDENT(2));
}

static void print(const struct item *item, unsigned flags, struct strbuf *ret)
{
	autojson json_t *object = canonical(item, flags, NULL);

	dump(object, ret);
}

void item_text(const struct item *item, unsigned flags, struct strbuf *ret)
{
	print(item, flags, ret);
	strbuf_addc(ret, '\n');
}

void item_text_inside(
	const struct item *item, unsigned flags, const char *indent, struct strbuf *ret)
{
	autostrbuf text = STRBUF_INIT;
	const char *line;
	const char *end;

	print(item, flags, &text);
	for (line = text.buf; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		strbuf_add(ret, line, (size_t)(end - line + 1));
		strbuf_adds(ret, indent);
	}
	strbuf_adds(ret, line);
}

/* The lines of a text one by one; what follows the last newline is one, too, if it is empty. */
static json_t *lines_of(const json_t *text)
{
	json_t *lines = json_array();
	const char *line = json_string_value(text);
	const char *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
		json_array_append_new(lines, json_stringn(line, (size_t)(end - line)));
	json_array_append_new(lines, json_string(line));
	return lines;
}

/* For people: a text of several lines, such as a template, is compared line by line. */
static void print_for_diff(const struct item *item, const struct item *before, struct strbuf *ret)
{
	autojson json_t *object = canonical(item, 0, before);
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value)
		if (json_is_string(value) && strchr(json_string_value(value), '\n'))
			json_object_set_new(object, key, lines_of(value));
	dump(object, ret);
	strbuf_addc(ret, '\n');
}

void item_diff(const struct item *before, const struct item *after, struct strbuf *ret)
{
	autofree char *old_name =
		before ? xasprintf("a/%s/%s", before->type->plural, before->name) : NULL;
	autofree char *new_name =
		after ? xasprintf("b/%s/%s", after->type->plural, after->name) : NULL;
	autostrbuf was = STRBUF_INIT;
	autostrbuf is = STRBUF_INIT;

	if (before)
		print_for_diff(before, NULL, &was);
	if (after)
		print_for_diff(after, before, &is);
	diff_unified(&(struct diff_text){.name = old_name, .bytes = was.buf, .len = was.len},
		&(struct diff_text){.name = new_name, .bytes = is.buf, .len = is.len}, ret);
}
