#include "ops/query/query_json.h"

#include "base/json.h"
#include <string.h>

/* A field, one of a child, or what every item has; by all its spellings. */
static int add_member(
	const struct item_type *type, const char *name, struct members *ret, struct err *err)
{
	const struct field *field = item_field(type, name);
	const struct field *child = type->child ? item_field(item_types[type->child], name) : NULL;

	if (field) {
		strv_add(&ret->item, field->name);
	} else if (db_head_field(name) ||
		   (type->child && strcmp(name, type->children_field) == 0)) {
		strv_add(&ret->item, name);
	} else if (child) {
		strv_add(&ret->item, type->children_field);
		strv_add(&ret->child, child->name);
	} else {
		item_field_checked(type, name, err); /* for its message */
		return -1;
	}
	return 0;
}

int members_parse(const struct item_type *type, const struct query_options *options,
	struct members *ret, struct err *err)
{
	ret->json = options->secrets ? ITEM_JSON_SECRETS : 0;
	ret->explain = options->explain;
	ret->resolved = options->resolved || options->explain;
	if (options->as_of && ret->resolved)
		return err_set(err, ERR_INVALID,
			"what an item inherited at an earlier revision is not known; leave out "
			"'resolved' or 'as_of'");
	if (!options->fields || !options->fields->n)
		return 0;
	strv_add(&ret->item, "name");
	strv_for_each (name, options->fields)
		if (add_member(type, name, ret, err) < 0)
			return -1;
	return 0;
}

void members_done(struct members *members)
{
	strv_done(&members->item);
	strv_done(&members->child);
}

/* A new object of the members that are asked for, in the order in which they were. */
static json_t *pick(const json_t *object, const struct strv *names)
{
	json_t *picked = json_object();

	strv_for_each (name, names) {
		json_t *value = json_object_get(object, name);

		if (value)
			json_object_set(picked, name, value);
	}
	return picked;
}

static void pick_children(json_t *object, const char *key, const struct strv *names)
{
	json_t *children = json_object_get(object, key);
	const char *name;
	json_t *child;
	void *next;

	json_object_foreach_safe(children, next, name, child)
		json_object_set_new(children, name, pick(child, names));
}

json_t *members_json(
	const struct members *members, const struct item *item, const struct resolved *resolved)
{
	autojson json_t *all = resolved
	                               ? resolved_to_json(resolved, members->json, members->explain)
	                               : item_to_json(item, members->json);
	json_t *origins = json_object_get(all, "origins");
	json_t *object;

	if (!members->item.n)
		return TAKE(all);
	object = pick(all, &members->item);
	if (members->child.n)
		pick_children(object, item->type->children_field, &members->child);
	if (origins)
		json_object_set_new(object, "origins", pick(origins, &members->item));
	return object;
}

void members_print(const struct members *members, const struct item *item,
	const struct resolved *resolved, struct strbuf *ret)
{
	autojson json_t *object = NULL;

	if (!resolved && !members->item.n) {
		item_print_json(item, members->json, ret);
		return;
	}
	object = members_json(members, item, resolved);
	json_print(object, false, ret);
}
