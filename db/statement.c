/* Prepared statements and their parameters. */
#include "db/store.h"

#include <assert.h>
#include <string.h>

enum { MADE_MAX = 16 /* of a connection */ };

sqlite3_stmt *stmt_new(struct conn *conn, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v3(conn->handle, sql, -1, 0, &stmt, NULL) != SQLITE_OK)
		store_error(conn->handle, err);
	return stmt;
}

static sqlite3_stmt *prepare_to_keep(struct conn *conn, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v3(conn->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
		SQLITE_OK)
		store_error(conn->handle, err);
	return stmt;
}

static void keep(struct conn *conn, const struct cached_stmt *cached)
{
	conn->cached = xreallocarray(conn->cached, conn->n_cached + 1, sizeof(*conn->cached));
	conn->cached[conn->n_cached++] = *cached;
}

/* One that is between two rows belongs to a caller up the stack (a list in a preview, whose callee
 * reads with the same connection): then another is made. */
sqlite3_stmt *stmt_get(struct conn *conn, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt;

	for (size_t i = 0; i < conn->n_cached; i++)
		if (conn->cached[i].sql == sql && !sqlite3_stmt_busy(conn->cached[i].stmt))
			return conn->cached[i].stmt;
	stmt = prepare_to_keep(conn, sql, err);
	if (stmt)
		keep(conn, &(struct cached_stmt){.sql = sql, .stmt = stmt});
	return stmt;
}

static void forget_oldest(struct conn *conn)
{
	struct cached_stmt *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < conn->n_cached; i++) {
		struct cached_stmt *cached = &conn->cached[i];

		if (!cached->made || sqlite3_stmt_busy(cached->stmt))
			continue;
		n++;
		if (!oldest || cached->used < oldest->used)
			oldest = cached;
	}
	if (n < MADE_MAX)
		return;
	sqlite3_finalize(oldest->stmt);
	free(oldest->made);
	*oldest = conn->cached[--conn->n_cached];
}

sqlite3_stmt *stmt_get_made(struct conn *conn, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt;

	for (size_t i = 0; i < conn->n_cached; i++) {
		struct cached_stmt *cached = &conn->cached[i];

		if (cached->made && strcmp(cached->made, sql) == 0 &&
			!sqlite3_stmt_busy(cached->stmt)) {
			cached->used = ++conn->uses;
			return cached->stmt;
		}
	}
	stmt = prepare_to_keep(conn, sql, err);
	if (!stmt)
		return NULL;
	forget_oldest(conn);
	keep(conn, &(struct cached_stmt){.made = xstrdup(sql), .used = ++conn->uses, .stmt = stmt});
	return stmt;
}

int conn_run(struct conn *conn, const char *sql, struct err *err)
{
	autostmt *stmt = stmt_get(conn, sql, err);

	return stmt ? stmt_run(stmt, err) : -1;
}

void stmt_reset(sqlite3_stmt *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

int stmt_step(sqlite3_stmt *stmt, struct err *err)
{
	switch (sqlite3_step(stmt)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return store_error(sqlite3_db_handle(stmt), err);
	}
}

int stmt_run(sqlite3_stmt *stmt, struct err *err)
{
	return stmt_step(stmt, err) < 0 ? -1 : 0;
}

/* Binding fails only for a parameter that is not there: our own mistake. */
static void must(int result)
{
	assert(result == SQLITE_OK);
	(void)result;
}

void stmt_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	must(sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC));
}

void stmt_bind_take(sqlite3_stmt *stmt, int at, char *text)
{
	must(sqlite3_bind_text(stmt, at, text, -1, free));
}

void stmt_bind_int(sqlite3_stmt *stmt, int at, int64_t value)
{
	must(sqlite3_bind_int64(stmt, at, value));
}

void stmt_bind_real(sqlite3_stmt *stmt, int at, double value)
{
	must(sqlite3_bind_double(stmt, at, value));
}

const char *stmt_text(sqlite3_stmt *stmt, int at)
{
	const unsigned char *text = sqlite3_column_text(stmt, at);

	return text ? (const char *)text : "";
}
