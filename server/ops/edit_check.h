/* What must hold before an item is stored and needs more than the item to tell: files, templates,
 * other items. Part of edit.c. */
#ifndef OPS_EDIT_CHECK_H
#define OPS_EDIT_CHECK_H

#include "ops/server.h"

/*
 * `stored` is what the item replaces, or NULL. A distro's kernel and initrds must be there; their
 * sizes and sums are put on record. ERR_INVALID names the field.
 */
int edit_check(struct server *server, struct item *item, const struct item *stored, bool measured,
	struct err *err);

/* The part of it about the answer template: it must be there, unless `stored` names it, too. */
int edit_check_template(
	struct server *server, const struct item *item, const struct item *stored, struct err *err);

#endif
