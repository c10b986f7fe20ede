#include "boot/images.h"

#include <string.h>

#define SAFE                                                                                       \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"                                     \
	"0123456789._+-"

const char *boot_image_source(const struct distro *distro, size_t i)
{
	const char *path = distro->hypervisor;

	if (i == 0)
		path = distro->kernel;
	else if (i < boot_images(distro))
		path = distro->initrd.items.v[i - 1];
	return path ? path : "";
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_safe(const char *name)
{
	return *name && !name[strspn(name, SAFE)] && *name != '-' && *name != '.';
}

static void add_safe(const char *name, struct strbuf *ret)
{
	for (; *name; name++)
		if (strchr(SAFE, *name))
			strbuf_addc(ret, *name);
		else
			strbuf_addc(ret, '_');
}

/* The number in front keeps names apart: /a/initrd and /b/initrd, or two that differ only in
 * characters that are replaced here. */
void boot_image_name(const struct distro *distro, size_t i, struct strbuf *ret)
{
	const char *name = base_name(boot_image_source(distro, i));
	bool taken = false;

	for (size_t other = 0; other < i && !taken; other++)
		taken = strcmp(base_name(boot_image_source(distro, other)), name) == 0;
	if (taken || !is_safe(name))
		strbuf_addf(ret, "%zu-", i);
	add_safe(name, ret);
}

void boot_image_path(const struct distro *distro, size_t i, struct strbuf *ret)
{
	strbuf_addf(ret, "images/%s/", distro->item.name);
	boot_image_name(distro, i, ret);
}

void boot_disk_name(const struct image *image, struct strbuf *ret)
{
	const char *name = base_name(image->file ? image->file : "");

	if (!is_safe(name))
		strbuf_adds(ret, "0-");
	add_safe(name, ret);
}

void boot_disk_path(const struct image *image, struct strbuf *ret)
{
	strbuf_addf(ret, "disks/%s/", image->item.name);
	boot_disk_name(image, ret);
}
