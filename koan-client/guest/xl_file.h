/* A Xen guest's configuration for xl, in /etc/xen/NAME, where Cobbler's koan put it. */
#ifndef KOAN_XL_FILE_H
#define KOAN_XL_FILE_H

#include "base/err.h"

#define XL_FOLDER "/etc/xen"

struct guest;

/*
 * Whether libvirt can write the guest in a way that xl reads as it is meant. libvirt puts a text
 * between quotes of the kind that is not in it and escapes nothing, while xl takes a backslash for
 * the start of an escape: other text would end early, and what follows it would be configuration.
 * ERR_INVALID. Source: virConfSaveValue() of libvirt, xl.cfg(5).
 */
int xl_check(const struct guest *guest, struct err *err);
/* ERR_CONFLICT: there is a file of that name, which nobody may overwrite. */
int xl_file_check(const char *name, struct err *err);
int xl_file_write(const char *name, const char *text, struct err *err);
/* `ret` is NULL where there is none; yours to free. */
int xl_file_read(const char *name, char **ret, struct err *err);
/* The same text in the place of another. */
int xl_file_replace(const char *name, const char *text, struct err *err);
/* None is no error. */
int xl_file_remove(const char *name, struct err *err);

#endif
