/* The networks' part of dnsmasq.c. */
#ifndef BOOT_DNSMASQ_NETWORKS_H
#define BOOT_DNSMASQ_NETWORKS_H

#include "boot/dnsmasq.h"

/* Sets `interfaces` and `networks` (dnsmasq.h) of the template's variables. */
void dnsmasq_add_networks(const struct boot_dhcp *dhcp, json_t *vars);

/* This server's base URL by its IPv6 address: "http://[fd77::1]:8080". Yours to free. */
char *boot_http_base_v6(const char *http_base, const char *server);

#endif
