/*
 * Is each interface's master there? A card whose bond or bridge is misspelt installs without it.
 * Not an edit's to refuse: an administrator may name the bond before adding it.
 */
#ifndef OPS_CHECK_INTERFACES_H
#define OPS_CHECK_INTERFACES_H

#include "ops/server.h"

/* True where one is not: `problem` names the first and says how many more there are, `advice` what
 * mends it. */
bool interfaces_lack_master(struct server *server, struct strbuf *problem, struct strbuf *advice);

#endif
