/*
 * The whole state as one document, and back: {"settings": {…}, "distros": [{"name": …, …}, …],
 * "profiles": […], …}, each type by its plural, items by name, members sorted, only what is set. A
 * Git repository can hold it: the same state gives the same bytes.
 */
#ifndef OPS_APPLY_H
#define OPS_APPLY_H

#include "ops/server.h"

struct apply_options {
	bool prune;   /* remove what the document does not name, of the types that it has */
	bool confirm; /* may change and remove what is protected */
	bool dry_run; /* nothing is stored */
	struct err *unpublished; /* as in struct edit */
};

/*
 * Makes the state be as the document says: items that it has are replaced by what it says (an item
 * equal to the stored one is left alone; "***" for a secret means the stored one, and is refused
 * where there is none; what the server measures or notes itself is not taken from it, but for the
 * origin of a distro that is new; a system whose netboot_enabled it does not say keeps that), in
 * one transaction, all or nothing, at most 100,000 of each type. `ret` (may be NULL):
 * {"created": n, "changed": n, "removed": n, "unchanged": n,
 *  "diff": "unified diff of the items' JSON",
 *  "sync": "done" | "needed" (what many machines' files show waits for a sync; not for dry_run),
 *  "files": "unified diff of the published files" (dry_run only)}
 * A diff of more than 1 MiB is cut at a line and says so. Errors name the item and the field. One
 * that another's write overtook is made again.
 */
int apply_state(struct server *server, const struct db_author *author, const json_t *document,
	const struct apply_options *options, json_t **ret, struct err *err);

/* Appends the document. `revision` 0: as it is now. Secrets are "***" unless `secrets`. */
int export_state(
	struct server *server, bool secrets, int64_t revision, struct strbuf *ret, struct err *err);

#endif
