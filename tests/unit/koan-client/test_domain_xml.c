/*
 * Whole documents against tests/golden/koan/NAME.xml. To rewrite them, set GOLDEN=rewrite and
 * review the difference; tests/golden/koan/check.sh has libvirt's own validator judge them.
 */
#include "support.h"

#include "koan-client/domain_xml.h"

#include "base/file.h"

#include <fcntl.h>

struct golden {
	const char *file;
	const char *type;
	const char *arch;
	enum domain_phase phase;
	const char *graphics;
	bool many; /* two disks on other storage, two interfaces */
};

static const struct golden goldens[] = {
	{"kvm-install", "kvm", "x86_64", DOMAIN_INSTALL, "none", false},
	{"kvm-run", "kvm", "x86_64", DOMAIN_RUN, "none", false},
	{"kvm-aarch64-install", "kvm", "aarch64", DOMAIN_INSTALL, "none", false},
	{"kvm-many-install", "kvm", "x86_64", DOMAIN_INSTALL, "spice", true},
	{"qemu-install", "qemu", "x86_64", DOMAIN_INSTALL, "vnc", false},
	{"qemu-run", "qemu", "x86_64", DOMAIN_RUN, "vnc", false},
	{"qemu-i386-install", "qemu", "i386", DOMAIN_INSTALL, "sdl", false},
	{"xenpv-install", "xenpv", "x86_64", DOMAIN_INSTALL, "none", false},
	{"xenpv-run", "xenpv", "x86_64", DOMAIN_RUN, "none", false},
	{"xenpv-many-install", "xenpv", "x86_64", DOMAIN_INSTALL, "vnc", true},
	{"xenpvh-install", "xenpvh", "x86_64", DOMAIN_INSTALL, "none", false},
	{"xenpvh-run", "xenpvh", "x86_64", DOMAIN_RUN, "none", false},
	{"xenhvm-install", "xenhvm", "x86_64", DOMAIN_INSTALL, "vnc", false},
	{"xenhvm-run", "xenhvm", "x86_64", DOMAIN_RUN, "vnc", false},
};

/* Text that would break out of a document built by hand. */
#define NASTY "auto=true a=<b>&'c' \"d\" ]]> \xc3\xa4"

static void make_guest(const struct golden *row, struct guest *ret)
{
	autoplan plan = {0};
	autooptions options = {.host = "10.77.0.1", .port = 80};
	struct err err = ERR_INIT;

	load_plan("interfaces.0.virt_bridge", "\"br0\"", &plan);
	free(plan.arch);
	plan.arch = xstrdup(row->arch);
	free(plan.kernel_options);
	plan.kernel_options = xstrdup(NASTY);
	options.graphics = graphics_type_find(row->graphics);
	if (row->many) {
		strv_split(&options.paths, "/srv/images/;vg0", ";");
		strv_split(&options.disk_drivers, "qcow2 raw", " ");
		plan.nics = xreallocarray(plan.nics, 2, sizeof(*plan.nics));
		plan.nics[plan.n_nics++] = (struct plan_nic){.name = xstrdup("eth1"),
			.type = xstrdup("na"),
			.bridge = xstrdup("br1"),
			.mac = {.byte = {0x52, 0x54, 0, 0xaa, 0, 2}},
			.has_mac = true};
	}
	if (guest_build(&options, &plan, "web7", domain_type_find(row->type), ret, &err) < 0 ||
		guest_place_disks(ret, "/var/lib/libvirt/images", &err) < 0)
		fail_msg("%s: %s", row->file, err.msg);
	snprintf(ret->uuid, sizeof(ret->uuid), "4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6");
	ret->kernel = xstrdup("/var/lib/bootwright/koan/" GOOD_SHA256);
	ret->initrd = xstrdup("/var/lib/bootwright/koan/" OTHER_SHA256);
}

static void test_goldens(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++) {
		autofree char *path = xasprintf("tests/golden/koan/%s.xml", goldens[i].file);
		autofree char *xml = NULL;
		autoguest guest = {0};
		autostrbuf wanted = STRBUF_INIT;
		struct err err = ERR_INIT;

		make_guest(&goldens[i], &guest);
		xml = domain_xml(&guest, goldens[i].phase);
		if (getenv("GOLDEN"))
			assert_int_equal(
				file_replace(AT_FDCWD, path, 0644, xml, strlen(xml), &err), 0);
		if (file_read(AT_FDCWD, path, 1 << 20, &wanted, &err) < 0)
			fail_msg("%s", err.msg);
		if (strcmp(xml, wanted.buf) != 0)
			fail_msg("%s differs; got:\n%s", path, xml);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
