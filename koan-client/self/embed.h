/*
 * --embed: the answer file inside the initrd, for installers that have no network yet when they
 * want it. The kernel unpacks one more archive behind the others (cpio's "newc" format; Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst), so the plan simply gets one more
 * initrd, which is in the cache already.
 */
#ifndef KOAN_EMBED_H
#define KOAN_EMBED_H

#include "koan-client/options.h"
#include "koan-client/plan/fetch.h"
#include "koan-client/plan/plan.h"

/* Fetches the answer file and changes the plan's initrds and kernel options. ERR_INVALID: there is
 * no answer file, or the family cannot read one from its initrd. */
int embed_answer(
	struct fetch *fetch, const struct options *options, struct plan *plan, struct err *err);

/* An archive with one file, mode 0600, at the root. Pure. */
void embed_archive(const char *name, const char *text, size_t len, struct strbuf *ret);
/* The command line that has the installer read that file; NULL: its family cannot. `file`: its name
 * in the archive. Pure; yours to free. */
char *embed_options(const struct plan *plan, const char **file);

#endif
