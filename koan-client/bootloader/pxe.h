/*
 * What a PXE server's files say that a machine is to start: looked for and read as PXELINUX does,
 * over TFTP or HTTP.
 */
#ifndef BOOTLOADER_PXE_H
#define BOOTLOADER_PXE_H

#include "koan-client/bootloader/boot.h"
#include "koan-client/bootloader/loader_options.h"
#include "koan-client/plan/fetch.h"

/* ERR_NOT_FOUND: the server has no file for the machine; an answer other than "no such file" ends
 * the search with its error, so that a machine never gets another's file because of a fault. */
int pxe_boot(const struct loader_options *options, struct fetch *fetch,
	const struct interrupt *interrupt, struct boot *ret, struct err *err);

/* The names that are looked for, the machine's own first. */
void pxe_names(const struct loader_options *options, struct strv *ret);
/*
 * A file's name in a configuration as a URL, yours to free: relative to `base`, or HOST::PATH, or a
 * tftp, http or https URL. ERR_INVALID: another scheme, or "..".
 */
int pxe_url(const char *base, const char *name, char **ret, struct err *err);
/* NULL for a tftp, http or https URL, else what is wrong with it. */
const char *pxe_check_url(const char *text);

#endif
