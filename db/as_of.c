/*
 * Items as they were after a revision. The last revision of a name up to then tells what it was,
 * unless the item had got another name by then: its uid has a later revision, under that name.
 */
#include "db/store.h"

/* *ret NULL: no item has that name any more. */
static int read_row(struct conn *conn, sqlite3_stmt *stmt, const struct item_type *type, int64_t at,
	struct item **ret, struct err *err)
{
	static const char sql[] =
		"SELECT max(revision) FROM revisions WHERE uid = ?1 AND revision <= ?2";
	autoitem struct item *item = revision_item(type, stmt_text(stmt, 4));
	autostmt *last = stmt_get(conn, sql, err);

	*ret = NULL;
	if (!last)
		return -1;
	if (!item)
		return 0;
	item->uid = xstrdup(stmt_text(stmt, 1));
	item->version = sqlite3_column_int64(stmt, 2);
	item->mtime = sqlite3_column_double(stmt, 3);
	stmt_bind_text(last, 1, item->uid);
	stmt_bind_int(last, 2, at);
	if (stmt_step(last, err) < 0 || revision_ctime(conn, item->uid, &item->ctime, err) < 0)
		return -1;
	if (sqlite3_column_int64(last, 0) == sqlite3_column_int64(stmt, 0))
		*ret = TAKE(item);
	return 0;
}

/* A name's versions rise with its revisions, and the index has them in order. */
static int load_at(struct conn *conn, const struct item_type *type, const char *name, int64_t at,
	struct item **ret, struct err *err)
{
	static const char sql[] =
		"SELECT revision, uid, version, time, after FROM revisions"
		" WHERE type = ?1 AND name = ?2 AND +revision <= ?3 ORDER BY version DESC LIMIT 1";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	*ret = NULL;
	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, type->name);
	stmt_bind_text(stmt, 2, name);
	stmt_bind_int(stmt, 3, at);
	row = stmt_step(stmt, err);
	return row <= 0 ? row : read_row(conn, stmt, type, at, ret, err);
}

int db_item_get_at(struct db *db, const struct item_type *type, const char *name, int64_t revision,
	struct item **ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	struct item *item = NULL;
	int result;

	if (!conn)
		return -1;
	result = load_at(conn, type, name, revision, &item, err);
	reader_give(db, conn);
	if (result < 0)
		return -1;
	if (!item)
		return err_set(err, ERR_NOT_FOUND, "no %s '%.100s' as of revision %lld", type->name,
			name, (long long)revision);
	*ret = item;
	return 0;
}

struct listing {
	struct conn *conn;
	const struct item_type *type;
	int64_t at;
	int (*each)(void *ctx, struct item *item, struct err *err);
	void *ctx;
};

static int list_one(const struct listing *list, int64_t revision, struct err *err)
{
	static const char sql[] = "SELECT revision, uid, version, time, after FROM revisions"
				  " WHERE revision = ?1";
	autostmt *stmt = stmt_get(list->conn, sql, err);
	autoitem struct item *item = NULL;

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, revision);
	if (stmt_step(stmt, err) < 0 ||
		read_row(list->conn, stmt, list->type, list->at, &item, err) < 0)
		return -1;
	return item ? list->each(list->ctx, item, err) : 0;
}

static int list_all(const struct listing *list, struct err *err)
{
	static const char sql[] = "SELECT name, max(revision) FROM revisions"
				  " WHERE type = ?1 AND revision <= ?2 GROUP BY name ORDER BY name";
	autostmt *stmt = stmt_get(list->conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, list->type->name);
	stmt_bind_int(stmt, 2, list->at);
	while ((row = stmt_step(stmt, err)) > 0)
		if (list_one(list, sqlite3_column_int64(stmt, 1), err) < 0)
			return -1;
	return row;
}

int db_item_list_at(struct db *db, const struct item_type *type, int64_t revision,
	int (*each)(void *ctx, struct item *item, struct err *err), void *ctx, struct err *err)
{
	struct listing list = {.type = type, .at = revision, .each = each, .ctx = ctx};
	bool begun;
	int result;

	list.conn = reader_take(db, err);
	if (!list.conn)
		return -1;
	result = read_begin(list.conn, &begun, err);
	if (result == 0)
		result = read_end(list.conn, begun, list_all(&list, err), err);
	reader_give(db, list.conn);
	return result;
}
