/* Installations: what each system's installer last reported. */
#include "db/store.h"

void db_install_done(struct db_install *install)
{
	free(install->state);
	*install = (struct db_install){.state = NULL};
}

static int get_install(
	struct conn *conn, const char *system, struct db_install *ret, struct err *err)
{
	static const char sql[] =
		"SELECT state, started, finished, tries FROM installs WHERE system = ?1";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, system);
	row = stmt_step(stmt, err);
	if (row < 0)
		return -1;
	*ret = (struct db_install){.state = xstrdup(row ? stmt_text(stmt, 0) : "")};
	if (!row)
		return 0;
	ret->started = sqlite3_column_double(stmt, 1);
	ret->finished = sqlite3_column_double(stmt, 2);
	ret->tries = sqlite3_column_int64(stmt, 3);
	return 0;
}

int db_install_get(struct db *db, const char *system, struct db_install *ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = get_install(conn, system, ret, err);
	reader_give(db, conn);
	return result;
}

static int report(struct db *db, const char *sql, const char *system, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, system);
	stmt_bind_real(stmt, 2, db->now);
	if (sqlite3_step(stmt) == SQLITE_DONE)
		return 0;
	if (store_error_is_constraint(db->writer.handle))
		return err_set(err, ERR_NOT_FOUND, "no system '%.100s'", system);
	return store_error(db->writer.handle, err);
}

static int report_in_transaction(
	struct db *db, const char *sql, const char *system, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, report(db, sql, system, err), err);
}

int db_install_start(struct db *db, const char *system, struct err *err)
{
	static const char sql[] =
		"INSERT INTO installs (system, state, started, tries)"
		" VALUES (?1, 'started', ?2, 1)"
		" ON CONFLICT (system) DO UPDATE SET"
		" state = 'started', started = excluded.started, tries = tries + 1";

	return report_in_transaction(db, sql, system, err);
}

int db_install_finish(struct db *db, const char *system, struct err *err)
{
	static const char sql[] = "INSERT INTO installs (system, state, finished, tries)"
				  " VALUES (?1, 'finished', ?2, 0)"
				  " ON CONFLICT (system) DO UPDATE SET"
				  " state = 'finished', finished = excluded.finished, tries = 0";

	return report_in_transaction(db, sql, system, err);
}
