/*
 * koan-bootloader's command line as it was written: one member and one row for each option.
 * loader_options.h has what the words mean.
 */
#ifndef BOOTLOADER_LOADER_WORDS_H
#define BOOTLOADER_LOADER_WORDS_H

#include "base/opt.h"

#include <stdio.h>

struct loader_words {
	const char *kernel, *ramdisk, *args, *output, *output_format, *output_directory, *runas;
	const char *mac, *system, *profile, *vm, *ip, *label, *config_dir;
	const char *server, *port, *ca_file, *tftp, *pxe;
	const char *repository, *family, *arch, *release, *other_config;
	const char *pygrub, *cache_dir, *kernel_dir, *state_dir, *config;
	bool once, always, fallback, rearm, quiet, verbose, dry_run, help, man, version;
};

/* ERR_USAGE. The words point into argv; what is no option goes to `rest`. */
int loader_words_parse(
	int argc, char *const argv[], struct loader_words *ret, struct strv *rest, struct err *err);
/* The same from a file of lines `option = value`; `texts` holds what the words point into. */
int loader_words_read(
	const char *path, struct loader_words *ret, struct strv *texts, struct err *err);
void loader_words_print_help(FILE *out);
/* The same for a manual page (base/opt_man.h). */
void loader_words_print_man(FILE *out);

#endif
