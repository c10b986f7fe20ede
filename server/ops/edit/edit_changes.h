/*
 * What one operation writes, however many items: its checks, its dry run, its storing and its
 * publishing are the same for all. Part of edit, apply and history.
 *
 *	struct changes changes = {.server = …}; (or changes_begin())
 *	changes_add_take(…) …; changes_check(); changes_store(); changes_publish(); changes_done()
 */
#ifndef OPS_EDIT_CHANGES_H
#define OPS_EDIT_CHANGES_H

#include "ops/edit/edit.h"

struct change {
	const struct item_type *type;
	char *name;          /* as it is stored, or will be */
	struct item *before; /* NULL: it is new; or dropped, where there are many */
	struct item *after;  /* NULL: it goes */
	int64_t expect;
	unsigned publishes; /* enum field_publishes */
	bool rename;        /* from before's name to after's; nothing else changes */
};

struct changes {
	struct server *server;
	const struct db_author *author;
	bool confirm;           /* may change what is protected */
	struct strbuf *preview; /* this and the next as in struct edit */
	struct err *unpublished;
	struct db_span write; /* what they are stored as; 0: nothing was new */
	struct change *change;
	size_t n;
	size_t alloc;
	size_t *by_name; /* made by changes_check(): places by type and name */
};

/* Empty, with what an edit says of all its changes; again for another try. */
void changes_begin(struct changes *changes, struct server *server, const struct edit *edit);
/* Takes both items, also on failure: ERR_CONFLICT, a protected item is changed without `confirm`.
 */
int changes_add_take(struct changes *changes, struct item *before, struct item *after,
	int64_t expect, struct err *err);
/* From now on, what was added stays where it is. What one item alone cannot tell: no cycles among
 * profiles or menus, no answer template that is missing or that goes while something uses it. */
int changes_check(struct changes *changes, struct err *err);
/* One transaction, or a dry run of it. */
int changes_store(struct changes *changes, struct err *err);
/* Publishes what few systems need, when it is no dry run; true where a sync is needed for the rest.
 * The items stand as they are stored: a failure is an event, and `unpublished`. */
bool changes_publish(struct changes *changes);
void changes_done(struct changes *changes);
static inline void auto_changes(struct changes *changes)
{
	changes_done(changes);
}

/* The pending change of an item, or NULL; after changes_check() has begun. */
const struct change *changes_find(
	const struct changes *changes, const struct item_type *type, const char *name);

/* Held while profiles or menus change: two changes at once could make a cycle that neither is. */
void changes_lock(struct server *server, const struct item_type *type);
void changes_unlock(struct server *server, const struct item_type *type);

#endif
