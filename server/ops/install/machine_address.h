/*
 * Which machine asks, where a firmware does not say: by its IP address. In this order: the store's
 * fixed addresses, what dnsmasq has lent, the kernel's table of neighbours (so an address that
 * somebody else's DHCP server gave out is known, too, on the same network).
 */
#ifndef OPS_MACHINE_ADDRESS_H
#define OPS_MACHINE_ADDRESS_H

#include "base/net.h"
#include "ops/server.h"

#include <netinet/in.h>

/* The MAC address of the network card with the IP address; "" where nobody knows. */
int machine_mac(struct server *server, const char *ip, char ret[MAC_TEXT], struct err *err);
/* The other way round: the IPv4 address that dnsmasq has lent to a card; "" where it has none. */
void machine_lease(struct server *server, const char *mac, char ret[INET_ADDRSTRLEN]);
/* To whom dnsmasq has lent an address; "" where to nobody. */
void machine_lent_to(struct server *server, const char *ip, char ret[MAC_TEXT]);

#endif
