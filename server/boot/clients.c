#include "boot/clients.h"

#include "boot/http_image.h"
#include "model/root.h"

#include <string.h>

/* Firmware that boots over HTTP takes a URL, and only from a server that calls itself HTTPClient.
 */
const struct boot_client boot_clients[] = {
	{.tag = "bios", .arch = {0, -1}, .files = {"pxelinux.0", "undionly.kpxe"}},
	{.tag = "uefi-x64",
		.arch = {7, 9, -1},
		.files = {"shimx64.efi", "grubx64.efi", "ipxe.efi"}},
	{.tag = "uefi-ia32", .arch = {6, -1}, .files = {"ipxe-i386.efi"}},
	{.tag = "uefi-arm64",
		.arch = {11, -1},
		.files = {"shimaa64.efi", "grubaa64.efi", "ipxe-arm64.efi"}},
	{.tag = "http-x64",
		.arch = {16, -1},
		.files = {"boot/image/x64.img", "ipxe.efi", "http-boot/netgrubx64.efi"},
		.http = true},
	{.tag = "http-arm64",
		.arch = {19, -1},
		.files = {"boot/image/aa64.img", "ipxe-arm64.efi"},
		.http = true},
};
const size_t n_boot_clients = ARRAY_SIZE(boot_clients);

size_t boot_client_arches(const struct boot_client *client)
{
	size_t n = 0;

	while (n < ARRAY_SIZE(client->arch) && client->arch[n] >= 0)
		n++;
	return n;
}

const struct boot_client *boot_client_find(int arch)
{
	for (size_t i = 0; i < n_boot_clients; i++)
		for (size_t k = 0; k < boot_client_arches(&boot_clients[i]); k++)
			if (boot_clients[i].arch[k] == arch)
				return &boot_clients[i];
	return NULL;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool is_ipxe(const char *file)
{
	return begins(file, "ipxe") || begins(file, "undionly") || begins(file, "snponly");
}

/* The signed GRUB looks for its files on the server that gave it an address, which beside another
 * DHCP server is the wrong one. */
static bool is_grub(const char *file)
{
	return begins(file, "shim") || begins(file, "grub");
}

enum boot_via boot_via_of_file(const char *file)
{
	if (is_ipxe(file))
		return VIA_IPXE;
	if (begins(file, HTTP_IMAGE_FOLDER))
		return VIA_IMAGE;
	return begins(file, "http-boot/") ? VIA_GRUB : VIA_FIRST;
}

static const struct {
	const char *http_boot;
	const char *tag[2]; /* over TFTP, over HTTP */
} vias[BOOT_VIAS] = {
	[VIA_FIRST] = {"", {"pxe-first", "http-first"}},
	[VIA_IPXE] = {"ipxe", {"pxe-ipxe", "http-ipxe"}},
	[VIA_IMAGE] = {"image", {"pxe-image", "http-image"}},
	[VIA_GRUB] = {"grub", {"pxe-grub", "http-grub"}},
};

const char *boot_via_tag(enum boot_via via, bool http)
{
	return vias[via].tag[http];
}

const char *boot_via_name(enum boot_via via)
{
	return vias[via].http_boot;
}

enum boot_via boot_via_of(const struct resolved *resolved, bool http)
{
	const struct strv *loaders = resolved_list(resolved, "boot_loaders");
	const char *wanted = resolved_str(resolved, "http_boot");

	if (strv_has(loaders, "ipxe") && !strv_has(loaders, "pxe") && !strv_has(loaders, "grub"))
		return VIA_IPXE;
	if (resolved_bool(resolved, "enable_ipxe") &&
		root_kind(resolved_str(resolved, "root")) == ROOT_ISCSI)
		return VIA_IPXE;
	for (enum boot_via via = VIA_FIRST; http && via < BOOT_VIAS; via++)
		if (strcmp(vias[via].http_boot, wanted) == 0)
			return via;
	return VIA_FIRST;
}

/* An image is not a file that is published; what it is made of is. */
static bool is_published(const struct boot_dhcp *dhcp, const char *file)
{
	if (begins(file, HTTP_IMAGE_FOLDER))
		return http_image_published(file + strlen(HTTP_IMAGE_FOLDER), dhcp->loaders);
	return strv_has(dhcp->loaders, file);
}

const char *boot_client_file(const struct boot_dhcp *dhcp, const struct boot_client *client,
	enum boot_via via, bool proxy)
{
	bool with_ipxe = resolved_bool(dhcp->settings, "enable_ipxe");
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(client->files) && client->files[i]; i++) {
		const char *file = client->files[i];

		if (!is_published(dhcp, file) || (!with_ipxe && is_ipxe(file)) ||
			(proxy && is_grub(file)))
			continue;
		if (via != VIA_FIRST && boot_via_of_file(file) == via)
			return file;
		if (!first)
			first = file;
	}
	return first;
}
