/* Free space for the disks that are to be made, before the first one is. */
#ifndef KOAN_SPACE_H
#define KOAN_SPACE_H

#include "koan-client/guest/guest.h"
#include "koan-client/virt/virt.h"

/*
 * ERR_NO_SPACE: the disks of all guests together are bigger than what is free where they go; on
 * this host, folders of one file system share its space.
 * `overcommit` leaves out files that grow as they are written. A place that nobody knows yet (a
 * folder or volume group without a pool on another host) is taken for big enough.
 */
int space_check(
	struct virt *virt, const struct guest *guests, size_t n, bool overcommit, struct err *err);
/* The same for volume groups alone, once all have their pools. */
int space_check_groups(struct virt *virt, const struct guest *guests, size_t n, struct err *err);

#endif
