/* Events: what happened, for people. */
#include "db/store.h"

enum { EVENTS_KEPT = 10000 };

int event_add(struct db *db, const struct db_event *event, struct err *err)
{
	static const char insert[] = "INSERT INTO events (time, kind, subject, address, message)"
				     " VALUES (?1, ?2, ?3, ?4, ?5)";
	static const char trim[] = "DELETE FROM events WHERE id <= ?1";
	autostmt *stmt = stmt_get(&db->writer, insert, err);
	autostmt *old = stmt_get(&db->writer, trim, err);

	if (!stmt || !old)
		return -1;
	stmt_bind_real(stmt, 1, db->now);
	stmt_bind_text(stmt, 2, event->kind);
	stmt_bind_text(stmt, 3, event->subject ? event->subject : "");
	stmt_bind_text(stmt, 4, event->address ? event->address : "");
	stmt_bind_text(stmt, 5, event->message);
	if (stmt_run(stmt, err) < 0)
		return -1;
	stmt_bind_int(old, 1, sqlite3_last_insert_rowid(db->writer.handle) - EVENTS_KEPT);
	return stmt_run(old, err);
}

int db_event_add(struct db *db, const struct db_event *event, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, event_add(db, event, err), err);
}

static int list_events(sqlite3_stmt *stmt,
	int (*each)(void *ctx, const struct db_event *event, struct err *err), void *ctx,
	struct err *err)
{
	int row;

	while ((row = stmt_step(stmt, err)) > 0) {
		const struct db_event event = {
			.id = sqlite3_column_int64(stmt, 0),
			.time = sqlite3_column_double(stmt, 1),
			.kind = stmt_text(stmt, 2),
			.subject = stmt_text(stmt, 3),
			.address = stmt_text(stmt, 4),
			.message = stmt_text(stmt, 5),
		};

		if (each(ctx, &event, err) < 0)
			return -1;
	}
	return row;
}

static int list_from(struct conn *conn, int64_t after, size_t limit,
	int (*each)(void *ctx, const struct db_event *event, struct err *err), void *ctx,
	struct err *err)
{
	static const char newer[] = "SELECT id, time, kind, subject, address, message FROM events"
				    " WHERE id > ?1 ORDER BY id LIMIT ?2";
	/* the last `limit`: ids have no gaps but at the start */
	static const char last[] = "SELECT id, time, kind, subject, address, message FROM events"
				   " WHERE id > (SELECT max(id) FROM events) - ?2"
				   " ORDER BY id LIMIT ?2";
	autostmt *stmt = stmt_get(conn, after < 0 ? last : newer, err);

	if (!stmt)
		return -1;
	if (after >= 0)
		stmt_bind_int(stmt, 1, after);
	stmt_bind_int(stmt, 2, (int64_t)limit);
	return list_events(stmt, each, ctx, err);
}

int db_event_list(struct db *db, int64_t after, size_t limit,
	int (*each)(void *ctx, const struct db_event *event, struct err *err), void *ctx,
	struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = list_from(conn, after, limit, each, ctx, err);
	reader_give(db, conn);
	return result;
}
