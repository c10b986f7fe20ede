/*
 * The network of a system as templates see it: each interface with what follows from its fields
 * and from the others (who its members are, which VLAN it is, where its routes lead), so that
 * seven installers' formats need not work it out seven times.
 */
#ifndef BOOT_VARS_NETWORK_H
#define BOOT_VARS_NETWORK_H

#include "model/resolve.h"

/*
 * A list of objects, by name: every field of the interface ("", null, false or [] where nobody
 * says anything) and
 *
 *   name                 "eth0", "bond0.100"
 *   kind                 "ethernet", "bond", "bridge", "vlan", "infiniband" or "bmc"; a name of
 *                        the form PARENT.NUMBER makes a VLAN
 *   vlan_id vlan_parent  100 and "bond0"; null and "" where it is none
 *   members              names of those whose interface_master it is
 *   options              bonding_opts or bridge_opts taken apart: {"mode": "802.3ad"}
 *   dhcp4                whether it asks for its IPv4 address: it is not static, and no member
 *   prefix               of the netmask: "24" or ""
 *   addresses addresses6 its own with their prefixes: of both versions, of IPv6
 *   gateway gateway6     the default routes that are this interface's; ""
 *   routes               [{"to": "10.0.0.0/8", "network", "prefix", "netmask", "via", "version"}]
 *
 * ipv6_prefix is never null.
 */
json_t *boot_interfaces(const struct resolved *resolved);

/* The system's interface that installs and manages it: the one marked `management`, else the first
 * by name that has a MAC address; NULL where it has none. */
const struct item *boot_main_interface(const struct item *system);

/* Appends the number of bits of a netmask; nothing for "" and what is no netmask. */
void boot_add_prefix(const char *netmask, struct strbuf *ret);

#endif
