/*
 * A distro's own shim and GRUB (boot/efi_loader.h): what is known of the files when they come on
 * record, and how they are published.
 */
#ifndef OPS_EFI_LOADERS_H
#define OPS_EFI_LOADERS_H

#include "boot/grub_file.h"
#include "model/types.h"
#include "ops/publish/publish.h"

/* Reads what the GRUB (a path below `folder`, a descriptor) says of itself. One that nothing can be
 * published for, or that is none, is no error: *ret is empty then, and nobody gets it over TFTP. */
int efi_loaders_read(int folder, const char *grub, struct grub_file *ret, struct err *err);

/* Sets efi_folder and efi_over_tftp of a distro whose efi_loaders are on this server; both are
 * unset where there are none. ERR_INVALID names the field. */
int efi_loaders_measure(struct distro *distro, struct err *err);

/* Hands the distro's to the sink, below its folder images/DISTRO, which is there. `places`: the
 * folders of grub.cfg that all distros' GRUBs need. */
int efi_loaders_publish(
	struct sink *sink, const struct distro *distro, struct strv *places, struct err *err);
/* The configurations in those folders. `tops` receives the names at the top of the generation. */
int efi_loaders_publish_places(
	struct sink *sink, const struct strv *places, struct strv *tops, struct err *err);

#endif
