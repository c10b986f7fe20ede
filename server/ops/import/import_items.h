/* The distro and profile that an import makes. */
#ifndef OPS_IMPORT_ITEMS_H
#define OPS_IMPORT_ITEMS_H

#include "ops/import/import.h"
#include "ops/import/signature.h"

enum { IMPORT_ITEMS = 4 };

struct import_items {
	struct server *server;
	const struct import_options *options;
	const struct tree *tree;
	const char *place; /* absolute path of the placed tree, as the items will name it */
	int folder;        /* where it is now */
	bool changed_tree; /* else what people have set about the distribution stays */
	/* Made: at most distro, profile and the same for Xen. NULL in `before`: it is new. */
	struct item *before[IMPORT_ITEMS];
	struct item *after[IMPORT_ITEMS];
	size_t n;
};

/* Measures the files and makes the items, which are not stored yet. ERR_INVALID: a file is not what
 * the tree's own checksums say. A profile that exists is left as it is. */
int import_items_make(struct import_items *items, struct err *err);
void import_items_done(struct import_items *items);

#endif
