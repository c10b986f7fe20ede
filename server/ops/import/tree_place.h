/* Putting a recognised tree into the state folder, and telling whether it is there already. */
#ifndef OPS_TREE_PLACE_H
#define OPS_TREE_PLACE_H

#include "base/strv.h"
#include "ops/task.h"

#include <stdbool.h>

struct tree_place {
	int from;                /* the tree's root */
	int to;                  /* an empty folder */
	const struct strv *only; /* paths of the files to place; NULL: the whole tree */
	struct task *task;       /* gets the progress; may be NULL */
	/* What was done: */
	uint64_t files; /* regular files and symlinks */
	uint64_t bytes;
	uint64_t linked;
	uint64_t reflinked;
	uint64_t copied;
	struct strv notes; /* what was left out, and why */
};

/*
 * Places every file: a hard link, else a reflink, else a copy. Symlinks that stay in the tree are
 * made again; those that leave it and what is neither file, folder nor symlink are left out with a
 * note. Copies are on disk when it returns. ERR_BUSY: the server stops. On failure `to` holds a
 * part, for the caller to remove.
 */
int tree_place(struct tree_place *place, struct err *err);
/* Whether `to` has just what tree_place() would put there: the same inode, or the same size and
 * time, for each file. */
int tree_is_placed(const struct tree_place *place, bool *ret, struct err *err);
void tree_place_done(struct tree_place *place);

/* True where a symlink at `path` (below a root) to `target` does not leave the root. */
bool symlink_stays_inside(const char *path, const char *target);

#endif
