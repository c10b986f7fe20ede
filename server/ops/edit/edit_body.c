#include "ops/edit/edit_body.h"

#include "base/json.h"

#include <string.h>

static void keep_unsaid(struct item *item, const struct item *stored, const json_t *body)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const char *said = json_get_str(body, field->name);
		bool masked = (field->flags & FIELD_SECRET) && said && strcmp(said, "***") == 0;

		if (masked || (field->flags & FIELD_READONLY))
			value_ops(field->kind)
				->copy(item_at(item, field), item_at_const(stored, field));
	}
}

struct item *edit_body_begin(const struct item_type *type, const char *name,
	const struct item *stored, const json_t *body)
{
	struct item *item = item_new(type, name);

	if (stored)
		keep_unsaid(item, stored, body);
	return item;
}
