/*
 * Kernels and initrds on this host, each in a file named by its SHA-256. A file gets its name only
 * when its size and sum are right, and is verified again before every use, so guests of the same
 * distro share one download. A file that no run has used for a month is removed by the next.
 */
#ifndef KOAN_CACHE_H
#define KOAN_CACHE_H

#include "koan-client/plan/fetch.h"
#include "koan-client/plan/plan.h"

/* --cache-dir made absolute, else /var/cache/koan for root and koan/ in the user's cache
 * folder (XDG) for others; yours to free. Nothing is made. */
char *cache_folder(const char *given);
/* Where a plan's kernel (or its image's file) and its initrd will be; yours to free. Several
 * initrds become one; NULL: there is none. */
char *cache_kernel_path(const char *folder, const struct plan *plan);
char *cache_initrd_path(const char *folder, const struct plan *plan);

/*
 * Makes the folder, fetches what is not there and verifies everything. When it fails, only files
 * that were verified stay. ERR_UPSTREAM, ERR_INVALID (wrong size or sum), ERR_NO_SPACE, ERR_BUSY
 * (interrupted).
 */
int cache_fill(const char *folder, const struct plan *plan, struct fetch *fetch,
	const struct interrupt *interrupt, struct err *err);

/* A file of our own making, which a plan then names by its sum: cache_fill() finds it there. */
int cache_put(
	const char *folder, const void *bytes, size_t n, struct plan_file *file, struct err *err);
/* A file of this host that may be what a plan names: where its size and sum are right, it is copied
 * into the folder; `ret` says whether the folder has it then. */
int cache_adopt(const char *folder, const char *path, const struct plan_file *file, bool *ret,
	struct err *err);

#endif
