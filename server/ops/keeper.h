/*
 * A keeper is a process between the supervisor and one service: it ends the service when the
 * supervisor is gone, however it went. (A death signal of the service's own would not do: the
 * kernel forgets it when the service changes its user.)
 */
#ifndef OPS_KEEPER_H
#define OPS_KEEPER_H

#include "base/err.h"

#include <sys/types.h>

/*
 * Starts a keeper and, below it, argv. The keeper passes SIGHUP on, ends the service on SIGTERM,
 * and exits with the service's status (128 + signal) when that has ended. `socket` is closed in it.
 */
int keeper_start(const char *const argv[], int socket, pid_t *ret, struct err *err);

#endif
