/*
 * Our own GRUB for UEFI that boots over HTTP with Secure Boot off: an image of GRUB's modules with
 * a configuration in it that asks DHCP for an address once more (the firmware's is not GRUB's) and
 * goes on with the published grub/grub.cfg, all over HTTP. It is made by grub-mkimage when
 * something that it is made of changes, and kept in STATE/loaders.
 */
#ifndef OPS_NET_GRUB_H
#define OPS_NET_GRUB_H

#include "ops/server.h"

/* As it is published. */
#define NET_GRUB "http-boot/netgrubx64.efi"

/* The Debian package that is missing to make it, or NULL. */
const char *net_grub_lacks(void);
/* What has been made last: its absolute path, yours; NULL: nothing. */
char *net_grub_made(struct server *server);
/* For people: who has http_boot=grub ("profile 'bar' and 3 more"), yours; NULL: nobody. */
char *net_grub_wanted(struct server *server);

/* The file's absolute path, yours; NULL where grub-mkimage or GRUB's modules are not installed. */
int net_grub_make(struct server *server, const struct boot_site *site, char **ret, struct err *err);

#endif
