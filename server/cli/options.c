#include "cli/options.h"

#include "cli/cobbler.h"

#include <string.h>

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

const struct field *field_of_option(const struct item_type *type, const char *option)
{
	const struct field *field = item_field(type, option);
	const char *name = field ? NULL : cobbler_field(option);

	return name ? item_field(type, name) : field;
}

/* Whose field an option is. After --interface= the interface's come first: both may have a
 * virt_bridge. */
static const struct field *find_field(
	const struct item_type *type, const char *name, bool child_first, enum given_kind *kind)
{
	const struct item_type *child = child_type(type);
	const struct field *own = field_of_option(type, name);
	const struct field *childs = child ? field_of_option(child, name) : NULL;
	bool is_childs = childs && (child_first || !own);

	*kind = is_childs ? GIVEN_CHILD_FIELD : GIVEN_FIELD;
	return is_childs ? childs : own;
}

/* "interface" or, with the prefix, "delete-interface", also with '_'. */
static bool is_child_option(const struct item_type *type, const char *prefix, const char *name)
{
	const struct item_type *child = child_type(type);
	size_t len = strlen(prefix);

	if (!child || strncmp(name, prefix, len) != 0)
		return false;
	if (len) {
		if (name[len] != '-' && name[len] != '_')
			return false;
		len++;
	}
	return strcmp(name + len, child->name) == 0;
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

/* What an option says of a child, or of which field it is; false: neither. */
static bool classify(const struct item_type *type, bool patch, const struct given_fields *fields,
	const char *option, enum given_kind *kind, const struct field **field)
{
	*field = NULL;
	if (patch && is_child_option(type, "", option)) {
		*kind = GIVEN_CHILD;
		return true;
	}
	if (patch && is_child_option(type, "rename", option)) {
		*kind = GIVEN_CHILD_RENAMED;
		return true;
	}
	*field = find_field(type, option, patch && has_group(fields), kind);
	return *field;
}

/* One option; 1: it is a field's, 0: it is not, -1: an error. `next`: the argument after it, used
 * where there is no '='; `used` says so. */
static int take_option(const struct item_type *type, enum command_fields how, const char *option,
	const char *value, const char *next, struct given_fields *fields, bool *used,
	struct err *err)
{
	enum given_kind kind;
	const struct field *field;
	bool patch = how == FIELDS_PATCH;

	if (patch && is_child_option(type, "delete", option))
		return take_removal(fields, option, value, err) < 0 ? -1 : 1;
	if (!classify(type, patch, fields, option, &kind, &field))
		return 0;
	*used = !value;
	if (!value)
		value = next;
	if (!value)
		return err_set(err, ERR_USAGE, "'--%s' needs a value: --%s=VALUE", option, option);
	if (kind == GIVEN_CHILD_RENAMED && !has_group(fields))
		return err_set(err, ERR_USAGE, "'--%s' needs the name it has, in front: --%s=NAME",
			option, item_types[type->child]->name);
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
