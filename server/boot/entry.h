/*
 * One thing that a boot loader is told to start, with the variables that its template needs for it.
 * A system's boot file has one; a menu has one for each profile and image.
 */
#ifndef BOOT_ENTRY_H
#define BOOT_ENTRY_H

#include "boot/formats.h"

enum boot_what {
	BOOT_LOCAL,     /* the machine's own disk */
	BOOT_SAN,       /* its disk in the network */
	BOOT_INSTALLER, /* a distro's kernel and initrds */
	BOOT_RESCUE,    /* the same as the installer's rescue system */
	BOOT_DISKLESS,  /* the same as a system that runs without a disk */
	BOOT_XEN,       /* a hypervisor, with the kernel and the initrds as its modules */
	BOOT_KERNEL,    /* an image that is a kernel (image_type direct) */
	BOOT_ISO,       /* an image of a CD */
	BOOT_MEMDISK,   /* an image of a floppy or disk, loaded into memory */
};
/* What a system (with netboot_enabled), profile or image comes to. */
enum boot_what boot_what(const struct resolved *resolved);
/* As templates call it. */
const char *boot_what_name(enum boot_what what);

struct boot_entry {
	const struct boot_format *format;
	struct boot_vars *vars; /* borrowed */
	enum boot_what what;
	struct strbuf kernel_arguments;
	struct strbuf hypervisor_arguments;
};

/* ERR_INVALID: an argument that the format cannot say, or too many for the kernel. */
int boot_entry_init(struct boot_entry *entry, const struct boot_format *format,
	struct boot_vars *vars, struct err *err);
void boot_entry_done(struct boot_entry *entry);
/* A new reference, or NULL where the name is none of an entry's variables (formats.h). */
json_t *boot_entry_get(const struct boot_entry *entry, const char *name);
void boot_entry_names(struct strv *ret);

#endif
