/*
 * The installer's kernel command line: a table with a row for each distro family (breed, by
 * os_version where it matters), from the field's formats (Debian installer, Anaconda, casper …),
 * then the item's kernel_options, which may repeat, replace ("url=…") or remove ("!url") an
 * argument.
 */
#ifndef BOOT_CMDLINE_H
#define BOOT_CMDLINE_H

#include "base/err.h"
#include "base/strbuf.h"
#include "model/resolve.h"

struct boot_cmdline {
	const struct resolved *resolved;
	const char *autoinstall_url; /* "" where there is no answer file */
	const char *tree_url;
	const char *hostname; /* "" for a profile */
	const char *domain;
	bool rescue; /* for the installer's rescue system instead of an installation */
};

/* Appends the arguments, one blank between them, a value with blanks in double quotes (as the
 * kernel's own parser takes them). */
void boot_cmdline_add(const struct boot_cmdline *cmdline, struct strbuf *ret);

/* Appends the arguments as words, each with a NUL after it and without any quoting: for loaders
 * that quote in their own way. */
void boot_cmdline_words(const struct boot_cmdline *cmdline, struct strbuf *ret);
/* Appends a map of options as such words; keys that remove («!quiet») are left out. */
void boot_cmdline_add_options(const struct opt_map *options, struct strbuf *ret);
/* Appends the serial console as `console=` takes it: "ttyS1,115200" from serial_device 1; nothing
 * where there is none. */
void boot_serial_console(const struct resolved *resolved, struct strbuf *ret);
/* Appends words as boot_cmdline_add() does. */
void boot_cmdline_join(const char *words, size_t len, struct strbuf *ret);
/* Whose line it is. */
struct cmdline_reader {
	bool is_xen;   /* Xen's own, or that of its first domain */
	size_t beside; /* bytes that the boot loader itself puts there, with blanks */
};
/* ERR_INVALID: a word that no kernel can take (a double quote in it), or all of them together are
 * longer than Xen, or else the kernel of the chain's architecture, reads. */
int boot_cmdline_check(const struct resolved *resolved, const struct cmdline_reader *reader,
	const char *words, size_t len, struct err *err);

#endif
