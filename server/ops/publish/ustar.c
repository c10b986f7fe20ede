#include "ops/publish/ustar.h"

#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 512 };

/* POSIX.1-2001, pax(1), "ustar interchange format": numbers are octal digits. */
struct header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[8]; /* and version */
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char rest[12];
};
static_assert(sizeof(struct header) == BLOCK, "a header is one block");

static void pad(struct strbuf *tar, size_t n)
{
	memset(strbuf_grow(tar, n), 0, n);
	strbuf_added(tar, n);
}

void ustar_add(struct strbuf *tar, const char *path, unsigned mode, const char *text, size_t len)
{
	struct header header = {.type = '0', .user = "root", .group = "root"};
	unsigned sum = 0;

	assert(strlen(path) <= sizeof(header.name));
	memcpy(header.name, path, strlen(path));
	snprintf(header.mode, sizeof(header.mode), "%07o", mode & 07777U);
	snprintf(header.uid, sizeof(header.uid), "%07o", 0U);
	snprintf(header.gid, sizeof(header.gid), "%07o", 0U);
	snprintf(header.size, sizeof(header.size), "%011llo", (unsigned long long)len);
	snprintf(header.mtime, sizeof(header.mtime), "%011o", 0U);
	memcpy(header.magic, "ustar\00000", sizeof(header.magic));
	memset(header.checksum, ' ', sizeof(header.checksum));
	for (size_t i = 0; i < sizeof(header); i++)
		sum += ((const unsigned char *)&header)[i];
	snprintf(header.checksum, sizeof(header.checksum), "%06o", sum & 0777777U);
	strbuf_add(tar, &header, sizeof(header));
	strbuf_add(tar, text, len);
	pad(tar, (BLOCK - len % BLOCK) % BLOCK);
}

void ustar_end(struct strbuf *tar)
{
	pad(tar, 2UL * BLOCK);
}
