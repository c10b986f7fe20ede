/*
 * The network of a system as templates see it: each interface with what follows from its fields
 * and from the others (who its members are, which VLAN it is, where its routes lead), so that
 * seven installers' formats need not work it out seven times.
 */
#ifndef BOOT_VARS_NETWORK_H
#define BOOT_VARS_NETWORK_H

#include "model/resolve.h"
#include "model/types.h"

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

/* A network card that the machine itself could boot from: its MAC address is known. */
bool boot_is_card(const struct item *interface);

/* The system's interface that installs and manages it: the one marked `management`, else the first
 * by name that has a MAC address and is no BMC's; NULL where it has none. */
const struct item *boot_main_interface(const struct item *system);

/* The card that it boots from: the main interface, or what a bond, a bridge or a VLAN without a MAC
 * address is made of; NULL where no card's MAC address is known. */
const struct item *boot_card(const struct item *system);

/* Whose address that card has while an installer runs, which knows of no bond or bridge yet: that
 * of the main interface or of the card, else of the bond or bridge that the card is in. What is in
 * a VLAN does not count: a machine boots outside of it. NULL: none has an address and a netmask. */
const struct item *boot_static_interface(const struct item *system);

/* Whether the gateway lies in the network of the interface's own IPv4 address. */
bool boot_reaches(const struct interface *interface, const char *gateway);

/* Appends the number of bits of a netmask; nothing for "" and what is no netmask. */
void boot_add_prefix(const char *netmask, struct strbuf *ret);

#endif
