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

enum { READERS_IDLE_MAX = 16 };

/* Prepared statements are cached by the address of their text, which therefore has to live as long
 * as the store: a literal, or one of struct type_sql. Texts that are made for each query are
 * cached by what they say, the ones used last. */
struct cached_stmt {
	const char *sql; /* NULL: it is `made` */
	char *made;
	uint64_t used; /* of one that is made: the higher, the later */
	sqlite3_stmt *stmt;
};

struct conn {
	sqlite3 *handle;
	struct conn *next; /* in the pool */
	struct cached_stmt *cached;
	size_t n_cached;
	uint64_t uses;
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
	char *put;           /* row as above, without what no two may have the same of */
	char *claim;         /* ?1 name, ?2 and on: that; NULL: there is no such field */
	char *release;       /* ?1 name: refers to nothing, claims nothing; NULL: it never does */
	char *remove;        /* ?1 name */
	char *rename;        /* ?1 name, ?2 new name */
	char *children;      /* of a child type; ?1 owner: its rows by name */
	char *children_from; /* of a child type; ?1 owner: rows of all owners after that one */
	char *children_put;  /* of a child type; row as above */
	char *children_drop; /* of a child type; ?1 owner */
};
enum { ROW_HEAD = 5, CHILD_HEAD = 1 };

/*
 * A field that names items. One name is a foreign key in the item's own row. A list of them has a
 * table of its own: owner, position, value; the row's column then holds NULL where the list is
 * unset, else "[]", and SELECT's column is the list.
 */
struct reference {
	const struct item_type *type;
	const struct field *field;
	char *table;     /* that holds it, */
	char *owner;     /* the column of the item's name there, */
	char *value;     /* and that of the name that it refers to */
	char *users;     /* ?1 name: the names of the items that refer to it */
	char *count;     /* ?1 name: how many those are, and the first of them */
	char *list_put;  /* of a list: ?1 owner, ?2 position, ?3 value */
	char *list_drop; /* of a list: ?1 owner */
};

/* What the age of revisions is known by (age.c); guarded as the writer is. */
enum { AGE_MARKS = 32 }; /* one an hour: more than a day */
struct age {
	struct age_mark {
		int64_t revision;
		double passed; /* seconds since the machine started */
	} mark[AGE_MARKS];
	size_t n;       /* that were made; the last ones are kept */
	int64_t opened; /* the newest revision when the store was opened */
};

struct db {
	char *path;
	int folder_fd;
	int lock_fd;
	_Atomic(int64_t) revision;
	_Atomic(int64_t) revision_of[ITEM_KINDS];
	pthread_mutex_t writing; /* guards the writer and what follows it */
	struct conn writer;
	int64_t last;   /* the last revision, also of a transaction that is not committed */
	int64_t begun;  /* what that was when the write began */
	unsigned kinds; /* what the open transaction has written: bits of enum item_kind */
	double now;     /* the time of the transaction that is open */
	struct age age;
	int64_t moment; /* counts the previews and the writes in them */
	pthread_mutex_t pooling;
	struct conn *idle;
	size_t n_idle;
	struct type_sql sql[ITEM_KINDS];
	struct reference *reference;
	size_t references;
};

/* conn.c */
int conn_open(struct conn *conn, const char *path, bool writes, struct err *err);
void conn_close(struct conn *conn);
/* Statements without result, such as PRAGMAs and DDL. */
int conn_exec(struct conn *conn, const char *sql, struct err *err);
struct conn *reader_take(struct db *db, struct err *err);
void reader_give(struct db *db, struct conn *conn);

/* age.c; with the writer locked */
void age_mark(struct db *db);

/* transaction.c */
/* Locks the writer and begins a transaction; write_end() commits where `result` is 0, else rolls
 * back, and unlocks. It returns what the whole came to. Inside a preview both are about a part of
 * the preview's transaction. */
int write_begin(struct db *db, struct err *err);
int write_end(struct db *db, int result, struct err *err);
/* The connection that sees what this thread's preview has written; ERR_IO: it had to be undone. */
struct conn *preview_conn(struct db *db, struct err *err);
/* Several reads of one moment. */
int read_begin(struct conn *conn, bool *begun, struct err *err);
int read_end(struct conn *conn, bool begun, int result, struct err *err);
double store_now(void);

/* statement.c */
/* The cached statement for `sql`; NULL: error. Give it back with autostmt. */
sqlite3_stmt *stmt_get(struct conn *conn, const char *sql, struct err *err);
/* The same for a text that is made for each query: by what it says. */
sqlite3_stmt *stmt_get_made(struct conn *conn, const char *sql, struct err *err);
/* One that is used once: autonewstmt. */
sqlite3_stmt *stmt_new(struct conn *conn, const char *sql, struct err *err);
void stmt_reset(sqlite3_stmt *stmt);
/* 1: a row, 0: no more, -1: error. */
int stmt_step(sqlite3_stmt *stmt, struct err *err);
/* Runs one that gives no rows. */
int stmt_run(sqlite3_stmt *stmt, struct err *err);
/* The same for a cached one without parameters. */
int conn_run(struct conn *conn, const char *sql, struct err *err);
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
/* All fields of all types that are references. */
void references_init(struct db *db);
void references_done(struct db *db);

/* row.c: members ↔ columns. */
/* Fields with one of the flags `without` stay NULL. */
void row_bind_fields(sqlite3_stmt *stmt, int first, const struct item *item, unsigned without);
/* Those that no two items have the same of. */
void row_bind_unique(sqlite3_stmt *stmt, int first, const struct item *item);
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
/* Of those that a statement with one parameter selects. */
int load_names(
	struct conn *conn, const char *sql, const char *name, struct strv *ret, struct err *err);

/* suggest.c */
/* "; did you mean 'bar'?" or nothing. */
void suggest_name(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct strbuf *ret);
int no_such_item(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct err *err);

/* query_sql.c: the SELECT of a query. */
/* ERR_INVALID: its field to sort by has no order. */
int query_check(const struct db_query *query, struct err *err);
void query_sql(const struct db *db, const struct db_query *query, struct strbuf *ret);
int query_bind(sqlite3_stmt *stmt, const struct db_query *query, struct err *err);
/* By something else than the name. */
bool query_sorts(const struct db_query *query);

/* reference.c */
/* Unsets references that are empty, and drops empty and repeated ones of lists. ERR_TOO_BIG. */
int tidy_references(struct item *item, struct err *err);
/* The lists of an item whose row is there: `put` they go in, else out. */
int write_reference_lists(struct db *db, const struct item *item, bool put, struct err *err);
bool same_reference_lists(const struct item *a, const struct item *b);
/* ERR_INVALID names a field that refers to nothing. */
int check_references(struct db *db, struct conn *conn, const struct item *item, struct err *err);
/* ERR_CONFLICT names what refers to the item. */
int check_unused(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct err *err);

/* conflict.c: what a unique index refused, in words. */
int conflict_of_put(struct conn *conn, const struct item *item, struct err *err);

/* item_write.c: the parts of a transaction. An item goes in in two steps, so that what the second
 * one needs of another item is there, and what that one held is free. */
struct pending {
	struct item *item;
	bool row;      /* it differs from the stored one */
	bool children; /* so do its children */
	bool lists;    /* and its lists of references */
};
int put_begin(struct db *db, const struct db_author *author, struct pending *pending,
	int64_t expect, struct err *err);
int put_end(struct db *db, const struct pending *pending, struct err *err);
int check_version(const struct item_type *type, const char *name, const struct item *stored,
	int64_t expect, struct err *err);

/* item_remove.c: the same for one that goes. */
int remove_begin(struct db *db, const struct db_author *author, const struct db_write *write,
	struct err *err);
int remove_end(struct db *db, const struct db_write *write, struct err *err);
/* ERR_NOT_FOUND, ERR_STALE. */
struct item *load_expected(struct db *db, const struct item_type *type, const char *name,
	int64_t expect, struct err *err);
/* Its interfaces: out of their table. */
int drop_children(struct db *db, const struct item_type *type, const char *name, struct err *err);

/* revision.c */
/* One write: `before` or `after` may be NULL. */
struct revision {
	const struct db_author *author;
	const char *action;
	const struct item *before;
	const struct item *after;
	int64_t version; /* the item's, after it */
};
int revision_add(struct db *db, const struct revision *revision, struct err *err);
/* The highest version that any item of that name ever had: a name's versions never repeat, also
 * when it is removed and made again. */
int revision_last_version(struct conn *conn, const struct item_type *type, const char *name,
	int64_t *ret, struct err *err);
/* True where the uid is that of an item that is stored. */
int revision_has_uid(struct conn *conn, const char *uid, bool *ret, struct err *err);
/* When the first item with the uid was made. */
int revision_ctime(struct conn *conn, const char *uid, double *ret, struct err *err);

/* events.c: in an open transaction. */
int event_add(struct db *db, const struct db_event *event, struct err *err);

/* installs.c */
/* 1: the system is there, 0: it is not; `ret` is filled either way. */
int install_load(struct conn *conn, const char *system, struct db_install *ret, struct err *err);
int install_store(struct db *db, const struct db_install *install, struct err *err);
/* After a system's row was written. */
int install_follow(
	struct db *db, const struct item *before, const struct item *after, struct err *err);

/* revision_read.c */
/* What the JSON of a revision says; what this version of the program does not know is left out.
 * NULL: it says nothing. */
struct item *revision_item(const struct item_type *type, const char *text);

#endif
