#include "model/field.h"

#include "base/json.h"

#include <string.h>

bool field_is_called(const struct field *field, const char *text)
{
	const char *const spellings[] = {field->name, field->alias};

	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
		const char *a = spellings[i];
		const char *b = text;

		if (!a)
			continue;
		while (*a && (*a == *b || (*a == '_' && *b == '-')))
			a++, b++;
		if (!*a && !*b)
			return true;
	}
	return false;
}

static int check_choice(const struct field *field, const char *text, struct err *err)
{
	autostrbuf all = STRBUF_INIT;

	for (const char *const *choice = field->choices; *choice; choice++) {
		if (strcmp(*choice, text) == 0)
			return 0;
		strbuf_addf(&all, "%s%s", all.len ? ", " : "", *choice);
	}
	return err_set(err, ERR_INVALID, "'%.60s' is none of %s", text, all.buf);
}

/* Checks one string of the field and puts its canonical form in its place. An empty one is an own
 * empty value, which any field may have that is no choice. */
static int check_one(const struct field *field, char **text, struct err *err)
{
	autofree char *canonical = NULL;

	if (!**text)
		return 0;
	if (field->choices && check_choice(field, *text, err) < 0)
		return -1;
	if (field->ref && check_item_name(*text, &canonical, err) < 0)
		return -1;
	if (field->check && field->check(*text, &canonical, err) < 0)
		return -1;
	if (canonical) {
		free(*text);
		*text = TAKE(canonical);
	}
	return 0;
}

static int check_range(const struct field *field, double value, struct err *err)
{
	const char *unit = field->unit ? field->unit : "";

	if (field->max && (value < (double)field->min || value > (double)field->max))
		return err_set(err, ERR_INVALID, "%.15g is out of range: %lld to %lld%s%s", value,
			(long long)field->min, (long long)field->max, *unit ? " " : "", unit);
	return 0;
}

/* The value of each key; a key alone ("quiet") has an empty one, a removal ("!quiet") none. */
static int check_map(const struct field *field, struct opt_map *map, struct err *err)
{
	for (size_t i = 0; field->check && i < map->n; i++) {
		struct map_entry *entry = &map->entry[i];
		autofree char *canonical = NULL;

		if (entry->key[0] == '!')
			continue;
		if (field->check(entry->value ? entry->value : "", &canonical, err) < 0)
			return err_wrap(err, "'%.60s'", entry->key);
		if (canonical) {
			free(entry->value);
			entry->value = TAKE(canonical);
		}
	}
	return 0;
}

static int check_value(const struct field *field, void *at, struct err *err)
{
	struct opt_list *list = at;
	struct opt_numbers *numbers = at;

	switch (field->kind) {
	case VALUE_STRING:
		if (field->choices && !**(char **)at)
			return check_choice(field, "", err);
		return check_one(field, at, err);
	case VALUE_INT:
		return check_range(field, (double)((struct opt_int *)at)->value, err);
	case VALUE_LIST:
		for (size_t i = 0; i < list->items.n; i++)
			if (check_one(field, &list->items.v[i], err) < 0)
				return -1;
		return 0;
	case VALUE_NUMBERS:
		for (size_t i = 0; i < numbers->n; i++)
			if (check_range(field, numbers->value[i], err) < 0)
				return -1;
		return 0;
	case VALUE_MAP:
		return check_map(field, at, err);
	case VALUE_TEXT:
		return check_one(field, &((struct opt_text *)at)->text, err);
	case VALUE_BOOL:
		return 0;
	}
	return 0;
}

/* Room for a member of any kind. */
union any_value {
	char *string;
	struct opt_text text;
	struct opt_int number;
	struct opt_bool boolean;
	struct opt_list list;
	struct opt_numbers numbers;
	struct opt_map map;
};

/* RFC 7396 on a map: null removes a key, the rest is set. */
static int merge_map(union any_value *into, const void *at, const json_t *patch, struct err *err)
{
	const struct value_ops *ops = value_ops(VALUE_MAP);
	autojson json_t *merged = ops->to_json(at);
	const char *key;
	json_t *value;

	if (!json_is_object(merged)) {
		json_decref(merged);
		merged = json_object();
	}
	json_object_foreach (json_mutable(patch), key, value) {
		if (json_is_null(value))
			json_object_del(merged, key);
		else
			json_object_set(merged, key, value);
	}
	return ops->from_json(into, merged, err);
}

/* Checks `value` and moves it into the member; on failure the member is as it was. */
static int finish(
	const struct field *field, union any_value *value, int parsed, void *at, struct err *err)
{
	const struct value_ops *ops = value_ops(field->kind);

	if (parsed < 0 || check_value(field, value, err) < 0) {
		ops->clear(value);
		err_wrap(err, "%s", field->name);
		if (err)
			snprintf(err->field, sizeof(err->field), "%s", field->name);
		return -1;
	}
	ops->clear(at);
	ops->copy(at, value);
	ops->clear(value);
	return 0;
}

static bool means_inherit(const char *text)
{
	return strcmp(text, "<<inherit>>") == 0;
}

int field_set_json(const struct field *field, void *at, const json_t *value, struct err *err)
{
	const struct value_ops *ops = value_ops(field->kind);
	union any_value parsed;
	int result;

	memset(&parsed, 0, sizeof(parsed));
	if (json_is_null(value) ||
		(json_is_string(value) && means_inherit(json_string_value(value)))) {
		ops->clear(at);
		return 0;
	}
	if (field->kind == VALUE_MAP && json_is_object(value))
		result = merge_map(&parsed, at, value, err);
	else
		result = ops->from_json(&parsed, value, err);
	return finish(field, &parsed, result, at, err);
}

int field_set_text(const struct field *field, void *at, const char *text, struct err *err)
{
	const struct value_ops *ops = value_ops(field->kind);
	union any_value parsed;

	memset(&parsed, 0, sizeof(parsed));
	if (means_inherit(text)) {
		ops->clear(at);
		return 0;
	}
	return finish(field, &parsed, ops->from_text(&parsed, text, err), at, err);
}
