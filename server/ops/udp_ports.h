/* Does somebody listen on a UDP port of this host? The kernel tells it. */
#ifndef OPS_UDP_PORTS_H
#define OPS_UDP_PORTS_H

#include <stdbool.h>

/* True where some socket of our network namespace is bound to the port: /proc/net/udp and udp6. */
bool udp_port_is_bound(unsigned port);
/* The same, without sockets that are bound to an interface of which `counts` is false
 * (sock_diag(7)); all count where the kernel does not tell. */
bool udp_port_is_bound_where(
	unsigned port, bool (*counts)(void *ctx, const char *interface), void *ctx);
/* The same for one text in the format of /proc/net/udp (proc(5)). */
bool udp_table_has(const char *table, unsigned port);

#endif
