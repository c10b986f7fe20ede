/*
 * koan's command line as it was written: one member and one row for each option. A row says, beside
 * its help, which behaviour of Cobbler's koan it keeps or repairs, so that whoever comes from there
 * can read it in --help. options.h has what the words mean.
 */
#ifndef KOAN_OPTION_WORDS_H
#define KOAN_OPTION_WORDS_H

#include "base/opt.h"

#include <stdio.h>

struct option_words {
	bool virt, replace_self, update_files, undo, display, help, man, version;
	bool nogfx, auto_boot, pxe_boot, import, noreboot, vm_poll, preallocate, overcommit;
	bool dry_run, force, force_path, remote, progress, summary, xl_config, yes;
	bool kexec, add_reinstall_entry, no_copy_default, embed;
	const char *list, *server, *port, *ca_file, *profile, *system, *image;
	const char *name, *type, *path, *file_size, *driver, *bridge, *ram, *cpus;
	const char *disk_type, *net_type, *machine_type, *firmware;
	const char *graphics, *kopts, *static_interface, *connect, *cache_dir, *count, *wait;
	const char *format, *root;
};

/* ERR_USAGE. The words point into argv. */
int option_words_parse(int argc, char *const argv[], struct option_words *ret, struct err *err);
void option_words_print_help(FILE *out);
/* The same for a manual page (base/opt_man.h). */
void option_words_print_man(FILE *out);

#endif
