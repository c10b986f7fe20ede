/*
 * The configuration file of PXELINUX (https://wiki.syslinux.org/wiki/index.php?title=Config), as
 * far as it says what is started when nobody touches a key. Keywords that only concern a screen or
 * a timer are passed over. The file comes from a server that is not trusted: everything in it has a
 * limit, and text that would reach a kernel or a file name is checked.
 */
#ifndef BOOTLOADER_PXE_CONFIG_H
#define BOOTLOADER_PXE_CONFIG_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stddef.h>

#define PXE_CONFIG_BYTES  ((size_t)256 << 10) /* one file */
#define PXE_CONFIG_LABELS 4096
#define PXE_CONFIG_FILES  64 /* with the included ones */
#define PXE_CONFIG_DEPTH  16

/* ipappend's bits. */
#define PXE_APPEND_IP     1
#define PXE_APPEND_BOOTIF 2

enum pxe_kind {
	PXE_NONE,   /* a menu's way to elsewhere: MENU EXIT, GOTO or QUIT */
	PXE_KERNEL, /* a kernel with its arguments */
	PXE_LOCAL,  /* the disk */
	PXE_CONFIG, /* other configuration files */
	PXE_OTHER,  /* something that no guest can start, such as a module of SYSLINUX's */
	PXE_MENU,   /* not a label, but the submenu of a MENU BEGIN */
};

struct pxe_label {
	char *name; /* NULL: a submenu */
	enum pxe_kind kind;
	char *file;   /* kernel, configuration file or module */
	char *words;  /* behind it, or NULL */
	char *append; /* NULL: the one that stands before all labels */
	char *initrd; /* of INITRD, or NULL */
	unsigned ipappend;
	bool has_ipappend;
	bool menu_default;
	bool hidden;   /* in no menu */
	bool disabled; /* cannot be chosen, not even by its name */
	size_t menu;   /* the one it is in; 0 is the first */
	size_t submenu;
};

struct pxe_config {
	struct pxe_label *labels; /* and submenus, in the order of the text */
	size_t n;
	bool in_label;         /* what follows is about the last one */
	size_t menu;           /* what follows is in */
	size_t menus;          /* submenus so far */
	size_t start;          /* MENU START: the menu that is shown first */
	char *default_words;   /* of DEFAULT: a label, or a kernel and its arguments; or NULL */
	char *ontimeout_words; /* of ONTIMEOUT, or NULL */
	char *ui_words;        /* of UI: a menu and its files; or NULL */
	bool prompt;
	char *append; /* before all labels, or NULL */
	unsigned ipappend;
	size_t files;
};

/* What a file of KERNEL is, which PXELINUX tells by the ending of its name. */
enum pxe_kind pxe_kind_of(const char *file);

/* Reads the file that INCLUDE or MENU INCLUDE names. */
struct pxe_reader {
	int (*read)(void *ctx, const char *path, struct strbuf *ret, struct err *err);
	void *ctx;
};

/*
 * Adds a file's text to a configuration, zeroed at first, and what it includes. `name` is for
 * errors, which have the line, too. ERR_INVALID, ERR_TOO_BIG, and the reader's.
 */
int pxe_config_read(struct pxe_config *config, const char *name, const char *text, size_t len,
	const struct pxe_reader *reader, struct err *err);
void pxe_config_done(struct pxe_config *config);

/* What is started. */
struct pxe_entry {
	enum pxe_kind kind; /* PXE_KERNEL, PXE_LOCAL or PXE_CONFIG */
	char *label;        /* or NULL */
	char *file;         /* the kernel */
	struct strv files;  /* configuration files, to be read one after the other */
	char *folder;       /* what the names in them are relative to from then on, or NULL */
	struct strv initrds;
	struct strbuf args; /* as they are in the file; without initrd=, which is the loader's */
	unsigned ipappend;
};

/*
 * The entry named `label`, else (NULL) the one that starts by itself: ONTIMEOUT; with a menu the
 * label of a DEFAULT beside UI, the last MENU DEFAULT, the first entry; else DEFAULT. ERR_NOT_FOUND
 * names the labels that there are; ERR_INVALID: it is nothing that a guest can start.
 */
int pxe_config_choose(
	const struct pxe_config *config, const char *label, struct pxe_entry *ret, struct err *err);
void pxe_entry_done(struct pxe_entry *entry);

static inline void auto_pxe_config(struct pxe_config *config)
{
	pxe_config_done(config);
}
static inline void auto_pxe_entry(struct pxe_entry *entry)
{
	pxe_entry_done(entry);
}

#endif
