#include "koan-client/disk/layers.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>

enum { LAYERS_MAX = 100, NAME_BYTES = 1023 };

/* Big-endian. */
static uint64_t number(const unsigned char *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* The name in the header (QEMU, docs/interop/qcow2.txt); NULL: there is none. */
static char *name_below(const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	autofree char *name = xcalloc(1, NAME_BYTES + 1);
	unsigned char header[20];
	size_t len;

	if (fd < 0 || pread(fd, header, sizeof(header), 0) != sizeof(header) ||
		memcmp(header, "QFI\xfb", 4) != 0)
		return NULL;
	len = number(header + 16, 4);
	if (len == 0 || len > NAME_BYTES ||
		pread(fd, name, len, (off_t)number(header + 8, 8)) != (ssize_t)len)
		return NULL;
	return TAKE(name);
}

/* A name without a folder's is beside the file; one with a ':' is no file's ("json:", "nbd:"). */
static char *path_below(const char *path)
{
	autofree char *name = name_below(path);
	const char *slash = strrchr(path, '/');

	if (!name || !slash || (name[0] != '/' && strchr(name, ':')))
		return NULL;
	return name[0] == '/' ? TAKE(name) : xasprintf("%.*s/%s", (int)(slash - path), path, name);
}

void layers_read(const char *path, struct strv *ret)
{
	for (size_t i = 0; i < LAYERS_MAX; i++) {
		char *below = path_below(path);

		if (!below)
			return;
		strv_add_take(ret, below);
		path = below;
	}
}
