#include "ops/publish/loaders.h"

#include "model/types.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#define BIOS      "machines that boot by BIOS"
#define UEFI      "machines that boot by UEFI"
#define UEFI_HTTP "machines that boot by UEFI over HTTP"
#define IPXE      "iPXE"
#define ARM64     "aarch64"

/* A row of GRUB's modules that the signed GRUB has not in itself. It loads them where Secure Boot
 * is off, from the folder that its prefix names. */
#define GRUB_MODULE(file)                                                                          \
	{                                                                                          \
		.name = "grub/x86_64-efi/" file, .package = "grub-efi-amd64-bin", .paths = {       \
			"/usr/lib/grub/x86_64-efi/" file                                           \
		}                                                                                  \
	}

/* A row of syslinux's modules. */
#define MODULE(file, for_what)                                                                     \
	{                                                                                          \
		.name = (file), .package = "syslinux-common", .needed = (for_what), .paths = {     \
			"/usr/lib/syslinux/modules/bios/" file,                                    \
			"/usr/share/syslinux/" file,                                               \
		}                                                                                  \
	}

const struct loader loaders_all[] = {
	{
		.name = "pxelinux.0",
		.package = "pxelinux",
		.needed = BIOS,
		.paths = {"/usr/lib/PXELINUX/pxelinux.0", "/usr/share/syslinux/pxelinux.0"},
	},
	{
		.name = "lpxelinux.0",
		.package = "pxelinux",
		.paths = {"/usr/lib/PXELINUX/lpxelinux.0", "/usr/share/syslinux/lpxelinux.0"},
	},
	MODULE("ldlinux.c32", BIOS),
	MODULE("libutil.c32", BIOS),
	MODULE("menu.c32", BIOS),
	MODULE("libcom32.c32", NULL),
	MODULE("vesamenu.c32", NULL),
	MODULE("mboot.c32", NULL),
	MODULE("chain.c32", NULL),
	{
		.name = "memdisk",
		.package = "syslinux-common",
		.paths = {"/usr/lib/syslinux/memdisk", "/usr/share/syslinux/memdisk"},
	},
	{
		.name = "memtest",
		.package = "memtest86+",
		.paths = {"/boot/memtest86+x64.bin", "/usr/share/memtest86+/memtest.bin"},
	},
	{
		.name = "memtest.efi",
		.package = "memtest86+",
		.paths = {"/boot/memtest86+x64.efi", "/usr/share/memtest86+/memtest.efi"},
	},
	{
		.name = "shimx64.efi",
		.package = "shim-signed",
		.needed = UEFI,
		.paths = {"/usr/lib/shim/shimx64.efi.signed", "/boot/efi/EFI/redhat/shimx64.efi"},
	},
	{
		.name = "grubx64.efi",
		.package = "grub-efi-amd64-signed",
		.needed = UEFI,
		.paths = {"/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed"},
	},
	{
		.name = "http-boot/grubx64.efi", /* finds its files on a disk, not by TFTP */
		.package = "grub-efi-amd64-signed",
		.needed = UEFI_HTTP,
		.paths = {"/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed"},
	},
	GRUB_MODULE("multiboot2.mod"), /* and what it needs, for Xen */
	GRUB_MODULE("relocator.mod"),
	GRUB_MODULE("boot.mod"),
	GRUB_MODULE("net.mod"),
	GRUB_MODULE("acpi.mod"),
	GRUB_MODULE("linux.mod"),
	GRUB_MODULE("video.mod"),
	GRUB_MODULE("mmap.mod"),
	GRUB_MODULE("extcmd.mod"),
	GRUB_MODULE("http.mod"), /* and what it needs */
	GRUB_MODULE("priority_queue.mod"),
	GRUB_MODULE("datetime.mod"),
	GRUB_MODULE("bufio.mod"),
	{
		.name = "shimaa64.efi",
		.package = "shim-signed",
		.needed = UEFI,
		.arch = ARM64,
		.paths = {"/usr/lib/shim/shimaa64.efi.signed"},
	},
	{
		.name = "grubaa64.efi",
		.package = "grub-efi-arm64-signed",
		.needed = UEFI,
		.arch = ARM64,
		.paths = {"/usr/lib/grub/arm64-efi-signed/grubnetaa64.efi.signed"},
	},
	{
		.name = "http-boot/grubaa64.efi",
		.package = "grub-efi-arm64-signed",
		.needed = UEFI_HTTP,
		.arch = ARM64,
		.paths = {"/usr/lib/grub/arm64-efi-signed/grubaa64.efi.signed"},
	},
	{
		.name = "undionly.kpxe",
		.package = "ipxe",
		.needed = IPXE,
		.paths = {"/usr/lib/ipxe/undionly.kpxe", "/usr/share/ipxe/undionly.kpxe"},
	},
	{
		.name = "ipxe.lkrn", /* for PXELINUX, to which a loader is a kernel */
		.package = "ipxe",
		.paths = {"/usr/lib/ipxe/ipxe.lkrn", "/boot/ipxe.lkrn",
			"/usr/share/ipxe/ipxe.lkrn"},
	},
	{
		.name = "ipxe.efi",
		.package = "ipxe",
		.needed = IPXE,
		.paths = {"/usr/lib/ipxe/ipxe.efi", "/usr/share/ipxe/ipxe-x86_64.efi"},
	},
	{
		.name = "snponly.efi",
		.package = "ipxe",
		.paths = {"/usr/lib/ipxe/snponly.efi", "/usr/share/ipxe/ipxe-snponly-x86_64.efi"},
	},
	{
		.name = "ipxe-arm64.efi", /* Debian has it from release 13 on */
		.package = "ipxe",
		.arch = ARM64,
		.paths = {"/usr/lib/ipxe/ipxe-arm64.efi", "/usr/share/ipxe/arm64-efi/ipxe.efi",
			"/usr/share/ipxe/arm64-efi/snponly.efi"},
	},
};
const size_t n_loaders = sizeof(loaders_all) / sizeof(loaders_all[0]);

static const char *find(const struct loader *loader, struct stat *st)
{
	for (size_t i = 0; i < 4 && loader->paths[i]; i++)
		if (stat(loader->paths[i], st) == 0 && S_ISREG(st->st_mode))
			return loader->paths[i];
	return NULL;
}

const struct loader *loader_named(const char *name)
{
	for (size_t i = 0; i < n_loaders; i++)
		if (strcmp(loaders_all[i].name, name) == 0)
			return &loaders_all[i];
	return NULL;
}

const char *loader_find(const struct loader *loader)
{
	struct stat st;

	return find(loader, &st);
}

static int found_one(void *ctx, struct item *item, struct err *err)
{
	(void)item;
	(void)err;
	*(bool *)ctx = true;
	return 0;
}

bool loader_needed(struct server *server, const struct loader *loader)
{
	const struct db_filter same = {.field = item_field(&distro_type, "arch"),
		.compare = DB_EQUAL,
		.text = loader->arch};
	const struct db_query query = {.type = &distro_type, .filter = &same, .filters = 1};
	bool found = false;

	if (!loader->needed || !loader->arch)
		return loader->needed != NULL;
	db_item_list(server->db, &query, found_one, &found, NULL);
	return found;
}

/* An architecture's packages all are called by Debian's name of it. */
static const char *foreign_arch(const struct loader *loader)
{
	struct utsname host;

	if (!loader->arch || uname(&host) < 0 || strcmp(host.machine, loader->arch) == 0)
		return NULL;
	return "arm64";
}

char *loader_package(const struct loader *loader)
{
	const char *arch = foreign_arch(loader);

	/* iPXE's package has its programs for all of them */
	if (!arch || strcmp(loader->package, "ipxe") == 0)
		return xstrdup(loader->package);
	return xasprintf("%s:%s", loader->package, arch);
}

/* dpkg would not have the packages of two architectures beside each other, but a loader is a file
 * that nothing here runs. */
char *loader_install(const struct loader *loader)
{
	autofree char *package = loader_package(loader);

	if (!strchr(package, ':'))
		return xasprintf("apt-get install %s", package);
	return xasprintf("dpkg --add-architecture arm64; apt-get update; apt-get download %s; "
			 "dpkg-deb --fsys-tarfile %s_*_arm64.deb | tar -x -C / ./usr/lib",
		package, loader->package);
}

void loaders_missing(
	struct server *server, void (*each)(void *ctx, const struct loader *loader), void *ctx)
{
	for (size_t i = 0; i < n_loaders; i++)
		if (!loader_find(&loaders_all[i]) && loader_needed(server, &loaders_all[i]))
			each(ctx, &loaders_all[i]);
}

uint64_t loaders_stamp(void)
{
	uint64_t sum = 0xcbf29ce484222325ULL; /* FNV-1a */

	for (size_t i = 0; i < n_loaders; i++) {
		struct stat st = {.st_size = -1};

		find(&loaders_all[i], &st);
		sum = (sum ^ (uint64_t)st.st_size) * 0x100000001b3ULL;
		sum = (sum ^ (uint64_t)st.st_mtime) * 0x100000001b3ULL;
	}
	return sum;
}
