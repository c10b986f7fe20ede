/*
 * Does the TFTP server of this host have what is published? A package such as tftpd-hpa starts one
 * for a folder of its own, and machines get "file not found" from it.
 */
#ifndef OPS_CHECK_TFTP_H
#define OPS_CHECK_TFTP_H

#include "model/types.h"
#include "ops/server.h"

#include <stdint.h>

enum { TFTP_BLOCK = 512 }; /* RFC 1350, section 2 */

enum tftp_answer {
	TFTP_SILENT, /* not within half a second */
	TFTP_SAME,
	TFTP_OTHER, /* other bytes, or there is no such file, or it may not be read */
};

/* Asks for `file`, whose first `len` bytes, at most TFTP_BLOCK, are `start`. `said` gets what the
 * server said of TFTP_OTHER. */
enum tftp_answer tftp_ask(uint32_t address, unsigned port, const char *file, const char *start,
	size_t len, struct strbuf *said);

/* How a TFTP server is made to serve what is published, also after the host's next start. */
void tftp_advice(const struct server *server, struct strbuf *ret);
/* True where it has not, which a text that is published tells: `problem` and `advice` say it. False
 * also where nothing is published or nothing answers. */
bool tftp_serves_other(struct server *server, const struct settings *settings,
	struct strbuf *problem, struct strbuf *advice);

#endif
