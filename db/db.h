/*
 * The store: one SQLite file in WAL mode that this process alone owns (a lock beside it). One
 * connection writes and checkpoints, the others only read, one for each thread that asks at the
 * same time. Columns, JSON of revisions and constraints come from the item tables. Every write is
 * one transaction that also leaves a revision row, and returns after COMMIT. Thread-safe.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "model/item.h"

#include <jansson.h>

struct db;

/* Opens or makes FOLDER/bootwright.db (mode 0600) and brings its tables up to date. ERR_BUSY:
 * another process has it. */
int db_open(const char *folder, struct db **ret, struct err *err);
void db_close(struct db *db);
/* The number of the last write to any item: rises with each, never falls. Costs one atomic load. In
 * a preview it is negative: no other moment's, and another one after each write there. */
int64_t db_revision(const struct db *db);
/* The same for the items of one type alone, for who keeps something that only they went into.
 * After a start it is the store's last revision. */
int64_t db_revision_of(const struct db *db, const struct item_type *type);

/* The revisions that this thread's last write made, of those that made any: all after `after`, up
 * to `last`. Both 0: it has made none. Previews do not count. */
struct db_span {
	int64_t after;
	int64_t last;
};
struct db_span db_last_write(const struct db *db);

/* Reading. Items returned are yours. */

int db_item_get(struct db *db, const struct item_type *type, const char *name, struct item **ret,
	struct err *err);
/* The item's version, or 0 where there is none: one index look-up, for caches. */
int db_item_version(struct db *db, const struct item_type *type, const char *name, int64_t *ret,
	struct err *err);
int db_count(struct db *db, const struct item_type *type, int64_t *ret, struct err *err);

enum db_compare { DB_EQUAL, DB_GLOB, DB_LESS, DB_LESS_EQUAL, DB_GREATER, DB_GREATER_EQUAL, DB_NOT };
/*
 * A list fits where one element does, a map's filter is "key" or "key=value", a child's field fits
 * where one child's does. DB_EQUAL and DB_NOT are each other's contrary: DB_NOT also holds where
 * nothing is set. DB_EQUAL "" holds where the field is unset or empty (of a child's: in all of
 * them). DB_GLOB knows * ? [a-z] [^a-z], and so does DB_NOT.
 */
struct db_filter {
	const struct field *field; /* of the type, its child type or db_head_field(); NULL: name */
	enum db_compare compare;
	const char *text;
};
/* What every item has, as a field to filter and sort by: "name", "uid", "version", "ctime" and
 * "mtime" (seconds since 1970); item_at() works with it. NULL: none of these. */
const struct field *db_head_field(const char *name);
/* ERR_INVALID names the field: the text is no number, or not true or false. db_item_list() asks it
 * itself. */
int db_filter_check(const struct db_filter *filter, struct err *err);
/* The same filters on an item in memory, for lists that no SQL makes (as of a revision, resolved).
 * The filter has been checked. Of an item: its own field, its children's, or a head's. */
bool db_filter_fits_item(const struct db_filter *filter, const struct item *item);
/* `at` is the filter's field's member, of any item that has it; NULL: unset. */
bool db_filter_fits(const struct db_filter *filter, const void *at);

struct db_query {
	const struct item_type *type;
	const struct db_filter *filter;
	size_t filters;
	const char *after; /* only names that come after this one; NULL: from the start */
	size_t limit;      /* 0: all */
	/* Order by a field of the type (a string, number or truth) or db_head_field() instead of
	 * the name; equal ones by name, unset ones first. Then `after_value` is the field's value,
	 * as text, of the item `after`; NULL: it was unset. `descending` turns all of it round. */
	const struct field *sort;
	const char *after_value;
	bool descending;
};
/* Calls `each` for the items in their order; the item is the callee's to look at only. Children
 * come along. Reads one snapshot (in a preview, what the callee writes may be seen). */
int db_item_list(struct db *db, const struct db_query *query,
	int (*each)(void *ctx, struct item *item, struct err *err), void *ctx, struct err *err);
int db_item_names(struct db *db, const struct item_type *type, struct strv *ret, struct err *err);
/* The name of the system that has this MAC (canonical) or IP address; ERR_NOT_FOUND. */
int db_system_by_mac(struct db *db, const char *mac, char **ret, struct err *err);
int db_system_by_ip(struct db *db, const char *ip, char **ret, struct err *err);

/* Writing. */

struct db_author {
	const char *who;  /* "root", "token ansible", "installer" */
	const char *from; /* "socket", "192.0.2.7" */
	/* Of a request that may be sent again (Idempotency-Key): its key and the SHA-256 of what it
	 * asks, kept with the first revision of the transaction; NULL: none. */
	const char *key;
	const char *request;
};

enum { DB_ANY = -1, DB_NEW = 0 }; /* for `expect`: whatever is there; nothing may be there */

/*
 * Stores the item as it is, children too, where the stored one's version is `expect`; sets its uid,
 * version and times. One that is not stored and has a uid that no stored one has keeps it: a
 * removed one put back. An item equal to the stored one is not written (no new version). Empty
 * references are unset, repeated ones of a list dropped. ERR_CONFLICT says whose MAC or IP it is or
 * which name exists, ERR_INVALID (with the field) which reference leads nowhere; ERR_STALE: another
 * version.
 */
int db_item_put(struct db *db, const struct db_author *author, struct item *item, int64_t expect,
	struct err *err);
/* One write of several. */
struct db_write {
	struct item *put; /* stored as by db_item_put(); NULL: remove `name` of `type` */
	const struct item_type *type; /* of a removal */
	const char *name;
	int64_t expect;
};
/* All or nothing, one transaction; only its end must be whole, so the order does not matter: an
 * item may come before the one it refers to, two may exchange an address, one may take that of a
 * removed one, what is removed may be used by what is removed, too. No item twice. Errors name the
 * item as "system 'web7': …" where there are several. */
int db_write_all(struct db *db, const struct db_author *author, struct db_write *write, size_t n,
	struct err *err);
int db_item_put_all(struct db *db, const struct db_author *author, struct item **items, size_t n,
	struct err *err);
/* ERR_CONFLICT names what still uses it. */
int db_item_delete(struct db *db, const struct db_author *author, const struct item_type *type,
	const char *name, int64_t expect, struct err *err);
/* References to it follow. */
int db_item_rename(struct db *db, const struct db_author *author, const struct item_type *type,
	const char *name, const char *new_name, int64_t expect, struct err *err);

/*
 * What would be: `look` is called in a transaction that is undone afterwards. What it reads from
 * and writes to this store, on this thread and by any function of this header, happens in there;
 * nobody else sees it, and other writers wait. A write that fails in there is undone alone. Not
 * from within itself.
 *
 * A previewed item's version number will be another item's later: who keeps things by versions or
 * by db_revision() keeps nothing that was made in a preview (db_is_preview()).
 */
int db_preview(struct db *db, int (*look)(void *ctx, struct err *err), void *ctx, struct err *err);
/* True inside a preview of this thread. */
bool db_is_preview(const struct db *db);

/* History: each write to an item is a revision. Those of one transaction have the same `change`,
 * the number of its first. */

struct db_history_query {
	const struct item_type *type; /* NULL: all */
	/* Of that type; NULL: all. A renamed item's earlier life counts, too. */
	const char *name;
	int64_t before; /* only older revisions than this one; 0: from the newest */
	size_t limit;   /* 0: all */
};
/* [{"revision": 7, "change": 6, "time": …, "who": …, "from": …, "action": "put|delete|rename",
 * "type": …, "name": …, "version": …, "before": …, "after": …}], newest first, secrets masked. A
 * new reference. */
int db_history(struct db *db, const struct db_history_query *query, json_t **ret, struct err *err);

struct db_revision {
	int64_t revision, change;
	double time;
	char *who, *from, *action;
	const struct item_type *type;
	/* With their secrets, versions and times, without fields that this version of the program
	 * does not know; NULL: there was none. */
	struct item *before, *after;
};
void db_revision_done(struct db_revision *revision);
/* ERR_NOT_FOUND says which revisions there are. */
int db_revision_get(struct db *db, int64_t number, struct db_revision *ret, struct err *err);
/* The numbers of the revisions of one transaction, oldest first: n of them, yours. */
int db_revision_change(struct db *db, int64_t change, int64_t **ret, size_t *n, struct err *err);
/* The last revision that was written at or before the time (seconds since 1970); 0: none. All of
 * one transaction have the same time. */
int db_revision_at(struct db *db, double time, int64_t *ret, struct err *err);
/* The revision that the last request with this key left, the first of its transaction;
 * ERR_NOT_FOUND. `request` (yours) is what db_author had. */
int db_revision_by_key(struct db *db, const char *who, const char *key, int64_t *ret,
	char **request, struct err *err);
/* Whether it was written longer ago than that: by the time that passed, whatever the clock was set
 * to meanwhile; by the clock where that was before the store was opened. An hour more does no harm.
 */
bool db_revision_is_older(struct db *db, const struct db_revision *revision, double seconds);
/* db_item_get() and db_item_list() as of a revision, by name; db_filter_fits_item() makes a
 * selection. It costs a look at every item that ever was of the type. */
int db_item_get_at(struct db *db, const struct item_type *type, const char *name, int64_t revision,
	struct item **ret, struct err *err);
int db_item_list_at(struct db *db, const struct item_type *type, int64_t revision,
	int (*each)(void *ctx, struct item *item, struct err *err), void *ctx, struct err *err);

/* Events: what happened, for people. */

struct db_event {
	int64_t id;          /* set by the store */
	double time;         /* seconds since 1970, set by the store */
	const char *kind;    /* "install-start", "install-end", "sync", "import", "error" … */
	const char *subject; /* an item's name, or "" */
	const char *address; /* IP address of who caused it, or "" */
	const char *message;
};
/* Keeps the last 10,000. */
int db_event_add(struct db *db, const struct db_event *event, struct err *err);
/* Events with an id above `after`, oldest first, at most `limit`; with `after` < 0 the last
 * `limit`. */
int db_event_list(struct db *db, int64_t after, size_t limit,
	int (*each)(void *ctx, const struct db_event *event, struct err *err), void *ctx,
	struct err *err);

/*
 * Installations: one row for each system whose installer was ever seen. A try is what one start of
 * the installer does; its signs come in this order, so that one that is not later than the last
 * begins another try.
 */
enum install_sign {
	INSTALL_NO_SIGN,
	INSTALL_LOADED,   /* its loader fetched the boot file */
	INSTALL_ANSWERED, /* its installer fetched the answer file */
	INSTALL_REPORTED, /* its installer said that it has started */
};
/* What is fetched again within this time of a try's begin belongs to that try: loaders and
 * installers ask more than once. Two reports are always two tries. */
enum { INSTALL_TRY_SECONDS = 600 };

#define INSTALL_STARTED  "started"
#define INSTALL_FINISHED "finished"
#define INSTALL_GAVE_UP  "gave up"

struct db_install {
	char *system;
	char *state;     /* one of these; "": never seen, or armed anew since */
	char *why;       /* it was given up */
	double first;    /* when its first try began, seconds since 1970 */
	double started;  /* when its last one did */
	double finished; /* when it ended, either way */
	double age;      /* seconds since the first try, as db_install_tick() counts them */
	double tried;    /* the age at which the last try began */
	int64_t tries;   /* since the machine was armed, or since the last end */
	enum install_sign sign;
	bool armed;       /* its netboot_enabled */
	bool unpublished; /* its end is stored, and its files do not show it yet */
};
void db_install_done(struct db_install *install);
/* A system that is not there has never been seen. */
int db_install_get(struct db *db, const char *system, struct db_install *ret, struct err *err);

struct db_install_query {
	const char *state; /* NULL: all */
	const char *after; /* only names that come after this one; NULL: from the start */
	size_t limit;      /* 0: all */
};
/* In the order of their names. */
int db_install_list(struct db *db, const struct db_install_query *query,
	int (*each)(void *ctx, const struct db_install *install, struct err *err), void *ctx,
	struct err *err);
/* How many are in a state. */
int db_install_count(struct db *db, const char *state, int64_t *ret, struct err *err);
/* Who has been renamed and installs, or is about to: its loader and its installer know the name
 * that it had when they got theirs. ERR_NOT_FOUND: there is a system of that name, or none such has
 * had it. */
int db_install_renamed(struct db *db, const char *old_name, char **ret, struct err *err);
/* The systems with an installation under way that may have come to a bound: all of them, or those
 * that are `age` seconds old or whose loader was the last that was heard of their try. */
int db_install_under_way(struct db *db, double age, struct strv *ret, struct err *err);
int db_install_unpublished(struct db *db, struct strv *ret, struct err *err);
/* The systems that boot from their own disks and were changed after a revision: the last 256. */
int db_install_local_since(struct db *db, int64_t revision, struct strv *ret, struct err *err);

struct db_install_sign {
	const char *system;
	enum install_sign sign;
};
/* Notes signs, in one transaction. What a loader or installer fetches counts only while its machine
 * is armed or its installation is under way. `ret` (may be NULL) gets the names of those whose
 * record changed. ERR_NOT_FOUND: a report of a system that is not there; other signs of one mean
 * nothing. */
int db_install_signs(struct db *db, const struct db_install_sign *sign, size_t n, struct strv *ret,
	struct err *err);
/*
 * Adds to the age of all installations under way. The time is measured, not what a clock shows, so
 * that one that is set back or ahead ends no installation. db_install_resume() does it at a start:
 * for the time since the last tick that the clock shows, but never less than none nor more than
 * `most` seconds.
 */
int db_install_tick(struct db *db, double seconds, struct err *err);
int db_install_resume(struct db *db, double most, struct err *err);

struct db_install_end {
	const char *system;
	const char *state; /* that it has from now on; NULL: as it is */
	const char *why;   /* "" none */
	bool if_under_way; /* else it is left as it is */
	bool boot_from_disk;
	const struct db_event *event; /* NULL: none */
};
/*
 * An installation's end, or that its last try has begun, in one transaction: the record, the event
 * that says why, and with `boot_from_disk` the system's netboot_enabled, which turns off. Where it
 * does, `before` and `after` get the system, yours, and it is noted as unpublished until
 * db_install_published(); else they are NULL. `done` (may be NULL): false where it was not under
 * way. ERR_NOT_FOUND.
 */
int db_install_end(struct db *db, const struct db_author *author, const struct db_install_end *end,
	struct item **before, struct item **after, bool *done, struct err *err);
int db_install_published(struct db *db, const char *system, struct err *err);
/* As if it had never been seen. A write that changes the system's netboot_enabled does that, too,
 * but turned off it keeps the record of an end. */
int db_install_forget(struct db *db, const char *system, struct err *err);

/* What was served to each system: the last SERVED_KEPT different answers. */

enum { SERVED_KEPT = 100 };
struct db_served {
	int64_t id; /* set by the store, kept while the row is */
	const char *system;
	const char *what; /* "boot/ipxe", "autoinstall", "autoinstall/late.sh", "koan/plan" … */
	const char *sha256;
	int64_t size;        /* bytes */
	double first, last;  /* seconds since 1970 */
	int64_t times;       /* how often */
	const char *address; /* of who got it last, or "" */
};
/* Adds to what is there, in one transaction; for a system that is gone nothing. */
int db_served_add(struct db *db, const struct db_served *served, size_t n, struct err *err);
/* What was served last comes first; with `after` only what comes after that id. */
int db_served_list(struct db *db, const char *system, int64_t after, size_t limit,
	int (*each)(void *ctx, const struct db_served *served, struct err *err), void *ctx,
	struct err *err);

/* Sums of large files, so that none is read twice. */

struct db_file {
	uint64_t device, inode;
	int64_t size;  /* bytes */
	int64_t mtime; /* nanoseconds since 1970 */
};
/* The SHA-256 of a file that has been just this one, yours; NULL: not known. */
int db_file_sum_get(struct db *db, const struct db_file *file, char **ret, struct err *err);
/* Keeps the last 10,000. */
int db_file_sum_put(struct db *db, const struct db_file *file, const char *sha256, struct err *err);

/* Machines that booted and that no system has. Their number is bounded. */

enum { DISCOVERED_MAX = 1000 };
struct db_discovered {
	const char *mac;       /* canonical */
	const char *address;   /* IP address that it had last; "" unknown, as for what follows */
	const char *hostname;  /* that it said by DHCP */
	const char *loader;    /* that asked for a boot file: "ipxe", "grub", "pxelinux" */
	const char *firmware;  /* "efi x86_64" */
	const char *client_id; /* of DHCP, in hex with colons */
	const char *asker;  /* who asked over HTTP: "192.0.2.7", "2001:db8:1:2::/64"; not listed */
	double lease;       /* when its DHCP lease ends, seconds since 1970; -1 never, 0 none */
	double first, last; /* when it was seen; set by the store */
	int64_t times;      /* how often it started; set by the store */
};
/* Adds to what is there, in one transaction; what a source does not know ("", 0) stays. A system's
 * MAC address is not added, and one that has become a system's goes. */
int db_discovered_add(struct db *db, const struct db_discovered *seen, size_t n, struct err *err);

struct db_discovered_query {
	const char *mac, *address, *hostname; /* words, or with * and ?; NULL: any */
	double since;      /* seen at that time or later, seconds since 1970; 0: any */
	const char *after; /* only MAC addresses after this one; NULL: from the start */
	size_t limit;      /* 0: all */
};
/* In the order of their MAC addresses. */
int db_discovered_list(struct db *db, const struct db_discovered_query *query,
	int (*each)(void *ctx, const struct db_discovered *machine, struct err *err), void *ctx,
	struct err *err);
/* ERR_NOT_FOUND. */
int db_discovered_remove(struct db *db, const char *mac, struct err *err);

/* API tokens: only their SHA-256 is stored. */

enum role { ROLE_NONE, ROLE_READ, ROLE_OPERATE, ROLE_ADMIN };
int db_token_add(struct db *db, const char *name, const char *sha256, enum role role,
	double expires, struct err *err);
int db_token_find(struct db *db, const char *sha256, enum role *role, char **name, struct err *err);
int db_token_list(struct db *db, json_t **ret, struct err *err);
int db_token_revoke(struct db *db, const char *name, struct err *err);

#endif
