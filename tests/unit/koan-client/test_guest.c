#include "support.h"

#include "koan-client/guest/guest.h"

/* Builds a guest from the good plan with one member changed, and a command line. */
static int build(
	const char *path, const char *value, const char *line, struct guest *ret, struct err *err)
{
	autoplan plan = {0};
	autooptions options = {0};
	autostrv argv = STRV_INIT;
	const struct domain_type *type;
	const char *name;

	load_plan(path, value, &plan);
	strv_add(&argv, "koan");
	strv_split(&argv, "--virt --server=h --system=web7", " ");
	strv_split(&argv, line, "|");
	if (options_parse((int)argv.n, argv.v, NULL, &options, err) < 0)
		fail_msg("%s", err->msg);
	if (guest_wanted_name(&options, &plan, &name, err) < 0 ||
		guest_wanted_type(&options, &plan, &type, err) < 0)
		return -1;
	return guest_build(&options, &plan, name, type ? type : domain_type_at(0), ret, err);
}

static const struct {
	const char *path;
	const char *value;
	const char *line;
	const char *cmdline;
} command_lines[] = {
	{NULL, NULL, "", "auto=true priority=critical"},
	{NULL, NULL, "--nogfx", "auto=true priority=critical console=ttyS0"},
	{NULL, NULL, "--graphics=none|--virt-type=xenpv",
		"auto=true priority=critical console=hvc0"},
	{NULL, NULL, "--nogfx|--virt-type=xenhvm", "auto=true priority=critical console=ttyS0"},
	{"arch", "\"aarch64\"", "--nogfx", "auto=true priority=critical console=ttyAMA0"},
	{"virt.graphics", "\"none\"", "", "auto=true priority=critical console=ttyS0"},
	{"kernel_options", "\"\"", "--nogfx", "console=ttyS0"},
	{"kernel_options", "\"\"", "--kopts=quiet", "quiet"},
	{NULL, NULL, "--nogfx|--kopts=quiet splash",
		"auto=true priority=critical quiet splash console=ttyS0"},
	{NULL, NULL, "--nogfx|--kopts=console=ttyS1", "auto=true priority=critical console=ttyS1"},
	{"kernel_options", "\"console=tty0 a\"", "--nogfx", "console=tty0 a"},
	{"kernel_options", "\"noconsole=1\"", "--nogfx", "noconsole=1 console=ttyS0"},
	{"kernel_options", "\"b=2 a=1 a=1\"", "", "b=2 a=1 a=1"},
};

static void test_command_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(command_lines); i++) {
		autoguest guest = {0};
		struct err err = ERR_INIT;

		if (build(command_lines[i].path, command_lines[i].value, command_lines[i].line,
			    &guest, &err) < 0)
			fail_msg("row %zu: %s", i, err.msg);
		assert_string_equal(guest.cmdline, command_lines[i].cmdline);
	}
}

/* Each disk as "where size format", with ';' between. */
static const struct {
	const char *path;
	const char *value;
	const char *line;
	const char *disks;
} disks[] = {
	{NULL, NULL, "", " 4294967296 raw"},
	{"virt.file_size", "[4.5]", "", " 4831838208 raw"},
	{"virt.file_size", "[]", "", ""},
	{"virt.file_size", "[0]", "", ""},
	{"virt.file_size", "[0]", "--virt-file-size=1", " 1073741824 raw"},
	{"virt.file_size", "[1, 2]", "", " 1073741824 raw; 2147483648 raw"},
	{"virt.file_size", "[1, 0, 2]", "", " 1073741824 raw; 2147483648 raw"},
	{"virt.path", "[\"/a\", \"/b\"]", "", "/a 4294967296 raw;/b 4294967296 raw"},
	{"virt.path", "[\"/a\"]", "--virt-path=/c", "/c 4294967296 raw"},
	{"virt.path", "[\"/a\"]", "--virt-file-size=1,2", "/a 1073741824 raw;/a 2147483648 raw"},
	{"virt.disk_driver", "[\"qcow2\"]", "--virt-file-size=1,2",
		" 1073741824 qcow2; 2147483648 qcow2"},
	{"virt.disk_driver", "[]", "", " 4294967296 raw"},
	{NULL, NULL, "--virt-path=/a,vg0|--virt-file-size=1|--virt-disk-driver=qcow2,raw",
		"/a 1073741824 qcow2;vg0 1073741824 raw"},
};

static void test_disks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(disks); i++) {
		autoguest guest = {0};
		autostrbuf text = STRBUF_INIT;
		struct err err = ERR_INIT;

		if (build(disks[i].path, disks[i].value, disks[i].line, &guest, &err) < 0)
			fail_msg("row %zu: %s", i, err.msg);
		for (size_t j = 0; j < guest.n_disks; j++)
			strbuf_addf(&text, "%s%s %llu %s", j ? ";" : "", guest.disks[j].wanted,
				(unsigned long long)guest.disks[j].size, guest.disks[j].format);
		assert_string_equal(text.buf, disks[i].disks);
	}
}

#define CARD(name, mac, bridge, type)                                                              \
	"{\"name\": \"" name "\", \"mac_address\": \"" mac "\", \"virt_bridge\": \"" bridge        \
	"\", \"interface_type\": \"" type "\"}"
#define MAC1 "52:54:00:00:00:01"
#define MAC2 "52:54:00:00:00:02"

/* Each interface as "MAC bridge", with ';' between; the MAC is "-" where koan picks it. */
static const struct {
	const char *interfaces;
	const char *line;
	const char *nics;
} nics[] = {
	{"[]", "", "- virbr0"},
	{"[]", "--virt-bridge=br7", "- br7"},
	{"[" CARD("eth0", MAC1, "br0", "na") "]", "", MAC1 " br0"},
	{"[" CARD("eth0", MAC1, "", "") "]", "", MAC1 " virbr0"},
	{"[" CARD("eth0", MAC1, "br0", "na") "]", "--virt-bridge=br7", MAC1 " br7"},
	{"[" CARD("eth0", MAC1, "br0", "na") "," CARD("eth1", "", "br1", "na") "]", "",
		MAC1 " br0;- br1"},
	{"[" CARD("eth0", MAC1, "br0", "na") "," CARD("eth1", MAC2, "br1", "na") "]",
		"--virt-bridge=br7,br8", MAC1 " br7;" MAC2 " br8"},
	{"[" CARD("eth0", MAC1, "br0", "na") "," CARD("eth1", MAC2, "br1", "na") "]",
		"--virt-bridge=br7", MAC1 " br7;" MAC2 " br7"},
	/* What is stacked on cards is no card. */
	{"[" CARD("bond0", MAC1, "br0", "bond") "," CARD("eth0", MAC2, "br1", "bond_slave") "]", "",
		MAC2 " br1"},
	{"[" CARD("eth0", MAC1, "br0", "na") "," CARD("eth0.12", MAC1, "br1", "na") "]", "",
		MAC1 " br0"},
	{"[" CARD("bond0", MAC1, "br0", "bonded_bridge_slave") "," CARD(
		 "eth0", MAC2, "br1", "bridge_slave") "]",
		"", MAC2 " br1"},
	{"[" CARD("ipmi", MAC1, "br0", "bmc") "," CARD("br0", MAC1, "br1", "bridge") "]", "",
		"- virbr0"},
};

static void test_nics(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nics); i++) {
		autoguest guest = {0};
		autostrbuf text = STRBUF_INIT;
		struct err err = ERR_INIT;

		if (build("interfaces", nics[i].interfaces, nics[i].line, &guest, &err) < 0)
			fail_msg("row %zu: %s", i, err.msg);
		for (size_t j = 0; j < guest.n_nics; j++) {
			char mac[MAC_TEXT] = "-";

			if (guest.nics[j].has_mac)
				mac_format(&guest.nics[j].mac, ':', mac);
			strbuf_addf(&text, "%s%s %s", j ? ";" : "", mac, guest.nics[j].bridge);
		}
		assert_string_equal(text.buf, nics[i].nics);
	}
}

static const struct {
	const char *path;
	const char *value;
	const char *line;
	const char *says;
} refused[] = {
	{"arch", "\"vax\"", "", "'vax'"},
	{"virt.type", "\"vmware\"", "", "koan knows auto, kvm"},
	{"virt.graphics", "\"hologram\"", "", "'hologram'"},
	{"virt.disk_driver", "[\"vmdk\"]", "", "'vmdk'"},
	{"virt.file_size", "[]", "--virt-path=/a", "no size"},
	{"virt.bridge", "\"\"", "", NULL},
	{"interfaces", "[" CARD("eth0", MAC1, "br0", "na") "," CARD("eth1", MAC1, "br1", "na") "]",
		"", "the same MAC address"},
	{"interfaces.0.virt_bridge", "\"\"", "", NULL},
	{"name", "\"web 7\"", "", "choose one with --virt-name"},
	{"name", "\"../web7\"", "", "choose one with --virt-name"},
	{"name", "\"web 7\"", "--virt-name=web7", NULL},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		autoguest guest = {0};
		struct err err = ERR_INIT;
		int bad = build(refused[i].path, refused[i].value, refused[i].line, &guest, &err);

		if ((bad < 0) != (refused[i].says != NULL))
			fail_msg("row %zu: %s", i, bad ? err.msg : "is accepted");
		if (refused[i].says)
			assert_contains(err.msg, refused[i].says);
	}
}

static void test_no_bridge_at_all(void **state)
{
	autofree char *text = spoiled_plan("virt.bridge", "\"\"");
	autoplan plan = {0};
	autooptions options = {0};
	autoguest guest = {0};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(plan_parse(text, strlen(text), &plan, NULL), 0);
	plan.nics[0].bridge[0] = '\0';
	assert_int_equal(guest_build(&options, &plan, "a", domain_type_at(0), &guest, &err), -1);
	assert_contains(err.msg, "'eth0' has no bridge");
}

/* A server with many systems: every address is theirs but for those that end in a 0. */
static bool is_taken(void *ctx, const char *mac)
{
	++*(unsigned *)ctx;
	return mac[strlen(mac) - 1] != '0';
}

static bool is_always_taken(void *ctx, const char *mac)
{
	(void)mac;
	++*(unsigned *)ctx;
	return true;
}

static void test_systems_addresses(void **state)
{
	unsigned asked = 0;
	const struct mac_owners many = {is_taken, &asked};
	const struct mac_owners all = {is_always_taken, &asked};
	autostrv used = STRV_INIT;
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 20; i++) {
		autoguest guest = {0};

		assert_int_equal(build("interfaces.0.mac_address", "\"\"", "", &guest, &err), 0);
		if (guest_identify(&guest, &used, &many, &err) == 0)
			assert_int_equal(guest.nics[0].mac.byte[5] & 0xf, 0);
	}
	assert_true(asked > 20);
	{
		autoguest guest = {0};

		assert_int_equal(build("interfaces.0.mac_address", "\"\"", "", &guest, &err), 0);
		assert_int_equal(guest_identify(&guest, &used, &all, &err), -1);
		assert_contains(err.msg, "no free MAC address");
	}
	{
		autoguest guest = {0};

		asked = 0;
		assert_int_equal(build(NULL, NULL, "", &guest, &err), 0);
		assert_int_equal(guest_identify(&guest, &used, &all, &err), 0);
		assert_int_equal(asked, 0);
	}
}

static void test_identity(void **state)
{
	const struct mac_owners nobody = {NULL, NULL};
	autoguest guest = {0};
	autostrv used = STRV_INIT;
	char first[37];
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(build("interfaces.0.mac_address", "\"\"", "", &guest, &err), 0);
	assert_int_equal(guest_identify(&guest, &used, &nobody, NULL), 0);
	memcpy(first, guest.uuid, sizeof(first));
	assert_int_equal(strlen(first), 36);
	assert_int_equal(first[14], '4');
	assert_memory_equal(guest.nics[0].mac.byte, "\x00\x16\x3e", 3);
	assert_true(guest.nics[0].mac.byte[3] < 0x80);
	assert_int_equal(guest_identify(&guest, &used, &nobody, NULL), 0);
	assert_string_not_equal(first, guest.uuid);
}

static void test_places(void **state)
{
	autoguest guest = {0};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(build("virt.path", "[\"\", \"/tmp/x.img\"]", "", &guest, &err), 0);
	assert_int_equal(guest_place_disks(&guest, "/var/lib/nowhere", NULL, &err), 0);
	assert_string_equal(guest.disks[0].place.source, "/var/lib/nowhere/web7-disk0");
	assert_int_equal(guest.disks[0].place.kind, DISK_FOLDER);
	assert_string_equal(guest.disks[1].place.source, "/tmp/x.img");
}

static const struct {
	const char *line;
	const char *says;
} bad_places[] = {
	{"--virt-path=/tmp/a.img|--virt-file-size=1,1", "two disks would be '/tmp/a.img'"},
	{"--virt-path=vg0|--virt-disk-driver=qcow2", "cannot hold the format qcow2"},
};

static void test_bad_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad_places); i++) {
		autoguest guest = {0};
		struct err err = ERR_INIT;

		assert_int_equal(build(NULL, NULL, bad_places[i].line, &guest, &err), 0);
		assert_int_equal(guest_place_disks(&guest, "/images", NULL, &err), -1);
		assert_contains(err.msg, bad_places[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_lines),
		cmocka_unit_test(test_disks),
		cmocka_unit_test(test_nics),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_bridge_at_all),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_systems_addresses),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_bad_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
