/*
 * A guest's disks through libvirt's storage: found to be free, then made. A disk goes to the pool
 * that has its folder or volume group; where there is none, one is defined, which stays for the
 * next guest.
 */
#ifndef KOAN_DISKS_H
#define KOAN_DISKS_H

#include "koan-client/guest.h"
#include "koan-client/undo.h"
#include "koan-client/virt.h"

#include <stdio.h>

/* Where disks go when nobody says: the path of the pool "default", else libvirt's own folder; yours
 * to free. `virt` may be NULL: then libvirt is not asked. */
int disks_default_folder(struct virt *virt, char **ret, struct err *err);

/*
 * Changes nothing. ERR_CONFLICT: a disk's place is taken. With `force` only what koan would name
 * itself, or what the command line names, may be taken: a server must not be able to choose which
 * file is replaced. A disk of another domain is refused always.
 */
int disks_check(struct virt *virt, const struct guest *guest, bool force, struct err *err);

/* Makes them, in order; with `force` what is in their place is removed first, and `out` says so.
 * The disks' sources become what libvirt calls them. */
int disks_make(struct virt *virt, struct guest *guest, bool force, struct undo *undo, FILE *out,
	struct err *err);

#endif
