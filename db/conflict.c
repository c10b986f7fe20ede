/* What a constraint refused, in words: whose address it is, who still uses it, what is meant. */
#include "db/store.h"

#include <string.h>

static int add_names(
	struct conn *conn, const char *sql, const char *name, struct strv *ret, struct err *err)
{
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, name);
	while ((row = stmt_step(stmt, err)) > 0)
		strv_add(ret, stmt_text(stmt, 0));
	return row;
}

/* Among the names that come just before and after it in order, so that a wrong name costs the same
 * however many items there are. */
void suggest_name(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct strbuf *ret)
{
	const struct type_sql *sql = &db->sql[type->kind];
	autostrv names = STRV_INIT;
	const char *near;

	if (strlen(name) > 100 || add_names(conn, sql->names_before, name, &names, NULL) < 0 ||
		add_names(conn, sql->names_after, name, &names, NULL) < 0)
		return;
	near = nearest_word(name, (const char *const *)names.v, names.n);
	if (near)
		strbuf_addf(ret, "; did you mean '%s'?", near);
}

static int check_reference(struct db *db, struct conn *conn, const struct field *field,
	const char *name, struct err *err)
{
	const struct item_type *type = item_types[field->ref];
	autostrbuf near = STRBUF_INIT;
	int64_t version;

	if (load_version(db, conn, type, name, &version, err) < 0)
		return -1;
	if (version)
		return 0;
	suggest_name(db, conn, type, name, &near);
	return err_field(
		err, ERR_INVALID, field->name, "no %s '%.100s'%s", type->name, name, near.buf);
}

int check_references(struct db *db, struct conn *conn, const struct item *item, struct err *err)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const char *name;

		if (!field_is_ref(field))
			continue;
		name = *(char *const *)item_at_const(item, field);
		if (name && *name && check_reference(db, conn, field, name, err) < 0)
			return -1;
	}
	return 0;
}

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

int conflict_of_put(struct db *db, struct conn *conn, const struct item *item, struct err *err)
{
	int taken;

	if (!store_error_is_constraint(conn->handle))
		return store_error(conn->handle, err);
	(void)db;
	taken = find_taken(conn, NULL, item, err);
	for (size_t i = 0; !taken && i < item->children; i++)
		taken = find_taken(conn, item, item->child[i], err);
	if (!taken)
		return err_set(err, ERR_INTERNAL, "the store refused %s '%s': %s", item->type->name,
			item->name, sqlite3_errmsg(conn->handle));
	return -1;
}

/* Counts the items of `type` that refer to `name` by `field`, and appends the first's name. */
static int count_users(struct conn *conn, const struct item_type *type, const struct field *field,
	const char *name, struct strbuf *first, int64_t *ret, struct err *err)
{
	autofree char *sql = xasprintf(
		"SELECT count(*), min(name) FROM %s WHERE \"%s\" = ?1", type->plural, field->name);
	autonewstmt *stmt = stmt_new(conn, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, name);
	if (stmt_step(stmt, err) < 0)
		return -1;
	if (sqlite3_column_int64(stmt, 0) && !first->len)
		strbuf_addf(first, "%s '%s'", type->name, stmt_text(stmt, 1));
	*ret += sqlite3_column_int64(stmt, 0);
	return 0;
}

int conflict_of_delete(struct db *db, struct conn *conn, const struct item_type *type,
	const char *name, struct err *err)
{
	autostrbuf first = STRBUF_INIT;
	autofree char *more = NULL;
	int64_t users = 0;

	(void)db;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		for (size_t i = 0; i < item_types[kind]->n_fields; i++)
			if (item_types[kind]->fields[i].ref == type->kind &&
				field_is_ref(&item_types[kind]->fields[i]) &&
				count_users(conn, item_types[kind], &item_types[kind]->fields[i],
					name, &first, &users, err) < 0)
				return -1;
	if (!users)
		return 0;
	more = users > 1 ? xasprintf(" and %lld more", (long long)users - 1) : xstrdup("");
	return err_set(err, ERR_CONFLICT, "%s '%s' is used by %s%s; remove or change %s first",
		type->name, name, first.buf, more, users > 1 ? "them" : "it");
}
