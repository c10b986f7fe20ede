/* --replace-self: this machine is installed anew at its next start, or at once by kexec. */
#ifndef KOAN_REPLACE_SELF_H
#define KOAN_REPLACE_SELF_H

#include "koan-client/options.h"
#include "koan-client/plan/fetch.h"
#include "koan-client/plan/plan.h"

#include <stdio.h>

/*
 * Asks on the terminal unless --yes. When a step fails, /boot is as it was. The plan's kernel
 * options may be changed (--embed).
 */
int replace_self(const struct options *options, struct plan *plan, struct fetch *fetch, FILE *out,
	struct err *err);

/* The installer's command line: the plan's, --kopts, fixed addresses, and what tells the kernel
 * about the hardware from the running one's `running`. Pure; yours to free; NULL: ERR_INVALID. */
char *replace_self_cmdline(const struct options *options, const struct plan *plan,
	const char *running, struct err *err);

#endif
