/*
 * The thread that sees to installations and to what was served: every few seconds it writes what
 * was noted, every minute it lets installations come to their bounds.
 */
#ifndef OPS_INSTALL_WATCH_H
#define OPS_INSTALL_WATCH_H

#include "ops/server.h"

struct install_watch;

/* Starts the thread; the server has none until then. ERR_INTERNAL. */
int install_watch_start(struct server *server, struct err *err);
/* Ends it, after it has written what was noted. NULL is fine. */
void install_watch_stop(struct install_watch *watch);
/* There is much to write. Cheap; does nothing without the thread. */
void install_watch_hurry(struct server *server);

#endif
