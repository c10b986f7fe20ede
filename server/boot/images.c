#include "boot/images.h"

#include <string.h>

#define SAFE                                                                                       \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"                                     \
	"0123456789._+-"

const char *boot_image_source(const struct distro *distro, size_t i)
{
	const char *path = i == 0 ? distro->kernel : distro->initrd.items.v[i - 1];

	return path ? path : "";
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The number in front keeps names apart: /a/initrd and /b/initrd, or two that differ only in
 * characters that are replaced here. */
void boot_image_name(const struct distro *distro, size_t i, struct strbuf *ret)
{
	const char *name = base_name(boot_image_source(distro, i));
	bool taken = false;

	for (size_t other = 0; other < i && !taken; other++)
		taken = strcmp(base_name(boot_image_source(distro, other)), name) == 0;
	if (taken || !*name || name[strspn(name, SAFE)] || *name == '-' || *name == '.')
		strbuf_addf(ret, "%zu-", i);
	for (; *name; name++)
		if (strchr(SAFE, *name))
			strbuf_addc(ret, *name);
		else
			strbuf_addc(ret, '_');
}

void boot_image_path(const struct distro *distro, size_t i, struct strbuf *ret)
{
	strbuf_addf(ret, "images/%s/", distro->item.name);
	boot_image_name(distro, i, ret);
}
