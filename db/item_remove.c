/* Removing one item, in the two steps that a transaction takes with all that it removes. */
#include "db/store.h"

/* NULL: it is not there, or another version is. */
struct item *load_expected(struct db *db, const struct item_type *type, const char *name,
	int64_t expect, struct err *err)
{
	autoitem struct item *stored = NULL;

	if (load_item(db, &db->writer, type, name, &stored, err) < 0)
		return NULL;
	if (!stored) {
		no_such_item(db, &db->writer, type, name, err);
		return NULL;
	}
	if (check_version(type, name, stored, expect, err) < 0)
		return NULL;
	return TAKE(stored);
}

static int run_named(struct db *db, const char *sql, const char *name, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, name);
	return stmt_run(stmt, err);
}

int drop_children(struct db *db, const struct item_type *type, const char *name, struct err *err)
{
	return run_named(db, db->sql[type->child].children_drop, name, err);
}

int remove_begin(struct db *db, const struct db_author *author, const struct db_write *write,
	struct err *err)
{
	const struct item_type *type = write->type;
	const struct type_sql *sql = &db->sql[type->kind];
	autoitem struct item *stored = load_expected(db, type, write->name, write->expect, err);
	struct revision revision = {.author = author, .action = "delete", .before = stored};

	if (!stored)
		return -1;
	/* RESTRICT does not wait for the end of the transaction, even where it is deferred */
	if (sql->release && run_named(db, sql->release, write->name, err) < 0)
		return -1;
	if ((type->child && drop_children(db, type, write->name, err) < 0) ||
		write_reference_lists(db, stored, false, err) < 0)
		return -1;
	revision.version = stored->version + 1;
	return revision_add(db, &revision, err);
}

int remove_end(struct db *db, const struct db_write *write, struct err *err)
{
	/* asked first: the constraint would not say who uses it */
	if (check_unused(db, &db->writer, write->type, write->name, err) < 0)
		return -1;
	return run_named(db, db->sql[write->type->kind].remove, write->name, err);
}
