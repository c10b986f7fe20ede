/* How long a list of DNS search domains is in a DHCP answer. */
#ifndef MODEL_SEARCH_DOMAINS_H
#define MODEL_SEARCH_DOMAINS_H

#include "base/err.h"
#include "base/strv.h"

/* Fails (ERR_INVALID, of the field name_servers_search) where dnsmasq would refuse the list: it
 * does not split option 119 (RFC 3397) into several, so 255 bytes is all. */
int search_domains_fit(const struct strv *domains, struct err *err);

#endif
