/*
 * A keeper is a process between the supervisor and one service: it ends the service when the
 * supervisor is gone, however it went. (A death signal of the service's own would not do: the
 * kernel forgets it when the service changes its user.)
 */
#ifndef OPS_KEEPER_H
#define OPS_KEEPER_H

#include "base/account.h"
#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

struct keeper {
	const char *const *argv;
	const struct account *account; /* whom both become before argv runs; NULL: they stay root */
	uint64_t capabilities;         /* that they keep then: 1 << CAP_… each */
	int socket;                    /* to close */
};

/*
 * Starts a keeper and, below it, argv. The keeper passes SIGHUP on, ends the service on SIGTERM,
 * and exits with the service's status (128 + signal) when that has ended.
 */
int keeper_start(const struct keeper *keeper, pid_t *ret, struct err *err);

#endif
