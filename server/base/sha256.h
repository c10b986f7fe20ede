/* SHA-256 by nettle, as lower-case hex. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/err.h"

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_TEXT 65 /* 64 digits and the NUL */

struct sha256 {
	struct sha256_ctx ctx;
};

void sha256_begin(struct sha256 *sum);
void sha256_add(struct sha256 *sum, const void *bytes, size_t n);
void sha256_end(struct sha256 *sum, char ret[SHA256_TEXT]);
void sha256_text(const void *bytes, size_t n, char ret[SHA256_TEXT]);
/* Reads `fd` from its start to its end; `size` (bytes) may be NULL. */
int sha256_fd(int fd, char ret[SHA256_TEXT], uint64_t *size, struct err *err);

#endif
