/*
 * Do defined networks share addresses? A machine there would get the range of one and the options
 * of another, whichever dnsmasq comes to first.
 */
#ifndef OPS_CHECK_NETWORKS_H
#define OPS_CHECK_NETWORKS_H

#include "model/types.h"
#include "ops/server.h"

/* True where two that are served do, or one and the settings' own, which dhcp_range or dhcp_netmask
 * makes: `problem` and `advice` say it. */
bool networks_clash(struct server *server, const struct settings *settings, struct strbuf *problem,
	struct strbuf *advice);
/* True where dnsmasq shall listen on an interface that this host does not have. */
bool networks_lack_interface(struct server *server, const struct settings *settings,
	struct strbuf *problem, struct strbuf *advice);
/* True where DHCP is a proxy somewhere: machines with UEFI get iPXE there, which Secure Boot
 * refuses, or nothing, where there is no iPXE. */
bool networks_lack_secure_boot(
	struct server *server, struct strbuf *problem, struct strbuf *advice);

#endif
