/*
 * What a guest is to start, as one of the ways to find that out says (the server's plan, a PXE
 * server's file, an installation repository): a kernel with its initrds and arguments, or what is
 * on the guest's own disk.
 */
#ifndef BOOTLOADER_BOOT_H
#define BOOTLOADER_BOOT_H

#include "base/strbuf.h"

#include "koan-client/plan/plan.h"

#include <stdbool.h>

/* What is too big for a kernel, and for all initrds, that nobody told the size of. */
#define BOOT_KERNEL_MAX (UINT64_C(256) << 20)
#define BOOT_INITRD_MAX (UINT64_C(2) << 30)

struct boot {
	bool local;              /* start from the disk: all that follows is unset */
	char *what;              /* for people: "system 'web7'" */
	struct plan_file kernel; /* size 0 and sha256 "": not known */
	struct plan_file *initrds;
	size_t n_initrds;
	struct strbuf args; /* the kernel's, in their order, repeated ones too */
};

#define BOOT_INIT                                                                                  \
	{                                                                                          \
		.args = STRBUF_INIT                                                                \
	}

void boot_done(struct boot *boot);
void boot_add_initrd(struct boot *boot, const char *url, const char *sha256);
/* Appends words to the arguments, with a blank between; NULL and "" add nothing. */
void boot_add_args(struct boot *boot, const char *words);
/* True where one of the arguments begins with this, such as "console=". */
bool boot_has_arg(const struct boot *boot, const char *start);
/* True where size and sum of every file are known. */
bool boot_is_verifiable(const struct boot *boot);

static inline void auto_boot(struct boot *boot)
{
	boot_done(boot);
}
#define autoboot AUTO(boot) struct boot

#endif
