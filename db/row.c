/* Members of an item ↔ columns of a row: text and numbers as they are, the rest as JSON text. */
#include "base/json.h"
#include "db/store.h"

#include <string.h>

static void bind_field(sqlite3_stmt *stmt, int at, const struct field *field, const void *value)
{
	autojson json_t *json = NULL;

	switch (field->kind) {
	case VALUE_STRING:
		stmt_bind_text(stmt, at, *(char *const *)value);
		return;
	case VALUE_TEXT:
		stmt_bind_text(stmt, at, ((const struct opt_text *)value)->text);
		return;
	case VALUE_INT:
		if (((const struct opt_int *)value)->set)
			stmt_bind_int(stmt, at, ((const struct opt_int *)value)->value);
		return;
	case VALUE_BOOL:
		if (((const struct opt_bool *)value)->set)
			stmt_bind_int(stmt, at, ((const struct opt_bool *)value)->value);
		return;
	case VALUE_LIST:
	case VALUE_NUMBERS:
	case VALUE_MAP:
		if (!value_ops(field->kind)->is_set(value))
			return;
		if (field_is_ref_list(field)) { /* its elements have a table of their own */
			stmt_bind_text(stmt, at, "[]");
			return;
		}
		json = value_ops(field->kind)->to_json(value);
		stmt_bind_take(stmt, at, json_dumps(json, JSON_COMPACT));
		return;
	}
}

void row_bind_fields(sqlite3_stmt *stmt, int first, const struct item *item, unsigned without)
{
	for (size_t i = 0; i < item->type->n_fields; i++)
		if (!(item->type->fields[i].flags & without))
			bind_field(stmt, first + (int)i, &item->type->fields[i],
				item_at_const(item, &item->type->fields[i]));
}

void row_bind_unique(sqlite3_stmt *stmt, int first, const struct item *item)
{
	for (size_t i = 0; i < item->type->n_fields; i++)
		if (item->type->fields[i].flags & FIELD_UNIQUE)
			bind_field(stmt, first++, &item->type->fields[i],
				item_at_const(item, &item->type->fields[i]));
}

static int read_json(
	sqlite3_stmt *stmt, int at, const struct field *field, void *value, struct err *err)
{
	const char *text = stmt_text(stmt, at);
	autojson json_t *json = json_parse(text, strlen(text), err);

	if (!json || value_ops(field->kind)->from_json(value, json, err) < 0)
		return err_wrap(err, "the store's column %s", field->name);
	return 0;
}

static int read_field(
	sqlite3_stmt *stmt, int at, const struct field *field, void *value, struct err *err)
{
	switch (field->kind) {
	case VALUE_STRING:
		*(char **)value = xstrdup(stmt_text(stmt, at));
		return 0;
	case VALUE_TEXT:
		((struct opt_text *)value)->text = xstrdup(stmt_text(stmt, at));
		return 0;
	case VALUE_INT:
		*(struct opt_int *)value = (struct opt_int){
			.set = true,
			.value = sqlite3_column_int64(stmt, at),
		};
		return 0;
	case VALUE_BOOL:
		*(struct opt_bool *)value = (struct opt_bool){
			.set = true,
			.value = sqlite3_column_int64(stmt, at) != 0,
		};
		return 0;
	case VALUE_LIST:
	case VALUE_NUMBERS:
	case VALUE_MAP:
		return read_json(stmt, at, field, value, err);
	}
	return 0;
}

int row_read_fields(sqlite3_stmt *stmt, int first, struct item *item, struct err *err)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		int at = first + (int)i;

		if (sqlite3_column_type(stmt, at) == SQLITE_NULL)
			continue;
		if (read_field(stmt, at, field, item_at(item, field), err) < 0)
			return -1;
	}
	return 0;
}

int row_read_item(
	sqlite3_stmt *stmt, const struct item_type *type, struct item **ret, struct err *err)
{
	autoitem struct item *item = item_new(type, stmt_text(stmt, 0));

	item->uid = xstrdup(stmt_text(stmt, 1));
	item->version = sqlite3_column_int64(stmt, 2);
	item->ctime = sqlite3_column_double(stmt, 3);
	item->mtime = sqlite3_column_double(stmt, 4);
	if (row_read_fields(stmt, ROW_HEAD, item, err) < 0)
		return err_wrap(err, "%s '%s'", type->name, item->name);
	*ret = TAKE(item);
	return 0;
}
