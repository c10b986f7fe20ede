/*
 * A line of dnsmasq's lease file, as its lease.c writes it: the end in seconds since 1970 (0:
 * never), the MAC address ("06-…" where the hardware is no Ethernet), the IP address, the host's
 * name or "*", its client id or "*". For IPv6 an IAID stands in the place of the MAC address, which
 * is then taken from the client's DUID, where that has one (RFC 8415, 11.2 and 11.4).
 */
#ifndef BASE_LEASE_H
#define BASE_LEASE_H

#include "base/net.h"

struct lease {
	double ends; /* seconds since 1970; -1: never */
	char mac[MAC_TEXT];
	char address[46];      /* canonical */
	const char *hostname;  /* a valid one, or "" */
	const char *client_id; /* hex with colons, or "" */
};

/* False for what is no lease of a machine with an Ethernet address. `line`, without its newline, is
 * cut up, and `ret` borrows from it. */
bool lease_parse(char *line, struct lease *ret);

#endif
