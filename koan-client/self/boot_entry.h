/*
 * The installer's entry in this machine's boot menu, started once (--replace-self). Where the
 * machine has boot loader entries (Fedora, RHEL: GRUB_ENABLE_BLSCFG), it is a file of them; else a
 * part of GRUB's custom.cfg, which grub.cfg reads by itself, so nothing has to be made anew. GRUB
 * forgets `next_entry` as it obeys it: the start after that is as ever.
 *
 * Sources: the Boot Loader Specification; GRUB's manual, "Simple configuration" and "The GRUB
 * environment block"; 41_custom.
 */
#ifndef KOAN_BOOT_ENTRY_H
#define KOAN_BOOT_ENTRY_H

#include "base/err.h"
#include "base/strbuf.h"

#include <stdbool.h>

#define BOOT_ENTRY_ID "koan-reinstall"

struct boot_entry {
	const char *title;
	const char *kernel; /* as boot_loader_path() says */
	const char *initrd;
	const char *cmdline;
};

/* The two forms. Pure. ERR_INVALID: a boot loader entry cannot hold the command line. */
void boot_entry_grub(const struct boot_entry *entry, struct strbuf *ret);
int boot_entry_bls(const struct boot_entry *entry, struct strbuf *ret, struct err *err);
/* custom.cfg with the part replaced, or added at its end. Pure. */
void boot_entry_merge(const char *old, const char *part, struct strbuf *ret);

/* What this machine has, below `root`. ERR_NOT_FOUND: no GRUB, or one that does not read
 * custom.cfg. Yours to free with boot_loader_done(). */
struct boot_loader {
	bool bls;
	char *folder;  /* /boot/grub or /boot/grub2 */
	char *file;    /* the entry's file, or custom.cfg */
	char *grubenv; /* GRUB's environment block */
};

int boot_loader_find(const char *root, struct boot_loader *ret, struct err *err);
void boot_loader_done(struct boot_loader *loader);
/* How GRUB finds the file `path` of /boot below `root`: from the top of the file system that has
 * it, with the names of btrfs subvolumes; by grub-mkrelpath where it is there. Yours to free. */
char *boot_loader_path(const char *root, const char *path);
/* Writes the entry; `before` gets what the file was (NULL: none), yours to free. */
int boot_loader_add(const struct boot_loader *loader, const struct boot_entry *entry, char **before,
	struct err *err);
/* Takes it back. */
void boot_loader_restore(const struct boot_loader *loader, const char *before);
/* The next start, and only that, is the entry's; by grub-editenv. */
int boot_loader_once(const struct boot_loader *loader, struct err *err);
/* What GRUB's folder lies on where GRUB cannot write, and so cannot forget `next_entry` as it obeys
 * it: "lvm", "btrfs" …; by grub-probe. NULL: it can, or nothing is known. Yours to free. */
char *boot_loader_unwritable(const struct boot_loader *loader);

#endif
