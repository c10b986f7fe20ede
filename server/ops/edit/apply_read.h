/* An apply's document, checked and in order: what it says about each type. Part of apply.c. */
#ifndef OPS_APPLY_READ_H
#define OPS_APPLY_READ_H

#include "base/json.h"
#include "model/item.h"

enum { APPLY_MAX = 100000 }; /* items of a type: 100,000 systems come with their profiles */

struct wanted {
	const char *name; /* borrowed from the document, as the body is */
	const json_t *body;
};

struct wanted_type {
	bool said;           /* the document has the type */
	struct wanted *item; /* by name */
	size_t n;
};

struct wanted_state {
	struct wanted_type type[ITEM_KINDS];
};

/* ERR_INVALID: no such type (and which is near), an item without a name, one that comes twice;
 * ERR_TOO_BIG. */
int wanted_read(const json_t *document, struct wanted_state *ret, struct err *err);
void wanted_done(struct wanted_state *state);

#endif
