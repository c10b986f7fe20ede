/* Renaming an item; those that refer to it change with it. */
#include "db/store.h"

#include <string.h>

static int bump_version(struct db *db, const struct item *item, struct err *err)
{
	autofree char *sql = xasprintf(
		"UPDATE %s SET version = ?1, mtime = ?2 WHERE name = ?3", item->type->plural);
	autonewstmt *stmt = stmt_new(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, item->version);
	stmt_bind_real(stmt, 2, item->mtime);
	stmt_bind_text(stmt, 3, item->name);
	return stmt_run(stmt, err);
}

/* Writes that `before` became `after` by the renaming, under a version that its name never had. */
static int add_renamed(struct db *db, const struct db_author *author, const char *action,
	const struct item *before, struct item *after, struct err *err)
{
	struct revision revision = {
		.author = author, .action = action, .before = before, .after = after};
	int64_t last;

	if (revision_last_version(&db->writer, after->type, after->name, &last, err) < 0)
		return -1;
	after->version = 1 + (last > before->version ? last : before->version);
	after->mtime = db->now;
	revision.version = after->version;
	if (bump_version(db, after, err) < 0)
		return -1;
	return revision_add(db, &revision, err);
}

static void replace(char **text, const char *from, const char *to)
{
	if (*text && strcmp(*text, from) == 0) {
		free(*text);
		*text = xstrdup(to);
	}
}

static void replace_in_list(struct opt_list *list, const char *from, const char *to)
{
	for (size_t i = 0; i < list->items.n; i++)
		replace(&list->items.v[i], from, to);
}

/* The user as it was: the store's cascade has changed nothing else of it. */
static struct item *with_old_name(
	const struct reference *ref, const struct item *after, const char *name, const char *old)
{
	struct item *before = item_copy(after);
	void *at = item_at(before, ref->field);

	if (ref->list_put)
		replace_in_list(at, name, old);
	else
		replace(at, name, old);
	return before;
}

/* Its version and history have to follow. */
static int add_user_revision(struct db *db, const struct db_author *author,
	const struct reference *ref, const char *user, const struct item *renamed, const char *old,
	struct err *err)
{
	autoitem struct item *after = load_expected(db, ref->type, user, DB_ANY, err);
	autoitem struct item *before = NULL;

	if (!after)
		return -1;
	before = with_old_name(ref, after, renamed->name, old);
	return add_renamed(db, author, "put", before, after, err);
}

static int add_users(struct db *db, const struct db_author *author, const struct reference *ref,
	const struct item *renamed, const char *old, struct err *err)
{
	autostrv users = STRV_INIT;

	if (load_names(&db->writer, ref->users, renamed->name, &users, err) < 0)
		return -1;
	strv_sort(&users);
	for (size_t i = 0; i < users.n; i++)
		if (add_user_revision(db, author, ref, users.v[i], renamed, old, err) < 0)
			return -1;
	return 0;
}

static int rename_row(
	struct db *db, const struct item *stored, const char *new_name, struct err *err)
{
	const struct item_type *type = stored->type;
	autostmt *stmt = stmt_get(&db->writer, db->sql[type->kind].rename, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, stored->name);
	stmt_bind_text(stmt, 2, new_name);
	if (sqlite3_step(stmt) == SQLITE_DONE)
		return 0;
	if (store_error_is_constraint(db->writer.handle))
		return err_set(err, ERR_CONFLICT, "%s '%s' exists already", type->name, new_name);
	return store_error(db->writer.handle, err);
}

static int rename_item(struct db *db, const struct db_author *author, const struct item *stored,
	const char *new_name, struct err *err)
{
	autoitem struct item *after = item_copy(stored);

	if (rename_row(db, stored, new_name, err) < 0)
		return -1;
	free(after->name);
	after->name = xstrdup(new_name);
	if (add_renamed(db, author, "rename", stored, after, err) < 0)
		return -1;
	for (size_t i = 0; i < db->references; i++)
		if (db->reference[i].field->ref == stored->type->kind &&
			add_users(db, author, &db->reference[i], after, stored->name, err) < 0)
			return -1;
	return 0;
}

static int rename_expected(struct db *db, const struct db_author *author,
	const struct item_type *type, const char *name, const char *new_name, int64_t expect,
	struct err *err)
{
	autoitem struct item *stored = load_expected(db, type, name, expect, err);

	if (!stored)
		return -1;
	return rename_item(db, author, stored, new_name, err);
}

int db_item_rename(struct db *db, const struct db_author *author, const struct item_type *type,
	const char *name, const char *new_name, int64_t expect, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, rename_expected(db, author, type, name, new_name, expect, err), err);
}
