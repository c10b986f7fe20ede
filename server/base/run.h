/*
 * Runs a program from an argv: no shell, stdin from /dev/null, stdout and stderr captured together,
 * a time limit, the signal mask reset and no inherited descriptors but 0, 1 and 2.
 */
#ifndef BASE_RUN_H
#define BASE_RUN_H

#include "base/err.h"
#include "base/strbuf.h"

#include <sys/types.h>

/*
 * argv[0] is looked up in PATH and in the sbin folders. `output` receives what it printed, up to
 * 1 MiB; NULL drops it. Returns 0 when the program ran and exited, with its exit status (128 +
 * signal where one killed it) in `status`. ERR_NOT_FOUND: no such program; ERR_UPSTREAM: still
 * running after `seconds`, and killed.
 */
int run_program(const char *const argv[], unsigned seconds, struct strbuf *output, int *status,
	struct err *err);
/* As run_program(), and an exit status other than 0 is an ERR_UPSTREAM with the output's first
 * line that is not empty. */
int run_checked(const char *const argv[], unsigned seconds, struct strbuf *output, struct err *err);

/* Starts a program that goes on, its stdout and stderr ours. It gets SIGTERM when we die. */
int run_start(const char *const argv[], pid_t *ret, struct err *err);

/* The full path of a program, yours to free; NULL where there is none. */
char *run_find(const char *name);

#endif
