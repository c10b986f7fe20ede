/* What must hold before an item is stored and needs more than the item to tell: files, templates,
 * other items. Part of edit.c, edit_changes.c, apply.c, history.c and import. */
#ifndef OPS_EDIT_CHECK_H
#define OPS_EDIT_CHECK_H

#include "ops/server.h"

struct changes;

/* When a distro's kernel and initrds are read and their sizes and sums put on record. */
enum edit_measure {
	MEASURE_CHANGED, /* where a path has changed, or nothing is on record */
	MEASURE_ALWAYS,  /* the paths were named: what lies there now is meant */
	MEASURE_NEVER,   /* it was done */
};
/*
 * The item by itself: its fields and the files that it names. `stored` is what it replaces, or
 * NULL. A distro's kernel and initrds must be there. A stored template must parse. ERR_INVALID
 * names the field.
 */
int edit_check_item(struct server *server, struct item *item, const struct item *stored,
	enum edit_measure measure, struct err *err);
/* ERR_CONFLICT where `stored` is protected and would change without `confirm`. `item` NULL: it
 * goes. */
int edit_check_protected(
	const struct item *stored, const struct item *item, bool confirm, struct err *err);
/* The item's answer template and those of its template_files must be there, in the store or as a
 * file, unless `stored` names it, too. In all of these, `changes` (may be NULL) is what is written
 * at the same time. */
int edit_check_template(struct server *server, const struct changes *changes,
	const struct item *item, const struct item *stored, struct err *err);
/* ERR_CONFLICT where it is a stored template that something uses and no file stands behind. */
int edit_check_unused(struct server *server, const struct changes *changes,
	const struct item_type *type, const char *name, struct err *err);
/* What a profile or menu inherits from may not lead back to it, nor be too deep, nor may what is
 * below it become so. */
int edit_check_chain(struct server *server, const struct changes *changes, const struct item *item,
	struct err *err);

#endif
