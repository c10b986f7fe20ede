/*
 * A guest's disks through libvirt's storage: found to be free, then made. A disk goes to the pool
 * that has its folder or volume group; where there is none, one is defined, which stays for the
 * next guest.
 */
#ifndef KOAN_DISKS_H
#define KOAN_DISKS_H

#include "koan-client/create/undo.h"
#include "koan-client/guest/guest.h"
#include "koan-client/virt/virt.h"

#include <stdio.h>

/* Where disks go when nobody says: the path of the pool "default", else libvirt's own folder; yours
 * to free. `virt` may be NULL: then libvirt is not asked. */
int disks_default_folder(struct virt *virt, char **ret, struct err *err);

/* The name of the pool over that folder, which is made where it is missing; yours to free. */
int disks_default_pool(struct virt *virt, struct undo *undo, char **ret, struct err *err);

/* Finds the volumes that exist: their paths and formats. ERR_NOT_FOUND. */
int disks_find(struct virt *virt, struct guest *guest, struct err *err);

/* What may be in a disk's way. */
struct disk_rules {
	const struct host_view *view;
	const struct strv *freed; /* disks that koan made for the guest that --force replaces */
	bool force;
	bool force_path;
};

/*
 * Changes nothing. ERR_CONFLICT: a disk's place is taken. With --force-path only what koan would
 * name itself, or what the command line names, may be taken: a server must not be able to choose
 * which file is replaced. A disk of another domain is refused always.
 *
 * The disks of a guest that is replaced stay until the new one runs: where koan chooses the names,
 * the new disks get free ones. A name that is given is free only with --force-path, and `late`.
 */
int disks_check(
	struct virt *virt, struct guest *guest, const struct disk_rules *rules, struct err *err);

/* A while later, with a new view: whether a disk is another domain's now. ERR_CONFLICT. */
int disks_check_owners(struct virt *virt, const struct guest *guest, const struct disk_rules *rules,
	struct err *err);

/* The storage pools that all the guests' disks need; those that are missing are made. */
int disks_pools(
	struct virt *virt, struct guest *guests, size_t n, struct undo *undo, struct err *err);

/* Makes the disks that are `late`, or the others, in order; what disks_check() has seen in their
 * place (--force-path) is removed first, and `out` says so. The disks' sources become what libvirt
 * calls them. ERR_CONFLICT: something has come there since. */
int disks_make(struct virt *virt, struct guest *guest, bool late, struct undo *undo, FILE *out,
	struct err *err);

#endif
