/* Distros whose kernel a machine with Secure Boot would refuse, as far as that can be known. */
#ifndef OPS_CHECK_SECURE_BOOT_H
#define OPS_CHECK_SECURE_BOOT_H

#include "model/types.h"
#include "ops/server.h"

/* True where the distro's kernel is signed by somebody whom the shim does not trust that its
 * machines get over TFTP: `problem` and `advice` say it. Nothing is known of a kernel that nobody
 * has signed, and of other architectures than this server has a shim for. */
bool distro_lacks_shim(struct server *server, const struct distro *distro, struct strbuf *problem,
	struct strbuf *advice);

#endif
