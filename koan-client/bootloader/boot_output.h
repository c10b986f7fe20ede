/*
 * What a bootloader program tells its toolstack: the paths of a kernel and a ramdisk, and the
 * kernel's arguments, in one of the three formats of Xen's pygrub:
 *
 *	simple0   kernel PATH\0ramdisk PATH\0args TEXT\0         (libxl)
 *	simple    the same with newlines, and an empty line at the end
 *	sxp       linux (kernel PATH)(ramdisk PATH)(args 'TEXT')   (xend, XenServer)
 */
#ifndef BOOTLOADER_BOOT_OUTPUT_H
#define BOOTLOADER_BOOT_OUTPUT_H

#include "base/err.h"
#include "base/strbuf.h"

enum boot_format { BOOT_SXP, BOOT_SIMPLE, BOOT_SIMPLE0 };

/* libxl drops what is longer: PATH_MAX * 2, with the NUL. */
#define BOOT_OUTPUT_ITEM_MAX 8191

struct boot_output {
	const char *kernel;
	const char *ramdisk; /* NULL: none */
	const char *args;    /* "": none */
};

/* By its name. ERR_USAGE. */
int boot_format_find(const char *name, enum boot_format *ret, struct err *err);
/* ERR_INVALID where a value would be read as something else: no format but simple0 can hold every
 * byte. */
int boot_output_print(enum boot_format format, const struct boot_output *output, struct strbuf *ret,
	struct err *err);

#endif
