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
/* One item of a change: `before` NULL where it is new, `after` NULL where it is gone. */
struct sync_change {
	const struct item *before;
	const struct item *after;
};
/* Some systems' own files alone, whatever else has changed since: the same report. ERR_NOT_FOUND:
 * no such system, or nothing was ever published; ERR_CONFLICT while a rollback is held. */
int sync_systems(struct server *server, const struct strv *names, bool dry_run, json_t **ret,
	struct err *err);
/* What the change makes necessary to publish again: enum field_publishes. */
unsigned sync_changed(const struct item *before, const struct item *after);
/*
 * After a change: publishes the files of the systems among them again, if anything was ever
 * published. `write`: the revisions that the change is stored as, all of them and no others
 * (db_last_write()); NULL: not known, then the store counts as not published until a sync. `ret`
 * (may be NULL) says whether a sync is still needed: other items' changes are seen in the files of
 * many machines. Fails with what a template or an option of one of them refuses.
 */
int sync_items(struct server *server, const struct sync_change *change, size_t n,
	const struct db_span *write, bool *ret, struct err *err);

/*
 * The difference that a change makes to the published files, for a dry run. Inside db_preview():
 * sync_preview_begin() with the names of what will change, then the change, then
 * sync_preview_end(). Systems that inherit from a named item count, too. Both times it is rendered
 * from the store, so it does not matter what was ever published.
 */
struct sync_preview;
struct sync_target {
	const struct item_type *type;
	const char *name; /* borrowed until sync_preview_free() */
};
int sync_preview_begin(struct server *server, const struct sync_target *target, size_t n,
	struct sync_preview **ret, struct err *err);
/* Appends the unified diff; at most 1 MiB, then it is cut and says so. */
int sync_preview_end(struct sync_preview *preview, struct strbuf *diff, struct err *err);
void sync_preview_free(struct sync_preview *preview);

/* Writes the boot files of these MAC addresses, as the store says, into any generation. The
 * publisher's lock is held. */
int sync_into(struct server *server, int generation, const struct strv *macs, struct err *err);
/* The same, but nothing is written: `tell` gets each file's path in a generation and its text, NULL
 * where there must be none. `hosts` (may be NULL) gets their lines of dhcp-hosts. */
typedef int sync_file_fn(void *ctx, const char *path, const struct strbuf *text, struct err *err);
int sync_tell(struct server *server, const struct strv *macs, sync_file_fn *tell, void *ctx,
	struct strv *hosts, struct err *err);
/* Whether all of them can be rendered, for what is published as `current`. ERR_CONFLICT: one names
 * a kernel or a disk that is not. */
int sync_can_tell(struct server *server, int current, const struct strv *macs, struct err *err);
/* {"generation": n, "revision": n, "time": …, "files": n} or JSON null. */
json_t *sync_published(struct server *server);
/* At start, after rollback_load(): removes an unfinished generation. */
int sync_clean(struct server *server, struct err *err);

#endif
