/* Variables and dnsmasq's host lines. */
#include "support.h"

#include "boot/dnsmasq.h"
#include "boot/images.h"

#define SYSTEM_FULL                                                                                \
	"{'profile': 'bar', 'gateway': '10.77.0.254', 'interfaces': {"                             \
	" 'eth0': {'mac_address': '52:54:00:aa:00:07', 'ip_address': '10.77.0.21'},"               \
	" 'eth1': {'mac_address': '52:54:00:aa:00:08', 'ip_address': '10.77.0.22',"                \
	"  'netmask': '255.255.255.0', 'management': true}}}"

static const struct {
	const char *system;
	const char *name;
	const char *expected;
} texts[] = {
	{NULL, "hostname", "web7"},
	{NULL, "domain", "example.org"},
	{NULL, "fqdn", "web7.example.org"},
	{"{'profile': 'bar', 'name_servers_search': ['a.example', 'b.example']}", "fqdn",
		"web7.a.example"},
	{"{'profile': 'bar', 'hostname': 'x'}", "domain", ""},
	{NULL, "name", "web7"},
	{NULL, "item_type", "system"},
	{NULL, "profile_name", "bar"},
	{NULL, "distro_name", "deb12"},
	{NULL, "http_server", "10.77.0.1"},
	{NULL, "tree_url", "http://10.77.0.1/trees/deb12"},
	{NULL, "tree_host", "10.77.0.1"},
	{NULL, "tree_dir", "/trees/deb12"},
	{NULL, "kernel_path", "images/deb12/linux"},
	{NULL, "kernel_url", "http://10.77.0.1/images/deb12/linux"},
	{NULL, "autoinstall_url", "http://10.77.0.1/autoinstall/system/web7"},
	{NULL, "report_start_url", "http://10.77.0.1/cblr/svc/op/trig/mode/pre/system/web7"},
	{NULL, "report_end_url", "http://10.77.0.1/cblr/svc/op/trig/mode/post/system/web7"},
	{NULL, "mac_address", "52:54:00:aa:00:07"},
	{SYSTEM_FULL, "mac_address", "52:54:00:aa:00:08"},
	{SYSTEM_FULL, "prefix", "24"},
	{SYSTEM_FULL, "gateway", "10.77.0.254"},
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct fixture fixture;
		struct boot_vars *vars;

		fixture_init(&fixture, &(struct texts){.system = texts[i].system});
		vars = boot_vars_new(&site, fixture.resolved[3]);
		if (strcmp(boot_vars_text(vars, texts[i].name), texts[i].expected) != 0)
			fail_msg("%s: '%s', not '%s'", texts[i].name,
				boot_vars_text(vars, texts[i].name), texts[i].expected);
		boot_vars_free(vars);
		fixture_done(&fixture);
	}
}

/* A system's name is its host name, as far as a host may be called so. */
static void test_host_names(void **state)
{
	static const struct {
		const char *name;
		const char *fqdn;
	} names[] = {
		{"web_7+b.example.org", "web-7-b.example.org"},
		{"a123456789b123456789c123456789d123456789e123456789f123456789012x.example.org",
			"a123456789b123456789c123456789d123456789e123456789f123456789012"
			".example.org"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct fixture fixture;
		struct boot_vars *vars;

		fixture_init(&fixture, &(struct texts){.system_name = names[i].name,
					       .system = "{'profile': 'bar'}"});
		vars = boot_vars_new(&site, fixture.resolved[3]);
		assert_string_equal(boot_vars_text(vars, "fqdn"), names[i].fqdn);
		boot_vars_free(vars);
		fixture_done(&fixture);
	}
}

/* A field that nobody set is empty, not undefined; a variable of one's own is there; no other is.
 */
static void test_get(void **state)
{
	static const struct {
		const char *name;
		const char *expected; /* JSON; NULL: not defined */
	} rows[] = {
		{"proxy", "\"\""},
		{"name_servers", "[]"},
		{"netboot_enabled", "true"},
		{"virt_ram", "512"},
		{"color", "\"red\""},
		{"flag", "true"},
		{"hostname", "\"web7\""},
		{"initrd_paths", "[\"images/deb12/initrd.gz\"]"},
		{"initrd_urls", "[\"http://10.77.0.1/images/deb12/initrd.gz\"]"},
		{"no_such_thing", NULL},
		/* of the secrets only what machines need */
		{"default_password_crypted", "\"$6$hash\""},
		{"power_pass", NULL},
	};
	struct fixture fixture;
	struct boot_vars *vars;
	struct template_vars get;
	autostrv names = STRV_INIT;

	(void)state;
	fixture_init(&fixture,
		&(struct texts){.settings = "{'default_password_crypted': '$6$hash'}",
			.profile = "{'distro': 'deb12', 'autoinstall_meta': {'color':"
				   " 'red', 'flag': true, 'hostname': 'no'}}",
			.system = "{'profile': 'bar', 'power_pass': 'topsecret', 'interfaces':"
				  " {'eth0': {'mac_address': '52:54:00:aa:00:07'}}}"});
	vars = boot_vars_new(&site, fixture.resolved[3]);
	get = boot_vars_template(vars);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autojson json_t *value = get.get(get.ctx, rows[i].name);
		autostrbuf text = STRBUF_INIT;

		if (!rows[i].expected) {
			assert_null(value);
			continue;
		}
		assert_non_null(value);
		json_print(value, false, &text);
		assert_string_equal(text.buf, rows[i].expected);
	}
	get.names(get.ctx, &names);
	assert_true(strv_has(&names, "color") && strv_has(&names, "kernel_cmdline"));
	boot_vars_free(vars);
	fixture_done(&fixture);
}

static const struct {
	const char *system;
	const char *profile;
	const char *expected;
} hosts[] = {
	{NULL, NULL, "52:54:00:aa:00:07,10.77.0.21,web7\n"},
	{SYSTEM_FULL, NULL, "52:54:00:aa:00:07,10.77.0.21\n52:54:00:aa:00:08,10.77.0.22,web7\n"},
	{"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:07'}}}", NULL,
		""},
	{"{'profile': 'bar', 'interfaces': {'eth0': {'ip_address': '10.0.0.1'}}}", NULL, ""},
	{"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:07'}}}",
		"{'distro': 'deb12', 'dhcp_tag': 'rack3'}", "52:54:00:aa:00:07,set:rack3,web7\n"},
	{"{'profile': 'bar', 'filename': 'special.0', 'interfaces': {'eth0': {'mac_address':"
	 " '52:54:00:aa:00:07', 'dhcp_tag': 'own'}}}",
		"{'distro': 'deb12', 'dhcp_tag': 'rack3'}",
		"52:54:00:aa:00:07,set:own,set:bw-file-e761fc00068f,web7\n"},
	/* in networks of other addresses, and by DHCPv6, dnsmasq passes over a line with this one
         */
	{"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:07',"
	 " 'ip_address': '10.77.0.21', 'dhcp_tag': 'own'}}}",
		NULL, "52:54:00:aa:00:07,set:own\n52:54:00:aa:00:07,set:own,10.77.0.21,web7\n"},
	/* dnsmasq would take these names for times */
	{"{'profile': 'bar', 'hostname': '45m', 'interfaces': {'eth0': {'mac_address':"
	 " '52:54:00:aa:00:07', 'ip_address': '10.77.0.21'}}}",
		NULL, "52:54:00:aa:00:07,10.77.0.21\n"},
	{"{'profile': 'bar', 'hostname': 'infinite', 'interfaces': {'eth0': {'mac_address':"
	 " '52:54:00:aa:00:07', 'ip_address': '10.77.0.21'}}}",
		NULL, "52:54:00:aa:00:07,10.77.0.21\n"},
};

static void test_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		autostrv lines = STRV_INIT;
		autostrbuf text = STRBUF_INIT;
		struct fixture fixture;

		fixture_init(&fixture,
			&(struct texts){.system = hosts[i].system, .profile = hosts[i].profile});
		boot_dnsmasq_hosts(&site, fixture.resolved[3], &lines);
		strv_for_each (line, &lines)
			strbuf_addf(&text, "%s\n", line);
		assert_string_equal(text.buf, hosts[i].expected);
		fixture_done(&fixture);
	}
}

static void test_paths(void **state)
{
	static const struct {
		const char *format;
		const char *path;
	} rows[] = {
		{"pxelinux", "pxelinux.cfg/01-52-54-00-aa-00-07"},
		{"grub", "grub/system/52:54:00:aa:00:07.cfg"},
		{"ipxe", "ipxe/52-54-00-aa-00-07.ipxe"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf path = STRBUF_INIT;

		boot_file_path(boot_format_find(rows[i].format), "52:54:00:aa:00:07", &path);
		assert_string_equal(path.buf, rows[i].path);
	}
	assert_null(boot_format_find("lilo"));
}

/* Names that a loader would trip over, and names that are taken. */
static void test_images(void **state)
{
	static const char *const names[] = {
		"0-vm_linuz__1", "initrd", "2-initrd", "3-_x__", "4-.hidden", "5--dash"};
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture,
		&(struct texts){.distro = "{'kernel': '/a/vm linuz #1', 'initrd': ['/a/initrd',"
					  " '/b/initrd', '/c/$x;{', '/d/.hidden', '/e/-dash']}"});
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		autostrbuf name = STRBUF_INIT;

		boot_image_name((const struct distro *)fixture.item[1], i, &name);
		assert_string_equal(name.buf, names[i]);
	}
	fixture_done(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_host_names),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
