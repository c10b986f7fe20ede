/* Which machines get their distro's own shim and GRUB, and what dnsmasq is told of them. */
#include "support.h"

#include "boot/dnsmasq.h"
#include "boot/efi_loader.h"

#define OWN(more)                                                                                  \
	"{'kernel': '/srv/linux', 'initrd': ['/srv/initrd'], 'efi_loaders': "                      \
	"['/srv/x/BOOTX64.EFI', '/srv/x/grubx64.efi']" more "}"
#define TFTP "'efi_over_tftp': true"
#define CARD "'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:07'}}"

static const struct {
	const char *about;
	struct texts texts;
	bool over_tftp, in_image;
} rows[] = {
	{"its own", {.distro = OWN(", 'breed': 'redhat', " TFTP)}, true, true},
	{"of no family that is known", {.distro = OWN(", " TFTP)}, true, true},
	{"it has none", {.distro = DEBIAN}, false, false},
	{"a GRUB that cannot load over TFTP", {.distro = OWN(", 'efi_over_tftp': false")}, false,
		true},
	{"Debian's: the server's is younger", {.distro = OWN(", 'breed': 'debian', " TFTP)}, false,
		false},
	{"Debian's, by the profile's will",
		{.distro = OWN(", 'breed': 'debian', " TFTP),
			.profile = "{'distro': 'deb12', 'loaders_from': 'distro'}"},
		true, true},
	{"the server's, by the system's will",
		{.distro = OWN(", " TFTP),
			.system = "{'profile': 'bar', 'loaders_from': 'server'}"},
		false, false},
	{"the settings say so",
		{.settings = "{'loaders_from': 'server'}", .distro = OWN(", " TFTP)}, false, false},
	{"and the system says otherwise",
		{.settings = "{'loaders_from': 'server'}",
			.distro = OWN(", " TFTP),
			.system = "{'profile': 'bar', 'loaders_from': 'auto'}"},
		true, true},
	{"a Xen host", {.distro = OWN(", 'hypervisor': '/srv/xen.gz', " TFTP)}, false, false},
	{"a machine that gets iPXE",
		{.distro = OWN(", " TFTP),
			.system = "{'profile': 'bar', 'boot_loaders': ['ipxe']}"},
		false, false},
	{"one that gets it over HTTP",
		{.distro = OWN(", " TFTP), .system = "{'profile': 'bar', 'http_boot': 'ipxe'}"},
		true, false},
	{"an architecture without", {.distro = OWN(", 'arch': 'ppc64le', " TFTP)}, false, false},
	{"a shim alone",
		{.distro = "{'kernel': '/k', 'initrd': ['/i'], 'efi_loaders': ['/shim.efi'], " TFTP
			   "}"},
		false, false},
	{"switched to its own disk: still the same",
		{.distro = OWN(", " TFTP),
			.system = "{'profile': 'bar', 'netboot_enabled': false}"},
		true, true},
};

static void test_choice(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fixture fixture;
		const struct resolved *system;

		fixture_init(&fixture, &rows[i].texts);
		system = fixture.resolved[3];
		if ((efi_loader_of(system, false) != NULL) != rows[i].over_tftp ||
			(efi_loader_of(system, true) != NULL) != rows[i].in_image)
			fail_msg("%s", rows[i].about);
		fixture_done(&fixture);
	}
}

static void test_paths(void **state)
{
	autostrbuf text = STRBUF_INIT;
	struct fixture fixture;
	const struct distro *distro;

	(void)state;
	fixture_init(&fixture, &(struct texts){.distro = OWN(", 'efi_folder': 'EFI/BOOT'")});
	distro = (const struct distro *)fixture.item[1];
	efi_loader_path(distro, EFI_SHIM, &text);
	strbuf_addc(&text, ' ');
	efi_loader_path(distro, EFI_GRUB, &text);
	strbuf_addc(&text, ' ');
	efi_loader_config_path(distro, &text);
	assert_string_equal(text.buf, "images/deb12/efi/BOOTX64.EFI images/deb12/efi/grubx64.efi "
				      "EFI/BOOT/grub.cfg");
	fixture_done(&fixture);
	strbuf_reset(&text);
	fixture_init(&fixture, &(struct texts){.distro = OWN("")});
	efi_loader_config_path((const struct distro *)fixture.item[1], &text);
	assert_string_equal(text.buf, "images/deb12/efi/grub.cfg");
	fixture_done(&fixture);
}

/* A tag, and no line for a machine that needs none. */
static void test_hosts(void **state)
{
	static const struct {
		struct texts texts;
		const char *line; /* NULL: none */
	} lines[] = {
		{{.distro = OWN(", " TFTP), .system = "{'profile': 'bar', " CARD "}"},
			"52:54:00:aa:00:07,set:bw-efi-deb12,web7"},
		{{.system = "{'profile': 'bar', " CARD "}"}, NULL},
		{{.distro = OWN(", 'efi_over_tftp': false"),
			 .system = "{'profile': 'bar', " CARD "}"},
			NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		autostrv hosts = STRV_INIT;
		struct fixture fixture;

		fixture_init(&fixture, &lines[i].texts);
		boot_dnsmasq_hosts(&site, fixture.resolved[3], &hosts);
		assert_int_equal(hosts.n, lines[i].line != NULL);
		if (lines[i].line)
			assert_string_equal(hosts.v[0], lines[i].line);
		fixture_done(&fixture);
	}
}

static const struct {
	const char *files;
	const char *says; /* NULL: fine */
} names[] = {
	{"'/a/shimx64.efi', '/a/grubx64.efi', '/a/MokManager.efi'", NULL},
	{"", NULL},
	{"'/a/shimx64.efi'", "needs a shim and the GRUB"},
	{"'/a/shimx64.efi', '/b/shimx64.efi'", "two files are called 'shimx64.efi'"},
	{"'/a/shim x64.efi', '/a/grubx64.efi'", "'shim x64.efi' cannot be the name"},
	{"'/a/shim,x64.efi', '/a/grubx64.efi'", "'shim,x64.efi' cannot be the name"},
	{"'/a/shimx64.efi', '/a/grub.cfg'", "'grub.cfg' cannot be the name"},
	{"'/a/1', '/a/2', '/a/3', '/a/4', '/a/5', '/a/6', '/a/7', '/a/8', '/a/9'", "at most 8"},
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		autofree char *json = xasprintf(
			"{'kernel': '/k', 'initrd': ['/i'], 'efi_loaders': [%s]}", names[i].files);
		autoitem struct item *distro = item_from(&distro_type, "d", json);
		struct err err = ERR_INIT;
		int result = efi_loader_check((const struct distro *)distro, &err);

		if (result != (names[i].says ? -1 : 0) ||
			(names[i].says && !strstr(err.msg, names[i].says)))
			fail_msg("%s: %s", names[i].files, err.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
