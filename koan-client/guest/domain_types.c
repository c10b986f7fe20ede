#include "koan-client/guest/domain_types.h"

#include "base/strbuf.h"

#include <string.h>

/*
 * In order of preference for --virt-type=auto.
 *
 * Xen's libxl serves a raw disk by the kernel (blkback), which is faster and needs no QEMU in dom0,
 * unless a driver is named. It finds "pygrub" in Xen's own folder of programs, wherever the
 * distribution put that. It reads the guest's disk in dom0 and serves PV and PVH alike.
 */
static const struct domain_type types[] = {
	{
		.name = "kvm",
		.title = "KVM",
		.uri = "qemu:///system",
		.domain = "kvm",
		.os = "hvm",
		.cpu_mode = "host-passthrough",
		.disk_bus = "virtio",
		.disk_prefix = "vd",
		.raw_driver = "qemu",
		.nic_model = "virtio",
		.console_target = "serial",
		.video = "vga",
		.firmware = true,
		.qemu = true,
		.acpi = true,
		.virtio = true,
	},
	{
		.name = "qemu",
		.title = "QEMU without hardware virtualization",
		.uri = "qemu:///system",
		.domain = "qemu",
		.os = "hvm",
		.cpu_mode = "maximum",
		.disk_bus = "virtio",
		.disk_prefix = "vd",
		.raw_driver = "qemu",
		.nic_model = "virtio",
		.console_target = "serial",
		.video = "vga",
		.firmware = true,
		.qemu = true,
		.acpi = true,
		.virtio = true,
	},
	{
		.name = "xenpv",
		.aliases = {"xen", "xenpara"},
		.title = "Xen PV",
		.uri = "xen:///system",
		.domain = "xen",
		.os = "xen",
		.machine = "xenpv",
		.cmdline_max = 1023, /* of a PV guest's start information (Xen, public/xen.h) */
		.disk_bus = "xen",
		.disk_prefix = "xvd",
		.console_target = "xen",
		.console = "hvc0",
		.bootloader = "pygrub",
	},
	{
		.name = "xenpvh",
		.title = "Xen PVH",
		.uri = "xen:///system",
		.domain = "xen",
		.os = "xenpvh",
		.machine = "xenpvh",
		.disk_bus = "xen",
		.disk_prefix = "xvd",
		.console_target = "xen",
		.console = "hvc0",
		.bootloader = "pygrub",
	},
	{
		.name = "xenhvm",
		.aliases = {"xenfv"},
		.title = "Xen HVM",
		.uri = "xen:///system",
		.domain = "xen",
		.os = "hvm",
		.machine = "xenfv",
		.disk_bus = "xen",
		.disk_prefix = "xvd",
		.console_target = "serial",
		.video = "vga",
		.firmware = true,
		.acpi = true,
	},
};

static const struct guest_arch arches[] = {
	{"x86_64", "x86_64", "q35", "ttyS0", NULL, true, true, false},
	{"amd64", "x86_64", "q35", "ttyS0", NULL, true, true, false},
	{"i386", "i686", "q35", "ttyS0", NULL, true, true, false},
	{"i686", "i686", "q35", "ttyS0", NULL, true, true, false},
	{"aarch64", "aarch64", "virt", "ttyAMA0", "efi", true, false, true},
	{"arm64", "aarch64", "virt", "ttyAMA0", "efi", true, false, true},
	{"ppc64le", "ppc64le", "pseries", "hvc0", NULL, false, false, false},
	{"ppc64el", "ppc64le", "pseries", "hvc0", NULL, false, false, false},
};

static const struct graphics_type graphics[] = {
	{.name = "vnc", .listen = true},
	{.name = "spice", .listen = true},
	{.name = "sdl"},
	{.name = "none", .none = true},
};

/* q35 has no IDE; an emulated SCSI card of 1996 is what "scsi" would be without a model. */
static const struct disk_bus buses[] = {
	{.name = "virtio", .prefix = "vd"},
	{.name = "scsi", .prefix = "sd", .controller = "virtio-scsi"},
	{.name = "sata", .prefix = "sd", .machine = "q35"},
	{.name = "ide", .prefix = "hd", .machine = "pc"},
	{.name = "usb", .prefix = "sd"},
};

static const char *const firmwares[] = {
	[FIRMWARE_BIOS] = "bios",
	[FIRMWARE_UEFI] = "uefi",
};

static bool row_has_name(const struct domain_type *row, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(row->aliases); i++)
		if (row->aliases[i] && strcmp(row->aliases[i], name) == 0)
			return true;
	return strcmp(row->name, name) == 0;
}

const struct domain_type *domain_type_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (row_has_name(&types[i], name))
			return &types[i];
	return NULL;
}

const struct domain_type *domain_type_at(size_t i)
{
	return i < ARRAY_SIZE(types) ? &types[i] : NULL;
}

const struct guest_arch *guest_arch_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		if (strcmp(arches[i].name, name) == 0)
			return &arches[i];
	return NULL;
}

const struct graphics_type *graphics_type_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(graphics); i++)
		if (strcmp(graphics[i].name, name) == 0)
			return &graphics[i];
	return NULL;
}

const struct disk_bus *disk_bus_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(buses); i++)
		if (strcmp(buses[i].name, name) == 0)
			return &buses[i];
	return NULL;
}

bool firmware_find(const char *name, enum firmware *ret)
{
	for (size_t i = FIRMWARE_BIOS; i < ARRAY_SIZE(firmwares); i++)
		if (strcmp(firmwares[i], name) == 0) {
			*ret = (enum firmware)i;
			return true;
		}
	return false;
}

static void add_name(struct strbuf *list, const char *name)
{
	if (list->len)
		strbuf_adds(list, ", ");
	strbuf_adds(list, name);
}

void domain_type_names(struct strbuf *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		add_name(ret, types[i].name);
}

void graphics_type_names(struct strbuf *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(graphics); i++)
		add_name(ret, graphics[i].name);
}

void guest_arch_names(struct strbuf *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		add_name(ret, arches[i].name);
}

void disk_bus_names(struct strbuf *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(buses); i++)
		add_name(ret, buses[i].name);
}
