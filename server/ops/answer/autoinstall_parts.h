/*
 * The parts of an answer file. Some installers ask for more than one document (cloud-init's
 * NoCloud seed), others fetch the rest by a command of the first (a script for the end of the
 * installation). A part of the template STEM.ENDING is the template STEM.PART: beside
 * ubuntu.user-data stands ubuntu.network-config, beside debian.preseed debian.late.sh.
 */
#ifndef OPS_AUTOINSTALL_PARTS_H
#define OPS_AUTOINSTALL_PARTS_H

#include "template/template.h"

struct autoinstall_part;

/* "" is the answer file itself; NULL: there is no such part. */
const struct autoinstall_part *autoinstall_part_find(const char *name);

/* What a part is rendered from and to. */
struct autoinstall_render {
	struct template_env *env;
	const char *main; /* the item's template */
	struct template_vars vars;
	struct strbuf *text;
	struct strv *used; /* may be NULL */
};

/* `content_type` is set where it is not plain text. ERR_NOT_FOUND: the template has no such part;
 * ERR_TEMPLATE: also where the item's template itself is missing. */
int autoinstall_part_render(const struct autoinstall_part *part, struct autoinstall_render *render,
	const char **content_type, struct err *err);

#endif
