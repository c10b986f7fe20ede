/* What koan has done so far, so that it can be undone in reverse order when a later step fails. */
#ifndef KOAN_UNDO_H
#define KOAN_UNDO_H

#include "koan-client/virt/virt.h"

struct replaced;

enum undo_kind {
	UNDO_POOL,        /* name */
	UNDO_GROUP_POOL,  /* name; over a volume group */
	UNDO_POOL_FOLDER, /* name; its folder was made too */
	UNDO_VOLUME,      /* pool, name */
	UNDO_DOMAIN,      /* UUID, for nobody else can have that */
	UNDO_XL_FILE,     /* a guest's name */
	UNDO_REPLACED,    /* the guest whose place was taken */
};

struct undo_step {
	enum undo_kind kind;
	char *owner; /* a volume's pool, else "" */
	char *name;
	char *title;                     /* what a message calls it */
	size_t users;                    /* disks of domains in a pool when it was made */
	const struct replaced *replaced; /* UNDO_REPLACED; borrowed */
};

struct undo {
	struct undo_step *steps;
	size_t n;
};

/* Call it after the step has succeeded. */
void undo_add(struct undo *undo, enum undo_kind kind, const char *owner, const char *name,
	const char *title);
/* The same of a pool. It stays where domains have more disks in it by then: another koan uses it.
 */
void undo_add_pool(struct undo *undo, struct virt *virt, enum undo_kind kind, const char *name,
	const char *title);
void undo_add_replaced(struct undo *undo, const struct replaced *old, const char *title);
/* Removes everything, newest first, and empties the list. What cannot be removed is logged with how
 * to do it by hand; the rest is removed all the same. */
void undo_all(struct undo *undo, struct virt *virt);
/* Keeps everything and empties the list. */
void undo_forget(struct undo *undo);

#endif
