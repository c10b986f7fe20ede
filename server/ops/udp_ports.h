/* Who listens on a UDP port of this host, as the kernel tells it: /proc/net/udp and udp6. */
#ifndef OPS_UDP_PORTS_H
#define OPS_UDP_PORTS_H

#include <stdbool.h>

/* True where some socket of our network namespace is bound to the port. */
bool udp_port_is_bound(unsigned port);
/* The same for one text in the format of /proc/net/udp (proc(5)). */
bool udp_table_has(const char *table, unsigned port);

#endif
