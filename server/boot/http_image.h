/*
 * The image that UEFI firmware boots over HTTP as a disk in memory: a FAT file system with shim,
 * the signed GRUB, its configuration, and what that loads. GRUB needs no network in there, so this
 * works with Secure Boot on, too. Here is what belongs into it; fat.h says how it lies there.
 */
#ifndef BOOT_HTTP_IMAGE_H
#define BOOT_HTTP_IMAGE_H

#include "base/strv.h"

#include <stdbool.h>

/* Of its address, below the boot listener's: boot/image/x64.img. */
#define HTTP_IMAGE_FOLDER "boot/image/"

/* A row for each architecture; loaders are named as they are published. */
struct http_image_kind {
	const char *name;      /* "x64.img" */
	const char *shim;      /* "shimx64.efi" */
	const char *shim_path; /* in the image: what firmware looks for on a disk */
	const char *grub;      /* the signed one that looks for its files on a disk */
	const char *grub_path; /* in the image: what shim looks for */
	const char *modules;   /* folder of GRUB's modules, below grub/ and in the image; or NULL */
};

/* NULL: no such image. */
const struct http_image_kind *http_image_kind(const char *name);
/* True where the loaders that it needs are published. */
bool http_image_published(const char *name, const struct strv *loaders);
/* Where the signed GRUBs of the distributions look for their configuration; ends with NULL. */
extern const char *const http_image_grub_cfg[];

/* Adds the paths below the TFTP root that a GRUB configuration may mean: its words that begin with
 * '/', without that, each once. */
void http_image_paths(const char *grub_cfg, struct strv *ret);

#endif
