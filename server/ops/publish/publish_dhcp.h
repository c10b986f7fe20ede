/* The DHCP server's part of a generation (publish.h). */
#ifndef OPS_PUBLISH_DHCP_H
#define OPS_PUBLISH_DHCP_H

#include "model/types.h"
#include "ops/publish/publish.h"

struct publish_dhcp {
	const struct chain *settings;
	struct template_env *env;
	struct sink *sink;
	const struct strv *loaders;      /* that are published */
	const struct strv *filenames;    /* that items name themselves, sorted */
	const struct distro *const *own; /* distros with loaders of their own */
	size_t owns;
	const struct strv *hosts; /* the lines of fixed addresses, sorted */
};

/* Hands dnsmasq's two files to the sink, and leaves their text in `ret`. */
int publish_dhcp(struct server *server, const struct publish_dhcp *dhcp, struct publish_result *ret,
	struct err *err);

#endif
