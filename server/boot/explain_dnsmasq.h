/* dnsmasq's files as they are published, read for one machine: explain_dhcp.c's other half. */
#ifndef BOOT_EXPLAIN_DNSMASQ_H
#define BOOT_EXPLAIN_DNSMASQ_H

#include "boot/explain.h"

/* One line of the configuration. */
struct conf_line {
	unsigned number; /* from 1; 0: none */
	char *key;
	char *value;
};

/* What is asked, and what is known about the answer. */
struct asking {
	struct explain *explain;
	struct strv tags;
	char address[64]; /* a fixed one; "" */
	bool is_static;   /* only fixed addresses are given there */
	bool six;         /* DHCPv6: the boot file's URL is option 59, the architecture option 61 */
	struct conf_line range;
	struct conf_line boot;    /* the dhcp-boot that counts; DHCPv6: the dhcp-option */
	struct conf_line service; /* the pxe-service that counts */
	bool is_http_client;      /* the answer says HTTPClient */
};
void asking_done(struct asking *asking);

/* Fills the rest from explain->dhcp_conf and dhcp_hosts. */
void asking_read(struct asking *asking);
/* True where every "tag:" in front of the value holds; the parts after them go to `ret`. */
bool asking_holds(const struct asking *asking, const char *value, struct strv *ret);

#endif
