/*
 * The folder in which a toolstack wants the kernel and the initrd. It maps the files and removes
 * them; so these are names of their own, never those of the cache. What is not handed over in the
 * end is removed by boot_folder_done().
 */
#ifndef BOOTLOADER_BOOT_FOLDER_H
#define BOOTLOADER_BOOT_FOLDER_H

#include "koan-client/bootloader/boot.h"
#include "koan-client/bootloader/loader_options.h"
#include "koan-client/plan/fetch.h"

struct boot_folder {
	char *path;
	int fd;       /* -1: none opened */
	bool made;    /* by us */
	char *kernel; /* the files' names in it, NULL as long as there is none */
	char *ramdisk;
};

#define BOOT_FOLDER_INIT                                                                           \
	{                                                                                          \
		.fd = -1                                                                           \
	}

int boot_folder_open(const char *path, struct boot_folder *ret, struct err *err);
/*
 * Puts the kernel and the initrds, joined to one file, into it. Files whose size and sum are known
 * come from --kernel-dir or koan's cache, or are fetched into it; others straight from the server,
 * where something that is no kernel at all is refused. ERR_UPSTREAM, ERR_INVALID, ERR_NO_SPACE,
 * ERR_BUSY.
 */
int boot_folder_fill(struct boot_folder *folder, const struct boot *boot,
	const struct loader_options *options, struct fetch *fetch,
	const struct interrupt *interrupt, struct err *err);
/* The files stay: from now on they are the toolstack's. */
void boot_folder_hand_over(struct boot_folder *folder);
void boot_folder_done(struct boot_folder *folder);

static inline void auto_boot_folder(struct boot_folder *folder)
{
	boot_folder_done(folder);
}

#endif
