/*
 * Publishing: the TFTP tree and dnsmasq's files, rendered aside as a generation, checked, and
 * switched in by one rename. See ARCHITECTURE.md for the folder's layout.
 */
#ifndef OPS_SYNC_H
#define OPS_SYNC_H

#include "ops/server.h"
#include "ops/task.h"

/*
 * A full sync. With `dry_run` nothing is written and `ret` says what would change:
 * {"changed": n, "files": n, "generation": n, "revision": n, "diff": "unified diff" (dry_run
 * only)}. Nothing to do: {"changed": 0, …}, in less than 50 ms.
 */
int sync_all(struct server *server, bool dry_run, struct task *task, json_t **ret, struct err *err);
/* After a change of one item: publishes again what the field tables say is needed, if anything was
 * ever published. */
int sync_item(struct server *server, const struct item *before, const struct item *after,
	struct err *err);
/*
 * Inside db_preview(), before and after a change that is made there: the unified diff of the
 * published files that the change of one item would make, appended to `diff`. `before` and `after`
 * as for sync_item(); systems that inherit from the item count, too. What has never been published
 * is compared with what a sync would publish now. At most 1 MiB, then it is cut and says so.
 */
int sync_preview(struct server *server, const struct item *before, const struct item *after,
	struct strbuf *diff, struct err *err);
/* {"generation": n, "revision": n, "time": …, "files": n} or JSON null. */
json_t *sync_published(struct server *server);
/* At start: removes an unfinished generation. */
int sync_clean(struct server *server, struct err *err);

#endif
