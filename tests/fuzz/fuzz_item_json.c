/* Any bytes as the JSON of an item: what is taken must come out as JSON that makes the same item.
 */
#include "base/json.h"
#include "model/types.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The first byte picks the type. */
static const struct item_type *pick(uint8_t byte)
{
	static const enum item_kind kinds[] = {
		ITEM_SETTINGS, ITEM_DISTRO, ITEM_PROFILE, ITEM_SYSTEM};

	return item_types[kinds[byte % ARRAY_SIZE(kinds)]];
}

/* What the command line would say of each field makes the same value, too, but for a list's: there
 * a blank or comma stands between two elements. */
static void check_text(struct item *item)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		autoitem struct item *again = item_new(item->type, item->name);
		autostrbuf text = STRBUF_INIT;
		void *at = item_at(item, field);

		if (!value_ops(field->kind)->is_set(at) || field->kind == VALUE_LIST ||
			field->kind == VALUE_NUMBERS)
			continue;
		value_ops(field->kind)->to_text(at, &text);
		if (field->kind == VALUE_STRING && strcmp(text.buf, "<<inherit>>") == 0)
			continue;
		assert(field_set_text(field, item_at(again, field), text.buf, NULL) == 0);
		assert(value_ops(field->kind)->equal(at, item_at(again, field)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	autoitem struct item *item = NULL;
	autoitem struct item *again = NULL;
	autojson json_t *patch = NULL;
	autojson json_t *json = NULL;
	struct err err = ERR_INIT;

	if (!size)
		return 0;
	item = item_new(pick(bytes[0]), "x");
	again = item_new(item->type, "x");
	patch = json_parse((const char *)bytes + 1, size - 1, &err);
	if (!patch || item_merge_json(item, patch, true, &err) < 0) {
		assert(err.code == ERR_INVALID || err.code == ERR_TOO_BIG);
		return 0;
	}
	item_validate(item, &err);
	json = item_to_json(item, ITEM_JSON_SECRETS);
	assert(item_merge_json(again, json, true, &err) == 0);
	assert(item_equal(item, again));
	check_text(item);
	return 0;
}
