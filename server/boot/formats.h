/*
 * Boot file formats: a row for each boot loader's language. From a row come the files that sync
 * publishes and the answers of the boot port, by the same two functions, so they cannot differ.
 * Adding a format is a row, a template and, where its quoting is new, a function.
 */
#ifndef BOOT_FORMATS_H
#define BOOT_FORMATS_H

#include "base/net.h"
#include "boot/vars.h"

struct boot_format {
	const char *name;         /* "pxelinux" */
	const char *loader;       /* its word in boot_loaders: "pxe" */
	const char *content_type; /* over HTTP */
	const char *folder;       /* of the files by MAC address, below the TFTP root */
	const char *before_mac;   /* the file's name: this, the address, after_mac */
	char mac_separator;
	const char *after_mac;
	const char *menu_path;        /* what a machine without a file of its own gets */
	bool menu_finds_systems;      /* and what every other reads first, so it is always there */
	const char *names_kernel;     /* what the loader itself puts in front of the arguments: this
	                                 and the kernel's path; NULL: nothing */
	const char *names_initrds;    /* behind them: this and their paths; NULL: nothing */
	const char *module_separator; /* a word that no kernel argument may be, where Xen starts; or
	                                 NULL */
	const char *system_template;  /* below boot-templates/ */
	const char *menu_template;
	/* Appends the words (each ends with NUL) as arguments of the loader's kernel line.
	 * ERR_INVALID: the language has no way to say one of them. */
	int (*quote)(const char *words, size_t len, struct strbuf *ret, struct err *err);
};

extern const struct boot_format boot_formats[];
extern const size_t n_boot_formats;
/* How the templates of boot-templates/ want to be read: for their template_env_new(). */
extern const struct template_options boot_template_options;
/* By name; NULL: none. */
const struct boot_format *boot_format_find(const char *name);

/* Appends "pxelinux.cfg/01-52-54-00-aa-00-07" for a canonical MAC address. */
void boot_file_path(const struct boot_format *format, const char *mac, struct strbuf *ret);
/* The other way round: the format of such a path, and its MAC address; NULL: it is none. */
const struct boot_format *boot_file_of(const char *path, char mac[MAC_TEXT]);
/* The last part of that path. */
void boot_file_name(const struct boot_format *format, const char *mac, struct strbuf *ret);
/* True where boot_loaders of the chain (unset: every loader) wants files of the format. */
bool boot_format_wanted(const struct boot_format *format, const struct resolved *resolved);

/*
 * Appends the boot file of a system: it installs, or boots from its own disk where netboot_enabled
 * is off. `templates` may be NULL; else it receives the names of the templates that took part.
 * Fails as template_render(), or with ERR_INVALID where an option cannot be said in the format or
 * the kernel's command line is too long.
 */
int boot_file_render(struct template_env *env, const struct boot_format *format,
	const struct boot_site *site, const struct resolved *resolved, struct strbuf *ret,
	struct strv *templates, struct err *err);

/* The same with variables that are there already: for several formats of one system. */
int boot_file_render_vars(struct template_env *env, const struct boot_format *format,
	struct boot_vars *vars, struct strbuf *ret, struct strv *templates, struct err *err);

/*
 * Beside the variables of vars.h, a template has
 *   boot               what is started: "installer", "rescue", "diskless", "xen", "kernel", "iso",
 *                      "memdisk", "san" (entry.h), or "local": the system boots from its own disk
 *   install            true where `boot` is not "local"
 *   action             that as a sentence's end: "installs profile bar"
 *   san                the disk in the network that iPXE attaches first, "" where there is none
 *   kernel_arguments   the kernel's arguments, quoted for the format
 *   initrd_arguments   "initrd=NAME" for each initrd: what a UEFI kernel needs to be told by iPXE
 *   hypervisor_path hypervisor_url hypervisor_arguments    where `boot` is "xen"
 *   disk_path disk_url of an image
 */

/* What stands in the menu of machines without a file of their own, beside the local disk. */
struct boot_menu {
	const struct resolved *const
		*entry; /* each ends in a profile or an image; in their order */
	const struct boot_site *const *site; /* of each */
	size_t n;
	const struct menu *const *menu; /* by name */
	size_t menus;
	const struct resolved *settings;
	bool memtest; /* it is published: as "memtest" for BIOS, "memtest.efi" for UEFI */
	bool nothing; /* unknown machines get none of it, nor the local disk */
};

/*
 * Appends the menu. Its template has http_base, next_server, `nothing`, `memtest` (true where there
 * is a memory test), `memtest_arguments` (the settings' serial consoles), and `entries`: a list of
 * objects with name, title, label (unlike any other) and, for a profile or an image, boot,
 * kernel_path, kernel_url, initrd_paths, initrd_urls and the variables above; for a menu `entries`
 * of its own. A menu that would be empty is left out.
 */
int boot_menu_render(struct template_env *env, const struct boot_format *format,
	const struct boot_site *site, const struct boot_menu *menu, struct strbuf *ret,
	struct strv *templates, struct err *err);
/* True where the profile or image belongs into that menu: enable_menu is on and its loaders include
 * it. */
bool boot_menu_has(const struct boot_format *format, const struct resolved *resolved);

#endif
