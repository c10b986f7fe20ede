/*
 * Publishes what a change of a profile, a distro, a network … makes necessary, without anybody
 * asking: soon after the last of several changes, and not much later than the first. A change of
 * systems alone needs none of it: their own files follow at once (sync.h). It rests while the
 * settings' auto_sync is off, before the first sync, and while an older generation is held
 * (rollback.h); a failure is an event, and the next change tries again. One that may pass by
 * itself, such as a full disk, is tried again without a change, too, each time later.
 */
#ifndef OPS_AUTOSYNC_H
#define OPS_AUTOSYNC_H

#include "ops/server.h"

struct autosync;

/* Starts the thread; the server has none until then. What was changed and not published before the
 * last end is wanted at once. ERR_INTERNAL. */
int autosync_start(struct server *server, struct err *err);
/* Ends it; what was due is left to the next sync. NULL is fine. */
void autosync_stop(struct autosync *autosync);

/* Something has changed that a sync would publish. Cheap; does nothing without the thread. */
void autosync_want(struct server *server);
/* True where what changed will be published by itself. */
bool autosync_is_on(struct server *server);
/* What cannot be published now may be later, though nobody changes anything. */
bool autosync_may_pass(const struct err *err);

#endif
