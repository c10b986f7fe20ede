/*
 * What XenServer and XCP keep of a machine for eliloader, the keys of its other-config:
 * install-repository, install-distro, install-arch, debian-release, install-methods, install-round.
 * Read from a file: lines `key=value` or `key: value`, a JSON object, or what
 * `xe vm-param-get param-name=other-config` prints (`key: value; key: value`). Other keys are
 * passed over: other-config holds much else.
 */
#ifndef BOOTLOADER_OTHER_CONFIG_H
#define BOOTLOADER_OTHER_CONFIG_H

#include "base/err.h"

#include <stddef.h>

struct other_config {
	char *repository; /* these are NULL where the file does not have them */
	char *distro;
	char *arch;
	char *release;
	char *methods;
	char *round;
};

/* ERR_INVALID names the key. Call other_config_done() all the same. */
int other_config_parse(const char *text, size_t len, struct other_config *ret, struct err *err);
int other_config_read(const char *path, struct other_config *ret, struct err *err);
void other_config_done(struct other_config *config);

#endif
