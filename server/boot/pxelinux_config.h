/*
 * A configuration of PXELINUX, read: labels, and the menus that show them. By the manuals of
 * Syslinux (doc/syslinux.txt, doc/menu.txt) and what version 6.04 was seen to do.
 */
#ifndef BOOT_PXELINUX_CONFIG_H
#define BOOT_PXELINUX_CONFIG_H

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct pxelinux_label {
	char *name;
	char *title;  /* as the menu shows it; NULL: by its name */
	char *kernel; /* of KERNEL, LINUX …; NULL: none */
	char *append;
	char *initrd;
	bool local;
	unsigned sysappend;
	size_t menu; /* that shows it */
};

struct pxelinux_menu {
	char *title;
	size_t above; /* the menu that leads to it */
};

struct pxelinux_config {
	struct pxelinux_label *label;
	size_t n;
	struct pxelinux_menu *menu; /* the first is the one that is shown first */
	size_t menus;
	size_t open;      /* while it is read: the menu that has not ended */
	char *fallback;   /* DEFAULT or UI */
	char *on_timeout; /* ONTIMEOUT, or the MENU DEFAULT */
};

void pxelinux_config_read(const char *text, struct pxelinux_config *ret);
void pxelinux_config_done(struct pxelinux_config *config);
static inline void auto_pxelinux_config(struct pxelinux_config *config)
{
	pxelinux_config_done(config);
}

/* NULL: there is none; `name` may be NULL. */
const struct pxelinux_label *pxelinux_label_named(
	const struct pxelinux_config *config, const char *name);
/* What a menu shows by a title: a label, or another menu at *menu (then NULL); NULL and the same
 * menu: nothing. */
const struct pxelinux_label *pxelinux_label_shown(
	const struct pxelinux_config *config, const char *title, size_t *menu);

#endif
