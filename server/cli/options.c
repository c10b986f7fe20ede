#include "cli/options.h"

#include "base/file.h"
#include "base/strbuf.h"

#include <fcntl.h>
#include <string.h>

enum given_kind { GIVEN_FIELD, GIVEN_CHILD_FIELD, GIVEN_CHILD, GIVEN_CHILD_REMOVED };

struct given {
	enum given_kind kind;
	const struct field *field; /* of the two field kinds */
	const char *value;         /* the field's, or the child's name */
};

void given_done(struct given_fields *fields)
{
	free(fields->v);
}

static void add_given(struct given_fields *fields, enum given_kind kind, const struct field *field,
	const char *value)
{
	fields->v = xreallocarray(fields->v, fields->n + 1, sizeof(*fields->v));
	fields->v[fields->n++] = (struct given){kind, field, value};
}

static const struct item_type *child_type(const struct item_type *type)
{
	return type->child ? item_types[type->child] : NULL;
}

static bool has_group(const struct given_fields *fields)
{
	for (size_t i = 0; i < fields->n; i++)
		if (fields->v[i].kind == GIVEN_CHILD)
			return true;
	return false;
}

/* Whose field an option is. After --interface= the interface's come first: both may have a
 * virt_bridge. */
static const struct field *find_field(
	const struct item_type *type, const char *name, bool child_first, enum given_kind *kind)
{
	const struct item_type *child = child_type(type);
	const struct field *own = item_field(type, name);
	const struct field *childs = child ? item_field(child, name) : NULL;
	bool is_childs = childs && (child_first || !own);

	*kind = is_childs ? GIVEN_CHILD_FIELD : GIVEN_FIELD;
	return is_childs ? childs : own;
}

/* "interface" or, with the prefix, "delete-interface". */
static bool is_child_option(const struct item_type *type, const char *prefix, const char *name)
{
	const struct item_type *child = child_type(type);
	size_t len = strlen(prefix);

	return child && strncmp(name, prefix, len) == 0 && strcmp(name + len, child->name) == 0;
}

/* --delete-interface=eth1, or as Cobbler has it --interface=eth1 --delete-interface. */
static int take_removal(
	struct given_fields *fields, const char *option, const char *value, struct err *err)
{
	if (value) {
		add_given(fields, GIVEN_CHILD_REMOVED, NULL, value);
		return 0;
	}
	for (size_t i = fields->n; i-- > 0;) {
		if (fields->v[i].kind == GIVEN_CHILD) {
			fields->v[i].kind = GIVEN_CHILD_REMOVED;
			return 0;
		}
	}
	return err_set(err, ERR_USAGE, "'--%s' needs a value: --%s=NAME", option, option);
}

/* One option; 1: it is a field's, 0: it is not, -1: an error. `next`: the argument after it, used
 * where there is no '='; `used` says so. */
static int take_option(const struct item_type *type, enum command_fields how, const char *option,
	const char *value, const char *next, struct given_fields *fields, bool *used,
	struct err *err)
{
	enum given_kind kind = GIVEN_CHILD;
	const struct field *field = NULL;
	bool patch = how == FIELDS_PATCH;

	if (patch && (is_child_option(type, "delete-", option) ||
			     is_child_option(type, "delete_", option)))
		return take_removal(fields, option, value, err) < 0 ? -1 : 1;
	if (!patch || !is_child_option(type, "", option))
		field = find_field(type, option, patch && has_group(fields), &kind);
	if (kind != GIVEN_CHILD && !field)
		return 0;
	*used = !value;
	if (!value)
		value = next;
	if (!value)
		return err_set(err, ERR_USAGE, "'--%s' needs a value: --%s=VALUE", option, option);
	add_given(fields, kind, field, value);
	return 1;
}

static int check_groups(
	const struct item_type *type, const struct given_fields *fields, struct err *err)
{
	const char *child = item_types[type->child]->name;

	for (size_t i = 0; i < fields->n && !has_group(fields); i++)
		if (fields->v[i].kind == GIVEN_CHILD_FIELD)
			return err_set(err, ERR_USAGE,
				"%s belongs to an %s: say which one, such as --%s=eth0",
				fields->v[i].field->name, child, child);
	return 0;
}

int given_parse(const struct item_type *type, enum command_fields how, int argc, char *const argv[],
	struct given_fields *fields, struct strv *rest, struct err *err)
{
	for (int i = 0; i < argc; i++) {
		autofree char *option = NULL;
		const char *equals = strchr(argv[i], '=');
		bool used = false;
		int taken = 0;

		if (strncmp(argv[i], "--", 2) == 0 && how != FIELDS_NONE) {
			option = equals ? xstrndup(argv[i] + 2, (size_t)(equals - argv[i]) - 2)
			                : xstrdup(argv[i] + 2);
			taken = take_option(type, how, option, equals ? equals + 1 : NULL,
				i + 1 < argc ? argv[i + 1] : NULL, fields, &used, err);
		}
		if (taken < 0)
			return -1;
		if (!taken)
			strv_add(rest, argv[i]);
		i += used;
	}
	return how == FIELDS_PATCH ? check_groups(type, fields, err) : 0;
}

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

/* The first line of a file, or of standard input. */
static int read_secret(
	const struct field *field, const char *from, struct strbuf *ret, struct err *err)
{
	const char *path = *from == '@' ? from + 1 : "/dev/stdin";

	if (file_read(AT_FDCWD, path, SECRET_MAX, ret, err) < 0)
		return err_wrap(err, "%s", field->name);
	strbuf_truncate(ret, strcspn(ret->buf, "\r\n"));
	if (!ret->len)
		return err_field(
			err, ERR_INVALID, field->name, "the first line of %s is empty", path);
	return 0;
}

static int set_field(json_t *object, const struct field *field, const char *value, bool in_place,
	struct err *err)
{
	autostrbuf secret = STRBUF_INIT;
	json_t *map;

	if (strcmp(value, "<<inherit>>") == 0)
		return json_object_set_new(object, field->name, json_null());
	if (field->kind == VALUE_MAP && in_place) {
		if (map_patch(field, value, &map, err) < 0)
			return -1;
		return json_object_set_new(object, field->name, map);
	}
	if (((field->flags & FIELD_SECRET) || field->kind == VALUE_TEXT) &&
		(*value == '@' || strcmp(value, "-") == 0)) {
		if (read_secret(field, value, &secret, err) < 0)
			return -1;
		value = secret.buf;
	}
	return json_object_set_new(object, field->name, json_string(value)) < 0
	               ? err_field(err, ERR_INVALID, field->name, "is not UTF-8 text")
	               : 0;
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

static int patch_one(json_t *patch, const struct item_type *type, const struct given *given,
	const char **group, bool in_place, struct err *err)
{
	json_t *object = patch;

	switch (given->kind) {
	case GIVEN_CHILD:
		*group = given->value;
		if (check_child_name(type, given->value, err) < 0)
			return -1;
		child_object(patch, type, given->value);
		return 0;
	case GIVEN_CHILD_REMOVED:
		if (check_child_name(type, given->value, err) < 0)
			return -1;
		child_object(patch, type, given->value);
		return json_object_set_new(
			json_object_get(patch, type->children_field), given->value, json_null());
	case GIVEN_CHILD_FIELD:
		if (*group)
			object = child_object(patch, type, *group);
		break;
	case GIVEN_FIELD:
		break;
	}
	return set_field(object, given->field, given->value, in_place, err);
}

int given_patch(const struct item_type *type, const struct given_fields *fields, bool in_place,
	json_t **ret, struct err *err)
{
	autojson json_t *patch = json_object();
	const char *group = first_group(fields);

	for (size_t i = 0; i < fields->n; i++)
		if (patch_one(patch, type, &fields->v[i], &group, in_place, err) < 0)
			return -1;
	*ret = TAKE(patch);
	return 0;
}
