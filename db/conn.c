/* Connections: one that writes, a pool of those that read. */
#include "db/store.h"

/*
 * Only the writer checkpoints: SQLite before 3.51.3 can lose a commit that runs beside another
 * connection's checkpoint. Readers also refuse to write, whatever they are asked.
 */
static const char writer_pragmas[] = "PRAGMA journal_mode = WAL;"
				     "PRAGMA synchronous = FULL;"
				     "PRAGMA foreign_keys = ON;"
				     "PRAGMA trusted_schema = OFF;"
				     "PRAGMA cache_size = -16384;" /* KiB */
				     "PRAGMA journal_size_limit = 67108864;";
static const char reader_pragmas[] = "PRAGMA query_only = ON;"
				     "PRAGMA cache_size = -1024;"
				     "PRAGMA wal_autocheckpoint = 0;"
				     "PRAGMA trusted_schema = OFF;";

int conn_exec(struct conn *conn, const char *sql, struct err *err)
{
	if (sqlite3_exec(conn->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_error(conn->handle, err);
	return 0;
}

int conn_open(struct conn *conn, const char *path, bool writes, struct err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);

	if (sqlite3_open_v2(path, &conn->handle, flags, NULL) != SQLITE_OK)
		return err_set(
			err, ERR_IO, "cannot open '%s': %s", path, sqlite3_errmsg(conn->handle));
	sqlite3_extended_result_codes(conn->handle, 1);
	sqlite3_db_config(conn->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_busy_timeout(conn->handle, 5000);
	return conn_exec(conn, writes ? writer_pragmas : reader_pragmas, err);
}

void conn_close(struct conn *conn)
{
	for (size_t i = 0; i < conn->n_cached; i++) {
		sqlite3_finalize(conn->cached[i].stmt);
		free(conn->cached[i].made);
	}
	free(conn->cached);
	conn->cached = NULL;
	conn->n_cached = 0;
	sqlite3_close(conn->handle);
	conn->handle = NULL;
}

static void conn_free(struct conn *conn)
{
	conn_close(conn);
	free(conn);
}

struct conn *reader_take(struct db *db, struct err *err)
{
	struct conn *conn;

	if (db_is_preview(db))
		return preview_conn(db, err);
	pthread_mutex_lock(&db->pooling);
	conn = db->idle;
	if (conn) {
		db->idle = conn->next;
		db->n_idle--;
	}
	pthread_mutex_unlock(&db->pooling);
	if (conn)
		return conn;
	conn = xcalloc(1, sizeof(*conn));
	if (conn_open(conn, db->path, false, err) < 0) {
		conn_free(conn);
		return NULL;
	}
	return conn;
}

void reader_give(struct db *db, struct conn *conn)
{
	if (conn == &db->writer)
		return;
	pthread_mutex_lock(&db->pooling);
	if (db->n_idle < READERS_IDLE_MAX) {
		conn->next = db->idle;
		db->idle = conn;
		db->n_idle++;
		conn = NULL;
	}
	pthread_mutex_unlock(&db->pooling);
	if (conn)
		conn_free(conn);
}
