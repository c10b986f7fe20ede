#include "boot/clients.h"

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
	{.tag = "http-x64", .arch = {16, -1}, .files = {"ipxe.efi"}, .http = true},
	{.tag = "http-arm64", .arch = {19, -1}, .files = {"ipxe-arm64.efi"}, .http = true},
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

static bool is_ipxe(const char *file)
{
	return strncmp(file, "ipxe", 4) == 0 || strncmp(file, "undionly", 8) == 0;
}

/* The signed GRUB looks for its files on the server that gave it an address, which beside another
 * DHCP server is the wrong one. */
static bool is_grub(const char *file)
{
	return strncmp(file, "shim", 4) == 0 || strncmp(file, "grub", 4) == 0;
}

const char *boot_client_file(
	const struct boot_dhcp *dhcp, const struct boot_client *client, bool proxy)
{
	bool with_ipxe = resolved_bool(dhcp->settings, "enable_ipxe");

	for (size_t i = 0; i < ARRAY_SIZE(client->files) && client->files[i]; i++) {
		const char *file = client->files[i];

		if (strv_has(dhcp->loaders, file) && (with_ipxe || !is_ipxe(file)) &&
			!(proxy && is_grub(file)))
			return file;
	}
	return NULL;
}
