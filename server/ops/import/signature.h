/*
 * Signatures say what a distribution's tree looks like. They are data, one JSON file for each kind
 * of tree in SHARE/profiles/signatures/ (an operator's own in STATE/signatures/, where a file of
 * the same name replaces ours), so that a new family of distributions needs no new program. The
 * format is described in profiles/README.md.
 */
#ifndef OPS_SIGNATURE_H
#define OPS_SIGNATURE_H

#include "base/json.h"
#include "base/strv.h"
#include "model/value.h"

enum { TREE_INITRDS = 16, TREE_LOADERS = 8 };

struct tree_file {
	char *path;   /* below the tree's root */
	char *sha256; /* what the tree itself says it must be, or NULL */
};

/* What a machine boots to install from the tree; without a kernel: the tree has none of this sort.
 */
struct tree_boot {
	struct tree_file kernel;
	struct tree_file initrd[TREE_INITRDS];
	size_t initrds;
};

/* A tree that was recognised. */
struct tree {
	char *signature;
	char *title; /* for people */
	char *root;  /* of the tree, below the folder that was looked at; "." */
	char *arch;  /* as the distro's field has it */
	char *breed; /* "" where unknown; so the next two */
	char *os_version;
	char *autoinstall;   /* name of the answer template */
	char *note;          /* what the operator should know about this kind of tree, or "" */
	struct opt_map meta; /* autoinstall_meta of the distro */
	struct tree_boot install;
	struct tree_boot xen; /* Xen's own kernel for guests */
	struct strv efi;      /* paths of its shim, its GRUB and what lies beside them; or none */
};

/* Reads the signatures below each folder of `folders` (descriptors; -1 is skipped): a later one
 * replaces those before it by file name. ERR_INVALID names the file and member. Yours: json_decref;
 * an array in order of file names. */
int signatures_load(const int *folders, size_t n, json_t **ret, struct err *err);

/*
 * Looks at the folder. `arch` and `os_version` ("" any) choose where a tree has several. Of the
 * signatures that fit, the one that asks for most files is taken. ERR_INVALID: none fits; the
 * message, about the folder called `path`, says what was looked for and which came nearest.
 */
int signatures_match(const json_t *signatures, int folder, const char *path, const char *arch,
	const char *os_version, struct tree **ret, struct err *err);
void tree_free(struct tree *tree);
DEFINE_AUTO(tree, struct tree *, tree_free)
#define autotree AUTO(tree)

#endif
