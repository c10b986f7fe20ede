/* Storing one item, in the two steps that a transaction takes with all of its items. */
#include "db/store.h"

#include <sys/random.h>

static void set_new_uid(struct item *item)
{
	unsigned char bytes[16];
	autostrbuf text = STRBUF_INIT;

	/* cannot fail: 16 bytes are never interrupted, and the pool is ready long before us */
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		abort();
	strbuf_add_hex(&text, bytes, sizeof(bytes));
	free(item->uid);
	item->uid = strbuf_take(&text);
}

int check_version(const struct item_type *type, const char *name, const struct item *stored,
	int64_t expect, struct err *err)
{
	if (expect == DB_ANY)
		return 0;
	if (expect == DB_NEW && stored)
		return err_set(err, ERR_CONFLICT, "%s '%s' exists already", type->name, name);
	if (expect != DB_NEW && !stored)
		return err_set(err, ERR_STALE,
			"%s '%s' does not exist any more, but version %lld of it is asked for",
			type->name, name, (long long)expect);
	if (stored && stored->version != expect)
		return err_set(err, ERR_STALE,
			"%s '%s' has been changed: version %lld is stored, not %lld; read it "
			"again",
			type->name, name, (long long)stored->version, (long long)expect);
	return 0;
}

static bool same_children(const struct item *a, const struct item *b)
{
	if (a->children != b->children)
		return false;
	for (size_t i = 0; i < a->children; i++)
		if (!item_equal(a->child[i], b->child[i]))
			return false;
	return true;
}

static int put_row(struct db *db, const struct item *item, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, db->sql[item->type->kind].put, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, item->name);
	stmt_bind_text(stmt, 2, item->uid);
	stmt_bind_int(stmt, 3, item->version);
	stmt_bind_real(stmt, 4, item->ctime);
	stmt_bind_real(stmt, 5, item->mtime);
	row_bind_fields(stmt, ROW_HEAD + 1, item, FIELD_UNIQUE);
	return stmt_run(stmt, err);
}

static int put_unique(struct db *db, const struct item *item, struct err *err)
{
	const char *sql = db->sql[item->type->kind].claim;
	autostmt *stmt = sql ? stmt_get(&db->writer, sql, err) : NULL;

	if (!stmt)
		return sql ? -1 : 0;
	stmt_bind_text(stmt, 1, item->name);
	row_bind_unique(stmt, 2, item);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		return conflict_of_put(&db->writer, item, err);
	return 0;
}

static int put_child(
	struct db *db, const struct item *owner, const struct item *child, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, db->sql[child->type->kind].children_put, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, child->name);
	row_bind_fields(stmt, CHILD_HEAD + 1, child, 0);
	stmt_bind_text(stmt, CHILD_HEAD + 1 + (int)child->type->n_fields, owner->name);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		return conflict_of_put(&db->writer, owner, err);
	return 0;
}

/* A removed item that is put back is the same one; a copy of one that is there is not. */
static int set_identity(struct db *db, struct item *item, struct err *err)
{
	bool taken = true;

	item->ctime = 0;
	if (item->uid && (revision_has_uid(&db->writer, item->uid, &taken, err) < 0 ||
				 revision_ctime(&db->writer, item->uid, &item->ctime, err) < 0))
		return -1;
	if (taken)
		set_new_uid(item);
	if (taken || item->ctime == 0)
		item->ctime = db->now;
	return 0;
}

/* The item takes over what the stored one has: its identity, version and times. */
static int next_version(
	struct db *db, struct item *item, const struct item *stored, struct err *err)
{
	item->mtime = db->now;
	if (!stored) {
		int64_t last;

		if (revision_last_version(&db->writer, item->type, item->name, &last, err) < 0)
			return -1;
		item->version = last + 1;
		return set_identity(db, item, err);
	}
	free(item->uid);
	item->uid = xstrdup(stored->uid);
	item->version = stored->version + 1;
	item->ctime = stored->ctime;
	return 0;
}

static int put_changed(struct db *db, const struct db_author *author, struct pending *pending,
	const struct item *stored, struct err *err)
{
	struct item *item = pending->item;
	struct revision revision = {
		.author = author, .action = "put", .before = stored, .after = item};

	pending->row = true;
	pending->children = item->type->child && (!stored || !same_children(item, stored));
	pending->lists = !stored || !same_reference_lists(item, stored);
	if (next_version(db, item, stored, err) < 0 || put_row(db, item, err) < 0)
		return -1;
	if (stored && pending->children && drop_children(db, item->type, item->name, err) < 0)
		return -1;
	if (stored && pending->lists && write_reference_lists(db, item, false, err) < 0)
		return -1;
	if (install_follow(db, stored, item, err) < 0)
		return -1;
	revision.version = item->version;
	return revision_add(db, &revision, err);
}

int put_begin(struct db *db, const struct db_author *author, struct pending *pending,
	int64_t expect, struct err *err)
{
	autoitem struct item *stored = NULL;
	struct item *item = pending->item;

	if (tidy_references(item, err) < 0 ||
		load_item(db, &db->writer, item->type, item->name, &stored, err) < 0 ||
		check_version(item->type, item->name, stored, expect, err) < 0)
		return -1;
	if (!stored || !item_equal(item, stored))
		return put_changed(db, author, pending, stored, err);
	free(item->uid);
	item->uid = xstrdup(stored->uid);
	item->version = stored->version;
	item->ctime = stored->ctime;
	item->mtime = stored->mtime;
	return 0;
}

int put_end(struct db *db, const struct pending *pending, struct err *err)
{
	const struct item *item = pending->item;

	if (!pending->row)
		return 0;
	if (put_unique(db, item, err) < 0)
		return -1;
	for (size_t i = 0; pending->children && i < item->children; i++)
		if (put_child(db, item, item->child[i], err) < 0)
			return -1;
	if (check_references(db, &db->writer, item, err) < 0)
		return -1;
	return pending->lists ? write_reference_lists(db, item, true, err) : 0;
}
