/*
 * That a machine's installer has been started once: a file in the state folder, named after the
 * machine. Where no server keeps a record that says so, it is what keeps a restarted machine from
 * being installed again. It is written before the machine starts: an installation that may have
 * begun must not begin a second time by itself.
 */
#ifndef BOOTLOADER_MARKER_H
#define BOOTLOADER_MARKER_H

#include "base/err.h"

#include <stdbool.h>

struct marker {
	const char *folder; /* made where it is missing */
	const char *name;   /* checked by check_guest_name() */
};

int marker_is_set(const struct marker *marker, bool *ret, struct err *err);
/* `what` is started: kept for people who read the file. On the disk when this returns. */
int marker_set(const struct marker *marker, const char *what, struct err *err);
/* `was` says whether there was one. */
int marker_clear(const struct marker *marker, bool *was, struct err *err);

#endif
