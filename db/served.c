/* What was served to each system, and when. */
#include "db/store.h"

static int add_one(struct db *db, const struct db_served *served, struct err *err)
{
	static const char sql[] =
		"INSERT INTO served (system, what, sha256, size, first, last, times, address)"
		" SELECT name, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM systems WHERE name = ?1"
		" ON CONFLICT (system, what, sha256) DO UPDATE SET last = excluded.last,"
		" times = times + excluded.times, address = excluded.address";
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, served->system);
	stmt_bind_text(stmt, 2, served->what);
	stmt_bind_text(stmt, 3, served->sha256);
	stmt_bind_int(stmt, 4, served->size);
	stmt_bind_real(stmt, 5, served->first);
	stmt_bind_real(stmt, 6, served->last);
	stmt_bind_int(stmt, 7, served->times);
	stmt_bind_text(stmt, 8, served->address);
	return stmt_run(stmt, err);
}

/* An insert that was none leaves the last one's id. */
static int is_too_many(struct db *db, const char *system, bool *ret, struct err *err)
{
	static const char sql[] = "SELECT count(*) > ?2 FROM served WHERE system = ?1";
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, system);
	stmt_bind_int(stmt, 2, SERVED_KEPT);
	if (stmt_step(stmt, err) < 0)
		return -1;
	*ret = sqlite3_column_int(stmt, 0);
	return 0;
}

/* What a clock that was set back since has left in the future goes first, not what comes now. */
static int trim(struct db *db, const char *system, struct err *err)
{
	static const char sql[] =
		"DELETE FROM served WHERE id IN (SELECT id FROM served WHERE system = ?1"
		" ORDER BY last > ?3, last DESC, id DESC LIMIT -1 OFFSET ?2)";
	autostmt *stmt = NULL;
	bool too_many;

	if (is_too_many(db, system, &too_many, err) < 0)
		return -1;
	if (!too_many)
		return 0;
	stmt = stmt_get(&db->writer, sql, err);
	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, system);
	stmt_bind_int(stmt, 2, SERVED_KEPT);
	stmt_bind_real(stmt, 3, db->now);
	return stmt_run(stmt, err);
}

static int add_all(struct db *db, const struct db_served *served, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (add_one(db, &served[i], err) < 0 || trim(db, served[i].system, err) < 0)
			return -1;
	return 0;
}

int db_served_add(struct db *db, const struct db_served *served, size_t n, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, add_all(db, served, n, err), err);
}

static int list_served(struct conn *conn, const char *system, int64_t after, size_t limit,
	int (*each)(void *ctx, const struct db_served *served, struct err *err), void *ctx,
	struct err *err)
{
	static const char sql[] =
		"SELECT id, system, what, sha256, size, first, last, times, address FROM served"
		" WHERE system = ?1 AND (?2 = 0 OR (last, id) <"
		" (SELECT last, id FROM served WHERE id = ?2 AND system = ?1))"
		" ORDER BY last DESC, id DESC LIMIT ?3";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, system);
	stmt_bind_int(stmt, 2, after);
	stmt_bind_int(stmt, 3, (int64_t)limit);
	while ((row = stmt_step(stmt, err)) > 0) {
		const struct db_served served = {
			.id = sqlite3_column_int64(stmt, 0),
			.system = stmt_text(stmt, 1),
			.what = stmt_text(stmt, 2),
			.sha256 = stmt_text(stmt, 3),
			.size = sqlite3_column_int64(stmt, 4),
			.first = sqlite3_column_double(stmt, 5),
			.last = sqlite3_column_double(stmt, 6),
			.times = sqlite3_column_int64(stmt, 7),
			.address = stmt_text(stmt, 8),
		};

		if (each(ctx, &served, err) < 0)
			return -1;
	}
	return row;
}

int db_served_list(struct db *db, const char *system, int64_t after, size_t limit,
	int (*each)(void *ctx, const struct db_served *served, struct err *err), void *ctx,
	struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = list_served(conn, system, after, limit, each, ctx, err);
	reader_give(db, conn);
	return result;
}
