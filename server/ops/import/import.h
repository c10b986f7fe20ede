/* Importing a distribution's tree. The signatures are data: SHARE/profiles/signatures/ *.json. */
#ifndef OPS_IMPORT_H
#define OPS_IMPORT_H

#include "ops/server.h"
#include "ops/task.h"

#include <sys/stat.h>

/* The mode's bit of an empty folder that a tree will change places with (import.c). */
#define IMPORT_FIRST S_ISVTX

struct import_options {
	const char *path; /* absolute folder */
	const char *name;
	const char *arch;  /* "" or what the tree must be */
	const char *breed; /* "" or instead of what the signature says */
	const char *os_version;
	const char *autoinstall;  /* "" or instead of the signature's template */
	const char *available_as; /* "" or a URL: the tree stays there, only kernel and initrd are
	                             kept */
};
/*
 * Recognises the tree, puts it at STATE/trees/NAME (links, else reflinks, else copies) and makes a
 * distro and a profile NAME (NAME-xen too, where the tree has Xen's own kernel). The same import
 * again changes nothing. On failure nothing of it stays. ERR_INVALID: not recognised, with what was
 * looked for and the nearest signature. `ret`: {"distros": [...], "profiles": [...], "files": n,
 * "bytes": n, "linked": n, "reflinked": n, "copied": n}.
 */
int import_tree(struct server *server, const struct db_author *author,
	const struct import_options *options, struct task *task, json_t **ret, struct err *err);
/* At start: removes what an interrupted import left behind. */
int import_clean(struct server *server, struct err *err);
/* Adds the names of the folders in STATE/trees that no distro uses: those of removed distros. */
int import_unused_trees(struct server *server, struct strv *ret, struct err *err);

#endif
