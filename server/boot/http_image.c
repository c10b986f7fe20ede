#include "boot/http_image.h"

#include "base/mem.h"

#include <string.h>

static const struct http_image_kind kinds[] = {
	{
		.name = "x64.img",
		.shim = "shimx64.efi",
		.shim_path = "EFI/BOOT/BOOTX64.EFI",
		.grub = "http-boot/grubx64.efi",
		.grub_path = "EFI/BOOT/grubx64.efi",
		.modules = "x86_64-efi",
	},
	{
		.name = "aa64.img",
		.shim = "shimaa64.efi",
		.shim_path = "EFI/BOOT/BOOTAA64.EFI",
		.grub = "http-boot/grubaa64.efi",
		.grub_path = "EFI/BOOT/grubaa64.efi",
	},
};

const char *const http_image_grub_cfg[] = {
	"EFI/debian/grub.cfg", "EFI/ubuntu/grub.cfg", "EFI/BOOT/grub.cfg", NULL};

const struct http_image_kind *http_image_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

bool http_image_published(const char *name, const struct strv *loaders)
{
	const struct http_image_kind *kind = http_image_kind(name);

	return kind && strv_has(loaders, kind->shim) && strv_has(loaders, kind->grub);
}

void http_image_paths(const char *grub_cfg, struct strv *ret)
{
	static const char between[] = " \t\n'\";{}()";
	const char *word = grub_cfg + strspn(grub_cfg, between);

	while (*word) {
		size_t len = strcspn(word, between);
		autofree char *path = xstrndup(word + 1, len - 1);

		if (*word == '/' && len > 1 && !strv_has(ret, path))
			strv_add(ret, path);
		word += len;
		word += strspn(word, between);
	}
}
