/* Volume groups of this host, by LVM's own programs. */
#ifndef KOAN_VOLUME_GROUP_H
#define KOAN_VOLUME_GROUP_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Bytes that are free in a group, whether or not anything of it is active. `known` is false where
 * that cannot be asked: no LVM, or not root. ERR_NOT_FOUND: LVM has no such group. Source: vgs(8).
 */
int volume_group_free(const char *name, bool *known, uint64_t *ret, struct err *err);
/* What vgs printed: a number, behind lines of warnings. */
bool volume_group_read(const char *printed, uint64_t *ret);

#endif
