/* Removing a guest that koan made: the domain, the disks that its mark names, its file in /etc/xen.
 */
#ifndef KOAN_UNMAKE_H
#define KOAN_UNMAKE_H

#include "koan-client/options.h"
#include "koan-client/virt/virt.h"

#include <stdio.h>

/*
 * Stops and removes the domain; `out` is told each thing that went. Disks that koan did not make,
 * and any that another domain has, stay. Without its mark only the domain goes where `any` allows
 * it; else ERR_CONFLICT.
 */
int unmake_guest(struct virt *virt, const char *name, bool any, FILE *out, struct err *err);
/* The paths of the disks that would go; none where there is no such domain. */
int unmake_disks(struct virt *virt, const char *name, struct strv *ret, struct err *err);
/* --undo: all of them, or of --count=N those that are there. ERR_NOT_FOUND: there is none. */
int unmake_all(const struct options *options, struct virt *virt, FILE *out, struct err *err);

#endif
