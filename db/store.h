/*
 * Inside the store: connections, statements and the SQL that is made from the item tables. Nothing
 * outside db/ includes this but its tests. A connection is used by one thread at a time: the writer
 * under its mutex, a reader between reader_take() and reader_give().
 */
#ifndef DB_STORE_H
#define DB_STORE_H

#include "db/db.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

enum { STATEMENTS_MAX = 64, READERS_IDLE_MAX = 16 };

/* Prepared statements are cached by the address of their text, which therefore has to live as long
 * as the store: a literal, or one of struct type_sql. */
struct conn {
	sqlite3 *handle;
	struct conn *next; /* in the pool */
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} cached[STATEMENTS_MAX];
	size_t n_cached;
};

/* The statements of one item type. Rows of an item begin with ROW_HEAD columns (name, uid, version,
 * ctime, mtime), those of a child with its name; then comes a column for each field in the order of
 * the table, and for a child at last its owner's name. */
struct type_sql {
	char *columns;       /* all of the above, as a SELECT lists them */
	char *get;           /* ?1 name */
	char *version;       /* ?1 name */
	char *count;         /* no parameter */
	char *names;         /* no parameter */
	char *names_before;  /* ?1 name: up to 50 before it, nearest first */
	char *names_after;   /* ?1 name: up to 50 from it on */
	char *put;           /* row as above */
	char *remove;        /* ?1 name */
	char *rename;        /* ?1 name, ?2 new name */
	char *children;      /* of a child type; ?1 owner: its rows by name */
	char *children_from; /* of a child type; ?1 owner: rows of all owners after that one */
	char *children_put;  /* of a child type; row as above */
	char *children_drop; /* of a child type; ?1 owner */
};
enum { ROW_HEAD = 5, CHILD_HEAD = 1 };

struct db {
	char *path;
	int folder_fd;
	int lock_fd;
	_Atomic(int64_t) revision;
	pthread_mutex_t writing; /* guards the writer and what follows it */
	struct conn writer;
	int64_t written; /* the last revision of the transaction that is open */
	pthread_mutex_t pooling;
	struct conn *idle;
	size_t n_idle;
	struct type_sql sql[ITEM_KINDS];
};

/* conn.c */
int conn_open(struct conn *conn, const char *path, bool writes, struct err *err);
void conn_close(struct conn *conn);
/* Statements without result, such as PRAGMAs and DDL. */
int conn_exec(struct conn *conn, const char *sql, struct err *err);
struct conn *reader_take(struct db *db, struct err *err);
void reader_give(struct db *db, struct conn *conn);
/* Locks the writer and begins a transaction; write_end() commits where `result` is 0, else rolls
 * back, and unlocks. It returns what the whole came to. */
int write_begin(struct db *db, struct err *err);
int write_end(struct db *db, int result, struct err *err);

/* statement.c */
/* The cached statement for `sql`; NULL: error. Give it back with autostmt. */
sqlite3_stmt *stmt_get(struct conn *conn, const char *sql, struct err *err);
/* One that is used once: autonewstmt. */
sqlite3_stmt *stmt_new(struct conn *conn, const char *sql, struct err *err);
void stmt_reset(sqlite3_stmt *stmt);
/* 1: a row, 0: no more, -1: error. */
int stmt_step(sqlite3_stmt *stmt, struct err *err);
/* Runs one that gives no rows. */
int stmt_run(sqlite3_stmt *stmt, struct err *err);
/* `text` must live until the statement is reset; NULL binds NULL. */
void stmt_bind_text(sqlite3_stmt *stmt, int at, const char *text);
void stmt_bind_take(sqlite3_stmt *stmt, int at, char *text);
void stmt_bind_int(sqlite3_stmt *stmt, int at, int64_t value);
void stmt_bind_real(sqlite3_stmt *stmt, int at, double value);
/* A column's text, borrowed until the next step; "" for NULL. */
const char *stmt_text(sqlite3_stmt *stmt, int at);
DEFINE_AUTO(stmt, sqlite3_stmt *, stmt_reset)
DEFINE_AUTO(newstmt, sqlite3_stmt *, sqlite3_finalize)
#define autostmt    AUTO(stmt) sqlite3_stmt
#define autonewstmt AUTO(newstmt) sqlite3_stmt

/* errors.c: -1, with what SQLite's last failure on the connection means for people. */
int store_error(sqlite3 *handle, struct err *err);
bool store_error_is_constraint(sqlite3 *handle);

/* sql.c */
void type_sql_init(struct type_sql *sql, const struct item_type *type);
void type_sql_done(struct type_sql *sql);
/* The type whose children are of this type; NULL: it is no child type. */
const struct item_type *owner_type(const struct item_type *type);

/* row.c: members ↔ columns. */
void row_bind_fields(sqlite3_stmt *stmt, int first, const struct item *item);
int row_read_fields(sqlite3_stmt *stmt, int first, struct item *item, struct err *err);
int row_read_item(
	sqlite3_stmt *stmt, const struct item_type *type, struct item **ret, struct err *err);

/* item_read.c */
/* *ret NULL: there is none. */
int load_item(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct item **ret, struct err *err);
int load_children(struct db *db, struct conn *conn, struct item *item, struct err *err);
int load_version(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	int64_t *ret, struct err *err);
int no_such_item(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct err *err);

/* item_list.c: the SELECT of a query, whose parameters are ?1 after, ?2 limit and the filters'. */
void query_sql(const struct db *db, const struct db_query *query, struct strbuf *ret);

/* conflict.c: what a constraint refused, in words. */
int conflict_of_put(struct db *db, struct conn *conn, const struct item *item, struct err *err);
int conflict_of_delete(struct db *db, struct conn *conn, const struct item_type *type,
	const char *name, struct err *err);
/* ERR_INVALID names a field that refers to nothing. */
int check_references(struct db *db, struct conn *conn, const struct item *item, struct err *err);
/* "; did you mean 'bar'?" or nothing. */
void suggest_name(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct strbuf *ret);

/* history.c */
/* One write: `before` or `after` may be NULL. */
struct revision {
	const struct db_author *author;
	const char *action;
	const struct item *before;
	const struct item *after;
	int64_t version; /* the item's, after it */
	double time;
};
int revision_add(struct db *db, const struct revision *revision, struct err *err);
/* The highest version that any item of that name ever had: a name's versions never repeat, also
 * when it is removed and made again. */
int revision_last_version(struct conn *conn, const struct item_type *type, const char *name,
	int64_t *ret, struct err *err);

double store_now(void);

#endif
