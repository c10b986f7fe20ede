#include "support.h"

#include "koan-client/options.h"

/* The words of a command line, parted by blanks. */
static int parse(const char *line, const char *server, struct strv *argv, struct options *ret,
	struct err *err)
{
	strv_add(argv, "koan");
	strv_split(argv, line, " ");
	return options_parse((int)argv->n, argv->v, server, ret, err);
}

static const struct {
	const char *line;
	const char *server; /* COBBLER_SERVER */
	const char *says;
} refused[] = {
	{"", "h", "what is to be done?"},
	{"--virt", "h", "what is to be installed?"},
	{"--virt --profile=a", NULL, "which server?"},
	{"--virt --profile=a", "", "which server?"},
	{"--virt --profile=a --system=b", "h", "not both"},
	{"--virt --display --profile=a", "h", "give one of"},
	{"--virt --profile=", "h", "--profile=: must not be empty"},
	{"--list=things", "h", "must be profiles, systems, images or distros"},
	{"--virt --profil=a", "h", "did you mean '--profile'?"},
	{"--virt --profile=a --server=a/b", NULL, "--server"},
	{"--virt --profile=a --server=h:99999", NULL, "--server"},
	{"--virt --profile=a --server=h:0", NULL, "port 0"},
	{"--virt --profile=a --port=0", "h", "--port=0: must be a whole number from 1 to 65535"},
	{"--virt --profile=a --port=http", "h", "--port=http"},
	{"--virt --profile=a --virt-name=../a", "h", "--virt-name=../a: must start with"},
	{"--virt --profile=a --virt-name=a/b", "h", "--virt-name=a/b: may only have"},
	{"--virt --profile=a --virt-type=vmware", "h", "must be auto, kvm, qemu, xenpv"},
	{"--virt --profile=a --virt-ram=1G", "h", "--virt-ram=1G: must be a whole number"},
	{"--virt --profile=a --virt-ram=2", "h", "from 4 to"},
	{"--virt --profile=a --virt-cpus=0", "h", "from 1 to 1024"},
	{"--virt --profile=a --virt-file-size=ten", "h", "must be a number of GiB"},
	{"--virt --profile=a --virt-file-size=4,", "h", "empty entry"},
	{"--virt --profile=a --virt-file-size=70000", "h", "from 0 to 65536"},
	{"--virt --profile=a --virt-file-size=1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "h", "too many"},
	{"--virt --profile=a --virt-disk-driver=vmdk", "h", "must be raw or qcow2"},
	{"--virt --profile=a --virt-path=a/b", "h", "--virt-path=a/b: must be an absolute path"},
	{"--virt --profile=a --virt-path=/a/../b", "h", "'..'"},
	{"--virt --profile=a --virt-bridge=br0,thisbridgeistoolong", "h", "15 bytes"},
	{"--virt --profile=a --graphics=x11", "h", "must be vnc, spice, sdl, none"},
	{"--virt --profile=a --graphics=vnc --nogfx", "h", "contradict"},
	{"--virt --profile=a --nogfx=yes", "h", "takes no value"},
	{"--virt --profile=a word", "h", "unexpected word 'word'"},
	{"--virt --profile=a --kopts=a\x1b", "h", "control characters"},
	{"--virt --profile=a --image=b", "h", "not both"},
	{"--virt --system=a --count=2", "h", "one set of addresses"},
	{"--virt --profile=a --count=0", "h", "--count=0: must be a whole number from 1 to 1000"},
	{"--virt --profile=a --import --virt-pxe-boot", "h", "contradict"},
	{"--virt --profile=a --import --kopts=a=1", "h", "not for --import"},
	{"--virt --system=a --virt-pxe-boot --static-interface=eth0", "h", "not for --import"},
	{"--virt --profile=a --virt-pxe-boot --embed", "h", "and --virt-pxe-boot"},
	{"--virt --profile=a --kexec", "h", "for --replace-self"},
	{"--virt --profile=a --add-reinstall-entry", "h", "for --replace-self"},
	{"--virt --profile=a --root=/x", "h", "--root is for"},
	{"--undo --virt-name=a --format=xml", "h", "--format is for --virt"},
	{"--virt --profile=a --noreboot", "h", "--noreboot is for --wait"},
	{"--undo --virt-name=a --summary", "h", "--summary is for --virt"},
	{"--virt --profile=a --wait=soon", "h", "--wait=soon"},
	{"--virt --profile=a --format=yaml", "h", "must be xml or xl"},
	{"--virt --profile=a --qemu-disk-type=mfm", "h", "must be virtio, scsi, sata, ide, usb"},
	{"--virt --profile=a --qemu-net-type=a'b", "h", "--qemu-net-type"},
	{"--virt --profile=a --qemu-machine-type=", "h", "--qemu-machine-type"},
	{"--virt --profile=a --virt-firmware=coreboot", "h", "must be bios or uefi"},
	{"--virt --profile=a --static-interface=eth0", "h", "needs --system"},
	{"--virt --profile=a --ca-file=/x", "h", "give --server=https://h"},
	{"--virt --profile=a --virt-path=vol=a", "h", "must be vol=POOL/NAME"},
	{"--virt --profile=a --virt-path=vol=a/../b", "h", "must be vol=POOL/NAME"},
	{"--virt --profile=a --virt-path=gluster://h/v/i", "h", "must start with iscsi://"},
	{"--replace-self --profile=a --kexec --add-reinstall-entry", "h", "contradict"},
	{"--replace-self --image=a", "h", "an image is for guests"},
	{"--replace-self --undo", "h", "give one of"},
	{"--undo", NULL, "--undo needs --virt-name"},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		autostrv argv = STRV_INIT;
		autooptions options = {0};
		struct err err = ERR_INIT;

		if (parse(refused[i].line, refused[i].server, &argv, &options, &err) == 0)
			fail_msg("row %zu is accepted: %s", i, refused[i].line);
		assert_int_equal(err.code, ERR_USAGE);
		assert_contains(err.msg, refused[i].says);
	}
}

static const struct {
	const char *line;
	const char *server;
	const char *host;
	unsigned port;
} servers[] = {
	{"--list=profiles", "h", "h", 80},
	{"--list=profiles --server=a", "h", "a", 80},
	{"--list=profiles --server=a:8080", NULL, "a", 8080},
	{"--list=profiles --port=81", "h", "h", 81},
	{"--list=profiles --port=81 --server=a:82", NULL, "a", 82},
	{"--list=profiles --server=[::1]:82", NULL, "::1", 82},
	{"--list=profiles --server=10.0.0.1", NULL, "10.0.0.1", 80},
	{"--list=profiles --server=https://a", NULL, "a", 443},
	{"--list=profiles --server=https://a:8443", NULL, "a", 8443},
	{"--list=profiles --server=http://a", NULL, "a", 80},
};

static void test_servers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		autostrv argv = STRV_INIT;
		autooptions options = {0};

		assert_int_equal(
			parse(servers[i].line, servers[i].server, &argv, &options, NULL), 0);
		assert_int_equal(options.action, KOAN_LIST);
		assert_string_equal(options.item_kind, "profiles");
		assert_string_equal(options.host, servers[i].host);
		assert_int_equal(options.port, servers[i].port);
	}
}

static void test_all(void **state)
{
	autostrv argv = STRV_INIT;
	autooptions options = {0};

	(void)state;
	assert_int_equal(parse("--virt --system=web7 --virt-name=lady --virt_type=xenfv "
			       "--virt-path=/dev/vg0,,/srv/b.qcow2 --virt-file-size=10,4.5,0 "
			       "--virt-disk-driver=raw,qcow2 --virt-bridge=br0,br1 --virt-ram=2048 "
			       "--virt-cpus 4 --nogfx --kopts=quiet --connect=xen:///system "
			       "--virt-auto-boot --dry-run --force --cache-dir=/tmp/x",
				 "h", &argv, &options, NULL),
		0);
	assert_int_equal(options.action, KOAN_VIRT);
	assert_string_equal(options.item_kind, "system");
	assert_string_equal(options.item_name, "web7");
	assert_string_equal(options.virt_name, "lady");
	assert_string_equal(options.type->name, "xenhvm");
	assert_int_equal(options.paths.n, 3);
	assert_string_equal(options.paths.v[1], "");
	assert_int_equal(options.n_file_size, 3);
	assert_int_equal(bytes_from_gib(options.file_size[1]), UINT64_C(4831838208));
	assert_int_equal(options.disk_drivers.n, 2);
	assert_int_equal(options.bridges.n, 2);
	assert_int_equal(options.ram, 2048);
	assert_int_equal(options.cpus, 4);
	assert_true(options.graphics->none);
	assert_string_equal(options.kernel_options, "quiet");
	assert_string_equal(options.connect, "xen:///system");
	assert_string_equal(options.cache_dir, "/tmp/x");
	assert_true(options.auto_boot && options.dry_run && options.force);
}

/* What can be done without a server, or without a name. */
static void test_little(void **state)
{
	static const struct {
		const char *line;
		const char *server;
		enum koan_action action;
	} rows[] = {
		{"--undo --virt-name=lady", NULL, KOAN_UNDO},
		{"--undo --virt-name=lady --count=3", NULL, KOAN_UNDO},
		{"--replace-self", "h", KOAN_REPLACE_SELF},
		{"--update-files", "h", KOAN_UPDATE_FILES},
		{"--display", "h", KOAN_DISPLAY},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrv argv = STRV_INIT;
		autooptions options = {0};

		assert_int_equal(parse(rows[i].line, rows[i].server, &argv, &options, NULL), 0);
		assert_int_equal(options.action, rows[i].action);
		assert_null(options.item_name);
	}
}

/* Every option says what became of it: --help is where Cobbler's users read it. */
static void test_help_tells(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	options_print_help(out);
	fclose(out);
	assert_contains(text, "[koan: the same");
	assert_contains(text, "[new]");
	assert_contains(text, "repaired");
	free(text);
}

static void test_help_needs_nothing(void **state)
{
	autostrv argv = STRV_INIT;
	autooptions options = {0};

	(void)state;
	assert_int_equal(parse("--help", NULL, &argv, &options, NULL), 0);
	assert_int_equal(options.action, KOAN_HELP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_help_needs_nothing),
		cmocka_unit_test(test_little),
		cmocka_unit_test(test_help_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
