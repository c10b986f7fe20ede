#include "koan-client/plan/plan_read.h"

#include "koan-client/checks.h"

#include "base/strbuf.h"

#include <string.h>

int plan_wrong(const struct plan_at *at, const char *name, const char *why, struct err *err)
{
	autofree char *member = xasprintf("%s%s", at->prefix, name);

	return err_field(err, ERR_INVALID, member, "%s", why);
}

int plan_get(const struct plan_at *at, const char *name, const json_t **ret, struct err *err)
{
	*ret = json_object_get(at->object, name);
	return *ret ? 0 : plan_wrong(at, name, "is missing", err);
}

int plan_get_text(const struct plan_at *at, const char *name, const char **ret, struct err *err)
{
	const json_t *value;

	if (plan_get(at, name, &value, err) < 0)
		return -1;
	if (!json_is_string(value))
		return plan_wrong(at, name, "must be a string", err);
	if (strlen(json_string_value(value)) != json_string_length(value))
		return plan_wrong(at, name, "must not have control characters", err);
	*ret = json_string_value(value);
	return 0;
}

static int read_text(
	const struct plan_at *at, const struct plan_text *row, void *into, struct err *err)
{
	char **target = (char **)(void *)((char *)into + row->offset);
	const char *text;
	const char *bad = NULL;

	if (row->need == PLAN_OPTIONAL && !json_object_get(at->object, row->name)) {
		*target = xstrdup("");
		return 0;
	}
	if (plan_get_text(at, row->name, &text, err) < 0)
		return -1;
	if (*text)
		bad = row->check(text);
	else if (row->need == PLAN_FILLED)
		bad = "must not be empty";
	if (bad)
		return plan_wrong(at, row->name, bad, err);
	*target = xstrdup(text);
	return 0;
}

int plan_read_texts(const struct plan_at *at, const struct plan_text *rows, size_t n, void *into,
	struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (read_text(at, &rows[i], into, err) < 0)
			return -1;
	return 0;
}

int plan_read_number(const struct plan_at *at, const char *name, uint64_t min, uint64_t max,
	uint64_t *ret, struct err *err)
{
	const json_t *value;
	json_int_t number;

	if (plan_get(at, name, &value, err) < 0)
		return -1;
	number = json_integer_value(value);
	if (!json_is_integer(value) || number < 0 || (uint64_t)number < min ||
		(uint64_t)number > max) {
		autofree char *why = xasprintf("must be a whole number from %llu to %llu",
			(unsigned long long)min, (unsigned long long)max);

		return plan_wrong(at, name, why, err);
	}
	*ret = (uint64_t)number;
	return 0;
}

int plan_read_flag(const struct plan_at *at, const char *name, bool *ret, struct err *err)
{
	const json_t *value;

	if (plan_get(at, name, &value, err) < 0)
		return -1;
	if (!json_is_boolean(value))
		return plan_wrong(at, name, "must be true or false", err);
	*ret = json_is_true(value);
	return 0;
}

int plan_get_array(const struct plan_at *at, const char *name, size_t min, size_t max,
	const json_t **ret, struct err *err)
{
	if (plan_get(at, name, ret, err) < 0)
		return -1;
	if (!json_is_array(*ret))
		return plan_wrong(at, name, "must be an array", err);
	if (json_array_size(*ret) < min || json_array_size(*ret) > max) {
		autofree char *why = xasprintf("must have %zu to %zu entries", min, max);

		return plan_wrong(at, name, why, err);
	}
	return 0;
}

int plan_get_object(const struct plan_at *at, const char *name, const char *prefix,
	struct plan_at *ret, struct err *err)
{
	const json_t *value;

	if (plan_get(at, name, &value, err) < 0)
		return -1;
	if (!json_is_object(value))
		return plan_wrong(at, name, "must be an object", err);
	*ret = (struct plan_at){.object = value, .prefix = prefix};
	return 0;
}

int plan_read_strings(const struct plan_at *at, const char *name, size_t max,
	const char *(*check)(const char *text), struct strv *ret, struct err *err)
{
	const json_t *array;

	if (plan_get_array(at, name, 0, max, &array, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *value = json_array_get(array, i);
		const char *text = json_string_value(value);
		const char *bad = NULL;
		autofree char *member = xasprintf("%s[%zu]", name, i);

		if (!text || strlen(text) != json_string_length(value))
			bad = "must be a string";
		else if (*text)
			bad = check(text);
		if (bad)
			return plan_wrong(at, member, bad, err);
		strv_add(ret, text);
	}
	return 0;
}
