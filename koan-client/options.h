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
#include "koan-client/guest/domain_types.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define GUESTS_MAX 1000

enum koan_action {
	KOAN_VIRT,         /* make guests */
	KOAN_REPLACE_SELF, /* install this machine anew */
	KOAN_UPDATE_FILES, /* write the server's files on this machine */
	KOAN_UNDO,         /* remove guests that koan made */
	KOAN_LIST,         /* print the server's names of one kind */
	KOAN_DISPLAY,      /* print the plan of an item */
	KOAN_HELP,
	KOAN_MAN,
	KOAN_VERSION,
};

/* What --dry-run and --format print instead of making a guest. */
enum koan_format { FORMAT_NONE, FORMAT_XML, FORMAT_XL };

struct options {
	enum koan_action action;
	bool https;
	char host[256];
	unsigned port;
	const char *ca_file;
	const char *item_kind; /* "profile", "system", "image"; for KOAN_LIST "profiles", … */
	const char *item_name; /* NULL: the system with this machine's MAC addresses */
	const char *virt_name;
	const struct domain_type *type; /* NULL: see type_given */
	bool type_given;                /* --virt-type, be it auto */
	struct strv paths;
	double file_size[GUEST_DISKS]; /* GiB */
	size_t n_file_size;
	struct strv disk_drivers;
	struct strv bridges;
	uint64_t ram;   /* MiB; 0: unset */
	uint64_t cpus;  /* 0: unset */
	uint64_t count; /* guests; 0: one, without a number in its name */
	const struct graphics_type *graphics;
	const struct disk_bus *bus; /* --qemu-disk-type */
	const char *nic_model;
	const char *machine;
	enum firmware firmware;
	const char *kernel_options; /* added at the end of the plan's, or NULL */
	const char *static_interface;
	const char *connect;
	const char *cache_dir;
	const char *root; /* "/" unless given */
	enum koan_format format;
	bool wait;
	uint64_t wait_minutes; /* 0: as long as it takes */
	bool auto_boot;
	bool pxe_boot;
	bool import;
	bool noreboot;
	bool preallocate;
	bool overcommit;
	bool dry_run;
	bool force;
	bool force_path;
	bool remote;
	bool progress;
	bool summary;
	bool xl_config;
	bool kexec;
	bool add_reinstall_entry;
	bool no_copy_default;
	bool embed;
	bool yes;
};

/*
 * Reads argv and, where --server is not given, `fallback_server` (COBBLER_SERVER, may be NULL). The
 * strings in `ret` point into argv and `fallback_server`. ERR_USAGE; call options_done() all the
 * same.
 */
int options_parse(int argc, char *const argv[], const char *fallback_server, struct options *ret,
	struct err *err);
/* The same of a server alone: `server` as --server has it, `port` and `ca_file` may be NULL. */
int options_read_server(const char *server, const char *port, const char *ca_file,
	struct options *ret, struct err *err);
void options_done(struct options *options);
void options_print_help(FILE *out);
/* koan(1), in mdoc(7). */
void options_print_man(FILE *out);

static inline void auto_options(struct options *options)
{
	options_done(options);
}
#define autooptions AUTO(options) struct options

#endif
