/* What was, and back: revisions for people. Secrets are always masked here. */
#ifndef OPS_HISTORY_H
#define OPS_HISTORY_H

#include "ops/edit/edit.h"

/* A time: RFC 3339 / ISO 8601 ("2026-11-21", "2026-11-21T08:00", with Z or an offset; without,
 * local time), or seconds since 1970 with or without a fraction and '@' before them. ERR_INVALID.
 */
int history_time(const char *text, double *ret, struct err *err);
/* The revision "1234", or the last one at a time; a number of up to nine digits without '@' is a
 * revision. ERR_INVALID; ERR_NOT_FOUND: before the first one. */
int history_revision(struct server *server, const char *text, int64_t *ret, struct err *err);

/* A revision as db_history() gives it, and "diff": the unified diff of the item's JSON. */
int history_show(struct server *server, int64_t revision, json_t **ret, struct err *err);

struct revert {
	const struct db_author *author;
	int64_t revision;
	bool all;               /* all revisions of its transaction */
	bool confirm;           /* may change what is protected */
	bool force;             /* also where the item was changed again since */
	struct strbuf *preview; /* this and the next as in struct edit */
	struct err *unpublished;
};
/*
 * Undoes a revision: the item is again what it was before, also one that was removed (with its uid)
 * or renamed; what others did to it since is ERR_CONFLICT, which names the later revision, unless
 * `force`. It keeps a name that it got since, and a system whether it is installed, where the
 * revision did not change that. All checks of edit.h apply, such as those of
 * references that are gone. `ret` (may be NULL): [{"action": "put" | "delete" | "rename", "type",
 * "name"}], what was written; empty where the item is already as it was.
 */
int history_revert(
	struct server *server, const struct revert *revert, json_t **ret, struct err *err);

#endif
