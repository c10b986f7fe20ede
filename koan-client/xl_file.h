/* A Xen guest's configuration for xl, in /etc/xen/NAME, where Cobbler's koan put it. */
#ifndef KOAN_XL_FILE_H
#define KOAN_XL_FILE_H

#include "base/err.h"

#define XL_FOLDER "/etc/xen"

/* ERR_CONFLICT: there is a file of that name, which nobody may overwrite. */
int xl_file_check(const char *name, struct err *err);
int xl_file_write(const char *name, const char *text, struct err *err);
/* None is no error. */
int xl_file_remove(const char *name, struct err *err);

#endif
