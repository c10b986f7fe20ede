/*
 * Where a distro's kernel and initrds are published: images/DISTRO/NAME below the TFTP root, and
 * below the boot listener's address. NAME is the file's own name, in characters that mean nothing
 * in any boot loader's language; a second file of the same name gets its number in front.
 */
#ifndef BOOT_IMAGES_H
#define BOOT_IMAGES_H

#include "base/strbuf.h"
#include "model/types.h"

/* The files of a distro: 0 is the kernel, 1 … the initrds in order. */
static inline size_t boot_images(const struct distro *distro)
{
	return 1 + distro->initrd.items.n;
}
/* The path on record; borrowed. */
const char *boot_image_source(const struct distro *distro, size_t i);
/* Appends the published name, "linux", or with its folder, "images/deb12/linux". */
void boot_image_name(const struct distro *distro, size_t i, struct strbuf *ret);
void boot_image_path(const struct distro *distro, size_t i, struct strbuf *ret);

#endif
