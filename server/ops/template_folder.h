/*
 * Where the template engine finds its templates: a folder of the state, which the administrator
 * fills, over the one that comes with the programs. A change on disk is seen at the next use.
 */
#ifndef OPS_TEMPLATE_FOLDER_H
#define OPS_TEMPLATE_FOLDER_H

#include "base/strv.h"
#include "template/template.h"

struct template_folder {
	int own; /* folder descriptors */
	int shared;
};

/* Opens the folders `name` below both. The shared one may be a link to elsewhere; what is in them
 * may not lead out. template_folder_done() closes them, and accepts one that never was opened. */
int template_folder_init(struct template_folder *folder, int state_fd, int share_fd,
	const char *name, struct err *err);
void template_folder_done(struct template_folder *folder);

/* `folder` must outlive the environment. Options fit files for machines: blocks leave no trace, and
 * the newline at the end of a file stays. */
struct template_env *template_folder_env(struct template_folder *folder);
/* How that environment reads its templates, for one with other rules about when to look again. */
struct template_loader template_folder_loader(struct template_folder *folder);
bool template_folder_has(const struct template_folder *folder, const char *name);
/* Adds the names of all templates, "snippets/net" for those in folders, sorted. */
void template_folder_list(const struct template_folder *folder, struct strv *ret);

#endif
