/* Removing and renaming items. */
#include "db/store.h"

/* NULL: it is not there, or another version is. */
static struct item *load_expected(struct db *db, const struct item_type *type, const char *name,
	int64_t expect, struct err *err)
{
	autoitem struct item *stored = NULL;

	if (load_item(db, &db->writer, type, name, &stored, err) < 0)
		return NULL;
	if (!stored)
		no_such_item(db, &db->writer, type, name, err);
	else if (expect == DB_ANY || stored->version == expect)
		return TAKE(stored);
	else
		err_set(err, ERR_STALE,
			"%s '%s' has been changed: version %lld is stored, not %lld; read it "
			"again",
			type->name, name, (long long)stored->version, (long long)expect);
	return NULL;
}

static int delete_item(struct db *db, const struct db_author *author, const struct item_type *type,
	const char *name, int64_t expect, struct err *err)
{
	autoitem struct item *stored = load_expected(db, type, name, expect, err);
	autostmt *stmt = stmt_get(&db->writer, db->sql[type->kind].remove, err);
	struct revision revision = {.author = author, .action = "delete", .time = store_now()};

	if (!stored || !stmt)
		return -1;
	/* asked first: the constraint would not say who uses it */
	if (conflict_of_delete(db, &db->writer, type, name, err) < 0)
		return -1;
	stmt_bind_text(stmt, 1, name);
	if (stmt_run(stmt, err) < 0)
		return -1;
	revision.before = stored;
	revision.version = stored->version + 1;
	return revision_add(db, &revision, err);
}

int db_item_delete(struct db *db, const struct db_author *author, const struct item_type *type,
	const char *name, int64_t expect, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, delete_item(db, author, type, name, expect, err), err);
}

/* Items that refer to the one that gets a new name: they change with it. */
struct users {
	struct item **item;
	size_t n;
};

static void users_done(struct users *users)
{
	for (size_t i = 0; i < users->n; i++)
		item_free(users->item[i]);
	free(users->item);
}

static void auto_users(struct users *users)
{
	users_done(users);
}

static int add_users(struct db *db, const struct item_type *type, const struct field *field,
	const char *name, struct users *ret, struct err *err)
{
	autofree char *sql = xasprintf("SELECT %s FROM %s WHERE \"%s\" = ?1 ORDER BY name",
		db->sql[type->kind].columns, type->plural, field->name);
	autonewstmt *stmt = stmt_new(&db->writer, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, name);
	while ((row = stmt_step(stmt, err)) > 0) {
		ret->item = xreallocarray(ret->item, ret->n + 1, sizeof(struct item *));
		if (row_read_item(stmt, type, &ret->item[ret->n], err) < 0)
			return -1;
		if (load_children(db, &db->writer, ret->item[ret->n++], err) < 0)
			return -1;
	}
	return row;
}

static int find_users(struct db *db, const struct item *item, struct users *ret, struct err *err)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];

		for (size_t i = 0; i < type->n_fields; i++)
			if (field_is_ref(&type->fields[i]) &&
				type->fields[i].ref == item->type->kind &&
				add_users(db, type, &type->fields[i], item->name, ret, err) < 0)
				return -1;
	}
	return 0;
}

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
	after->mtime = store_now();
	revision.version = after->version;
	revision.time = after->mtime;
	if (bump_version(db, after, err) < 0)
		return -1;
	return revision_add(db, &revision, err);
}

/* The store's cascade has changed a user's reference; its version and history have to follow. */
static int add_user_revision(
	struct db *db, const struct db_author *author, const struct item *user, struct err *err)
{
	autoitem struct item *after = load_expected(db, user->type, user->name, DB_ANY, err);

	if (!after)
		return -1;
	return add_renamed(db, author, "put", user, after, err);
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

static int rename_item(struct db *db, const struct db_author *author, struct item *stored,
	const char *new_name, struct err *err)
{
	__attribute__((cleanup(auto_users))) struct users users = {.n = 0};
	autoitem struct item *after = item_copy(stored);

	if (find_users(db, stored, &users, err) < 0 || rename_row(db, stored, new_name, err) < 0)
		return -1;
	free(after->name);
	after->name = xstrdup(new_name);
	if (add_renamed(db, author, "rename", stored, after, err) < 0)
		return -1;
	for (size_t i = 0; i < users.n; i++)
		if (add_user_revision(db, author, users.item[i], err) < 0)
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
