/* The kernel's table of neighbours (ARP and NDP), by rtnetlink(7). */
#ifndef OPS_NEIGHBOURS_H
#define OPS_NEIGHBOURS_H

#include "base/net.h"

/* The MAC address that goes with an IP address on a network of ours; "" where there is none. */
void neighbour_mac(const char *ip, char ret[MAC_TEXT]);

#endif
