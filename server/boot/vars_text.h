/*
 * The text variables of templates, and what they are made from; each is made once, when it is asked
 * for. What each means stands in vars.h.
 */
#ifndef BOOT_VARS_TEXT_H
#define BOOT_VARS_TEXT_H

#include "boot/vars.h"
#include "model/types.h"

enum vars_text {
	TEXT_AUTOINSTALL_URL,
	TEXT_DISTRO_NAME,
	TEXT_DOMAIN,
	TEXT_FQDN,
	TEXT_GATEWAY,
	TEXT_HOSTNAME,
	TEXT_HTTP_BASE,
	TEXT_HTTP_SERVER,
	TEXT_INSTALLED_CMDLINE,
	TEXT_IP_ADDRESS,
	TEXT_ITEM_TYPE,
	TEXT_KERNEL_CMDLINE,
	TEXT_KERNEL_CMDLINE_POST,
	TEXT_KERNEL_PATH,
	TEXT_KERNEL_URL,
	TEXT_MAC_ADDRESS,
	TEXT_NAME,
	TEXT_NETMASK,
	TEXT_NEXT_SERVER,
	TEXT_PREFIX,
	TEXT_PROFILE_NAME,
	TEXT_REPORT_END_URL,
	TEXT_REPORT_START_URL,
	TEXT_SERIAL_CONSOLE,
	TEXT_SERVER,
	TEXT_SYSTEM_NAME,
	TEXT_TREE,
	TEXT_TREE_DIR,
	TEXT_TREE_HOST,
	TEXT_TREE_URL,
	TEXT_XEN_GUEST,
	TEXTS,
};

struct boot_vars {
	const struct boot_site *site;
	const struct resolved *resolved;
	const struct distro *distro; /* NULL: none */
	const struct item *system;   /* NULL: a profile's or distro's variables */
	char *made[TEXTS];           /* those that were asked for */
	struct strbuf words;         /* of the kernel's command line */
	bool has_words;
	bool rescue;
};

/* Borrowed from the variables. */
const char *vars_text(struct boot_vars *vars, enum vars_text which);
/* The variable's number, -1: there is none of this name. */
int vars_text_find(const char *name);
const char *vars_text_name(enum vars_text which);

#endif
