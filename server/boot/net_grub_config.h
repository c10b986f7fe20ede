/* The configuration inside our own GRUB for UEFI that boots over HTTP (ops/publish/net_grub.h). */
#ifndef BOOT_NET_GRUB_CONFIG_H
#define BOOT_NET_GRUB_CONFIG_H

#include "base/strbuf.h"
#include "boot/vars.h"

/* Appends it: an address by DHCP, then the published grub/grub.cfg over HTTP, from the server that
 * DHCP names or the site's own. */
void net_grub_config(const struct boot_site *site, struct strbuf *ret);

#endif
