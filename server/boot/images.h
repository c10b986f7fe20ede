/*
 * Where the files that machines boot are published, below the TFTP root and below the boot
 * listener's address: a distro's as images/DISTRO/NAME, an image's as disks/IMAGE/NAME. NAME is the
 * file's own name, in characters that mean nothing in any boot loader's language; a second file of
 * the same name gets its number in front.
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
/* The same with the hypervisor, which comes last, where there is one. */
static inline size_t boot_files(const struct distro *distro)
{
	return boot_images(distro) + (distro->hypervisor && *distro->hypervisor);
}
/* The path on record; borrowed. */
const char *boot_image_source(const struct distro *distro, size_t i);
/* Appends the published name, "linux", or with its folder, "images/deb12/linux". */
void boot_image_name(const struct distro *distro, size_t i, struct strbuf *ret);
void boot_image_path(const struct distro *distro, size_t i, struct strbuf *ret);
/* The same for an image's one file. */
void boot_disk_name(const struct image *image, struct strbuf *ret);
void boot_disk_path(const struct image *image, struct strbuf *ret);

#endif
