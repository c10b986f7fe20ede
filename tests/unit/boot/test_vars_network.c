/* What follows from a system's interfaces, and consoles. */
#include "support.h"

#define NET                                                                                        \
	"{'profile': 'bar', 'gateway': '10.77.0.1', 'interfaces': {"                               \
	" 'bond0': {'interface_type': 'bond', 'bonding_opts': ' mode=802.3ad  fast',"              \
	"  'static': true, 'ip_address': '10.77.0.21', 'netmask': '255.255.255.0',"                \
	"  'ipv6_address': '2001:db8::21', 'ipv6_secondaries': ['2001:db8::22'],"                  \
	"  'static_routes': ['10.0.0.0/8:10.77.0.9'], 'ipv6_static_routes':"                       \
	"  ['2001:db8:1::/48=2001:db8::2'], 'ipv6_default_gateway': '2001:db8::1'},"               \
	" 'bond1': {'interface_type': 'bond', 'bonding_opts': 'mode=4 lacp_rate=1 miimon=1"        \
	" xmit_hash_policy=1 ad_select=9 fail_over_mac=3'},"                                       \
	" 'bond0.100': {'interface_type': 'bridge_slave', 'interface_master': 'br0'},"             \
	" 'br0': {'interface_type': 'bridge', 'if_gateway': '10.200.0.1'},"                        \
	" 'eth0': {'mac_address': '52:54:00:aa:00:07', 'interface_master': 'bond0'},"              \
	" 'eth1.5000': {'mac_address': '52:54:00:aa:00:08'}}}"

static json_t *interface_of(json_t *list, const char *name)
{
	size_t i;
	json_t *one;

	json_array_foreach (list, i, one)
		if (strcmp(json_get_str(one, "name"), name) == 0)
			return one;
	fail_msg("no interface %s", name);
	return NULL;
}

static void test_interfaces(void **state)
{
	static const struct {
		const char *interface;
		const char *member;
		const char *expected; /* JSON */
	} rows[] = {
		{"bond0", "kind", "\"bond\""}, {"bond0", "members", "[\"eth0\"]"},
		{"bond0", "options", "{\"mode\":\"802.3ad\",\"fast\":\"1\"}"},
		{"bond1", "options", /* netplan and networkd know a value by its name alone */
			"{\"mode\":\"802.3ad\",\"lacp_rate\":\"fast\",\"miimon\":\"1\","
			"\"xmit_hash_policy\":\"layer3+4\",\"ad_select\":\"9\","
			"\"fail_over_mac\":\"3\"}"},
		{"bond0", "addresses",
			"[\"10.77.0.21/24\",\"2001:db8::21/64\",\"2001:db8::22/64\"]"},
		{"bond0", "addresses6", "[\"2001:db8::21/64\",\"2001:db8::22/64\"]"},
		{"bond0", "gateway", "\"10.77.0.1\""}, /* it reaches the system's */
		{"bond0", "gateway6", "\"2001:db8::1\""}, {"bond0", "dhcp4", "false"},
		{"bond0", "prefix", "\"24\""}, {"bond0", "mtu", "null"},
		{"bond0", "routes",
			"[{\"to\":\"10.0.0.0/8\",\"network\":\"10.0.0.0\",\"prefix\":\"8\","
			"\"netmask\":\"255.0.0.0\",\"via\":\"10.77.0.9\",\"version\":4},"
			"{\"to\":\"2001:db8:1::/48\",\"network\":\"2001:db8:1::\","
			"\"prefix\":\"48\",\"netmask\":\"\",\"via\":\"2001:db8::2\","
			"\"version\":6}]"},
		{"bond0.100", "kind", "\"vlan\""}, {"bond0.100", "vlan_id", "100"},
		{"bond0.100", "vlan_parent", "\"bond0\""},
		{"bond0.100", "dhcp4", "false"}, /* a bridge's port */
		{"br0", "kind", "\"bridge\""}, {"br0", "members", "[\"bond0.100\"]"},
		{"br0", "gateway", "\"10.200.0.1\""}, {"br0", "dhcp4", "true"},
		{"eth0", "kind", "\"ethernet\""}, {"eth0", "gateway", "\"\""},
		{"eth0", "vlan_id", "null"}, {"eth0", "options", "{}"},
		{"eth1.5000", "kind", "\"ethernet\""}, /* no VLAN has this number */
	};
	struct fixture fixture;
	autojson json_t *list = NULL;

	(void)state;
	fixture_init(&fixture, &(struct texts){.system = NET});
	list = boot_interfaces(fixture.resolved[3]);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf text = STRBUF_INIT;

		json_print(json_object_get(interface_of(list, rows[i].interface), rows[i].member),
			false, &text);
		if (strcmp(text.buf, rows[i].expected) != 0)
			fail_msg("%s.%s: %s, not %s", rows[i].interface, rows[i].member, text.buf,
				rows[i].expected);
	}
	fixture_done(&fixture);
}

static void test_consoles(void **state)
{
	static const struct {
		const char *profile;
		const char *system;
		const char *name;
		const char *expected;
	} rows[] = {
		{NULL, NULL, "installed_cmdline", ""},
		{NULL, "{'profile': 'bar', 'serial_device': '1'}", "installed_cmdline",
			"console=tty0 console=ttyS1"},
		{"{'distro': 'deb12', 'kernel_options_post': 'a=b'}",
			"{'profile': 'bar', 'serial_device': '0', 'serial_baud_rate': '9600'}",
			"installed_cmdline", "a=b console=tty0 console=ttyS0,9600"},
		{"{'distro': 'deb12', 'kernel_options_post': 'console=tty1'}",
			"{'profile': 'bar', 'serial_device': '0'}", "installed_cmdline",
			"console=tty1"},
		{NULL, "{'profile': 'bar', 'virt_type': 'xenpvh'}", "serial_console", "hvc0"},
		{NULL, "{'profile': 'bar', 'virt_type': 'xenpvh'}", "xen_guest", "pv"},
		{NULL, "{'profile': 'bar', 'virt_type': 'xenhvm'}", "xen_guest", "hvm"},
		{NULL, "{'profile': 'bar', 'virt_type': 'kvm'}", "xen_guest", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fixture fixture;
		struct boot_vars *vars;

		fixture_init(&fixture,
			&(struct texts){.profile = rows[i].profile, .system = rows[i].system});
		vars = boot_vars_new(&site, fixture.resolved[3]);
		assert_string_equal(boot_vars_text(vars, rows[i].name), rows[i].expected);
		boot_vars_free(vars);
		fixture_done(&fixture);
	}
}

/* A key of autoinstall_meta that repeats is a list; repositories come with their defaults. */
static void test_lists(void **state)
{
	AUTO(fallbacks) struct fallbacks *fallbacks = fallbacks_new();
	struct item *repo = item_from(&repo_type, "tools", "{'mirror': '/trees/tools'}");
	struct resolved *resolved = resolve(fallbacks, NULL, repo);
	struct boot_site with_repo = site;
	struct fixture fixture;
	struct boot_vars *vars;
	struct template_vars get;
	autojson json_t *keys = NULL;
	autojson json_t *repos = NULL;
	const json_t *tools;

	(void)state;
	with_repo.repo = &resolved;
	with_repo.repos = 1;
	fixture_init(&fixture,
		&(struct texts){.profile = "{'distro': 'deb12', 'repos': ['tools', 'other'],"
					   " 'autoinstall_meta': {'k': ['a', 'b', 'c']}}"});
	vars = boot_vars_new(&with_repo, fixture.resolved[3]);
	get = boot_vars_template(vars);
	keys = get.get(get.ctx, "k");
	assert_int_equal(json_array_size(keys), 3);
	repos = get.get(get.ctx, "repos");
	assert_int_equal(json_array_size(repos), 1);
	tools = json_array_get(repos, 0);
	assert_string_equal(json_get_str(tools, "url"), "http://10.77.0.1/trees/tools");
	assert_string_equal(json_get_str(tools, "mirror_type"), "baseurl");
	boot_vars_free(vars);
	fixture_done(&fixture);
	resolved_free(resolved);
	item_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_consoles),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
