/*
 * What somebody else's DHCP server has to be told so that machines boot from here: for each sort of
 * firmware its loader, in the language of that server. A row for each language; who gets which
 * loader is clients.h's, so it cannot differ from what our own dnsmasq answers.
 */
#ifndef BOOT_DHCP_SHOW_H
#define BOOT_DHCP_SHOW_H

#include "boot/dnsmasq.h"

struct dhcp_show {
	const struct boot_dhcp *dhcp; /* its settings and loaders */
	const struct boot_site *site; /* this server, as seen from the network */
	const char *network;          /* its address, "10.77.0.0/24"; "" */
	bool six;                     /* it is IPv6; the site's addresses are, too, in brackets */
};

/* Appends the text. `format`: "dnsmasq", "isc", "kea", "mikrotik" (which has no words for DHCPv6);
 * else ERR_INVALID. */
int dhcp_show(
	const struct dhcp_show *show, const char *format, struct strbuf *ret, struct err *err);

#endif
