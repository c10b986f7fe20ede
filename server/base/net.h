/* Network addresses as text: parsed strictly, printed in one form. */
#ifndef BASE_NET_H
#define BASE_NET_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mac {
	uint8_t byte[6];
};

#define MAC_TEXT 18 /* with the NUL */

/* Six hex bytes with ':' or '-' between, or three groups with '.' (Cisco), or twelve digits. */
int mac_parse(const char *text, struct mac *ret, struct err *err);
/* Lower case, `separator` between the bytes: ':' as Linux writes it, '-' as PXELINUX looks it up.
 */
void mac_format(const struct mac *mac, char separator, char ret[MAC_TEXT]);
/* Neither all zero nor a group address: one that a network card can have. */
bool mac_is_unicast(const struct mac *mac);

/* A dotted quad, host byte order. */
int ip4_parse(const char *text, uint32_t *ret, struct err *err);
void ip4_format(uint32_t address, char ret[16]);
/* A dotted quad or an IPv6 address; `ret` gets the canonical text (RFC 5952). */
int ip_canonical(const char *text, char ret[46], struct err *err);
/* Either family as its bytes in network order; `ret` gets how many, 4 or 16. */
int ip_parse(const char *text, uint8_t bytes[16], size_t *ret, struct err *err);
/* True where the first `prefix` bits of both are the same. */
bool ip_same_network(const uint8_t *a, const uint8_t *b, unsigned prefix);
/* A netmask's prefix length, from "255.255.255.0" or "24". */
int netmask_parse(const char *text, unsigned *ret, struct err *err);

/* "HOST:PORT", "[V6]:PORT", "HOST" (port `fallback`): the parts. `host` must hold 256 bytes. */
int host_port_parse(
	const char *text, unsigned fallback, char host[256], unsigned *port, struct err *err);
/* A DNS host name or address: letters, digits, '-', '.', ':' and brackets only. */
bool host_is_valid(const char *text);

#endif
