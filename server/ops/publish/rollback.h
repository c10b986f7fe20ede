/*
 * Going back to what was published before. It stays until the next sync: what machines get over
 * TFTP and as boot files over HTTP is the older generation's, whatever the store says. A system's
 * own change is published all the same, with what it inherits now. Machines whose installation is
 * over do not go back: their files still boot them from their disks. Those that were removed since
 * have no files.
 */
#ifndef OPS_ROLLBACK_H
#define OPS_ROLLBACK_H

#include "ops/server.h"

/* Publishes an older generation again; 0: the one before. ERR_NOT_FOUND names those there are.
 * {"generation": n, "revision": n, "time": …, "files": n, "local": n}: how many machines' files
 * were made to boot from disk. With `dry_run` nothing is written, and there are also "changed": how
 * many files differ, and "diff": the unified diff of what is published with what would be. */
int rollback_to(
	struct server *server, uint64_t number, bool dry_run, json_t **ret, struct err *err);
/* All that there are, the newest first: [{"generation", "revision", "time", "files", "published",
 * "held"}]; a new reference. */
int rollback_list(struct server *server, json_t **ret, struct err *err);

/* True while an older generation is published on purpose. */
bool rollback_is_held(const struct server *server);
/* A sync has published the present. The publisher's lock is held. */
void rollback_release(struct server *server);
/* At start: what was held still is. */
void rollback_load(struct server *server);

#endif
