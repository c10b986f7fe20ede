/* What a unique index refused, in words: whose address it is. */
#include "db/store.h"

#include <string.h>

/* Who else has `value`: of a child type the owner's name and its own, else its own name alone. */
static sqlite3_stmt *find_holder(struct conn *conn, const struct item_type *type,
	const struct field *field, const char *value, struct err *err)
{
	const struct item_type *owner = owner_type(type);
	autofree char *sql = xasprintf("SELECT \"%s\", name FROM %s"
				       " WHERE \"%s\" = ?1 AND \"%s\" <> ''",
		owner ? owner->name : "name", type->plural, field->name, field->name);
	sqlite3_stmt *stmt = stmt_new(conn, sql, err);

	if (stmt)
		stmt_bind_text(stmt, 1, value);
	return stmt;
}

/* 1: `item` (of `owner`, which may be NULL) may not have this value, and the error says why. */
static int value_is_taken(struct conn *conn, const struct item *owner, const struct item *item,
	const struct field *field, struct err *err)
{
	const char *value = *(char *const *)item_at_const(item, field);
	autonewstmt *stmt = NULL;
	const char *top;
	const char *name;
	int row;

	if (!value || !*value)
		return 0;
	stmt = find_holder(conn, item->type, field, value, err);
	row = stmt ? stmt_step(stmt, err) : -1;
	if (row <= 0)
		return row;
	top = stmt_text(stmt, 0);
	name = stmt_text(stmt, 1);
	if (strcmp(top, owner ? owner->name : item->name) != 0)
		err_fill_field(err, ERR_CONFLICT, field->name, "'%s' belongs to %s '%s'%s%s%s",
			value, owner ? owner->type->name : item->type->name, top,
			owner ? " (interface " : "", owner ? name : "", owner ? ")" : "");
	else if (owner && strcmp(name, item->name) != 0)
		err_fill_field(err, ERR_CONFLICT, field->name,
			"'%s' cannot belong to the %ss '%s' and '%s' at once", value,
			item->type->name, name, item->name);
	else
		return 0;
	return 1;
}

static int find_taken(
	struct conn *conn, const struct item *owner, const struct item *item, struct err *err)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		int taken;

		if (!(field->flags & FIELD_UNIQUE))
			continue;
		taken = value_is_taken(conn, owner, item, field, err);
		if (taken)
			return taken;
	}
	return 0;
}

int conflict_of_put(struct conn *conn, const struct item *item, struct err *err)
{
	int taken;

	if (!store_error_is_constraint(conn->handle))
		return store_error(conn->handle, err);
	taken = find_taken(conn, NULL, item, err);
	for (size_t i = 0; !taken && i < item->children; i++)
		taken = find_taken(conn, item, item->child[i], err);
	if (!taken)
		return err_set(err, ERR_INTERNAL, "the store refused %s '%s': %s", item->type->name,
			item->name, sqlite3_errmsg(conn->handle));
	return -1;
}
