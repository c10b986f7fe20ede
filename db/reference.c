/* References between items: that they lead somewhere, who refers to an item, and lists of them. */
#include "db/store.h"

#include <string.h>

enum { NAMES_MAX = 1000 }; /* looking for one walks them all */

static int tidy_list(const struct field *field, struct opt_list *list, struct err *err)
{
	struct strv kept = STRV_INIT;

	if (list->items.n > NAMES_MAX)
		return err_field(err, ERR_TOO_BIG, field->name, "has %zu names; %d are the most",
			list->items.n, NAMES_MAX);
	for (size_t i = 0; i < list->items.n; i++)
		if (*list->items.v[i] && !strv_has(&kept, list->items.v[i]))
			strv_add(&kept, list->items.v[i]);
	strv_done(&list->items);
	list->items = kept;
	return 0;
}

/* An own empty reference refers to nothing, as an unset one does; a foreign key knows only NULL. */
int tidy_references(struct item *item, struct err *err)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		void *at = item_at(item, field);
		const char *name = field_is_ref(field) ? *(char **)at : NULL;

		if (name && !*name)
			value_ops(field->kind)->clear(at);
		if (field_is_ref_list(field) && tidy_list(field, at, err) < 0)
			return -1;
	}
	return 0;
}

static int put_list(
	struct db *db, const struct reference *ref, const struct item *item, struct err *err)
{
	const struct opt_list *list = item_at_const(item, ref->field);

	for (size_t i = 0; i < list->items.n; i++) {
		autostmt *stmt = stmt_get(&db->writer, ref->list_put, err);

		if (!stmt)
			return -1;
		stmt_bind_text(stmt, 1, item->name);
		stmt_bind_int(stmt, 2, (int64_t)i);
		stmt_bind_text(stmt, 3, list->items.v[i]);
		if (stmt_run(stmt, err) < 0)
			return -1;
	}
	return 0;
}

static int drop_list(
	struct db *db, const struct reference *ref, const struct item *item, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, ref->list_drop, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, item->name);
	return stmt_run(stmt, err);
}

int write_reference_lists(struct db *db, const struct item *item, bool put, struct err *err)
{
	for (size_t i = 0; i < db->references; i++) {
		const struct reference *ref = &db->reference[i];

		if (ref->type != item->type || !ref->list_put)
			continue;
		if ((put ? put_list(db, ref, item, err) : drop_list(db, ref, item, err)) < 0)
			return -1;
	}
	return 0;
}

bool same_reference_lists(const struct item *a, const struct item *b)
{
	for (size_t i = 0; i < a->type->n_fields; i++) {
		const struct field *field = &a->type->fields[i];

		if (field_is_ref_list(field) &&
			!value_ops(field->kind)
				 ->equal(item_at_const(a, field), item_at_const(b, field)))
			return false;
	}
	return true;
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

static int check_list(struct db *db, struct conn *conn, const struct field *field,
	const struct opt_list *list, struct err *err)
{
	for (size_t i = 0; i < list->items.n; i++)
		if (check_reference(db, conn, field, list->items.v[i], err) < 0)
			return -1;
	return 0;
}

int check_references(struct db *db, struct conn *conn, const struct item *item, struct err *err)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const void *at = item_at_const(item, field);
		const char *name = field_is_ref(field) ? *(char *const *)at : NULL;

		if (name && check_reference(db, conn, field, name, err) < 0)
			return -1;
		if (field_is_ref_list(field) && check_list(db, conn, field, at, err) < 0)
			return -1;
	}
	return 0;
}

/* Counts those that refer to `name`, and says the first one. */
static int count_users(struct conn *conn, const struct reference *ref, const char *name,
	struct strbuf *first, int64_t *ret, struct err *err)
{
	autostmt *stmt = stmt_get(conn, ref->count, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, name);
	if (stmt_step(stmt, err) < 0)
		return -1;
	if (sqlite3_column_int64(stmt, 0) && !first->len)
		strbuf_addf(first, "%s '%s'", ref->type->name, stmt_text(stmt, 1));
	*ret += sqlite3_column_int64(stmt, 0);
	return 0;
}

int check_unused(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct err *err)
{
	autostrbuf first = STRBUF_INIT;
	autofree char *more = NULL;
	int64_t users = 0;

	for (size_t i = 0; i < db->references; i++)
		if (db->reference[i].field->ref == type->kind &&
			count_users(conn, &db->reference[i], name, &first, &users, err) < 0)
			return -1;
	if (!users)
		return 0;
	more = users > 1 ? xasprintf(" and %lld more", (long long)users - 1) : xstrdup("");
	return err_set(err, ERR_CONFLICT, "%s '%s' is used by %s%s; remove or change %s first",
		type->name, name, first.buf, more, users > 1 ? "them" : "it");
}
