#include "base/sha256.h"

#include "base/mem.h"

#include <fcntl.h>

static const char digits[] = "0123456789abcdef";

void sha256_begin(struct sha256 *sum)
{
	sha256_init(&sum->ctx);
}

void sha256_add(struct sha256 *sum, const void *bytes, size_t n)
{
	sha256_update(&sum->ctx, n, bytes);
}

void sha256_end(struct sha256 *sum, char ret[SHA256_TEXT])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(&sum->ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		ret[2 * i] = digits[digest[i] >> 4];
		ret[2 * i + 1] = digits[digest[i] & 15];
	}
	ret[SHA256_TEXT - 1] = '\0';
}

void sha256_text(const void *bytes, size_t n, char ret[SHA256_TEXT])
{
	struct sha256 sum;

	sha256_begin(&sum);
	sha256_add(&sum, bytes, n);
	sha256_end(&sum, ret);
}

int sha256_fd(int fd, char ret[SHA256_TEXT], uint64_t *size, struct err *err)
{
	enum { CHUNK = 256 * 1024 };
	autofree uint8_t *chunk = xmalloc(CHUNK);
	struct sha256 sum;
	off_t at = 0;

	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	sha256_begin(&sum);
	for (;;) {
		ssize_t n = pread(fd, chunk, CHUNK, at);

		if (n < 0)
			return err_sys(err, "cannot read");
		if (n == 0)
			break;
		sha256_add(&sum, chunk, (size_t)n);
		at += n;
	}
	sha256_end(&sum, ret);
	if (size)
		*size = (uint64_t)at;
	return 0;
}
