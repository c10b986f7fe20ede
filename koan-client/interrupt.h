/*
 * Ctrl-C and SIGTERM, noticed between steps instead of killing koan in the middle of one: what was
 * made so far is then removed like after any failure. The signals wait in a descriptor; there is no
 * handler and no global flag.
 */
#ifndef KOAN_INTERRUPT_H
#define KOAN_INTERRUPT_H

#include "base/err.h"

#include <stdbool.h>

struct interrupt {
	int fd;
};

/* From now on SIGINT, SIGTERM and SIGHUP wait, but for those that are ignored. */
int interrupt_begin(struct interrupt *ret, struct err *err);
/* True once one has come, from then on. */
bool interrupt_pending(const struct interrupt *interrupt);
/* -1 (ERR_BUSY, "interrupted") once one has come. */
int interrupt_check(const struct interrupt *interrupt, struct err *err);

#endif
