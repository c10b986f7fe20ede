/* Storing items. */
#include "db/store.h"

#include <sys/random.h>

/* What one item of a transaction needs. */
struct change {
	struct item *item;
	bool row;      /* it differs from the stored one */
	bool children; /* so do its children */
};

/* An own empty reference refers to nothing, as an unset one does; a foreign key knows only NULL. */
static void drop_empty_references(struct item *item)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		char **name = item_at(item, field);

		if (field_is_ref(field) && *name && !**name)
			value_ops(field->kind)->clear(name);
	}
}

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

static int check_expected(
	const struct item *item, const struct item *stored, int64_t expect, struct err *err)
{
	const char *type = item->type->name;

	if (expect == DB_ANY)
		return 0;
	if (expect == DB_NEW && stored)
		return err_set(err, ERR_CONFLICT, "%s '%s' exists already", type, item->name);
	if (expect != DB_NEW && !stored)
		return err_set(err, ERR_STALE,
			"%s '%s' does not exist any more, but version %lld of it is asked for",
			type, item->name, (long long)expect);
	if (stored && stored->version != expect)
		return err_set(err, ERR_STALE,
			"%s '%s' has been changed: version %lld is stored, not %lld; read it "
			"again",
			type, item->name, (long long)stored->version, (long long)expect);
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
	row_bind_fields(stmt, ROW_HEAD + 1, item);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		return conflict_of_put(db, &db->writer, item, err);
	return 0;
}

static int drop_children(struct db *db, const struct item *item, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, db->sql[item->type->child].children_drop, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, item->name);
	return stmt_run(stmt, err);
}

static int put_child(
	struct db *db, const struct item *owner, const struct item *child, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, db->sql[child->type->kind].children_put, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, child->name);
	row_bind_fields(stmt, CHILD_HEAD + 1, child);
	stmt_bind_text(stmt, CHILD_HEAD + 1 + (int)child->type->n_fields, owner->name);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		return conflict_of_put(db, &db->writer, owner, err);
	return 0;
}

/* The item takes over what the stored one has: its identity, version and times. */
static int next_version(
	struct db *db, struct item *item, const struct item *stored, struct err *err)
{
	double now = store_now();

	if (stored) {
		free(item->uid);
		item->uid = xstrdup(stored->uid);
		item->version = stored->version + 1;
		item->ctime = stored->ctime;
	} else {
		int64_t last;

		if (revision_last_version(&db->writer, item->type, item->name, &last, err) < 0)
			return -1;
		set_new_uid(item);
		item->version = last + 1;
		item->ctime = now;
	}
	item->mtime = now;
	return 0;
}

static int put_changed(struct db *db, const struct db_author *author, struct change *change,
	const struct item *stored, struct err *err)
{
	struct item *item = change->item;
	struct revision revision = {
		.author = author, .action = "put", .before = stored, .after = item};

	change->row = true;
	change->children = item->type->child && (!stored || !same_children(item, stored));
	if (next_version(db, item, stored, err) < 0 || put_row(db, item, err) < 0)
		return -1;
	if (change->children && stored && drop_children(db, item, err) < 0)
		return -1;
	revision.version = item->version;
	revision.time = item->mtime;
	return revision_add(db, &revision, err);
}

static int put_first(struct db *db, const struct db_author *author, struct change *change,
	int64_t expect, struct err *err)
{
	autoitem struct item *stored = NULL;
	struct item *item = change->item;

	drop_empty_references(item);
	if (load_item(db, &db->writer, item->type, item->name, &stored, err) < 0 ||
		check_expected(item, stored, expect, err) < 0)
		return -1;
	if (!stored || !item_equal(item, stored))
		return put_changed(db, author, change, stored, err);
	free(item->uid);
	item->uid = xstrdup(stored->uid);
	item->version = stored->version;
	item->ctime = stored->ctime;
	item->mtime = stored->mtime;
	return 0;
}

static int put_second(struct db *db, const struct change *change, struct err *err)
{
	for (size_t i = 0; change->children && i < change->item->children; i++)
		if (put_child(db, change->item, change->item->child[i], err) < 0)
			return -1;
	return change->row ? check_references(db, &db->writer, change->item, err) : 0;
}

/*
 * Two passes: rows first and children away, then children in; so two systems of a transaction can
 * exchange an address, and an item can come before the one it refers to.
 */
static int put_items(struct db *db, const struct db_author *author, struct change *change, size_t n,
	int64_t expect, struct err *err)
{
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			const struct item *item = change[i].item;
			int result = pass ? put_second(db, &change[i], err)
			                  : put_first(db, author, &change[i], expect, err);

			if (result < 0)
				return n == 1 ? -1
				              : err_wrap(err, "%s '%s'", item->type->name,
							item->name);
		}
	}
	return 0;
}

int db_item_put(struct db *db, const struct db_author *author, struct item *item, int64_t expect,
	struct err *err)
{
	struct change change = {.item = item};

	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, put_items(db, author, &change, 1, expect, err), err);
}

int db_item_put_all(struct db *db, const struct db_author *author, struct item **items, size_t n,
	struct err *err)
{
	autofree struct change *change = xcalloc(n ? n : 1, sizeof(*change));

	for (size_t i = 0; i < n; i++)
		change[i].item = items[i];
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, put_items(db, author, change, n, DB_ANY, err), err);
}
