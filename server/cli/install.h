/* What a report of a system says of its installation. */
#ifndef CLI_INSTALL_H
#define CLI_INSTALL_H

#include "cli/cli.h"

/* A line such as "installation : gave up, try 4, 2026-11-21 14:00:07: it began 4 times …"; nothing
 * where there was none. */
int install_print(struct cli *cli, const char *name, struct err *err);

#endif
