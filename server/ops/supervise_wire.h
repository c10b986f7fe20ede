/* What parent and child of services=managed say to each other: one byte, one struct. */
#ifndef OPS_SUPERVISE_WIRE_H
#define OPS_SUPERVISE_WIRE_H

#include <stdint.h>

enum supervise_verb {
	SUPERVISE_RELOAD_HOSTS = 'h',
	SUPERVISE_RESTART_DHCP = 'd',
	SUPERVISE_STATUS = 's',
};

enum supervise_service { SERVICE_DNSMASQ, SERVICE_TFTPD, SERVICES };

struct supervise_reply {
	char error[200]; /* "": done */
	struct {
		int32_t pid; /* 0: not running */
		uint32_t restarts;
	} service[SERVICES];
};

#endif
