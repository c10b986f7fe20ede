#include "model/resolve.h"

#include "base/json.h"

#include <string.h>

struct fallbacks {
	struct item *item[ITEM_KINDS]; /* each field set to its fallback */
};

struct fallbacks *fallbacks_new(void)
{
	struct fallbacks *fallbacks = xcalloc(1, sizeof(*fallbacks));

	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];
		struct item *item = item_new(type, type->name);

		for (size_t i = 0; i < type->n_fields; i++) {
			const struct field *field = &type->fields[i];
			struct err err;

			if (field->fallback && field_set_text(field, item_at(item, field),
						       field->fallback, &err) < 0)
				abort(); /* a wrong row; every unit test would find it */
		}
		fallbacks->item[kind] = item;
	}
	return fallbacks;
}

void fallbacks_free(struct fallbacks *fallbacks)
{
	if (!fallbacks)
		return;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		item_free(fallbacks->item[kind]);
	free(fallbacks);
}

void resolved_free(struct resolved *resolved)
{
	if (!resolved)
		return;
	for (size_t i = 0; i < resolved->n_merged; i++)
		map_clear(&resolved->merged[i]);
	free(resolved->merged);
	free(resolved->value);
	free(resolved);
}

/* The place of `name` among the values, or where it would go. */
static size_t value_index(const struct resolved *resolved, const char *name, bool *found)
{
	size_t low = 0;
	size_t high = resolved->n;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(resolved->value[middle].field->name, name);

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

const struct resolved_value *resolved_get(const struct resolved *resolved, const char *name)
{
	bool found;
	size_t at = value_index(resolved, name, &found);

	return found ? &resolved->value[at] : NULL;
}

static struct resolved_value *slot_for(struct resolved *resolved, const char *name)
{
	bool found;
	size_t at = value_index(resolved, name, &found);
	struct resolved_value *slot = &resolved->value[at];

	if (!found) { /* the array has room for all fields of both */
		memmove(slot + 1, slot, (resolved->n - at) * sizeof(*slot));
		memset(slot, 0, sizeof(*slot));
		resolved->n++;
	}
	return slot;
}

static const void *merge_with_above(
	struct resolved *resolved, const struct resolved_value *above, const void *own)
{
	struct opt_map *merged = &resolved->merged[resolved->n_merged++];

	static const struct opt_map nothing;

	map_merge(above && above->at ? above->at : &nothing, own, merged);
	return merged;
}

static void add_field(struct resolved *resolved, const struct field *field, const void *fallback)
{
	const void *own = item_at_const(resolved->item, field);
	struct resolved_value *slot = slot_for(resolved, field->name);
	bool inherits = slot->at && (field->flags & FIELD_INHERIT);

	slot->field = field;
	if (value_ops(field->kind)->is_set(own)) {
		if (field->kind == VALUE_MAP && (field->flags & FIELD_INHERIT))
			own = merge_with_above(resolved, slot, own);
		slot->at = own;
		slot->origin = resolved->item;
		slot->origin_field = field;
	} else if (!inherits) {
		slot->at = value_ops(field->kind)->is_set(fallback) ? fallback : NULL;
		slot->origin = NULL;
		slot->origin_field = NULL;
	}
}

struct resolved *resolve(
	const struct fallbacks *fallbacks, const struct resolved *above, const struct item *item)
{
	const struct item_type *type = item->type;
	struct resolved *resolved = xcalloc(1, sizeof(*resolved));
	size_t room = type->n_fields + (above ? above->n : 0);
	size_t maps = 0;

	resolved->above = above;
	resolved->item = item;
	resolved->value = xcalloc(room, sizeof(*resolved->value));
	for (size_t i = 0; above && i < above->n; i++)
		if (above->value[i].field->flags & FIELD_INHERIT)
			resolved->value[resolved->n++] = above->value[i];
	for (size_t i = 0; i < type->n_fields; i++)
		maps += type->fields[i].kind == VALUE_MAP;
	resolved->merged = xcalloc(maps, sizeof(*resolved->merged));
	for (size_t i = 0; i < type->n_fields; i++)
		add_field(resolved, &type->fields[i],
			item_at_const(fallbacks->item[type->kind], &type->fields[i]));
	return resolved;
}

const struct item *resolved_item(const struct resolved *resolved, enum item_kind kind)
{
	for (; resolved; resolved = resolved->above)
		if (resolved->item->type->kind == kind)
			return resolved->item;
	return NULL;
}

static const void *value_of_kind(
	const struct resolved *resolved, const char *name, enum value_kind kind)
{
	const struct resolved_value *value = resolved_get(resolved, name);

	return value && value->at && value->field->kind == kind ? value->at : NULL;
}

const char *resolved_str(const struct resolved *resolved, const char *name)
{
	char *const *at = value_of_kind(resolved, name, VALUE_STRING);

	return at && *at ? *at : "";
}

int64_t resolved_int(const struct resolved *resolved, const char *name)
{
	const struct opt_int *at = value_of_kind(resolved, name, VALUE_INT);

	return at ? at->value : 0;
}

bool resolved_bool(const struct resolved *resolved, const char *name)
{
	const struct opt_bool *at = value_of_kind(resolved, name, VALUE_BOOL);

	return at && at->value;
}

const struct strv *resolved_list(const struct resolved *resolved, const char *name)
{
	static const struct strv nothing;
	const struct opt_list *at = value_of_kind(resolved, name, VALUE_LIST);

	return at ? &at->items : &nothing;
}

const struct opt_numbers *resolved_numbers(const struct resolved *resolved, const char *name)
{
	static const struct opt_numbers nothing;
	const struct opt_numbers *at = value_of_kind(resolved, name, VALUE_NUMBERS);

	return at ? at : &nothing;
}

const struct opt_map *resolved_map(const struct resolved *resolved, const char *name)
{
	static const struct opt_map nothing;
	const struct opt_map *at = value_of_kind(resolved, name, VALUE_MAP);

	return at ? at : &nothing;
}

static json_t *value_json(const struct field *field, const void *at, unsigned flags)
{
	if (!at)
		return json_null();
	if ((field->flags & FIELD_SECRET) && !(flags & ITEM_JSON_SECRETS))
		return json_string("***");
	return value_ops(field->kind)->to_json(at);
}

static json_t *origin_json(const struct resolved_value *value)
{
	if (!value->origin)
		return json_string(value->at ? "the field's default" : "nobody");
	return json_sprintf("%s %s", value->origin->type->name, value->origin->name);
}

/* What stood above the value and was replaced or merged. */
static json_t *overrides_json(
	const struct resolved *resolved, const struct resolved_value *value, unsigned flags)
{
	json_t *list = json_array();
	const struct item *last = value->origin;

	if (!(value->field->flags & FIELD_INHERIT))
		return list;
	for (const struct resolved *step = resolved->above; step; step = step->above) {
		const struct resolved_value *was = resolved_get(step, value->field->name);
		json_t *entry;

		if (!was || !was->origin || was->origin == last)
			continue;
		last = was->origin;
		entry = json_object();
		json_object_set_new(entry, "from", origin_json(was));
		json_object_set_new(entry, "value", value_json(was->field, was->at, flags));
		json_array_append_new(list, entry);
	}
	return list;
}

json_t *resolved_to_json(const struct resolved *resolved, unsigned flags, bool explain)
{
	autojson json_t *own = item_to_json(resolved->item, flags);
	json_t *object = json_object();
	json_t *origins = explain ? json_object() : NULL;
	const char *key;
	json_t *value;

	json_object_set(object, "name", json_object_get(own, "name"));
	for (size_t i = 0; i < resolved->n; i++) {
		const struct resolved_value *field = &resolved->value[i];
		json_t *origin;

		json_object_set_new(
			object, field->field->name, value_json(field->field, field->at, flags));
		if (!explain)
			continue;
		origin = json_object();
		json_object_set_new(origin, "from", origin_json(field));
		json_object_set_new(origin, "overrides", overrides_json(resolved, field, flags));
		json_object_set_new(origins, field->field->name, origin);
	}
	json_object_foreach (own, key, value) /* uid, version, times, interfaces */
		if (!json_object_get(object, key))
			json_object_set(object, key, value);
	if (explain)
		json_object_set_new(object, "origins", origins);
	return object;
}
