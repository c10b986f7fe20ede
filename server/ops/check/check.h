/* What would stop provisioning here, and what to do about each. A table of checks: a row and a
 * function. */
#ifndef OPS_CHECK_H
#define OPS_CHECK_H

#include "ops/server.h"

/* [{"id": "server-address", "severity": "error|warning", "problem": …, "advice": …}]; [] means all
 * is well. A new reference. */
json_t *check_run(struct server *server);

#endif
