/* Installations: what is on record of each system's. */
#include "db/store.h"

#include "model/types.h"

#include <string.h>

#define COLUMNS                                                                                    \
	"i.system, i.state, i.why, i.first, i.started, i.finished, i.age, i.tried, i.tries,"       \
	" i.sign, s.netboot_enabled IS NOT 0, i.unpublished"

void db_install_done(struct db_install *install)
{
	free(install->system);
	free(install->state);
	free(install->why);
	*install = (struct db_install){.state = NULL};
}

static void read_install(sqlite3_stmt *stmt, struct db_install *ret)
{
	*ret = (struct db_install){
		.system = xstrdup(stmt_text(stmt, 0)),
		.state = xstrdup(stmt_text(stmt, 1)),
		.why = xstrdup(stmt_text(stmt, 2)),
		.first = sqlite3_column_double(stmt, 3),
		.started = sqlite3_column_double(stmt, 4),
		.finished = sqlite3_column_double(stmt, 5),
		.age = sqlite3_column_double(stmt, 6),
		.tried = sqlite3_column_double(stmt, 7),
		.tries = sqlite3_column_int64(stmt, 8),
		.sign = (enum install_sign)sqlite3_column_int(stmt, 9),
		.armed = sqlite3_column_int(stmt, 10),
		.unpublished = sqlite3_column_int(stmt, 11),
	};
}

int install_load(struct conn *conn, const char *system, struct db_install *ret, struct err *err)
{
	static const char sql[] = "SELECT " COLUMNS " FROM systems s"
				  " LEFT JOIN installs i ON i.system = s.name WHERE s.name = ?1";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, system);
	row = stmt_step(stmt, err);
	if (row < 0)
		return -1;
	if (row)
		read_install(stmt, ret);
	else
		*ret = (struct db_install){.state = xstrdup(""), .why = xstrdup("")};
	free(ret->system); /* NULL where nothing is on record */
	ret->system = xstrdup(system);
	return row;
}

int install_store(struct db *db, const struct db_install *install, struct err *err)
{
	static const char sql[] =
		"INSERT INTO installs (system, state, why, first, started, finished, age, tried,"
		" tries, sign, unpublished, ticked)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
		" ON CONFLICT (system) DO UPDATE SET state = excluded.state, why = excluded.why,"
		" first = excluded.first, started = excluded.started,"
		" finished = excluded.finished, age = excluded.age, tried = excluded.tried,"
		" tries = excluded.tries, sign = excluded.sign,"
		" unpublished = excluded.unpublished, ticked = excluded.ticked";
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, install->system);
	stmt_bind_text(stmt, 2, install->state);
	stmt_bind_text(stmt, 3, install->why);
	stmt_bind_real(stmt, 4, install->first);
	stmt_bind_real(stmt, 5, install->started);
	stmt_bind_real(stmt, 6, install->finished);
	stmt_bind_real(stmt, 7, install->age);
	stmt_bind_real(stmt, 8, install->tried);
	stmt_bind_int(stmt, 9, install->tries);
	stmt_bind_int(stmt, 10, install->sign);
	stmt_bind_int(stmt, 11, install->unpublished);
	stmt_bind_real(stmt, 12, db->now);
	return stmt_run(stmt, err);
}

int db_install_get(struct db *db, const char *system, struct db_install *ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = install_load(conn, system, ret, err);
	reader_give(db, conn);
	return result < 0 ? -1 : 0;
}

static int list_installs(struct conn *conn, const struct db_install_query *query,
	int (*each)(void *ctx, const struct db_install *install, struct err *err), void *ctx,
	struct err *err)
{
	static const char all[] = "SELECT " COLUMNS " FROM installs i JOIN systems s"
				  " ON s.name = i.system WHERE i.system > ?1"
				  " ORDER BY i.system LIMIT ?2";
	static const char of_state[] = "SELECT " COLUMNS " FROM installs i JOIN systems s"
				       " ON s.name = i.system WHERE i.system > ?1 AND i.state = ?3"
				       " ORDER BY i.system LIMIT ?2";
	autostmt *stmt = stmt_get(conn, query->state ? of_state : all, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, query->after ? query->after : "");
	stmt_bind_int(stmt, 2, query->limit ? (int64_t)query->limit : -1);
	if (query->state)
		stmt_bind_text(stmt, 3, query->state);
	while ((row = stmt_step(stmt, err)) > 0) {
		struct db_install install;
		int result;

		read_install(stmt, &install);
		result = each(ctx, &install, err);
		db_install_done(&install);
		if (result < 0)
			return -1;
	}
	return row;
}

int db_install_list(struct db *db, const struct db_install_query *query,
	int (*each)(void *ctx, const struct db_install *install, struct err *err), void *ctx,
	struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = list_installs(conn, query, each, ctx, err);
	reader_give(db, conn);
	return result;
}

static int count_installs(struct conn *conn, const char *state, int64_t *ret, struct err *err)
{
	static const char sql[] = "SELECT count(*) FROM installs WHERE state = ?1";
	autostmt *stmt = stmt_get(conn, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, state);
	if (stmt_step(stmt, err) < 0)
		return -1;
	*ret = sqlite3_column_int64(stmt, 0);
	return 0;
}

int db_install_count(struct db *db, const char *state, int64_t *ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = count_installs(conn, state, ret, err);
	reader_give(db, conn);
	return result;
}

/* By indexes alone, and nothing where nobody ever had the name: the network asks with any names. */
static int find_renamed(struct conn *conn, const char *old_name, char **ret, struct err *err)
{
	static const char sql[] =
		"SELECT s.name FROM (SELECT uid, max(revision) AS last FROM revisions"
		" WHERE type = 'system' AND name = ?1 GROUP BY uid) r CROSS JOIN systems s"
		" ON s.uid = r.uid AND s.name = (SELECT name FROM revisions WHERE uid = r.uid"
		" ORDER BY revision DESC LIMIT 1) LEFT JOIN installs i ON i.system = s.name"
		" WHERE (s.netboot_enabled IS NOT 0"
		" OR i.state IN ('" INSTALL_STARTED "', '" INSTALL_GAVE_UP "'))"
		" AND NOT EXISTS (SELECT 1 FROM systems WHERE name = ?1)"
		" ORDER BY r.last DESC LIMIT 1";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, old_name);
	row = stmt_step(stmt, err);
	if (row > 0)
		*ret = xstrdup(stmt_text(stmt, 0));
	return row == 0 ? err_set(err, ERR_NOT_FOUND, "no system '%.100s'", old_name)
	                : (row > 0 ? 0 : -1);
}

int db_install_renamed(struct db *db, const char *old_name, char **ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = find_renamed(conn, old_name, ret, err);
	reader_give(db, conn);
	return result;
}

static int list_names(
	struct db *db, const char *sql, const double *value, struct strv *ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int row = -1;

	if (!conn)
		return -1;
	{
		autostmt *stmt = stmt_get(conn, sql, err);

		if (stmt && value)
			stmt_bind_real(stmt, 1, *value);
		while (stmt && (row = stmt_step(stmt, err)) > 0)
			strv_add(ret, stmt_text(stmt, 0));
	}
	reader_give(db, conn);
	return row;
}

int db_install_under_way(struct db *db, double age, struct strv *ret, struct err *err)
{
	static const char sql[] = "SELECT system FROM installs WHERE state = '" INSTALL_STARTED "'"
				  " AND (age >= ?1 OR sign = 1) ORDER BY system";

	return list_names(db, sql, &age, ret, err);
}

int db_install_unpublished(struct db *db, struct strv *ret, struct err *err)
{
	static const char sql[] = "SELECT system FROM installs WHERE unpublished ORDER BY system";

	return list_names(db, sql, NULL, ret, err);
}

int db_install_local_since(struct db *db, int64_t revision, struct strv *ret, struct err *err)
{
	static const char sql[] =
		"SELECT s.name FROM (SELECT name, max(revision) AS last FROM revisions"
		" WHERE revision > ?1 AND type = 'system' GROUP BY name) r"
		" CROSS JOIN systems s ON s.name = r.name WHERE s.netboot_enabled = 0"
		" ORDER BY r.last DESC LIMIT 256";
	const double after = (double)revision;

	return list_names(db, sql, &after, ret, err);
}

/* Writes */

static int run_named(struct db *db, const char *sql, const char *system, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, system);
	return stmt_run(stmt, err);
}

#define FORGET "DELETE FROM installs WHERE system = ?1"

/* Files that could not be written wait on, whatever becomes of the record. */
static int forget(struct db *db, const char *system, struct err *err)
{
	static const char empty[] =
		"UPDATE installs SET state = '', why = '', first = 0, started = 0, finished = 0,"
		" age = 0, tried = 0, tries = 0, sign = 0 WHERE system = ?1 AND unpublished";

	return run_named(db, empty, system, err) < 0
	               ? -1
	               : run_named(db, FORGET " AND NOT unpublished", system, err);
}

int db_install_forget(struct db *db, const char *system, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, forget(db, system, err), err);
}

/* One that was forgotten meanwhile has nothing else to say. */
static int published(struct db *db, const char *system, struct err *err)
{
	static const char done[] = "UPDATE installs SET unpublished = 0 WHERE system = ?1";

	return run_named(db, done, system, err) < 0
	               ? -1
	               : run_named(db, FORGET " AND state = ''", system, err);
}

int db_install_published(struct db *db, const char *system, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, published(db, system, err), err);
}

static bool installs(const struct item *item)
{
	const struct opt_bool *enabled = &((const struct system *)item)->netboot_enabled;

	return !enabled->set || enabled->value;
}

int install_follow(
	struct db *db, const struct item *before, const struct item *after, struct err *err)
{
	static const char forget_unfinished[] = FORGET " AND state <> '" INSTALL_FINISHED "'";

	if (after->type->kind != ITEM_SYSTEM || !before || installs(before) == installs(after))
		return 0;
	return run_named(db, installs(after) ? FORGET : forget_unfinished, after->name, err);
}

static int run_tick(struct db *db, const char *sql, double value, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_real(stmt, 1, value);
	stmt_bind_real(stmt, 2, db->now);
	return stmt_run(stmt, err);
}

/* Without an installation under way, which is most of the time, nothing is written. */
static int tick(struct db *db, const char *sql, double value, struct err *err)
{
	int64_t n;

	if (db_install_count(db, INSTALL_STARTED, &n, err) < 0)
		return -1;
	if (n == 0)
		return 0;
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, run_tick(db, sql, value, err), err);
}

int db_install_tick(struct db *db, double seconds, struct err *err)
{
	static const char sql[] = "UPDATE installs SET age = age + ?1, ticked = ?2"
				  " WHERE state = '" INSTALL_STARTED "'";

	return tick(db, sql, seconds, err);
}

int db_install_resume(struct db *db, double most, struct err *err)
{
	static const char sql[] =
		"UPDATE installs SET age = age + max(0, min(?1, ?2 - ticked)), ticked = ?2"
		" WHERE state = '" INSTALL_STARTED "'";

	return tick(db, sql, most, err);
}
