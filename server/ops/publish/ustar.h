/* Tar archives of a few small files, in POSIX.1-1988's ustar format, always the same bytes for the
 * same files: the owner is root and the time 0. */
#ifndef OPS_USTAR_H
#define OPS_USTAR_H

#include "base/strbuf.h"

/* Appends a file. The path has at most 100 bytes; `mode` is its permissions. */
void ustar_add(struct strbuf *tar, const char *path, unsigned mode, const char *text, size_t len);
/* Appends the two empty blocks that end an archive. */
void ustar_end(struct strbuf *tar);

#endif
