/* From the fields of a command line to what the server gets (options.h). */
#include "cli/options.h"

#include "base/file.h"
#include "base/strbuf.h"

#include <fcntl.h>
#include <string.h>

/* "a=b !c" → {"a": "b", "!a": null, "c": null, "!c": true}: what RFC 7396 needs to merge. */
static int map_patch(const struct field *field, const char *text, json_t **ret, struct err *err)
{
	const struct value_ops *ops = value_ops(VALUE_MAP);
	struct opt_map map = {0};
	autojson json_t *object = NULL;
	const char *key;
	json_t *value;

	if (ops->from_text(&map, text, err) < 0)
		return err_wrap(err, "%s", field->name);
	object = ops->to_json(&map);
	ops->clear(&map);
	*ret = json_object();
	json_object_foreach (object, key, value) {
		autofree char *opposite = *key == '!' ? xstrdup(key + 1) : xasprintf("!%s", key);

		json_object_set(*ret, key, value);
		json_object_set_new(*ret, opposite, json_null());
	}
	return 0;
}

enum { SECRET_MAX = 4096 };

static bool may_come_from_file(const struct field *field)
{
	return (field->flags & FIELD_SECRET) || field->kind == VALUE_TEXT;
}

/* A file's or standard input's: all of it for a text, the first line for a secret. */
static int read_value(
	const struct field *field, const char *from, struct strbuf *ret, struct err *err)
{
	const char *path = *from == '@' ? from + 1 : "/dev/stdin";
	bool is_text = field->kind == VALUE_TEXT;

	if (file_read(AT_FDCWD, path, is_text ? (size_t)TEXT_MAX : (size_t)SECRET_MAX, ret, err) <
		0)
		return err_wrap(err, "%s", field->name);
	if (is_text)
		return 0;
	strbuf_truncate(ret, strcspn(ret->buf, "\r\n"));
	if (!ret->len)
		return err_field(
			err, ERR_INVALID, field->name, "the first line of %s is empty", path);
	return 0;
}

/* "4,,5" may be a slip or mean something; only JSON can tell an empty element from none. */
static int check_elements(const struct field *field, const char *text, struct err *err)
{
	bool after_comma = true;

	if ((field->kind != VALUE_LIST && field->kind != VALUE_NUMBERS) || !strchr(text, ','))
		return 0;
	for (const char *p = text;; p++) {
		if ((*p == ',' || !*p) && after_comma)
			return err_field(err, ERR_INVALID, field->name,
				"'%.60s' has an empty element; write one comma between two "
				"elements",
				text);
		if (!*p)
			return 0;
		if (*p != ' ')
			after_comma = *p == ',';
	}
}

static int set_text(
	json_t *object, const struct field *field, const char *text, size_t len, struct err *err)
{
	return json_object_set_new(object, field->name, json_stringn(text, len)) < 0
	               ? err_field(err, ERR_INVALID, field->name, "is not UTF-8 text")
	               : 0;
}

static int set_field(json_t *object, const struct field *field, const char *value, bool in_place,
	struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	json_t *map;

	if (strcmp(value, "<<inherit>>") == 0)
		return json_object_set_new(object, field->name, json_null());
	if (field->kind == VALUE_MAP && in_place) {
		if (map_patch(field, value, &map, err) < 0)
			return -1;
		return json_object_set_new(object, field->name, map);
	}
	if (may_come_from_file(field) && (*value == '@' || strcmp(value, "-") == 0)) {
		if (read_value(field, value, &text, err) < 0)
			return -1;
		return set_text(object, field, text.buf, text.len, err);
	}
	if (check_elements(field, value, err) < 0)
		return -1;
	return set_text(object, field, value, strlen(value), err);
}

/* The object for a child, made where it is not there. */
static json_t *child_object(json_t *patch, const struct item_type *type, const char *name)
{
	json_t *children = json_object_get(patch, type->children_field);
	json_t *child;

	if (!children) {
		children = json_object();
		json_object_set_new(patch, type->children_field, children);
	}
	child = json_object_get(children, name);
	if (!json_is_object(child)) {
		child = json_object();
		json_object_set_new(children, name, child);
	}
	return child;
}

static int check_child_name(const struct item_type *type, const char *name, struct err *err)
{
	const struct item_type *child = item_types[type->child];

	return child->check_name(name, NULL, err) < 0 ? err_wrap(err, "--%s", child->name) : 0;
}

/* What comes before the first --interface is that one's, too. */
static const char *first_group(const struct given_fields *fields)
{
	for (size_t i = 0; i < fields->n; i++)
		if (fields->v[i].kind == GIVEN_CHILD)
			return fields->v[i].value;
	return NULL;
}

/* A patch that is being made. */
struct making {
	const struct item_type *type;
	json_t *patch;
	const char *group; /* the child that fields are for */
	bool in_place;
	struct strv *renamed;
};

static int patch_child(struct making *making, const struct given *given, struct err *err)
{
	const struct item_type *type = making->type;

	if (check_child_name(type, given->value, err) < 0)
		return -1;
	if (given->kind == GIVEN_CHILD_RENAMED) {
		strv_add(making->renamed, making->group);
		strv_add(making->renamed, given->value);
		return 0;
	}
	child_object(making->patch, type, given->value);
	if (given->kind == GIVEN_CHILD)
		making->group = given->value;
	else
		json_object_set_new(json_object_get(making->patch, type->children_field),
			given->value, json_null());
	return 0;
}

static int patch_one(struct making *making, const struct given *given, struct err *err)
{
	json_t *object = making->patch;

	switch (given->kind) {
	case GIVEN_CHILD:
	case GIVEN_CHILD_REMOVED:
	case GIVEN_CHILD_RENAMED:
		return patch_child(making, given, err);
	case GIVEN_CHILD_FIELD:
		if (making->group)
			object = child_object(making->patch, making->type, making->group);
		break;
	case GIVEN_FIELD:
		break;
	}
	return set_field(object, given->field, given->value, making->in_place, err);
}

int given_patch(const struct item_type *type, const struct given_fields *fields, bool in_place,
	json_t **ret, struct strv *renamed, struct err *err)
{
	autojson json_t *patch = json_object();
	struct making making = {
		.type = type,
		.patch = patch,
		.group = first_group(fields),
		.in_place = in_place,
		.renamed = renamed,
	};

	for (size_t i = 0; i < fields->n; i++)
		if (patch_one(&making, &fields->v[i], err) < 0)
			return -1;
	*ret = TAKE(patch);
	return 0;
}

static int add_condition(json_t *filter, const struct given *given, struct err *err)
{
	const char *name = given->field->name;
	bool unset = strcmp(given->value, "<<inherit>>") == 0;
	json_t *value = json_string(unset ? "" : given->value);
	json_t *was = json_object_get(filter, name);

	if (!value)
		return err_field(err, ERR_INVALID, name, "is not UTF-8 text");
	if (was && !json_is_array(was)) {
		json_t *both = json_array();

		json_array_append(both, was);
		json_object_set_new(filter, name, both);
		was = both;
	}
	return was ? json_array_append_new(was, value) : json_object_set_new(filter, name, value);
}

int given_filter(const struct given_fields *fields, json_t **ret, struct err *err)
{
	autojson json_t *filter = json_object();

	for (size_t i = 0; i < fields->n; i++)
		if (add_condition(filter, &fields->v[i], err) < 0)
			return -1;
	*ret = TAKE(filter);
	return 0;
}
