/*
 * Kernels and initrds are what was put on record, to the byte. Their sums are kept by what stat(2)
 * says of a file (device, inode, size, time of change of its bytes), so that no file is read twice;
 * the time of change of the inode is left out, which every generation's link to it changes, too.
 */
#ifndef OPS_IMAGE_CHECK_H
#define OPS_IMAGE_CHECK_H

#include "base/sha256.h"
#include "model/types.h"
#include "ops/server.h"

/* The sum of an open file, whose place in the errors is for the caller to say. */
int image_sum(struct server *server, int fd, char ret[SHA256_TEXT], struct err *err);
/* A distro's file (by its number, boot/images.h) is there and the one on record. ERR_NOT_FOUND,
 * ERR_INVALID, ERR_CONFLICT: "kernel '/srv/linux' is not the one on record …", and what to do. */
int image_check(struct server *server, const struct distro *distro, size_t i, struct err *err);
/* All files of all distros; errors name the distro. */
int images_check(struct server *server, struct err *err);

/* In a generation: "SUM  images/DISTRO/NAME" lines, as sha256sum(1) writes and checks them. */
#define IMAGE_SUMS "images.sha256"
/* An open file of a generation is still what was published there by this path. ERR_CONFLICT; what
 * no sum was published of is. */
int image_check_published(
	struct server *server, int generation, const char *path, int fd, struct err *err);

#endif
