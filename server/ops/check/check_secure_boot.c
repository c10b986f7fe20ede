#include "ops/check/check_secure_boot.h"

#include "base/file.h"
#include "boot/efi_loader.h"
#include "boot/shim_file.h"
#include "ops/publish/loaders.h"
#include "ops/query/chain.h"

#include <fcntl.h>

enum { PROGRAM_MAX = 64 << 20 };

/* The file of the shim that machines get, or NULL. */
static const char *shim_of(const struct distro *distro, const struct distro *own)
{
	const char *arch = efi_loader_arch(distro);
	autofree char *name = arch ? xasprintf("shim%s.efi", arch) : NULL;
	const struct loader *loader = name ? loader_named(name) : NULL;

	if (own)
		return own->efi_loaders.items.v[EFI_SHIM];
	return loader ? loader_find(loader) : NULL;
}

static bool read_program(const char *path, struct strbuf *bytes, struct image_span *ret)
{
	if (!path || file_read(AT_FDCWD, path, PROGRAM_MAX, bytes, NULL) < 0)
		return false;
	*ret = (struct image_span){bytes->buf, bytes->len};
	return true;
}

static void advise(const struct distro *distro, struct strbuf *ret)
{
	if (efi_loader_can(distro, true))
		strbuf_addf(ret,
			"let these machines' firmware boot over HTTP, where they get the GRUB of "
			"the distro's medium in an image; or name one that can load over TFTP: ");
	else
		strbuf_addf(ret, "name its vendor's shim and GRUB: ");
	strbuf_addf(ret,
		"bootwright distro edit --name=%s --efi-loaders=SHIM,GRUB; or switch Secure Boot "
		"off there",
		distro->item.name);
}

bool distro_lacks_shim(struct server *server, const struct distro *distro, struct strbuf *problem,
	struct strbuf *advice)
{
	AUTO(chain) struct chain *chain = NULL;
	autostrbuf shim_bytes = STRBUF_INIT;
	autostrbuf kernel_bytes = STRBUF_INIT;
	struct image_span shim, kernel, vendor;

	if (chain_load(server, &distro_type, distro->item.name, &chain, NULL) < 0 ||
		!read_program(shim_of(distro, efi_loader_of(chain_end(chain), false)), &shim_bytes,
			&shim) ||
		!read_program(distro->kernel, &kernel_bytes, &kernel))
		return false;
	vendor = shim_vendor(shim);
	if (shim_trusts(vendor, kernel))
		return false;
	strbuf_addf(problem,
		"with Secure Boot on, machines do not boot distro '%s' over TFTP: its kernel is "
		"signed by ",
		distro->item.name);
	shim_add_name(image_signatures(kernel), problem);
	strbuf_adds(problem, ", and the shim that they get trusts ");
	shim_add_name(vendor, problem);
	advise(distro, advice);
	return true;
}
