/*
 * Fixed addresses on an installer's command line, in its family's own words, for networks without
 * DHCP (--static-interface). Sources: Debian installation guide, appendix B.4.2 (netcfg);
 * dracut.cmdline(7); Anaconda's options before release 7; SUSE's linuxrc; the kernel's nfsroot.rst.
 */
#ifndef KOAN_STATIC_NETWORK_H
#define KOAN_STATIC_NETWORK_H

#include "koan-client/plan/plan.h"

#include "base/strbuf.h"

/* Appends to the plan's command line, or replaces its ip=dhcp. ERR_INVALID: the plan has no
 * interface of that name with an IPv4 address and a netmask. */
int static_network_add(
	const struct plan *plan, const char *interface, struct strbuf *ret, struct err *err);

#endif
