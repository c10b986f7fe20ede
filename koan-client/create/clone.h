/* A guest whose first disk is a copy of the server's (images of the type virt-clone). */
#ifndef KOAN_CLONE_H
#define KOAN_CLONE_H

#include "koan-client/guest/guest.h"
#include "koan-client/interrupt.h"
#include "koan-client/virt/virt.h"

/*
 * Looks at the verified file and gives the first disk its format, and its size where that is
 * bigger. ERR_INVALID: a qcow2 file that names other files, which the hypervisor would open; a
 * place that cannot hold the format, or where koan makes nothing.
 */
int clone_look(const char *path, struct guest *guest, struct err *err);
/* Copies the file into the disk that was made for it. */
int clone_fill(struct virt *virt, const char *path, const struct guest *guest,
	const struct interrupt *interrupt, struct err *err);

#endif
