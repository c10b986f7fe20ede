#include "boot/efi_loader.h"

#include <string.h>

/* `home` is where grub.cfg finds the machines' files. It is not `prefix`, where GRUB looks for its
 * modules, for those that are published are of this server's GRUB. */
const char efi_loader_config[] = "# A distribution's own GRUB looks for its configuration here, "
				 "and goes on like every other.\n"
				 "set home=($root)/grub\n"
				 "export home\n"
				 "configfile $home/grub.cfg\n";

static const struct efi_arch {
	const char *arch;
	const char *efi;
	int client; /* what its firmware says that it is when it boots over TFTP */
} efi_arches[] = {{"x86_64", "x64", 7}, {"aarch64", "aa64", 11}};

static const struct efi_arch *arch_of(const struct distro *distro)
{
	const char *arch = distro->arch ? distro->arch : efi_arches[0].arch;

	for (size_t i = 0; i < ARRAY_SIZE(efi_arches); i++)
		if (strcmp(efi_arches[i].arch, arch) == 0)
			return &efi_arches[i];
	return NULL;
}

const char *efi_loader_arch(const struct distro *distro)
{
	const struct efi_arch *arch = arch_of(distro);

	return arch ? arch->efi : NULL;
}

const struct boot_client *efi_loader_client(const struct distro *distro)
{
	const struct efi_arch *arch = arch_of(distro);

	return arch ? boot_client_find(arch->client) : NULL;
}

bool efi_loader_can(const struct distro *distro, bool http)
{
	return distro->efi_loaders.items.n >= EFI_LEAST && efi_loader_arch(distro) &&
	       (http || distro->efi_over_tftp.value);
}

/* The server's own are Debian's, too, and its packages are kept up to date: an older shim is one
 * that a firmware may know as revoked. */
static bool is_servers(const struct distro *distro)
{
	return distro->breed && strcmp(distro->breed, "debian") == 0;
}

/* Xen needs a module of GRUB's, which this server has for its own GRUB alone. */
static bool has_hypervisor(const struct distro *distro)
{
	return distro->hypervisor && *distro->hypervisor;
}

const struct distro *efi_loader_of(const struct resolved *resolved, bool http)
{
	const struct distro *distro = (const struct distro *)resolved_item(resolved, ITEM_DISTRO);
	const char *from = resolved_str(resolved, "loaders_from");

	if (!distro || !efi_loader_can(distro, http) || has_hypervisor(distro) ||
		strcmp(from, "server") == 0 || (strcmp(from, "auto") == 0 && is_servers(distro)) ||
		boot_via_of(resolved, http) == VIA_IPXE)
		return NULL;
	return distro;
}

const char *efi_loader_name(const struct distro *distro, size_t i)
{
	const char *path = distro->efi_loaders.items.v[i];
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void efi_loader_path(const struct distro *distro, size_t i, struct strbuf *ret)
{
	strbuf_addf(ret, "images/%s/efi/%s", distro->item.name, efi_loader_name(distro, i));
}

void efi_loader_config_path(const struct distro *distro, struct strbuf *ret)
{
	if (distro->efi_folder && *distro->efi_folder)
		strbuf_addf(ret, "%s/grub.cfg", distro->efi_folder);
	else
		strbuf_addf(ret, "images/%s/efi/grub.cfg", distro->item.name);
}

static bool is_safe(const char *name)
{
	return *name && *name != '.' && *name != '-' && strlen(name) <= 64 &&
	       !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789._+-")];
}

int efi_loader_check(const struct distro *distro, struct err *err)
{
	enum { MOST = 8 };
	size_t n = distro->efi_loaders.items.n;

	if (n && (n < EFI_LEAST || n > MOST))
		return err_field(err, ERR_INVALID, "efi_loaders",
			"needs a shim and the GRUB that it loads, in this order, and at most %d "
			"files",
			MOST);
	for (size_t i = 0; i < n; i++) {
		const char *name = efi_loader_name(distro, i);

		if (!is_safe(name) || strcmp(name, "grub.cfg") == 0)
			return err_field(err, ERR_INVALID, "efi_loaders",
				"'%.80s' cannot be the name of a loader: letters, digits and "
				"'._+-'",
				name);
		for (size_t k = 0; k < i; k++)
			if (strcmp(name, efi_loader_name(distro, k)) == 0)
				return err_field(err, ERR_INVALID, "efi_loaders",
					"two files are called '%s', and they lie in one folder",
					name);
	}
	return 0;
}
