/*
 * Whole documents against tests/golden/koan/TYPE-GROUP.xml: every kind of guest with every group of
 * options that it takes. To rewrite them, set GOLDEN=rewrite and review the difference;
 * tests/golden/koan/check.sh has libvirt's own validator judge them.
 */
#include "support.h"

#include "koan-client/guest/domain_mark.h"
#include "koan-client/guest/domain_xml.h"

#include "base/file.h"

#include <fcntl.h>

enum taken_by { ALL, FIRMWARE, QEMU };

static const struct group {
	const char *name;
	enum taken_by by;
	const char *options;
	enum domain_phase phase;
	const char *image; /* its type; NULL: kernel and initrd */
} groups[] = {
	{"install", ALL, "--nogfx", DOMAIN_INSTALL, NULL},
	{"run", ALL, "--nogfx", DOMAIN_RUN, NULL},
	{"vnc", ALL, "--graphics=vnc", DOMAIN_INSTALL, NULL},
	{"spice", ALL, "--graphics=spice", DOMAIN_INSTALL, NULL},
	{"sdl", ALL, "--graphics=sdl", DOMAIN_RUN, NULL},
	{"disks", ALL,
		"--virt-path=/srv/images/,vg0,/dev/vg9/lv,/srv/c.img "
		"--virt-disk-driver=qcow2,raw,raw,raw --virt-file-size=4.5,1",
		DOMAIN_INSTALL, NULL},
	{"network-disks", ALL,
		"--virt-path=iscsi://u@san:3261/iqn.2026-11.org.example:a/1?secret="
		"4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e7,nbd://10.77.0.2/a,"
		"rbd://mon/pool/image",
		DOMAIN_INSTALL, NULL},
	{"interfaces", ALL, "--virt-bridge=br7,br8", DOMAIN_RUN, NULL},
	{"direct", ALL, "--nogfx", DOMAIN_INSTALL, "direct"},
	{"clone", ALL, "--nogfx", DOMAIN_INSTALL, "virt-clone"},
	{"import", ALL, "--import", DOMAIN_RUN, NULL},
	{"xl-config", ALL, "--xl-config --nogfx", DOMAIN_RUN, NULL},
	{"pxe", FIRMWARE, "--virt-pxe-boot", DOMAIN_INSTALL, NULL},
	{"cd", FIRMWARE, "--graphics=vnc", DOMAIN_INSTALL, "iso"},
	{"uefi", FIRMWARE, "--virt-firmware=uefi", DOMAIN_INSTALL, NULL},
	{"bios", FIRMWARE, "--virt-firmware=bios", DOMAIN_RUN, NULL},
	{"scsi", QEMU, "--qemu-disk-type=scsi", DOMAIN_INSTALL, NULL},
	{"sata", QEMU, "--qemu-disk-type=sata", DOMAIN_INSTALL, NULL},
	{"ide", QEMU, "--qemu-disk-type=ide", DOMAIN_INSTALL, NULL},
	{"usb", QEMU, "--qemu-disk-type=usb", DOMAIN_INSTALL, NULL},
	{"hardware", QEMU, "--qemu-net-type=e1000e --qemu-machine-type=pc-q35-7.2", DOMAIN_RUN,
		NULL},
};

static const char *const types[] = {"kvm", "qemu", "xenpv", "xenpvh", "xenhvm"};

static const struct {
	const char *type;
	const char *arch;
} arches[] = {
	{"kvm", "aarch64"},
	{"qemu", "i386"},
	{"qemu", "ppc64le"},
};

/* Text that would break out of a document built by hand. */
#define NASTY "auto=true a=<b>&'c' \"d\" ]]> \xc3\xa4"

static void make_plan(const struct group *group, const char *arch, struct plan *ret)
{
	autofree char *image =
		group->image
			? xasprintf("{\"type\": \"%s\", \"size\": 1, \"sha256\": \"" GOOD_SHA256
				    "\", \"url\": \"http://10.77.0.1/disks/i/f\"}",
				  group->image)
			: NULL;

	load_plan(image ? "image" : NULL, image, ret);
	free(ret->arch);
	ret->arch = xstrdup(arch);
	free(ret->kernel_options);
	ret->kernel_options = xstrdup(NASTY);
	if (strcmp(group->name, "interfaces") != 0)
		return;
	ret->nics = xreallocarray(ret->nics, 4, sizeof(*ret->nics));
	for (; ret->n_nics < 4; ret->n_nics++) {
		static const char *const names[] = {"eth0", "eth0.12", "bond0", "eth1"};
		static const char *const kinds[] = {"na", "na", "bond", "bond_slave"};
		size_t i = ret->n_nics;

		ret->nics[i] = (struct plan_nic){
			.name = xstrdup(names[i]),
			.type = xstrdup(kinds[i]),
			.bridge = xstrdup("br1"),
			.mac = {.byte = {0x52, 0x54, 0, 0xaa, 0, (uint8_t)(2 + i)}},
			.has_mac = true,
			.ip_address = xstrdup(""),
			.netmask = xstrdup(""),
			.gateway = xstrdup(""),
		};
	}
}

static void place(struct guest *guest, bool made)
{
	if (guest->start == START_KERNEL) {
		guest->kernel = xstrdup("/var/cache/koan/" GOOD_SHA256);
		guest->initrd = xstrdup("/var/cache/koan/" OTHER_SHA256);
	}
	if (guest->start == START_CDROM)
		guest->cdrom = xstrdup("/var/cache/koan/" GOOD_SHA256);
	for (size_t i = 0; made && i < guest->n_disks; i++) {
		guest->disks[i].made = true;
		guest->disks[i].place.pool = xstrdup("default");
	}
}

static void make_guest(
	const struct group *group, const char *type, const char *arch, struct guest *ret)
{
	autoplan plan = {0};
	autooptions options = {0};
	autostrv argv = STRV_INIT;
	struct err err = ERR_INIT;

	make_plan(group, arch, &plan);
	strv_add(&argv, "koan");
	strv_split(&argv, "--virt --server=10.77.0.1 --system=web7", " ");
	strv_split(&argv, group->options, " ");
	if (options_parse((int)argv.n, argv.v, NULL, &options, &err) < 0 ||
		guest_build(&options, &plan, "web7", domain_type_find(type), ret, &err) < 0 ||
		guest_place_disks(ret, "/var/lib/libvirt/images", NULL, &err) < 0)
		fail_msg("%s-%s: %s", type, group->name, err.msg);
	snprintf(ret->uuid, sizeof(ret->uuid), "4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6");
	ret->xl_config = options.xl_config;
	place(ret, strcmp(group->name, "install") == 0);
	if (group->image && strcmp(group->image, "direct") == 0)
		free(TAKE(ret->initrd));
}

static void compare(const char *name, const char *xml)
{
	autofree char *path = xasprintf("tests/golden/koan/%s.xml", name);
	autostrbuf wanted = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (getenv("GOLDEN"))
		assert_int_equal(file_replace(AT_FDCWD, path, 0644, xml, strlen(xml), &err), 0);
	if (file_read(AT_FDCWD, path, 1 << 20, &wanted, &err) < 0)
		fail_msg("%s", err.msg);
	if (strcmp(xml, wanted.buf) != 0)
		fail_msg("%s differs; got:\n%s", path, xml);
}

static void check_golden(
	const struct group *group, const char *type, const char *arch, const char *name)
{
	autoguest guest = {0};
	autofree char *xml = NULL;

	make_guest(group, type, arch, &guest);
	xml = domain_xml(&guest, group->phase);
	compare(name, xml);
}

static bool takes(const char *name, enum taken_by by)
{
	const struct domain_type *type = domain_type_find(name);

	switch (by) {
	case ALL:
		return true;
	case FIRMWARE:
		return type->firmware;
	case QEMU:
		return type->qemu;
	}
	return false;
}

static void test_every_type_and_group(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		for (size_t j = 0; j < ARRAY_SIZE(groups); j++) {
			autofree char *name = xasprintf("%s-%s", types[i], groups[j].name);

			if (takes(types[i], groups[j].by))
				check_golden(&groups[j], types[i], "x86_64", name);
		}
}

static void test_architectures(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
		autofree char *name = xasprintf("%s-%s", arches[i].type, arches[i].arch);

		check_golden(&groups[0], arches[i].type, arches[i].arch, name);
	}
}

/* A machine that has no USB, no keyboard and no card for a CD by itself. */
static void test_bare_machine(void **state)
{
	static const char *const names[] = {"vnc", "cd", "usb"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (size_t j = 0; j < ARRAY_SIZE(names); j++) {
			autofree char *name = xasprintf("qemu-aarch64-%s", names[j]);

			if (strcmp(groups[i].name, names[j]) == 0)
				check_golden(&groups[i], "qemu", "aarch64", name);
		}
}

/* What --undo goes by is what was written. */
static void test_mark(void **state)
{
	automark mark = {0};
	automark none = {0};
	autoguest guest = {0};
	autofree char *xml = NULL;

	(void)state;
	make_guest(&groups[0], "kvm", "x86_64", &guest);
	guest.xl_config = true;
	xml = domain_xml(&guest, DOMAIN_RUN);
	assert_true(domain_mark_read(xml, &mark));
	assert_true(mark.xl);
	assert_int_equal(mark.volumes.n, 1);
	assert_string_equal(mark.pools.v[0], "default");
	assert_string_equal(mark.volumes.v[0], "web7-disk0");
	assert_false(domain_mark_read("<domain><metadata><guest xmlns='urn:other'/></metadata>"
				      "</domain>",
		&none));
	assert_false(domain_mark_read("no XML", &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_type_and_group),
		cmocka_unit_test(test_architectures),
		cmocka_unit_test(test_bare_machine),
		cmocka_unit_test(test_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
