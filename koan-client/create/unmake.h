/* Removing a guest that koan made: the domain, the disks that its mark names, its file in /etc/xen.
 */
#ifndef KOAN_UNMAKE_H
#define KOAN_UNMAKE_H

#include "koan-client/guest/domain_mark.h"
#include "koan-client/interrupt.h"
#include "koan-client/options.h"
#include "koan-client/virt/virt.h"

#include <stdio.h>

/* The paths of the disks that a mark names, that are there and that the domain still has. */
int unmake_disks(
	struct virt *virt, const struct domain_mark *mark, struct strv *ret, struct err *err);
/* Removes them, but for the paths in `keep` and those that another domain has; `out` is told each
 * that went, and each that stays. */
int unmake_volumes(struct virt *virt, const struct domain_mark *mark, const struct strv *keep,
	FILE *out, struct err *err);
/* Stops and removes the domain and, unless other domains have them, its disks; nothing of it where
 * they cannot be looked for. `dry_run`: only says so. ERR_NOT_FOUND; ERR_CONFLICT: it has no mark.
 */
int unmake_guest(struct virt *virt, const char *name, bool dry_run,
	const struct interrupt *interrupt, FILE *out, struct err *err);
/* --undo: all of them, or of --count=N those that are there; one that cannot be removed does not
 * keep the others. A signal waits until the guest is gone whose turn it is. ERR_NOT_FOUND: there
 * is none. */
int unmake_all(const struct options *options, struct virt *virt, FILE *out, struct err *err);

#endif
