/* A replacement's beginning: what a body that says everything leaves unsaid. Part of edit.c and
 * apply.c. */
#ifndef OPS_EDIT_BODY_H
#define OPS_EDIT_BODY_H

#include "model/item.h"

/*
 * A new item to merge the body into. It begins empty, but what GET shows can be PUT back: read-only
 * fields stay what `stored` (may be NULL) has, and "***" for a secret means the stored one.
 */
struct item *edit_body_begin(const struct item_type *type, const char *name,
	const struct item *stored, const json_t *body);

#endif
