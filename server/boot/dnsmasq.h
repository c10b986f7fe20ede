/*
 * dnsmasq's files: the main configuration, from a template and the settings, and one line for each
 * network card that has a fixed address (dhcp-hostsfile). Which loader a client gets depends on its
 * architecture (DHCP option 93) and on whether it is iPXE already (option 175); see dnsmasq(8).
 */
#ifndef BOOT_DNSMASQ_H
#define BOOT_DNSMASQ_H

#include "boot/vars.h"

struct boot_dhcp {
	const struct boot_site *site;
	const struct resolved *settings;
	const char *hosts_file;       /* absolute */
	const struct strv *loaders;   /* names of those that are published: "pxelinux.0" */
	const struct strv *filenames; /* that systems and profiles name themselves, each once */
};

/*
 * Appends the main file. Variables of its template: every setting, next_server, http_base,
 * hosts_file, `range` (what follows dhcp-range=, "" where there is none), `dns` (addresses), and
 * `boot`: a list of {match, tag, file, http}, `files`: a list of {tag, filename}.
 */
int boot_dnsmasq_render(struct template_env *env, const struct boot_dhcp *dhcp, struct strbuf *ret,
	struct strv *templates, struct err *err);

/* Adds the lines of a system's cards, without newline. */
void boot_dnsmasq_hosts(
	const struct boot_site *site, const struct resolved *system, struct strv *ret);
#endif
