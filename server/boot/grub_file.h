/*
 * What a GRUB says about itself: which modules are built into it, and where it looks for its
 * configuration. Distributions build theirs in their own ways, and none of it can be seen from the
 * name, so it is read from the program. Format: GRUB's include/grub/kernel.h, "struct
 * grub_module_info64"; its modules are ELF objects (elf(5)) with their name in a section .modname.
 */
#ifndef BOOT_GRUB_FILE_H
#define BOOT_GRUB_FILE_H

#include "boot/image_file.h"

struct grub_file {
	/* The folder of grub.cfg on the device that GRUB came from, such as "EFI/BOOT"; "": the
	 * one that GRUB itself was loaded from. */
	char folder[128];
	bool over_tftp; /* it can load files by TFTP */
};

/* False: this is no GRUB (or for a processor of 32 bits), or looks in a place where nothing can be
 * published for it. */
bool grub_file_read(struct image_span program, struct grub_file *ret);
/* True where the module is built into the GRUB. */
bool grub_file_has(struct image_span program, const char *module);

#endif
