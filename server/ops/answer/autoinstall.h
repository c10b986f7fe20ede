/* Answer files: rendered from an item's template. */
#ifndef OPS_AUTOINSTALL_H
#define OPS_AUTOINSTALL_H

#include "ops/answer/answer.h"

/* The answer file of a system or profile. ERR_NOT_FOUND: no such item, or it has no template. */
int autoinstall_answer(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err);
/* A part of it, such as "meta-data" or "late.sh" (autoinstall_parts.h); "" is the file itself.
 * ERR_NOT_FOUND also where its template has no such part. */
int autoinstall_part_answer(struct server *server, const struct item_type *type, const char *name,
	const char *part, struct answer **ret, struct err *err);

#endif
