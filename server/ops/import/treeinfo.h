/*
 * The `.treeinfo` file of the Red Hat family: an INI file that comes from outside, with sections
 * such as [general], [images-x86_64], [checksums]. Format: productmd's documentation, "Treeinfo
 * file format 1.x". Keys are case-sensitive, "key = value" or "key: value", '#' and ';' begin a
 * comment line; of a key that repeats the last one counts.
 */
#ifndef OPS_TREEINFO_H
#define OPS_TREEINFO_H

#include "base/err.h"
#include "base/mem.h"

#include <stddef.h>

enum { TREEINFO_MAX_BYTES = 256 << 10, TREEINFO_MAX_KEYS = 4096 };

struct treeinfo;

/* ERR_INVALID names the line; ERR_TOO_BIG: past one of the bounds above. */
int treeinfo_parse(const char *text, size_t len, struct treeinfo **ret, struct err *err);
void treeinfo_free(struct treeinfo *treeinfo);
DEFINE_AUTO(treeinfo, struct treeinfo *, treeinfo_free)
#define autotreeinfo AUTO(treeinfo)

/* The value, or NULL where it is missing; borrowed. */
const char *treeinfo_get(const struct treeinfo *treeinfo, const char *section, const char *key);

#endif
