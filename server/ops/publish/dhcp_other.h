/* What to tell somebody else's DHCP server (boot/dhcp_show.h). */
#ifndef OPS_DHCP_OTHER_H
#define OPS_DHCP_OTHER_H

#include "ops/server.h"

/* `network` NULL: as this server is seen from the settings' own. The loaders are those that are
 * published, or will be. {"format", "network", "text"}; ERR_NOT_FOUND: no such network. */
int dhcp_other(struct server *server, const char *format, const char *network, json_t **ret,
	struct err *err);
/* Adds the names of the boot loaders in an open generation. */
void dhcp_published_loaders(int generation, struct strv *ret);

#endif
