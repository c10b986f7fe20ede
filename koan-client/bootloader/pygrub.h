/* Handing over to pygrub, Xen's program that looks for a kernel on the guest's own disk. */
#ifndef BOOTLOADER_PYGRUB_H
#define BOOTLOADER_PYGRUB_H

#include "koan-client/bootloader/loader_options.h"

/* `given` (--pygrub), else where libxl looks: the folder of the running Xen's version, then others;
 * then PATH. Yours to free; ERR_NOT_FOUND. */
int pygrub_find(const char *given, char **ret, struct err *err);
/* The arguments it gets: those of the toolstack's that it knows, and the disk. */
void pygrub_arguments(const struct loader_options *options, const char *program, struct strv *ret);
/* Becomes pygrub, with signals as they were at the start. Returns only when that fails. */
int pygrub_become(const struct loader_options *options, struct err *err);

#endif
