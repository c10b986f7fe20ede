#include "model/item.h"

#include "base/json.h"

#include <assert.h>
#include <string.h>

const struct item_type *item_type_find(const char *name)
{
	for (size_t i = 0; i < ITEM_KINDS; i++)
		if (strcmp(name, item_types[i]->name) == 0 ||
			strcmp(name, item_types[i]->plural) == 0)
			return item_types[i];
	return NULL;
}

bool item_type_is_listed(const struct item_type *type)
{
	if (type->kind == ITEM_SETTINGS)
		return false;
	for (size_t i = 0; i < ITEM_KINDS; i++)
		if (item_types[i]->child == type->kind)
			return false;
	return true;
}

struct item *item_new(const struct item_type *type, const char *name)
{
	struct item *item = xcalloc(1, type->size);

	item->type = type;
	item->name = xstrdup(name);
	return item;
}

void item_free(struct item *item)
{
	if (!item)
		return;
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];

		value_ops(field->kind)->clear(item_at(item, field));
	}
	for (size_t i = 0; i < item->children; i++)
		item_free(item->child[i]);
	free(item->child);
	free(item->name);
	free(item->uid);
	free(item);
}

struct item *item_copy(const struct item *item)
{
	struct item *copy = item_new(item->type, item->name);

	copy->uid = xstrdup_null(item->uid);
	copy->version = item->version;
	copy->ctime = item->ctime;
	copy->mtime = item->mtime;
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];

		value_ops(field->kind)->copy(item_at(copy, field), item_at_const(item, field));
	}
	for (size_t i = 0; i < item->children; i++)
		item_child_add_take(copy, item_copy(item->child[i]));
	return copy;
}

bool item_equal(const struct item *a, const struct item *b)
{
	if (a->type != b->type || strcmp(a->name, b->name) != 0 || a->children != b->children)
		return false;
	for (size_t i = 0; i < a->type->n_fields; i++) {
		const struct field *field = &a->type->fields[i];

		if (!value_ops(field->kind)
				->equal(item_at_const(a, field), item_at_const(b, field)))
			return false;
	}
	for (size_t i = 0; i < a->children; i++)
		if (!item_equal(a->child[i], b->child[i]))
			return false;
	return true;
}

const struct field *item_field(const struct item_type *type, const char *name)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if (field_is_called(&type->fields[i], name))
			return &type->fields[i];
	return NULL;
}

static const char *nearest_field(const struct item_type *type, const char *name)
{
	autofree const char **names = xcalloc(2 * type->n_fields + 1, sizeof(*names));
	size_t n = 0;

	assert(type->fields);
	for (size_t i = 0; i < type->n_fields; i++) {
		names[n++] = type->fields[i].name;
		if (type->fields[i].alias)
			names[n++] = type->fields[i].alias;
	}
	return nearest_word(name, names, n);
}

const struct field *item_field_checked(
	const struct item_type *type, const char *name, struct err *err)
{
	const struct field *field = item_field(type, name);
	const char *near;

	if (field)
		return field;
	near = nearest_field(type, name);
	err_set(err, ERR_INVALID, "%s have no field '%.60s'%s%s%s", type->plural, name,
		near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	if (err)
		snprintf(err->field, sizeof(err->field), "%s", name);
	return NULL;
}

/* The place of `name` among the children, which are sorted; `found` says whether it is there. */
static size_t child_index(const struct item *item, const char *name, bool *found)
{
	size_t low = 0;
	size_t high = item->children;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(item->child[middle]->name, name);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct item *item_child(const struct item *item, const char *name)
{
	bool found;
	size_t at = child_index(item, name, &found);

	return found ? item->child[at] : NULL;
}

void item_child_add_take(struct item *item, struct item *child)
{
	bool found;
	size_t at = child_index(item, child->name, &found);

	if (found) {
		item_free(item->child[at]);
		item->child[at] = child;
		return;
	}
	item->child = xreallocarray(item->child, item->children + 1, sizeof(struct item *));
	memmove(item->child + at + 1, item->child + at,
		(item->children - at) * sizeof(struct item *));
	item->child[at] = child;
	item->children++;
}

int item_child_add(struct item *item, const char *name, struct item **ret, struct err *err)
{
	const struct item_type *type = item_types[item->type->child];
	struct item *child = item_child(item, name);

	if (item->children >= 256)
		return err_set(
			err, ERR_TOO_BIG, "a %s has at most 256 %ss", item->type->name, type->name);
	if (!child) {
		if (type->check_name(name, NULL, err) < 0)
			return err_wrap(err, "%s", item->type->children_field);
		child = item_new(type, name);
		item_child_add_take(item, child);
	}
	*ret = child;
	return 0;
}

void item_child_remove(struct item *item, const char *name)
{
	bool found;
	size_t at = child_index(item, name, &found);

	if (!found)
		return;
	item_free(item->child[at]);
	item->children--;
	memmove(item->child + at, item->child + at + 1,
		(item->children - at) * sizeof(struct item *));
}

static void add_head(json_t *object, const struct item *item, unsigned flags)
{
	json_set_str(object, "name", item->name);
	if (flags & ITEM_JSON_PLAIN)
		return;
	if (item->uid)
		json_set_str(object, "uid", item->uid);
	json_object_set_new(object, "version", json_integer(item->version));
	json_object_set_new(object, "ctime", json_real(item->ctime));
	json_object_set_new(object, "mtime", json_real(item->mtime));
}

static void add_fields(json_t *object, const struct item *item, unsigned flags)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const struct value_ops *ops = value_ops(field->kind);
		const void *at = item_at_const(item, field);

		if (!ops->is_set(at))
			continue;
		if ((field->flags & FIELD_SECRET) && !(flags & ITEM_JSON_SECRETS))
			json_set_str(object, field->name, SECRET_MASK);
		else
			json_object_set_new(object, field->name, ops->to_json(at));
	}
}

json_t *item_to_json(const struct item *item, unsigned flags)
{
	json_t *object = json_object();
	json_t *children;

	add_head(object, item, flags);
	add_fields(object, item, flags);
	if (!item->type->child)
		return object;
	children = json_object();
	for (size_t i = 0; i < item->children; i++) {
		json_t *child = json_object();

		add_fields(child, item->child[i], flags);
		json_object_set_new(children, item->child[i]->name, child);
	}
	json_object_set_new(object, item->type->children_field, children);
	return object;
}

static bool is_head_member(const char *key)
{
	static const char *const keys[] = {"uid", "version", "ctime", "mtime"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

static int merge_member(
	struct item *item, const char *key, const json_t *value, bool trusted, struct err *err)
{
	const struct field *field = item_field_checked(item->type, key, err);

	if (!field)
		return -1;
	if ((field->flags & FIELD_SECRET) && json_is_string(value) &&
		strcmp(json_string_value(value), SECRET_MASK) == 0)
		return 0;
	if ((field->flags & FIELD_READONLY) && !trusted) {
		autojson json_t *now = value_ops(field->kind)->to_json(item_at(item, field));

		if (json_equal(now, value))
			return 0;
		return err_field(err, ERR_INVALID, field->name,
			"is written by the server and cannot be set");
	}
	return field_set_json(field, item_at(item, field), value, err);
}

static int merge_child(
	struct item *item, const char *name, const json_t *value, bool trusted, struct err *err)
{
	struct item *child;
	const char *key;
	json_t *member;

	if (json_is_null(value)) {
		item_child_remove(item, name);
		return 0;
	}
	if (!json_is_object(value))
		return err_field(err, ERR_INVALID, item->type->children_field,
			"'%.60s' must be an object or null", name);
	if (item_child_add(item, name, &child, err) < 0)
		return -1;
	json_object_foreach (json_mutable(value), key, member)
		if (merge_member(child, key, member, trusted, err) < 0)
			return err_wrap(err, "%s '%s'", child->type->name, name);
	return 0;
}

static int merge_children(struct item *item, const json_t *value, bool trusted, struct err *err)
{
	const char *name;
	json_t *child;

	if (json_is_null(value)) {
		while (item->children)
			item_child_remove(item, item->child[0]->name);
		return 0;
	}
	if (!json_is_object(value))
		return err_field(err, ERR_INVALID, item->type->children_field,
			"must be an object keyed by name");
	json_object_foreach (json_mutable(value), name, child)
		if (merge_child(item, name, child, trusted, err) < 0)
			return -1;
	return 0;
}

int item_merge_json(struct item *item, const json_t *patch, bool trusted, struct err *err)
{
	const char *key;
	json_t *value;

	if (!json_is_object(patch))
		return err_set(err, ERR_INVALID, "a %s is a JSON object", item->type->name);
	json_object_foreach (json_mutable(patch), key, value) {
		int result = 0;

		if (strcmp(key, "name") == 0) {
			if (!json_is_string(value) ||
				strcmp(json_string_value(value), item->name) != 0)
				return err_field(err, ERR_INVALID, "name",
					"is not '%s'; rename the %s instead", item->name,
					item->type->name);
		} else if (item->type->child && strcmp(key, item->type->children_field) == 0) {
			result = merge_children(item, value, trusted, err);
		} else if (!is_head_member(key)) {
			result = merge_member(item, key, value, trusted, err);
		}
		if (result < 0)
			return -1;
	}
	return 0;
}

static int check_required(const struct item *item, struct err *err)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		autostrbuf text = STRBUF_INIT;

		if (!(field->flags & FIELD_REQUIRED))
			continue;
		value_ops(field->kind)->to_text(item_at_const(item, field), &text);
		if (!text.len)
			return err_field(err, ERR_INVALID, field->name, "a %s needs it: %s",
				item->type->name, field->help);
	}
	return 0;
}

int item_validate(const struct item *item, struct err *err)
{
	if (item->type->check_name(item->name, NULL, err) < 0)
		return err_wrap(err, "name");
	if (check_required(item, err) < 0)
		return -1;
	if (item->type->validate && item->type->validate(item, err) < 0)
		return -1;
	for (size_t i = 0; i < item->children; i++)
		if (item_validate(item->child[i], err) < 0)
			return err_wrap(
				err, "%s '%s'", item->child[i]->type->name, item->child[i]->name);
	return 0;
}

bool item_parent(const struct item *item, enum item_kind *kind, const char **name)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const char *value;

		if (!(field->flags & FIELD_PARENT))
			continue;
		value = *(char *const *)item_at_const(item, field);
		if (value && *value) {
			*kind = field->ref;
			*name = value;
			return true;
		}
	}
	return false;
}
