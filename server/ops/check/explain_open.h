/*
 * What a machine gets at an address, without asking over the network: a published file as in.tftpd
 * or the boot port would give it, or the boot port's own answers, rendered as for the machine.
 * Nobody is recorded as having booted.
 */
#ifndef OPS_EXPLAIN_OPEN_H
#define OPS_EXPLAIN_OPEN_H

#include "boot/explain.h"
#include "ops/server.h"

struct explain_opener {
	struct server *server;
	const char *mac;   /* the machine's */
	struct strv hosts; /* this server's names and addresses, as machines know them */
	json_t *sums;      /* of files that were read already: path → {"size", "sha256"} */
};

/* For struct explain; `ctx` is the opener. */
int explain_open(void *ctx, const char *url, struct explain_file *ret, struct err *err);

#endif
