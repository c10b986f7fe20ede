#include "boot/vars_value.h"

#include "base/json.h"

static json_t *empty_value(enum value_kind kind)
{
	switch (kind) {
	case VALUE_STRING:
	case VALUE_TEXT:
		return json_string("");
	case VALUE_INT:
		return json_null();
	case VALUE_BOOL:
		return json_false();
	case VALUE_LIST:
	case VALUE_NUMBERS:
		return json_array();
	case VALUE_MAP:
		return json_object();
	}
	return NULL;
}

json_t *vars_value(const struct field *field, const void *at)
{
	return at ? value_ops(field->kind)->to_json(at) : empty_value(field->kind);
}

json_t *vars_item(const struct item *item)
{
	json_t *object = json_object();

	json_set_str(object, "name", item->name);
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const void *at = item_at_const(item, field);
		bool is_set = value_ops(field->kind)->is_set(at);

		json_object_set_new(object, field->name, vars_value(field, is_set ? at : NULL));
	}
	return object;
}
