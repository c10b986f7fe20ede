/*
 * Whether a disk that exists holds something: a partition table, file system, LVM or RAID label or
 * anything else that libblkid knows. It is the door to libblkid.
 */
#ifndef KOAN_BLANK_H
#define KOAN_BLANK_H

#include "base/err.h"

/* `fd`: a block device or file, read only. What it holds goes to `ret`, such as "a file system
 * (ext4)", yours to free; NULL where it is free. */
int blank_find(int fd, char **ret, struct err *err);

#endif
