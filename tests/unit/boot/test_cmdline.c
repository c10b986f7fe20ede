/* The kernel's command line: families, options that replace, repeat and remove, what is refused. */
#include "support.h"

#define D(breed, version, kernel)                                                                  \
	"{'breed': '" breed "', 'os_version': '" version                                           \
	"', 'tree': '/trees/t', 'kernel': '" kernel "', 'initrd': ['/i']}"
#define P(options) "{'distro': 'deb12', 'autoinstall': 'a', 'kernel_options': " options "}"
#define S(members) "{'profile': 'bar', " members "}"
#define SAN        "'root': 'iscsi:10.77.0.1:::1:iqn.2026-01.org.example:web7'"
#define STATIC                                                                                     \
	"'hostname': 'web7', 'gateway': '10.77.0.254', 'installer_network': 'static',"             \
	" 'interfaces': {'eth0': {'ip_address': '10.77.0.21', 'netmask': '255.255.255.0',"         \
	" 'management': true}}"
#define BOND(of_bond, more)                                                                        \
	"'hostname': 'h', 'gateway': '10.79.0.254', 'installer_network': 'static', 'interfaces': " \
	"{'bond0': "                                                                               \
	"{'interface_type':"                                                                       \
	" 'bond', 'ip_address': '10.77.0.21', 'netmask': '255.255.255.0'" of_bond                  \
	"}, 'eth0': {'interface_type': 'bond_slave', 'interface_master': 'bond0', 'mac_address':"  \
	" '52:54:00:aa:00:07'}, 'eth1': {'interface_type': 'bond_slave', 'interface_master':"      \
	" 'bond0', 'mac_address': '52:54:00:aa:00:08'}" more "}"
#define DNS                                                                                        \
	"{'distro': 'deb12', 'autoinstall': 'a',"                                                  \
	" 'name_servers': ['fd00::2', '10.77.0.2', '10.77.0.3']}"
#define URL  "http://10.77.0.1/autoinstall/system/web7"
#define TREE "http://10.77.0.1/trees/t"

static const struct {
	struct texts texts;
	const char *expected;
} lines[] = {
	{{.system = S("'hostname': 'h'")},
		"auto=true priority=critical url=" URL " hostname=h interface=auto"},
	{{.system = S("'hostname': 'h.example.org'"), .profile = "{'distro': 'deb12'}"},
		"hostname=h domain=example.org interface=auto"},
	{{.distro = D("ubuntu", "jammy", "/x/casper/vmlinuz"), .system = S("'hostname': 'h'")},
		"ip=dhcp autoinstall ds=nocloud-net;s=" URL "/"},
	{{.distro = "{'breed': 'ubuntu', 'tree': 'http://192.0.2.1/u.iso', 'kernel': '/k',"
		    " 'initrd': ['/i']}",
		 .system = S("'hostname': 'h'")},
		"ip=dhcp url=http://192.0.2.1/u.iso autoinstall ds=nocloud-net;s=" URL
		"/ cloud-config-url=/dev/null"},
	{{.distro = D("ubuntu", "bionic", "/x/linux"), .system = S("'hostname': 'h'")},
		"auto=true priority=critical url=" URL " hostname=h interface=auto"},
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz")},
		"inst.ks=" URL " inst.repo=" TREE " BOOTIF=01-52-54-00-aa-00-07"},
	{{.distro = D("redhat", "rhel6.9", "/x/vmlinuz")},
		"ks=" URL " method=" TREE " ksdevice=bootif BOOTIF=01-52-54-00-aa-00-07"},
	{{.distro = D("redhat", "fedora40", "/x/vmlinuz"), .profile = "{'distro': 'deb12'}"},
		"inst.repo=" TREE " BOOTIF=01-52-54-00-aa-00-07"},
	{{.distro = D("suse", "sles15", "/x/linux"), .system = S("'hostname': 'h'")},
		"autoyast=" URL " install=" TREE " hostname=h"},
	{{.distro = D("suse", "leap15.6", "/x/linux"),
		 .system = S("'hostname': 'h', 'proxy': 'http://p:3128'")},
		"autoyast=" URL " install=" TREE " proxy=http://p:3128 hostname=h"},
	{{.distro = D("suse", "sles16.0", "/x/linux"), .system = S("'hostname': 'h'")},
		"root=live:" TREE "/LiveOS/squashfs.img inst.install_url=" TREE
		"/install inst.auto=" URL " ip=dhcp rd.neednet=1"},
	{{.distro = "{'breed': 'suse', 'os_version': 'leap16.0', 'tree': 'http://192.0.2.1/a.iso',"
		    " 'kernel': '/k', 'initrd': ['/i']}",
		 .system = S("'hostname': 'h'")},
		"root=live:http://192.0.2.1/a.iso inst.auto=" URL " ip=dhcp rd.neednet=1"},
	{{.distro = "{'breed': 'coreos', 'tree': 'http://192.0.2.1/rootfs.img', 'kernel': '/k',"
		    " 'initrd': ['/i']}"},
		"coreos.live.rootfs_url=http://192.0.2.1/rootfs.img ignition.firstboot "
		"ignition.platform.id=metal ignition.config.url=" URL
		"/live.ign ip=dhcp rd.neednet=1"},
	{{.distro = D("flatcar", "stable", "/k")},
		"flatcar.first_boot=1 ignition.config.url=" URL "/live.ign"},
	{{.distro = "{'breed': 'fai', 'tree': 'http://192.0.2.1/fai.squashfs', 'kernel': '/k',"
		    " 'initrd': ['/i']}",
		 .system = S("'hostname': 'h'")},
		"ip=dhcp rd.neednet=1 root=live:http://192.0.2.1/fai.squashfs hostname=h "
		"FAI_ACTION=install FAI_FLAGS=verbose,sshd,reboot FAI_CONFIG_SRC=" URL
		"/config.tar"},
	{{.distro = D("live", "1", "/k"), .system = S("'hostname': 'h'")},
		"root=live:" TREE "/LiveOS/squashfs.img rd.live.image rd.neednet=1 ip=dhcp "
		"ds=nocloud-net;s=" URL "/"},
	{{.distro = D("debian", "trixie", "/x/live/vmlinuz"), .system = S("'hostname': 'h'")},
		"boot=live components fetch=" TREE "/live/filesystem.squashfs ip=dhcp"},
	{{.distro = D("other", "1", "/x/linux"), .profile = P("{'quiet': true}")}, "quiet"},
	/* diskless: no installer, so no answer file */
	{{.profile = "{'distro': 'deb12', 'autoinstall': 'a', 'root': 'initrd'}",
		 .system = S("'hostname': 'h'")},
		""},
	{{.system = S("'root': 'nfs:10.77.0.1:/srv/r'")},
		"root=/dev/nfs nfsroot=10.77.0.1:/srv/r ip=dhcp"},
	{{.distro = D("debian", "trixie", "/x/live/vmlinuz"),
		 .system = S("'root': 'nfs:10.77.0.1:/srv/r'")},
		"boot=live netboot=nfs nfsroot=10.77.0.1:/srv/r ip=dhcp"},
	{{.distro = D("debian", "trixie", "/x/live/vmlinuz"), .system = S("'root': 'initrd'")}, ""},
	{{.distro = D("ubuntu", "noble", "/x/casper/vmlinuz"),
		 .system = S("'root': 'nfs:10.77.0.1:/srv/r'")},
		"boot=casper netboot=nfs nfsroot=10.77.0.1:/srv/r ip=dhcp"},
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"),
		 .profile = "{'distro': 'deb12', 'root': 'nfs:10.77.0.1:/srv/r,vers=4'}"},
		"root=nfs:10.77.0.1:/srv/r,vers=4 ip=dhcp rd.neednet=1 "
		"BOOTIF=01-52-54-00-aa-00-07"},
	{{.profile = "{'distro': 'deb12', 'root': 'initrd'}",
		 .system = S("'hostname': 'h', 'root': ''")},
		"hostname=h interface=auto"},
	/* a disk in the network */
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"), .system = S(SAN)},
		"inst.ks=" URL " inst.repo=" TREE " ip=ibft rd.iscsi.ibft=1 rd.iscsi.firmware=1"},
	{{.distro = D("suse", "sles15", "/x/linux"), .system = S("'hostname': 'h', " SAN)},
		"autoyast=" URL " install=" TREE " withiscsi=1 hostname=h"},
	/* rescue systems take no answer file */
	{{.system = S("'hostname': 'h', 'rescue': true")},
		"hostname=h interface=auto rescue/enable=true"},
	{{.distro = D("redhat", "fedora40", "/x/vmlinuz"), .system = S("'rescue': true")},
		"inst.repo=" TREE " inst.rescue"},
	{{.distro = D("redhat", "rhel6", "/x/vmlinuz"), .system = S("'rescue': true")},
		"method=" TREE " rescue"},
	{{.distro = D("suse", "sles15", "/x/linux"),
		 .system = S("'hostname': 'h', 'rescue': true")},
		"install=" TREE " rescue=1 hostname=h"},
	/* without DHCP */
	{{.system = S(STATIC), .profile = DNS},
		"auto=true priority=critical url=" URL " hostname=web7 interface=auto "
		"netcfg/disable_autoconfig=true netcfg/get_ipaddress=10.77.0.21 "
		"netcfg/get_netmask=255.255.255.0 netcfg/get_gateway=10.77.0.254 "
		"netcfg/get_nameservers=10.77.0.2,10.77.0.3 netcfg/confirm_static=true"},
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"), .system = S(STATIC), .profile = DNS},
		"inst.ks=" URL " inst.repo=" TREE
		" ip=10.77.0.21::10.77.0.254:255.255.255.0:web7::none:10.77.0.2:10.77.0.3"},
	{{.distro = D("redhat", "rhel6", "/x/vmlinuz"), .system = S(STATIC)},
		"ks=" URL " method=" TREE " ip=10.77.0.21 netmask=255.255.255.0 "
		"gateway=10.77.0.254"},
	{{.distro = D("suse", "sles15", "/x/linux"), .system = S(STATIC), .profile = DNS},
		"autoyast=" URL " install=" TREE " hostip=10.77.0.21 netmask=255.255.255.0 "
		"gateway=10.77.0.254 nameserver=10.77.0.2 hostname=web7"},
	{{.distro = D("ubuntu", "noble", "/x/casper/vmlinuz"), .system = S(STATIC)},
		"ip=10.77.0.21::10.77.0.254:255.255.255.0:web7::none autoinstall "
		"ds=nocloud-net;s=" URL "/"},
	{{.system = S("'root': 'nfs:10.77.0.1:/srv/r', " STATIC)},
		"root=/dev/nfs nfsroot=10.77.0.1:/srv/r "
		"ip=10.77.0.21::10.77.0.254:255.255.255.0:web7::none"},
	{{.distro = D("live", "1", "/k"),
		 .system = S("'hostname': 'h', 'installer_network': 'static', 'interfaces': {"
			     "'eth0': {'mac_address': '52:54:00:aa:00:07'}}")},
		"root=live:" TREE "/LiveOS/squashfs.img rd.live.image rd.neednet=1 ip=dhcp "
		"ds=nocloud-net;s=" URL "/ BOOTIF=01-52-54-00-aa-00-07"},
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"), .system = S(SAN ", " STATIC)},
		"inst.ks=" URL " inst.repo=" TREE " ip=ibft rd.iscsi.ibft=1 rd.iscsi.firmware=1"},
	/* A bond, a bridge on it and a VLAN are not there yet: their card has the address. */
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"),
		 .system = S(BOND(", 'management': true", ""))},
		"inst.ks=" URL " inst.repo=" TREE " ip=10.77.0.21::10.79.0.254:255.255.255.0:h:"
		"eth0:none BOOTIF=01-52-54-00-aa-00-07"},
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"), .system = S(BOND("", ""))},
		"inst.ks=" URL " inst.repo=" TREE
		" ip=10.77.0.21:::255.255.255.0:h:eth0:none BOOTIF=01-52-54-00-aa-00-07"},
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"),
		 .system = S(BOND("", ", 'bond0.9': {'management': true, 'ip_address':"
				      " '10.79.0.21', 'netmask': '255.255.255.0'}"))},
		"inst.ks=" URL " inst.repo=" TREE
		" ip=10.77.0.21:::255.255.255.0:h:eth0:none BOOTIF=01-52-54-00-aa-00-07"},
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"),
		 .system = S("'hostname': 'h', 'installer_network': 'static', 'interfaces': {"
			     "'br0': {'interface_type': 'bridge', 'interface_master': 'eth0'},"
			     " 'eth0': {'interface_master': 'br0'}, 'eth0.9': {'management': true,"
			     " 'ip_address': '10.79.0.21', 'netmask': '255.255.255.0'}}")},
		"inst.ks=" URL " inst.repo=" TREE},
	/* One whose MAC address nobody knows is not any other's. */
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"),
		 .system = S("'hostname': 'h', 'installer_network': 'static', 'gateway':"
			     " '10.77.0.254', 'interfaces': {'eth0': {'mac_address':"
			     " '52:54:00:aa:00:07'}, 'eth1': {'management': true, 'ip_address':"
			     " '10.77.0.21', 'netmask': '255.255.255.0'}}")},
		"inst.ks=" URL " inst.repo=" TREE
		" ip=10.77.0.21::10.77.0.254:255.255.255.0:h::none"},
	/* A BMC's address is not the machine's. */
	{{.distro = D("redhat", "rhel9", "/x/vmlinuz"),
		 .system = S("'hostname': 'h', 'installer_network': 'static', 'interfaces': {"
			     "'bmc': {'interface_type': 'bmc', 'mac_address': '52:54:00:aa:00:01',"
			     " 'ip_address': '10.76.0.21', 'netmask': '255.255.255.0'}, 'eth0':"
			     " {'mac_address': '52:54:00:aa:00:07', 'ip_address': '10.77.0.21',"
			     " 'netmask': '255.255.255.0'}}")},
		"inst.ks=" URL " inst.repo=" TREE
		" ip=10.77.0.21:::255.255.255.0:h::none BOOTIF=01-52-54-00-aa-00-07"},
	/* replaced, repeated, removed */
	{{.profile = P("{'url': 'http://x/', 'console': ['tty0', 'ttyS0,9600']}"),
		 .system = S("'hostname': 'h'")},
		"auto=true priority=critical hostname=h interface=auto url=http://x/ console=tty0 "
		"console=ttyS0,9600"},
	{{.profile = P("{'!url': true, '!interface': true, '!nothing': true}"),
		 .system = S("'hostname': 'h'")},
		"auto=true priority=critical hostname=h"},
	{{.profile = P("{'quiet': true, 'a': '1'}"),
		 .system = S("'hostname': 'h', 'kernel_options': {'!quiet': true, 'a': '2'}")},
		"auto=true priority=critical url=" URL " hostname=h interface=auto a=2"},
	/* serial consoles */
	{{.profile = "{'distro': 'deb12'}",
		 .system = S("'hostname': 'h', 'serial_device': '1', 'serial_baud_rate': "
			     "'115200'")},
		"hostname=h interface=auto console=ttyS1,115200"},
	{{.profile = "{'distro': 'deb12'}",
		 .system = S("'hostname': 'h', 'serial_device': 'hvc0'")},
		"hostname=h interface=auto console=hvc0"},
	{{.profile = "{'distro': 'deb12', 'kernel_options': {'console': 'tty0'}}",
		 .system = S("'hostname': 'h', 'serial_device': '0'")},
		"hostname=h interface=auto console=tty0"},
	/* quoting for the kernel */
	{{.distro = D("other", "1", "/x/linux"), .profile = P("{'a': 'b c', 'g': ''}")},
		"a=\"b c\" g="},
	{{.distro = D("other", "1", "/x/linux"), .profile = P("{'a': '\\u0022b c\\u0022'}")},
		"a=\"b c\""},
};

static void cmdline_of(const struct fixture *fixture, struct strbuf *ret)
{
	AUTO(boot_vars) struct boot_vars *vars = boot_vars_new(&site, fixture->resolved[3]);

	strbuf_adds(ret, boot_vars_text(vars, "kernel_cmdline"));
}

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct fixture fixture;
		autostrbuf line = STRBUF_INIT;

		fixture_init(&fixture, &lines[i].texts);
		cmdline_of(&fixture, &line);
		if (strcmp(line.buf, lines[i].expected) != 0)
			fail_msg("row %zu: %s\nnot %s", i, line.buf, lines[i].expected);
		fixture_done(&fixture);
	}
}

static const struct {
	const char *format; /* NULL: all */
	const char *options;
	const char *says;
} refused[] = {
	{NULL, "{'a': 'b\\u0022c'}", "double quote"},
	{"ipxe", "{'a': 'b || c'}", "'||'"},
	{"ipxe", "{'a': 'b && c'}", "'&&'"},
	{"ipxe", "{';': true}", "';'"},
	{"ipxe", "{'#x': true}", "'#x'"},
	{"ipxe", "{'a': '${net0/mac}'}", "${net0/mac}"},
	{"ipxe", "{'a': '${', 'b': '}'}", "would replace"},
	{"ipxe", "{'a': 'b  c'}", "one blank of two"},
	{"grub", "{'a': 'it`s'}", "a backslash before each \\ and ' in 'a=it's'"},
	{"grub", "{'ds': 'nocloud-net\\\\;s=http://192.0.2.1/'}", "grub from boot_loaders"},
};

static void test_refused(void **state)
{
	AUTO(env) struct template_env *env = boot_env();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		autofree char *profile =
			xasprintf("{'distro': 'deb12', 'kernel_options': %s}", refused[i].options);
		struct fixture fixture;

		fixture_init(&fixture, &(struct texts){.profile = profile});
		for (size_t k = 0; k < n_boot_formats; k++) {
			const struct boot_format *format = &boot_formats[k];
			bool wanted =
				!refused[i].format || strcmp(refused[i].format, format->name) == 0;
			autostrbuf text = STRBUF_INIT;
			struct err err = ERR_INIT;
			int result = boot_file_render(
				env, format, &site, fixture.resolved[3], &text, NULL, &err);

			assert_int_equal(result, wanted ? -1 : 0);
			if (!wanted)
				continue;
			assert_int_equal(err.code, ERR_INVALID);
			assert_non_null(strstr(err.msg, refused[i].says));
			assert_non_null(strstr(err.msg, "system 'web7'"));
			assert_int_equal(text.len, 0);
		}
		fixture_done(&fixture);
	}
}

/* An installer that starts instead of a rescue system wipes what should be rescued. */
static void test_no_rescue(void **state)
{
	static const struct {
		struct texts texts;
		const char *says;
	} rows[] = {
		{{.distro = D("ubuntu", "noble", "/x/casper/vmlinuz"),
			 .system = S("'rescue': true")},
			"breed 'ubuntu'"},
		{{.distro = D("other", "1", "/x/linux"),
			 .profile = "{'distro': 'deb12', 'rescue': "
				    "true}"},
			"breed 'other'"},
		{{.system = S("'rescue': true, 'root': 'initrd'")}, "diskless"},
	};
	AUTO(env) struct template_env *env = boot_env();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf text = STRBUF_INIT;
		struct err err = ERR_INIT;
		struct fixture fixture;

		fixture_init(&fixture, &rows[i].texts);
		assert_int_equal(boot_file_render(env, boot_format_find("grub"), &site,
					 fixture.resolved[3], &text, NULL, &err),
			-1);
		assert_string_equal(err.field, "rescue");
		assert_non_null(strstr(err.msg, rows[i].says));
		fixture_done(&fixture);
	}
}

/* The kernel, and Xen, would cut the end off without a word. What the loader itself puts on the
 * line counts; Xen takes that off again. */
#define XEN                                                                                        \
	"{'breed': 'debian', 'kernel': '/srv/deb12/linux', 'initrd': ['/srv/deb12/initrd.gz'],"    \
	" 'hypervisor': '/srv/xen.gz'}"
static const struct {
	const char *format;
	const char *distro;
	const char *field;
	const char *loader_adds;
	size_t max;
} limits[] = {
	{"pxelinux", NULL, "kernel_options",
		"BOOT_IMAGE=images/deb12/linux  initrd=images/deb12/initrd.gz", 2047},
	{"grub", NULL, "kernel_options", "BOOT_IMAGE=/images/deb12/linux ", 2047},
	{"ipxe", NULL, "kernel_options", "initrd=initrd.gz ", 2047},
	{"pxelinux", XEN, "kernel_options", "", 1023},
	{"grub", XEN, "kernel_options", "", 1023},
	{"grub", XEN, "hypervisor_options", "", 1023},
};

/* With a value of so many bytes; sets how long the line is without what the loader adds. */
static int render_long(size_t row, size_t bytes, size_t *length, struct err *err)
{
	AUTO(env) struct template_env *env = boot_env();
	autofree char *value = xmalloc(bytes + 1);
	autofree char *profile = NULL;
	autofree char *distro = NULL;
	autostrbuf line = STRBUF_INIT;
	autostrbuf text = STRBUF_INIT;
	bool of_xen = strcmp(limits[row].field, "hypervisor_options") == 0;
	struct texts texts = {.distro = limits[row].distro};
	struct fixture fixture;
	int result;

	memset(value, 'x', bytes);
	memcpy(value, "x y", 3); /* its quotes count */
	value[bytes] = '\0';
	profile = xasprintf(
		"{'distro': 'deb12', 'kernel_options': {'a': '%s'}}", of_xen ? "" : value);
	texts.profile = profile;
	if (of_xen)
		texts.distro = distro = xasprintf("%.*s, 'hypervisor_options': {'a': '%s'}}",
			(int)strlen(XEN) - 1, XEN, value);
	fixture_init(&fixture, &texts);
	cmdline_of(&fixture, &line);
	*length = of_xen ? strlen("a=\"\"") + bytes : line.len;
	result = boot_file_render(env, boot_format_find(limits[row].format), &site,
		fixture.resolved[3], &text, NULL, err);
	fixture_done(&fixture);
	return result;
}

static void test_too_long(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		size_t too_long = 0;

		for (size_t bytes = limits[i].max - 200; bytes <= limits[i].max; bytes++) {
			autofree char *number = xasprintf(" %zu", limits[i].max);
			struct err err = ERR_INIT;
			size_t length;
			int result = render_long(i, bytes, &length, &err);
			bool fits = length + strlen(limits[i].loader_adds) <= limits[i].max;

			if (result != (fits ? 0 : -1))
				fail_msg("row %zu: %zu bytes: %s", i, length, err.msg);
			too_long += !fits;
			if (fits)
				continue;
			assert_string_equal(err.field, limits[i].field);
			assert_non_null(strstr(err.msg, number));
		}
		assert_in_range(too_long, 1, 200);
	}
}

/* Nothing of a system that boots from its disk can be wrong about its kernel. */
static void test_local_ignores_options(void **state)
{
	AUTO(env) struct template_env *env = boot_env();
	autostrbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture,
		&(struct texts){
			.system = "{'profile': 'bar', 'netboot_enabled': false, 'kernel_options':"
				  " {'a': 'b\\u0022c'}}"});
	assert_int_equal(boot_file_render(env, boot_format_find("ipxe"), &site, fixture.resolved[3],
				 &text, NULL, &err),
		0);
	fixture_done(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_rescue),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_local_ignores_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
