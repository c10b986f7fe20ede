/*
 * Who gets which loader: a row for each sort of firmware that asks DHCP, by the architecture that
 * it names there (option 93: RFC 4578 and IANA's list). Whatever writes a DHCP server's rules or
 * explains an answer takes them from here.
 */
#ifndef BOOT_CLIENTS_H
#define BOOT_CLIENTS_H

#include "boot/dnsmasq.h"

struct boot_client {
	const char *tag;
	const char *files[3]; /* the first that is published is the one, but for boot_via */
	int arch[3];          /* ends with -1 where there are fewer */
	bool http;            /* boots over HTTP: takes a URL, and only from an HTTPClient */
};
extern const struct boot_client boot_clients[];
extern const size_t n_boot_clients;

/* By its architecture; NULL: none. */
const struct boot_client *boot_client_find(int arch);
/* How many architectures a row has. */
size_t boot_client_arches(const struct boot_client *client);

/* Which of a row's files a machine's record prefers, where that one is published. */
enum boot_via { VIA_FIRST, VIA_IPXE, VIA_IMAGE, VIA_GRUB };
#define BOOT_VIAS (VIA_GRUB + 1)
/* Of a chain: by http_boot for clients that boot over HTTP; iPXE where boot_loaders has nothing
 * else that a firmware could start, and for a disk in the network, which nothing else attaches. */
enum boot_via boot_via_of(const struct resolved *resolved, bool http);
/* "pxe-ipxe", "http-image": dnsmasq's tag for a machine whose way is not the settings' one. */
const char *boot_via_tag(enum boot_via via, bool http);

/* As http_boot says it. */
const char *boot_via_name(enum boot_via via);
/* Which way a row's file is; VIA_FIRST: none of the others. */
enum boot_via boot_via_of_file(const char *file);

/* The loader's name as it is published, or NULL; `proxy`: beside another DHCP server. */
const char *boot_client_file(const struct boot_dhcp *dhcp, const struct boot_client *client,
	enum boot_via via, bool proxy);

#endif
