/*
 * koan's command line: raw words from the table, then a struct in which every value has been
 * checked and has its type. What was not given stays at "unset" (NULL, 0, an empty list) and the
 * server's plan decides.
 */
#ifndef KOAN_OPTIONS_H
#define KOAN_OPTIONS_H

#include "base/err.h"
#include "base/strv.h"

#include "koan-client/checks.h"
#include "koan-client/domain_types.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum koan_action {
	KOAN_VIRT,    /* make a guest */
	KOAN_LIST,    /* print the server's names of one kind */
	KOAN_DISPLAY, /* print the plan of a profile or system */
	KOAN_HELP,
	KOAN_VERSION,
};

struct options {
	enum koan_action action;
	char host[256];
	unsigned port;
	const char *item_kind; /* "profile" or "system"; for KOAN_LIST "profiles", … */
	const char *item_name;
	const char *virt_name;
	const struct domain_type *type; /* NULL: see type_given */
	bool type_given;                /* --virt-type, be it auto */
	struct strv paths;
	double file_size[GUEST_DISKS]; /* GiB */
	size_t n_file_size;
	struct strv disk_drivers;
	struct strv bridges;
	uint64_t ram;  /* MiB; 0: unset */
	uint64_t cpus; /* 0: unset */
	const struct graphics_type *graphics;
	const char *kernel_options; /* added at the end of the plan's, or NULL */
	const char *connect;
	const char *cache_dir;
	bool auto_boot;
	bool dry_run;
	bool force;
};

/*
 * Reads argv and, where --server is not given, `fallback_server` (COBBLER_SERVER, may be NULL). The
 * strings in `ret` point into argv and `fallback_server`. ERR_USAGE; call options_done() all the
 * same.
 */
int options_parse(int argc, char *const argv[], const char *fallback_server, struct options *ret,
	struct err *err);
void options_done(struct options *options);
void options_print_help(FILE *out);

static inline void auto_options(struct options *options)
{
	options_done(options);
}
#define autooptions AUTO(options) struct options

#endif
