/* Sums of large files. */
#include "db/store.h"

enum { SUMS_KEPT = 10000 };

static int get_sum(struct conn *conn, const struct db_file *file, char **ret, struct err *err)
{
	static const char sql[] = "SELECT sha256 FROM file_sums WHERE device = ?1 AND inode = ?2"
				  " AND size = ?3 AND mtime = ?4";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, (int64_t)file->device);
	stmt_bind_int(stmt, 2, (int64_t)file->inode);
	stmt_bind_int(stmt, 3, file->size);
	stmt_bind_int(stmt, 4, file->mtime);
	row = stmt_step(stmt, err);
	if (row < 0)
		return -1;
	*ret = row ? xstrdup(stmt_text(stmt, 0)) : NULL;
	return 0;
}

int db_file_sum_get(struct db *db, const struct db_file *file, char **ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = get_sum(conn, file, ret, err);
	reader_give(db, conn);
	return result;
}

static int put_sum(struct db *db, const struct db_file *file, const char *sha256, struct err *err)
{
	static const char put[] =
		"INSERT INTO file_sums (device, inode, size, mtime, sha256, noted)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (device, inode) DO UPDATE SET"
		" size = excluded.size, mtime = excluded.mtime, sha256 = excluded.sha256,"
		" noted = excluded.noted";
	static const char trim[] =
		"DELETE FROM file_sums WHERE noted <"
		" (SELECT noted FROM file_sums ORDER BY noted DESC LIMIT 1 OFFSET ?1)";
	autostmt *stmt = stmt_get(&db->writer, put, err);
	autostmt *old = stmt_get(&db->writer, trim, err);

	if (!stmt || !old)
		return -1;
	stmt_bind_int(stmt, 1, (int64_t)file->device);
	stmt_bind_int(stmt, 2, (int64_t)file->inode);
	stmt_bind_int(stmt, 3, file->size);
	stmt_bind_int(stmt, 4, file->mtime);
	stmt_bind_text(stmt, 5, sha256);
	stmt_bind_real(stmt, 6, db->now);
	if (stmt_run(stmt, err) < 0)
		return -1;
	stmt_bind_int(old, 1, SUMS_KEPT - 1);
	return stmt_run(old, err);
}

int db_file_sum_put(struct db *db, const struct db_file *file, const char *sha256, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, put_sum(db, file, sha256, err), err);
}
