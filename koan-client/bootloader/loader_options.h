/*
 * koan-bootloader's command line, checked: which machine, whom to ask, where the answer goes. What
 * libxl adds to the words of a domain's configuration is read by the same table.
 */
#ifndef BOOTLOADER_LOADER_OPTIONS_H
#define BOOTLOADER_LOADER_OPTIONS_H

#include "koan-client/bootloader/boot_output.h"
#include "koan-client/bootloader/marker.h"
#include "koan-client/bootloader/other_config.h"
#include "koan-client/bootloader/repository.h"
#include "koan-client/options.h"

#include "base/net.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stdio.h>

#define LOADER_CONFIG     "/etc/koan/bootloader.conf"
#define LOADER_KERNEL_DIR "/boot/guest"
#define LOADER_STATE_DIR  "/var/lib/koan/bootloader"
#define LOADER_OUTPUT_DIR "/run/koan/bootloader"

enum loader_action { LOADER_BOOT, LOADER_REARM, LOADER_HELP, LOADER_MAN, LOADER_VERSION };

enum loader_way {
	LOADER_SERVER,     /* a Bootwright server's plan */
	LOADER_PXE,        /* a PXE server's file */
	LOADER_REPOSITORY, /* an installer in a repository */
	LOADER_DISK,       /* eliloader's install-distro=pygrub, or a later install-round */
};

struct loader_options {
	enum loader_action action;
	enum loader_way way;
	struct options server; /* of koan: where it is, and the item's kind and name */
	char *pxe_base;        /* a URL with a '/' at its end */
	const char *config_dir;
	const char *label; /* or NULL */
	struct repository repository;
	bool has_mac;
	struct mac mac;
	bool has_ip;
	uint32_t ip; /* host byte order */
	char *vm;    /* the machine's name for its marker; NULL: it has none */
	bool once;   /* a marker decides */
	struct marker marker;
	enum boot_format format;
	const char *output;        /* NULL: standard output */
	const char *output_format; /* as given, and so on; or NULL */
	const char *output_directory;
	const char *kernel, *ramdisk, *args, *runas;
	const char *disk; /* NULL: not given */
	const char *pygrub;
	const char *kernel_dir;
	char *cache_dir;
	bool fallback; /* to the disk, when nobody answers */
	bool dry_run, quiet, verbose;

	/* What the others point into. */
	struct other_config other_config;
	struct strv argv;
	struct strv words;
	struct strv texts;
};

/* Reads argv, the configuration file and what those name. ERR_USAGE, and the files' errors; call
 * loader_options_done() all the same. */
int loader_options_parse(int argc, char *const argv[], const char *fallback_server,
	struct loader_options *ret, struct err *err);
void loader_options_done(struct loader_options *options);
void loader_options_print_help(FILE *out);
/* koan-bootloader(8), in mdoc(7). */
void loader_options_print_man(FILE *out);

static inline void auto_loader_options(struct loader_options *options)
{
	loader_options_done(options);
}

#endif
