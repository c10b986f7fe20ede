/*
 * What must hold of items, written down a second time and as simply as possible: an array of items
 * with their own members as JSON, and rules on the whole of it. A change is made on a copy; the
 * rules then say which classes of errors it may fail with; none: it must succeed. Bodies are never
 * changed once they are in a model, so that a copy is cheap.
 */
#ifndef TESTS_OPS_PROPERTY_MODEL_H
#define TESTS_OPS_PROPERTY_MODEL_H

#include "base/err.h"
#include "base/json.h"
#include "model/types.h"

#include <assert.h>
#include <string.h>

enum { MODEL_ITEMS = 512 };
#define CAN_BE(code) (1u << (code))

struct model_item {
	const struct item_type *type;
	char name[32];
	json_t *body;
	int id; /* who it is, over renames and removals */
};

struct model {
	struct model_item item[MODEL_ITEMS];
	size_t n;
};

static inline void model_copy(struct model *to, const struct model *from)
{
	*to = *from;
	for (size_t i = 0; i < to->n; i++)
		json_incref(to->item[i].body);
}

static inline void model_done(struct model *model)
{
	for (size_t i = 0; i < model->n; i++)
		json_decref(model->item[i].body);
	model->n = 0;
}

static inline struct model_item *model_find(
	struct model *model, const struct item_type *type, const char *name)
{
	for (size_t i = 0; i < model->n; i++)
		if (model->item[i].type == type && strcmp(model->item[i].name, name) == 0)
			return &model->item[i];
	return NULL;
}

static inline struct model_item *model_find_id(struct model *model, int id)
{
	for (size_t i = 0; i < model->n; i++)
		if (model->item[i].id == id)
			return &model->item[i];
	return NULL;
}

/* Takes the body. */
static inline void model_add(
	struct model *model, const struct item_type *type, const char *name, int id, json_t *body)
{
	struct model_item *item = &model->item[model->n++];

	assert(model->n <= MODEL_ITEMS);
	*item = (struct model_item){.type = type, .id = id, .body = body};
	snprintf(item->name, sizeof(item->name), "%s", name);
}

static inline void model_set(struct model_item *item, json_t *body)
{
	json_decref(item->body);
	item->body = body;
}

static inline void model_remove(struct model *model, struct model_item *item)
{
	json_decref(item->body);
	*item = model->item[--model->n];
}

/* References */

static const struct {
	const struct item_type *from;
	const char *field;
	const struct item_type *to;
	bool list;
	bool parent; /* goes with what it names */
} references[] = {
	{&menu_type, "parent", &menu_type, false, true},
	{&profile_type, "parent", &profile_type, false, true},
	{&profile_type, "distro", &distro_type, false, true},
	{&profile_type, "menu", &menu_type, false, false},
	{&profile_type, "repos", &repo_type, true, false},
	{&system_type, "profile", &profile_type, false, true},
	{&system_type, "groups", &group_type, true, false},
};

/* The list without the name, or with another one in its place. A new reference. */
static inline json_t *list_with(const json_t *list, const char *name, const char *other)
{
	json_t *result = json_array();
	size_t i;
	json_t *value;

	json_array_foreach (json_mutable(list), i, value) {
		bool same = strcmp(json_string_value(value), name) == 0;

		if (!same)
			json_array_append(result, value);
		else if (other)
			json_array_append_new(result, json_string(other));
	}
	return result;
}

static inline bool list_has(const json_t *list, const char *name)
{
	size_t i;
	json_t *value;

	json_array_foreach (json_mutable(list), i, value)
		if (strcmp(json_string_value(value), name) == 0)
			return true;
	return false;
}

/* All that names (type, name) names `other` instead, or nothing; what loses a reference is as if it
 * had been edited: `touched` counts those that are protected. */
static inline void model_redirect(struct model *model, const struct item_type *type,
	const char *name, const char *other, size_t *touched)
{
	for (size_t r = 0; r < ARRAY_SIZE(references); r++) {
		const char *field = references[r].field;

		for (size_t i = 0; i < model->n && references[r].to == type; i++) {
			struct model_item *item = &model->item[i];
			json_t *value = json_object_get(item->body, field);
			json_t *body;

			if (item->type != references[r].from || !value ||
				(references[r].list ? !list_has(value, name)
						    : strcmp(json_string_value(value), name) != 0))
				continue;
			*touched += json_is_true(json_object_get(item->body, "protected"));
			body = json_deep_copy(item->body);
			if (references[r].list)
				json_object_set_new(body, field, list_with(value, name, other));
			else if (other)
				json_object_set_new(body, field, json_string(other));
			else
				json_object_del(body, field);
			model_set(item, body);
		}
	}
}

/* The rules */

static inline bool is_changed(struct model *before, const struct model_item *item)
{
	const struct model_item *was = model_find(before, item->type, item->name);

	return !was || !json_equal(was->body, item->body);
}

/* What is put must name what there is; what is removed must not be named. */
static inline unsigned model_check_reference(struct model *before, struct model *after,
	const struct model_item *item, const struct item_type *to, const char *name)
{
	unsigned errors = 0;

	if (model_find(after, to, name))
		return 0;
	if (is_changed(before, item))
		errors |= CAN_BE(ERR_INVALID);
	if (model_find(before, to, name))
		errors |= CAN_BE(ERR_CONFLICT);
	return errors;
}

static inline unsigned model_check_references(
	struct model *before, struct model *after, const struct model_item *item)
{
	unsigned errors = 0;

	for (size_t r = 0; r < ARRAY_SIZE(references); r++) {
		json_t *value = json_object_get(item->body, references[r].field);
		size_t i;
		json_t *name;

		if (references[r].from != item->type || !value)
			continue;
		if (!references[r].list)
			errors |= model_check_reference(
				before, after, item, references[r].to, json_string_value(value));
		else
			json_array_foreach (value, i, name)
				errors |= model_check_reference(before, after, item,
					references[r].to, json_string_value(name));
	}
	return errors;
}

static inline unsigned model_check_cycle(struct model *model, const struct model_item *item)
{
	const struct model_item *at = item;

	if (item->type != &profile_type && item->type != &menu_type)
		return 0;
	for (size_t steps = 0; at; steps++) {
		const char *parent = json_get_str(at->body, "parent");

		if (steps > model->n)
			return CAN_BE(ERR_INVALID);
		at = parent ? model_find(model, item->type, parent) : NULL;
	}
	return 0;
}

static inline unsigned model_check_members(const struct model_item *item)
{
	bool parent = json_object_get(item->body, "parent");
	bool distro = json_object_get(item->body, "distro");

	if (item->type == &profile_type && parent == distro)
		return CAN_BE(ERR_INVALID);
	if (item->type == &system_type && !json_object_get(item->body, "profile"))
		return CAN_BE(ERR_INVALID);
	return 0;
}

/* No address twice. */
static inline unsigned model_check_macs(struct model *model)
{
	autojson json_t *seen = json_object();

	for (size_t i = 0; i < model->n; i++) {
		const char *name;
		json_t *card;

		json_object_foreach (
			json_object_get(model->item[i].body, "interfaces"), name, card) {
			const char *mac = json_get_str(card, "mac_address");

			if (mac && json_object_get(seen, mac))
				return CAN_BE(ERR_CONFLICT);
			if (mac)
				json_object_set_new(seen, mac, json_true());
		}
	}
	return 0;
}

static inline unsigned model_check(struct model *before, struct model *after)
{
	unsigned errors = model_check_macs(after);

	for (size_t i = 0; i < after->n; i++) {
		const struct model_item *item = &after->item[i];

		errors |= model_check_references(before, after, item) |
		          model_check_cycle(after, item) | model_check_members(item);
	}
	return errors;
}

/* Without confirmation, what is protected neither changes nor goes. */
static inline unsigned model_check_protected(
	const struct model_item *before, const struct model_item *after, bool confirm)
{
	if (confirm || !json_is_true(json_object_get(before->body, "protected")) ||
		(after && strcmp(before->name, after->name) == 0 &&
			json_equal(before->body, after->body)))
		return 0;
	return CAN_BE(ERR_CONFLICT);
}

/* RFC 7396; `body` NULL: of nothing. A new reference. */
static inline json_t *model_merge(const json_t *body, const json_t *patch)
{
	json_t *result = body ? json_deep_copy(body) : json_object();
	const char *key;
	json_t *value;

	json_object_foreach (json_mutable(patch), key, value) {
		if (json_is_null(value))
			json_object_del(result, key);
		else if (json_is_object(value))
			json_object_set_new(
				result, key, model_merge(json_object_get(result, key), value));
		else
			json_object_set_new(result, key, json_deep_copy(value));
	}
	return result;
}

/* What is there without saying anything: no interfaces. */
static inline json_t *model_tidy(json_t *body)
{
	if (json_object_size(json_object_get(body, "interfaces")) == 0)
		json_object_del(body, "interfaces");
	return body;
}

#endif
