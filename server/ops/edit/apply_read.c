#include "ops/edit/apply_read.h"

#include "model/types.h"

#include <string.h>

static const struct item_type *find_type(const char *plural, struct err *err)
{
	const char *names[ITEM_KINDS];
	const char *near;
	size_t n = 0;

	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];

		if (!item_type_is_listed(type) && type->kind != ITEM_SETTINGS)
			continue;
		if (strcmp(type->plural, plural) == 0)
			return type;
		names[n++] = type->plural;
	}
	near = nearest_word(plural, names, n);
	err_set(err, ERR_INVALID, "there are no '%.60s'%s%s%s", plural,
		near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->name, ((const struct wanted *)b)->name);
}

static int read_name(const struct item_type *type, const json_t *body, size_t place,
	const char **ret, struct err *err)
{
	*ret = json_get_str(body, "name");
	if (!json_is_object(body))
		return err_set(
			err, ERR_INVALID, "%s: number %zu is no object", type->plural, place + 1);
	if (!*ret) {
		err_field(err, ERR_INVALID, "name", "is missing, or no text");
		return err_wrap(err, "%s: number %zu", type->plural, place + 1);
	}
	if (type->check_name(*ret, NULL, err) < 0) {
		if (err)
			snprintf(err->field, sizeof(err->field), "name");
		return err_wrap(err, "%s: number %zu", type->plural, place + 1);
	}
	return 0;
}

static int read_list(
	const struct item_type *type, const json_t *list, struct wanted_type *ret, struct err *err)
{
	size_t i;
	json_t *body;

	if (!json_is_array(list))
		return err_set(err, ERR_INVALID, "%s: must be a list of objects", type->plural);
	if (json_array_size(list) > APPLY_MAX)
		return err_set(err, ERR_TOO_BIG, "%zu %s at once; %d are the most",
			json_array_size(list), type->plural, APPLY_MAX);
	ret->item = xcalloc(json_array_size(list) + 1, sizeof(*ret->item));
	json_array_foreach (json_mutable(list), i, body) {
		if (read_name(type, body, i, &ret->item[i].name, err) < 0)
			return -1;
		ret->item[i].body = body;
		ret->n++;
	}
	if (ret->n)
		qsort(ret->item, ret->n, sizeof(*ret->item), by_name);
	for (i = 1; i < ret->n; i++)
		if (by_name(&ret->item[i - 1], &ret->item[i]) == 0)
			return err_set(err, ERR_INVALID, "%s '%s' comes twice", type->name,
				ret->item[i].name);
	return 0;
}

static int read_settings(const json_t *body, struct wanted_type *ret, struct err *err)
{
	if (!json_is_object(body))
		return err_set(err, ERR_INVALID, "settings: must be an object");
	ret->item = xcalloc(1, sizeof(*ret->item));
	ret->item[0] = (struct wanted){.name = settings_type.name, .body = body};
	ret->n = 1;
	return 0;
}

static int read_all(const json_t *document, struct wanted_state *ret, struct err *err)
{
	const char *key;
	json_t *value;

	json_object_foreach (json_mutable(document), key, value) {
		const struct item_type *type = find_type(key, err);
		struct wanted_type *wanted = type ? &ret->type[type->kind] : NULL;

		if (!wanted)
			return -1;
		wanted->said = true;
		if ((type->kind == ITEM_SETTINGS ? read_settings(value, wanted, err)
						 : read_list(type, value, wanted, err)) < 0)
			return -1;
	}
	return 0;
}

int wanted_read(const json_t *document, struct wanted_state *ret, struct err *err)
{
	if (!json_is_object(document))
		return err_set(err, ERR_INVALID,
			"the state is a JSON object: {\"systems\": [{\"name\": …}, …], …}");
	return read_all(document, ret, err);
}

void wanted_done(struct wanted_state *state)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		free(state->type[kind].item);
}
