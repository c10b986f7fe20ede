/* A machine's address on its installer's command line (installer_network=static), for networks
 * whose DHCP server gives it none, or whose boot files come another way. IPv4. */
#ifndef BOOT_CMDLINE_STATIC_H
#define BOOT_CMDLINE_STATIC_H

#include "base/strbuf.h"
#include "base/strv.h"
#include "boot/cmdline_families.h"

struct cmdline_static {
	struct strbuf ip;      /* of the kernel's, initramfs-tools' and dracut's ip= */
	struct strv server;    /* the name servers with an IPv4 address */
	struct strbuf servers; /* all of them, with commas */
};

/* Fills the parts of it. PART_IP is "dhcp", and the others are "", where the machine asks DHCP: by
 * its record, because no interface has its address (boot_static_interface()), or because its disk
 * is in the network, with whose address it goes on (iBFT). What they point to is the chain's and
 * `ret`'s. */
void cmdline_static_make(const struct resolved *resolved, const char *hostname,
	struct cmdline_static *ret, const char *part[PARTS]);
void cmdline_static_done(struct cmdline_static *text);

#endif
