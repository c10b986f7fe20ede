/* How a machine would boot now, step by step, from what is published (boot/explain.h). */
#ifndef OPS_EXPLAIN_H
#define OPS_EXPLAIN_H

#include "ops/server.h"

struct explain_request {
	const char *mac;
	const char *arch; /* "x86_64" …; NULL: the system's, else x86_64 */
	const char
		*firmware; /* "bios", "uefi", "uefi-http"; NULL: all that the arch has but HTTP */
	const char *user_class; /* "iPXE": the network card's own ROM is that; NULL */
	const char *network;    /* where the machine is; NULL: by its address, else the first one */
	const char *choose;     /* in the menus it shows: "Rescue>Rescue with web"; NULL: nobody */
	bool secure_boot;
};
/* {"mac", "system", "network", "published", "chains": […], "problems": […], "broken"}: the API's
 * answer. ERR_INVALID: not a MAC address, or no such firmware; ERR_NOT_FOUND: no such network. */
int explain_boot(struct server *server, const struct explain_request *request, json_t **ret,
	struct err *err);

#endif
