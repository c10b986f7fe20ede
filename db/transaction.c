/*
 * Writes and previews. A write is one transaction of the writer, whose mutex it holds. A preview
 * is one, too, that is undone at its end; what its thread writes meanwhile are savepoints in it,
 * and what it reads comes from the writer's connection instead of the pool.
 */
#include "db/store.h"

#include <time.h>

/* By whose address they are cached. */
static const char begin_read[] = "BEGIN";
static const char begin_write[] = "BEGIN IMMEDIATE";
static const char commit[] = "COMMIT";

/* The store that this thread previews changes of. */
static _Thread_local const struct db *previewed;

/* What this thread wrote last. */
static _Thread_local struct {
	const struct db *db;
	struct db_span span;
} wrote;

struct db_span db_last_write(const struct db *db)
{
	return wrote.db == db ? wrote.span : (struct db_span){.after = 0};
}

bool db_is_preview(const struct db *db)
{
	return previewed == db;
}

int64_t db_revision(const struct db *db)
{
	/* the preview holds the writer's mutex, and so nobody else changes `moment` */
	return db_is_preview(db) ? -db->moment : atomic_load(&db->revision);
}

int64_t db_revision_of(const struct db *db, const struct item_type *type)
{
	return db_is_preview(db) ? -db->moment : atomic_load(&db->revision_of[type->kind]);
}

double store_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A full disk makes SQLite end the whole transaction, whatever is nested in it: from there on each
 * statement would be on its own, and stay. */
struct conn *preview_conn(struct db *db, struct err *err)
{
	if (!sqlite3_get_autocommit(db->writer.handle))
		return &db->writer;
	err_set(err, ERR_IO, "the preview ended early: a write in it failed for want of space");
	return NULL;
}

static int begin_alone(struct db *db, struct err *err)
{
	pthread_mutex_lock(&db->writing);
	db->last = atomic_load(&db->revision);
	db->kinds = 0;
	db->now = store_now();
	age_mark(db);
	if (conn_run(&db->writer, begin_write, err) < 0) {
		pthread_mutex_unlock(&db->writing);
		return -1;
	}
	return 0;
}

int write_begin(struct db *db, struct err *err)
{
	if (!db_is_preview(db)) {
		if (begin_alone(db, err) < 0)
			return -1;
	} else if (!preview_conn(db, err) || conn_exec(&db->writer, "SAVEPOINT part", err) < 0) {
		return -1;
	}
	db->begun = db->last;
	return 0;
}

/* A deferred constraint is looked at by COMMIT only, which a preview never comes to. */
static int check_deferred(struct db *db, struct err *err)
{
	int open = 0;
	int high;

	sqlite3_db_status(db->writer.handle, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &high, 0);
	return open ? err_set(err, ERR_INTERNAL, "the store: FOREIGN KEY constraint failed") : 0;
}

static int end_part(struct db *db, int result, struct err *err)
{
	if (result == 0)
		result = check_deferred(db, err);
	if (result < 0 && !sqlite3_get_autocommit(db->writer.handle))
		conn_exec(&db->writer, "ROLLBACK TO part", NULL);
	if (!sqlite3_get_autocommit(db->writer.handle))
		conn_exec(&db->writer, "RELEASE part", NULL);
	if (result < 0)
		db->last = db->begun;
	db->moment++;
	return result;
}

static void roll_back(struct db *db)
{
	/* a full disk may have done it already */
	if (!sqlite3_get_autocommit(db->writer.handle))
		conn_exec(&db->writer, "ROLLBACK", NULL);
}

enum { MANY = 1000 };

static void committed(struct db *db)
{
	/* what a large import has read is of no use for what comes next */
	if (db->last - db->begun >= MANY)
		sqlite3_db_release_memory(db->writer.handle);
	for (size_t i = 0; i < ITEM_KINDS; i++)
		if (db->kinds & (1U << i))
			atomic_store(&db->revision_of[i], db->last);
	atomic_store(&db->revision, db->last);
	if (db->last > db->begun) {
		wrote.db = db;
		wrote.span = (struct db_span){.after = db->begun, .last = db->last};
	}
}

int write_end(struct db *db, int result, struct err *err)
{
	if (db_is_preview(db))
		return end_part(db, result, err);
	if (result == 0)
		result = conn_run(&db->writer, commit, err);
	if (result < 0)
		roll_back(db);
	else
		committed(db);
	pthread_mutex_unlock(&db->writing);
	return result;
}

int db_preview(struct db *db, int (*look)(void *ctx, struct err *err), void *ctx, struct err *err)
{
	int result;

	if (previewed)
		return err_set(err, ERR_INTERNAL, "a preview within a preview");
	if (begin_alone(db, err) < 0)
		return -1;
	db->moment++;
	previewed = db;
	result = look(ctx, err);
	previewed = NULL;
	roll_back(db);
	pthread_mutex_unlock(&db->writing);
	return result;
}

int read_begin(struct conn *conn, bool *begun, struct err *err)
{
	*begun = sqlite3_get_autocommit(conn->handle);
	return *begun ? conn_run(conn, begin_read, err) : 0;
}

int read_end(struct conn *conn, bool begun, int result, struct err *err)
{
	if (begun && conn_run(conn, commit, result == 0 ? err : NULL) < 0)
		return -1;
	return result;
}
