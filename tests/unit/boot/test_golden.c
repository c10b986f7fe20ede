/*
 * Every boot format, whole: what is rendered must be what stands in tests/golden/boot, byte for
 * byte. With GOLDEN=rewrite the files are written anew, to be reviewed as code. What the loaders'
 * own programs say of them: tests/golden/boot/check.sh.
 */
#include "support.h"

#include "boot/dnsmasq.h"
#include "boot/net_grub_config.h"

#define FOLDER "tests/golden/boot"

static void compare(const char *name, const struct strbuf *text)
{
	autofree char *path = xasprintf(FOLDER "/%s", name);
	const char *mode = getenv("GOLDEN");
	autostrbuf expected = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (mode && strcmp(mode, "rewrite") == 0 &&
		file_replace(AT_FDCWD, path, 0644, text->buf, text->len, &err) < 0)
		fail_msg("%s", err.msg);
	if (file_read(AT_FDCWD, path, 1 << 20, &expected, &err) < 0)
		fail_msg("%s (make golden writes it)", err.msg);
	if (strcmp(expected.buf, text->buf) != 0)
		fail_msg("%s: expected\n%s\nbut it is\n%s", path, expected.buf, text->buf);
}

/* Everything that a language could take for its own, in values and in keys. */
#define HOSTILE                                                                                    \
	"{'distro': 'deb12', 'kernel_options': {"                                                  \
	"'a': '1; halt', 'b': '$(x) $y', 'c': '\\u0060q\\u0060 x',"                                \
	"'d': '{ } | & < > * ? ~ !#%', 'e;f': 'g&&h||i', 'hash': '#x', 'umlaut': 'ä €',"        \
	"'menuentry': '{', '$z': true, 'console': ['tty0', 'ttyS0,115200n8']}}"

#define SAN_SYSTEM                                                                                 \
	"{'profile': 'bar', 'root': 'iscsi:10.77.0.1:::1:iqn.2026-01.org.example:web7',"           \
	" 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:07'}}"

static const struct {
	const char *name;
	struct texts texts;
} systems[] = {
	{"install", {.settings = NULL}},
	{"local", {.system = "{'profile': 'bar', 'netboot_enabled': false, 'interfaces': {'eth0':"
			     " {'mac_address': '52:54:00:aa:00:07'}}}"}},
	{"initrds",
		{.distro = "{'breed': 'debian', 'kernel': '/srv/linux', 'initrd':"
			   " ['/srv/a/initrd.gz', '/srv/b/initrd.gz', '/srv/firmware (2).cpio']}"}},
	{"xen", {.distro = "{'breed': 'debian', 'tree': '/trees/deb12', 'kernel': "
			   "'/srv/xen/vmlinuz',"
			   " 'initrd': ['/srv/xen/initrd.gz']}",
			.distro_name = "deb12-xen",
			.profile = "{'distro': 'deb12-xen', 'autoinstall': 'debian12.preseed'}"}},
	{"live-server", {.distro = "{'breed': 'ubuntu', 'os_version': 'jammy', 'kernel':"
				   " '/srv/casper/vmlinuz', 'initrd': ['/srv/casper/initrd']}"}},
	{"hostile", {.profile = HOSTILE}},
	{"rescue", {.system = "{'profile': 'bar', 'netboot_enabled': false, 'rescue': true}"}},
	{"diskless-initrd", {.profile = "{'distro': 'deb12', 'root': 'initrd'}"}},
	{"diskless-nfs", {.system = "{'profile': 'bar', 'root':"
				    " 'nfs:10.77.0.1:/srv/root-7,vers=3', 'kernel_options':"
				    " {'rw': true}}"}},
	{"diskless-xen", {.distro = "{'breed': 'debian', 'kernel': '/srv/vmlinuz', 'initrd': "
				    "['/srv/root.gz'],"
				    " 'hypervisor': '/srv/xen.gz', 'root': 'initrd'}",
				 .profile = "{'distro': 'deb12'}"}},
	{"san-installer", {.system = SAN_SYSTEM "}"}},
	{"san", {.system = SAN_SYSTEM ", 'netboot_enabled': false}"}},
	{"san-xen", {.distro = "{'breed': 'debian', 'kernel': '/srv/vmlinuz', 'initrd':"
			       " ['/srv/root.gz'], 'hypervisor': '/srv/xen.gz'}",
			    .system = SAN_SYSTEM "}"}},
	{"xen-host", {.distro = "{'breed': 'debian', 'kernel': '/srv/xen/linux', 'initrd':"
				" ['/srv/xen/initrd.gz'], 'hypervisor': '/srv/xen/xen-4.17.gz',"
				" 'hypervisor_options': {'dom0_mem': '1024M', 'com1': '115200,8n1',"
				" 'console': 'com1'}, 'kernel_options': {'console': 'hvc0'}}"}},
};

static const struct {
	const char *name;
	const char *image;
} images[] = {
	{"image-iso", "{'file': '/srv/iso/rescue (1).iso'}"},
	{"image-memdisk", "{'file': '/srv/dos.img', 'image_type': 'memdisk', 'kernel_options':"
			  " 'harddisk'}"},
	{"image-kernel", "{'file': '/srv/memtest86+.bin', 'image_type': 'direct', 'kernel_options':"
			 " 'console=ttyS0'}"},
	{"image-clone", "{'file': '/srv/disk.qcow2', 'image_type': 'virt-clone'}"},
};

static void test_systems(void **state)
{
	AUTO(env) struct template_env *env = boot_env();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
		struct fixture fixture;

		fixture_init(&fixture, &systems[i].texts);
		for (size_t k = 0; k < n_boot_formats; k++) {
			autostrbuf text = STRBUF_INIT;
			autofree char *name =
				xasprintf("%s.%s", systems[i].name, boot_formats[k].name);
			struct err err = ERR_INIT;

			if (boot_file_render(env, &boot_formats[k], &site, fixture.resolved[3],
				    &text, NULL, &err) < 0)
				fail_msg("%s: %s", name, err.msg);
			compare(name, &text);
		}
		fixture_done(&fixture);
	}
}

static void image_of(const char *name, const struct resolved *resolved)
{
	AUTO(env) struct template_env *env = boot_env();

	for (size_t k = 0; k < n_boot_formats; k++) {
		autostrbuf text = STRBUF_INIT;
		autofree char *file = xasprintf("%s.%s", name, boot_formats[k].name);
		struct err err = ERR_INIT;

		if (boot_file_render(env, &boot_formats[k], &site, resolved, &text, NULL, &err) < 0)
			fail_msg("%s: %s", file, err.msg);
		compare(file, &text);
	}
}

/* Systems with an image instead of a profile. */
static void test_images(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		autoitem struct item *image = item_from(&image_type, "rescue", images[i].image);
		autoitem struct item *system = item_from(&system_type, "web8",
			"{'image': 'rescue', 'interfaces': {'eth0': {'mac_address':"
			" '52:54:00:aa:00:08'}}}");
		AUTO(resolved) struct resolved *of_image = NULL;
		AUTO(resolved) struct resolved *of_system = NULL;
		struct fixture fixture;

		fixture_init(&fixture, &(struct texts){.settings = NULL});
		of_image = resolve(fixture.fallbacks, fixture.resolved[0], image);
		of_system = resolve(fixture.fallbacks, of_image, system);
		image_of(images[i].name, of_system);
		fixture_done(&fixture);
	}
}

static void menu_of(const char *label, const struct boot_menu *menu)
{
	AUTO(env) struct template_env *env = boot_env();

	for (size_t k = 0; k < n_boot_formats; k++) {
		autostrbuf text = STRBUF_INIT;
		autofree char *name = xasprintf("%s.%s", label, boot_formats[k].name);
		struct err err = ERR_INIT;

		if (boot_menu_render(env, &boot_formats[k], &site, menu, &text, NULL, &err) < 0)
			fail_msg("%s: %s", name, err.msg);
		compare(name, &text);
	}
}

static void test_menus(void **state)
{
	static const struct texts other = {.profile = "{'distro': 'deb12', 'kernel_options':"
						      " {'quiet': true, 'a': 'its; { one'}}"};
	static const struct boot_site *const sites[] = {&site, &site};
	const struct resolved *both[2];
	struct boot_menu menu = {.entry = both, .site = sites, .n = 2};
	struct fixture one;
	struct fixture two;

	(void)state;
	fixture_init(&one, &(struct texts){.settings = NULL});
	fixture_init(&two, &other);
	free(two.item[2]->name);
	two.item[2]->name = xstrdup("bar-quiet");
	both[0] = one.resolved[2];
	both[1] = two.resolved[2];
	menu.settings = one.resolved[0];
	menu_of("menu", &menu);
	menu_of("menu-empty", &(struct boot_menu){.n = 0, .settings = one.resolved[0]});
	fixture_done(&one);
	fixture_done(&two);
}

/* Menus in menus: «tools» has «rescue» in it, which has an image; «empty» is left out. */
static void test_menu_tree(void **state)
{
	static const struct boot_site *const sites[] = {&site, &site, &site};
	autoitem struct item *iso =
		item_from(&image_type, "grml", "{'file': '/srv/grml.iso', 'menu': 'rescue'}");
	autoitem struct item *memtest = item_from(&image_type, "bar",
		"{'file': '/srv/memtest.bin', 'image_type': 'direct', 'menu': 'tools'}");
	autoitem struct item *empty = item_from(&menu_type, "empty", "{}");
	autoitem struct item *rescue = item_from(&menu_type, "rescue", "{'parent': 'tools'}");
	autoitem struct item *tools =
		item_from(&menu_type, "tools", "{'display_name': 'Tools & `rescue` {1}'}");
	const struct menu *const menus[] = {(const struct menu *)empty, (const struct menu *)rescue,
		(const struct menu *)tools};
	AUTO(resolved) struct resolved *of_iso = NULL;
	AUTO(resolved) struct resolved *of_memtest = NULL;
	struct fixture fixture;
	const struct resolved *entries[3];

	(void)state;
	fixture_init(&fixture, &(struct texts){.settings = NULL});
	of_iso = resolve(fixture.fallbacks, fixture.resolved[0], iso);
	of_memtest = resolve(fixture.fallbacks, fixture.resolved[0], memtest);
	entries[0] = fixture.resolved[2];
	entries[1] = of_memtest;
	entries[2] = of_iso;
	menu_of("menu-tree", &(struct boot_menu){.entry = entries,
				     .site = sites,
				     .n = 3,
				     .menu = menus,
				     .menus = ARRAY_SIZE(menus),
				     .settings = fixture.resolved[0]});
	fixture_done(&fixture);
}

/* The memory test; a serial port in the settings is its console, too. */
static void test_menu_memtest(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture, &(struct texts){.settings = NULL});
	menu_of("menu-memtest",
		&(struct boot_menu){.settings = fixture.resolved[0], .memtest = true});
	fixture_done(&fixture);
	fixture_init(&fixture, &(struct texts){.settings = "{'kernel_options': {'console':"
							   " ['tty0', 'ttyS0,115200n8',"
							   " 'ttyS1;halt'], 'quiet': true}}"});
	menu_of("menu-memtest-serial",
		&(struct boot_menu){.settings = fixture.resolved[0], .memtest = true});
	fixture_done(&fixture);
}

static const struct {
	const char *name;
	const char *settings;
	const char *loaders[8];
	const char *filename;
	const char *networks[5];
	const char *own[2]; /* distros with loaders of their own */
} dhcp[] = {
	{"dnsmasq-full.conf",
		"{'dhcp_interface': 'br0', 'dhcp_range': '10.77.0.50,10.77.0.99', 'dhcp_netmask':"
		" '255.255.255.0', 'dhcp_router': '10.77.0.254', 'name_servers': ['10.77.0.2',"
		" 'fd00::2', '10.77.0.3'], 'name_servers_search': ['example.org', 'example.com']}",
		{"pxelinux.0", "shimx64.efi", "grubx64.efi", "ipxe.efi", "shimaa64.efi",
			"http-boot/grubx64.efi", "http-boot/netgrubx64.efi"},
		"special.0", {NULL}, {NULL}},
	{"dnsmasq-plain.conf",
		"{'dhcp_range': '10.77.0.50,10.77.0.99', 'enable_ipxe': false, 'http_boot': "
		"'grub'}",
		{"pxelinux.0", "grubx64.efi", "ipxe.efi"}, NULL, {NULL}, {NULL}},
	{"dnsmasq-static.conf", "{'dhcp_netmask': '255.255.255.0'}", {"undionly.kpxe"}, NULL,
		{NULL}, {NULL}},
	{"dnsmasq-nothing.conf", "{}", {NULL}, NULL, {NULL}, {NULL}},
	{"dnsmasq-networks.conf",
		"{'next_server_v4': '10.77.0.1', 'dhcp_router': '10.79.0.254', 'name_servers': "
		"['10.77.0.2', 'fd77::2'],"
		" 'name_servers_search': ['example.org']}",
		{"pxelinux.0", "shimx64.efi", "undionly.kpxe", "ipxe.efi", "lpxelinux.0",
			"http-boot/grubx64.efi"},
		"lpxelinux.0",
		{"{'name': 'lan', 'address': '10.77.0.0/24', 'dhcp_interface': 'eth1', 'gateway':"
		 " '10.77.0.254', 'dhcp_range': ['10.77.0.50-10.77.0.99',"
		 " '10.77.0.150-10.77.0.199'], 'mtu': 9000}",
			"{'name': 'office', 'address': '10.78.0.0/16', 'dhcp_mode': 'proxy',"
			" 'dhcp_interface': 'eth2', 'next_server_v4': '10.78.0.1'}",
			"{'name': 'rack', 'address': '10.79.0.0/24', 'lease_time': 600,"
			" 'name_servers': [], 'name_servers_search': []}",
			"{'name': 'no-boot', 'address': 'fd76::/64'}",
			"{'name': 'six', 'address': 'fd77::/64', 'dhcp_range': "
			"['fd77::100-fd77::1ff'],"
			" 'next_server_v6': 'fd77::1', 'dhcp_interface': 'eth1'}"},
		{"{'name': 'rocky9', 'arch': 'x86_64', 'efi_loaders': ['/srv/rocky9/EFI/BOOT/"
		 "BOOTX64.EFI', '/srv/rocky9/EFI/BOOT/grubx64.efi'], 'efi_over_tftp': true}",
			"{'name': 'leap15-arm', 'arch': 'aarch64', 'efi_loaders': "
			"['/srv/leap/EFI/"
			"BOOT/bootaa64.efi', '/srv/leap/EFI/BOOT/grub.efi'], 'efi_over_tftp': "
			"true}"}},
};

struct networks {
	struct item *item[5];
	struct resolved *resolved[5];
	struct boot_site site[5];
	struct boot_network network[5];
	size_t n;
};

static void networks_init(
	struct networks *all, const struct fixture *fixture, const char *const texts[5])
{
	static const struct boot_site elsewhere = {
		.host = "10.78.0.1", .http_base = "http://10.78.0.1", .next_server = "10.78.0.1"};

	all->n = 0;
	for (size_t i = 0; i < 5 && texts[i]; i++) {
		static const char *const names[] = {"lan", "office", "rack", "no-boot", "six"};
		struct item *item = item_from(&network_type, names[i], texts[i]);

		all->item[i] = item;
		all->resolved[i] = resolve(fixture->fallbacks, fixture->resolved[0], item);
		all->network[i] = (struct boot_network){
			.site = strcmp(item->name, "office") == 0 ? &elsewhere : &site,
			.resolved = all->resolved[i]};
		all->n++;
	}
}

static void networks_done(struct networks *all)
{
	for (size_t i = 0; i < all->n; i++) {
		resolved_free(all->resolved[i]);
		item_free(all->item[i]);
	}
}

static size_t owns_init(const char *const texts[2], struct distro *own[2])
{
	static const char *const names[] = {"rocky9", "leap15-arm"};
	size_t n = 0;

	for (; n < 2 && texts[n]; n++)
		own[n] = (struct distro *)item_from(&distro_type, names[n], texts[n]);
	return n;
}

static void test_dhcp(void **state)
{
	AUTO(env) struct template_env *env = boot_env();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dhcp); i++) {
		autostrv loaders = STRV_INIT;
		autostrv filenames = STRV_INIT;
		autostrbuf text = STRBUF_INIT;
		struct boot_dhcp config = {.site = &site,
			.hosts_file = "/srv/tftp/current/private/dhcp-hosts",
			.loaders = &loaders,
			.filenames = &filenames};
		struct distro *own[2];
		struct err err = ERR_INIT;
		struct fixture fixture;
		struct networks networks;

		fixture_init(&fixture, &(struct texts){.settings = dhcp[i].settings});
		config.settings = fixture.resolved[0];
		networks_init(&networks, &fixture, dhcp[i].networks);
		config.network = networks.network;
		config.networks = networks.n;
		config.own = (const struct distro *const *)own;
		config.owns = owns_init(dhcp[i].own, own);
		for (size_t k = 0; k < 8 && dhcp[i].loaders[k]; k++)
			strv_add(&loaders, dhcp[i].loaders[k]);
		if (dhcp[i].filename)
			strv_add(&filenames, dhcp[i].filename);
		if (boot_dnsmasq_render(env, &config, &text, NULL, &err) < 0)
			fail_msg("%s: %s", dhcp[i].name, err.msg);
		compare(dhcp[i].name, &text);
		networks_done(&networks);
		while (config.owns)
			item_free(&own[--config.owns]->item);
		fixture_done(&fixture);
	}
}

static void test_net_grub(void **state)
{
	autostrbuf text = STRBUF_INIT;

	(void)state;
	net_grub_config(&site, &text);
	compare("net-grub.grub", &text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_systems),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_menus),
		cmocka_unit_test(test_menu_tree),
		cmocka_unit_test(test_menu_memtest),
		cmocka_unit_test(test_dhcp),
		cmocka_unit_test(test_net_grub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
