/* Kernel, initrd and CD for a hypervisor on another host, or of another user: into volumes of its
 * storage, named by their SHA-256, so that its guests share them too. */
#ifndef KOAN_BOOT_FILES_H
#define KOAN_BOOT_FILES_H

#include "koan-client/create/undo.h"
#include "koan-client/guest/guest.h"
#include "koan-client/interrupt.h"

/*
 * Sends what the guests boot (all of them the same files) to the default storage pool, which is
 * made where it is missing, and gives the guests the paths over there. A volume that is there is
 * read back and verified; one that differs is made anew.
 */
int boot_files_send(struct virt *virt, struct guest *guests, size_t n, struct undo *undo,
	const struct interrupt *interrupt, struct err *err);

#endif
