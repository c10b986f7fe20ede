/* What was, and back: revisions for people. Secrets are always masked here. */
#ifndef OPS_HISTORY_H
#define OPS_HISTORY_H

#include "ops/edit.h"

/* "1234" or a time: seconds since 1970 with a fraction or '@' before it, or RFC 3339 / ISO 8601
 * ("2026-11-21", "2026-11-21T08:00", with Z or an offset; without, local time). ERR_INVALID. */
int history_revision(struct server *server, const char *text, int64_t *ret, struct err *err);

/* A revision as db_history() gives it, and "diff": the unified diff of the item's JSON. */
int history_show(struct server *server, int64_t revision, json_t **ret, struct err *err);

struct revert {
	const struct db_author *author;
	int64_t revision;
	bool all;               /* all revisions of its transaction */
	bool confirm;           /* may change what is protected */
	bool force;             /* also where the item was changed again since */
	struct strbuf *preview; /* as in struct edit */
};
/*
 * Undoes a revision: the item is again what it was before, also one that was removed (with its uid)
 * or renamed; what others did to it since is ERR_CONFLICT unless `force`. `ret`: [{"action": "put",
 * "type", "name"}], what was written.
 */
int history_revert(
	struct server *server, const struct revert *revert, json_t **ret, struct err *err);

#endif
