/*
 * dnsmasq's files: the main configuration, from a template and the settings, and one line for each
 * network card that has a fixed address (dhcp-hostsfile). Which loader a client gets depends on its
 * architecture (DHCP option 93) and on whether it is iPXE already (option 175); see dnsmasq(8).
 */
#ifndef BOOT_DNSMASQ_H
#define BOOT_DNSMASQ_H

#include "boot/vars.h"

/* A network that DHCP serves, and where this server is as machines see it from there. */
struct boot_network {
	const struct boot_site *site;
	const struct resolved *resolved;
};

struct boot_dhcp {
	const struct boot_site *site;
	const struct resolved *settings;
	const char *hosts_file;          /* absolute */
	const struct strv *loaders;      /* names of those that are published: "pxelinux.0" */
	const struct distro *const *own; /* distros with loaders of their own (efi_loader.h) */
	size_t owns;
	const struct strv *filenames; /* that systems and profiles name themselves, each once */
	const struct boot_network *network;
	size_t networks;
};

/*
 * Appends the main file. Variables of its template: every setting, and
 *   interfaces    names of the network interfaces that are served; none: all
 *   range         what follows dhcp-range= for the settings' own network, "" where there is none
 *   dns hosts_file next_server http_base
 *   clients       who gets which loader: a list of {tag, arch: [numbers], file, http, others};
 *                 `others`, a list of {tag, file}, is for machines whose record says otherwise
 *   proxy_clients the same beside another DHCP server, where some loaders cannot work
 *   own_loaders   distros' own, for machines that have the tag: {tag, client, file}
 *   own_clients   those that `clients` lacks, for it has no loader for them: {tag, arch}
 *   files         boot files that items name themselves: {tag, filename, http, url, prefix}: `http`
 *                 is true where firmware can load it over HTTP, `url` where it says itself from
 *                 where, `prefix` where the loader takes option 210
 *   networks      those that are served: {name, tag, proxy, six, ranges, router, has_router, dns,
 *                 search, no_search, mtu, next_server, http_base, elsewhere}: `elsewhere` is true
 *                 where this server has another address there than in the settings, `has_router`
 *                 where the settings' router is the network's, `no_search` where their search
 *                 domains are not
 */
int boot_dnsmasq_render(struct template_env *env, const struct boot_dhcp *dhcp, struct strbuf *ret,
	struct strv *templates, struct err *err);

/* Adds the lines of a system's cards, without newline. */
void boot_dnsmasq_hosts(
	const struct boot_site *site, const struct resolved *system, struct strv *ret);

/* What stands behind "bw-" in the tag of machines for which an item names this boot file. */
void boot_dnsmasq_file_tag(const char *filename, struct strbuf *ret);
#endif
