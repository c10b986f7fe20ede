#include "ops/check/check.h"
#include "ops/recent.h"
#include "ops/udp_ports.h"
#include "ops_support.h"

static const json_t *find(const json_t *found, const char *id)
{
	size_t i;
	json_t *problem;

	json_array_foreach (found, i, problem)
		if (strcmp(json_get_str(problem, "id"), id) == 0)
			return problem;
	return NULL;
}

static void tells(const json_t *found, const char *id, const char *problem, const char *advice)
{
	const json_t *row = find(found, id);

	if (!row)
		fail_msg("'%s' was not found", id);
	if (!strstr(json_get_str(row, "problem"), problem))
		fail_msg("%s: '%s' does not say '%s'", id, json_get_str(row, "problem"), problem);
	if (!strstr(json_get_str(row, "advice"), advice))
		fail_msg("%s: '%s' does not advise '%s'", id, json_get_str(row, "advice"), advice);
}

static void a_fresh_server(void **state)
{
	struct bench *bench = *state;
	autojson json_t *found = check_run(bench->server);

	tells(found, "server-address", "no server address", "bootwright settings edit --server=");
	tells(found, "next-server", "no next_server", "bootwright settings edit --next-server-v4=");
	tells(found, "root-password", "no root password hash", "--default-password-crypted=");
	tells(found, "dhcp-range", "no machine gets an address", "--dhcp-range=");
	tells(found, "no-distro", "no distro", "bootwright import --path=");
	tells(found, "not-published", "nothing is published", "bootwright sync");
}

static void masters_are_there(void **state)
{
	struct bench *bench = *state;
	autojson json_t *found = NULL;
	autojson json_t *later = NULL;

	bench_fill(bench);
	bench_merge(bench, &system_type, "web7",
		"{'interfaces': {'eth0': {'interface_master': 'bond0'},"
		" 'eth1': {'interface_master': 'bond0'}}}");
	found = check_run(bench->server);
	tells(found, "interface-master", "system 'web7': the interface_master of 'eth0' is 'bond0'",
		"--interface=bond0");
	tells(found, "interface-master", "1 more", "--interface-master");
	bench_merge(bench, &system_type, "web7",
		"{'interfaces': {'bond0': {'interface_type': 'bond'}}}");
	later = check_run(bench->server);
	assert_null(find(later, "interface-master"));
}

static void answers_that_fail(void **state)
{
	struct bench *bench = *state;
	autojson json_t *found = NULL;
	autojson json_t *later = NULL;

	bench_fill(bench);
	bench_merge(bench, &settings_type, "settings", "{'default_password_crypted': '$6$x$y'}");
	bench_write(bench, "state/kickstarts/own.ks", "{{ nmae }}");
	bench_merge(bench, &profile_type, "bar", "{'autoinstall': 'own.ks'}");
	bench_merge(bench, &system_type, "web7", "{'autoinstall': 'own.ks'}");
	found = check_run(bench->server);
	tells(found, "answer-files", "profile 'bar' gets no answer file: template 'own.ks' line 1",
		"bootwright template render --profile=bar");
	tells(found, "answer-files", "; and 2 more get none", "");
	bench_write(bench, "state/kickstarts/own.ks", "{{ name }}");
	later = check_run(bench->server);
	assert_null(find(later, "answer-files"));
}

/* A second card may well be in a network that is nobody's affair here. */
static void addresses_in_no_network(void **state)
{
	struct bench *bench = *state;
	autojson json_t *found = NULL;
	autojson json_t *later = NULL;
	autojson json_t *none = NULL;

	bench_fill(bench); /* web7: 10.0.0.7 */
	none = check_run(bench->server);
	assert_null(find(none, "fixed-addresses"));
	bench_put(bench, &network_type, "lan", "{'address': '10.77.0.0/24'}");
	found = check_run(bench->server);
	tells(found, "fixed-addresses", "system 'web7': its address 10.0.0.7 is in no network",
		"bootwright system edit web7 --interface=eth0 --ip-address=");
	bench_merge(bench, &system_type, "web7",
		"{'interfaces': {'eth1': {'mac': '52:54:00:aa:00:08', 'ip': '10.77.0.7'}}}");
	later = check_run(bench->server);
	assert_null(find(later, "fixed-addresses"));
}

static void what_is_mended_is_not_told(void **state)
{
	static const char *const ids[] = {"server-address", "next-server", "root-password",
		"dhcp-range", "no-distro", "distro-files", "dnsmasq"};
	struct bench *bench = *state;
	autofree char *json = xasprintf(
		"{'kernel': '%s/linux', 'initrd': ['%s/initrd.gz']}", bench->folder, bench->folder);
	autojson json_t *found = NULL;
	autojson json_t *later = NULL;

	bench_write(bench, "linux", "kernel");
	bench_write(bench, "initrd.gz", "initrd");
	bench_put(bench, &distro_type, "deb12", json);
	bench_put(bench, &settings_type, "settings",
		"{'server': '10.77.0.1', 'default_password_crypted': '$6$x$y',"
		"'manage_dhcp': false}");
	found = check_run(bench->server);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (find(found, ids[i]))
			fail_msg("%s: %s", ids[i], json_get_str(find(found, ids[i]), "problem"));

	assert_int_equal(bench_remove(bench, "initrd.gz"), 0);
	later = check_run(bench->server);
	tells(later, "distro-files", "initrd.gz' is gone", "--name=deb12");
}

static void trees_without_a_distro(void **state)
{
	struct bench *bench = *state;
	autofree char *json = xasprintf(
		"{'kernel': '%s/trees/used/linux', 'initrd': ['%s/trees/used/initrd.gz']}",
		bench->state, bench->state);
	autojson json_t *found = NULL;
	autojson json_t *later = NULL;

	bench_write(bench, "state/trees/used/linux", "kernel");
	bench_write(bench, "state/trees/used/initrd.gz", "initrd");
	bench_write(bench, "state/trees/.coming.new/linux", "kernel");
	bench_put(bench, &distro_type, "deb12", json);
	found = check_run(bench->server);
	assert_null(find(found, "unused-tree"));
	bench_write(bench, "state/trees/left/linux", "kernel");
	later = check_run(bench->server);
	tells(later, "unused-tree", "'left'", "/trees/left'");
}

static void addresses_of_oneself(void **state)
{
	struct bench *bench = *state;
	autojson json_t *found = NULL;

	bench_put(bench, &settings_type, "settings",
		"{'server': 'localhost', 'next_server_v4': '127.0.0.1'}");
	found = check_run(bench->server);
	tells(found, "server-address", "'localhost'", "--server=");
	tells(found, "next-server", "'127.0.0.1'", "--next-server-v4=");
}

/* Where all is IPv6, an IPv4 address is nobody's lack. */
static void only_ipv6(void **state)
{
	struct bench *bench = *state;
	autojson json_t *without = NULL;
	autojson json_t *found = NULL;

	bench_put(bench, &settings_type, "settings",
		"{'server': 'fd77::1', 'next_server_v4': '', 'dhcp_range': '', 'dhcp_netmask': "
		"''}");
	without = check_run(bench->server);
	tells(without, "next-server", "next_server_v6", "--next-server-v6=");
	bench_merge(bench, &settings_type, "settings", "{'next_server_v6': 'fd77::1'}");
	found = check_run(bench->server);
	assert_null(find(found, "next-server"));
}

static void networks_that_share_addresses(void **state)
{
	struct bench *bench = *state;
	autojson json_t *apart = NULL;
	autojson json_t *both = NULL;
	autojson json_t *range = NULL;
	autojson json_t *mask = NULL;

	bench_put(bench, &network_type, "lan", "{'address': '10.77.0.0/24'}");
	bench_put(bench, &network_type, "next", "{'address': '10.77.1.0/24'}");
	bench_put(bench, &network_type, "six", "{'address': 'fd77::/64', 'dhcp_mode': 'none'}");
	bench_put(bench, &settings_type, "settings", "{'dhcp_range': '10.78.0.5,10.78.0.9'}");
	apart = check_run(bench->server);
	assert_null(find(apart, "networks"));
	bench_put(bench, &network_type, "wide", "{'address': '10.77.0.0/16'}");
	both = check_run(bench->server);
	tells(both, "networks", "'lan' (10.77.0.0/24) and 'wide' (10.77.0.0/16)", "--name=wide");
	bench_put(bench, &settings_type, "settings", "{'dhcp_range': '10.77.0.5,10.77.0.9'}");
	range = check_run(bench->server);
	tells(range, "networks", "dhcp_range is in network 'lan'", "--dhcp-range=");
	/* A netmask alone is a network, too: dnsmasq's for fixed addresses. */
	bench_put(bench, &settings_type, "settings",
		"{'dhcp_range': '', 'server': '10.78.0.1', 'dhcp_netmask': '255.255.255.0'}");
	bench_put(bench, &network_type, "wide", "{'address': '10.0.0.0/8', 'dhcp_mode': 'none'}");
	mask = check_run(bench->server);
	assert_null(find(mask, "networks"));
	bench_put(bench, &settings_type, "settings",
		"{'dhcp_range': '', 'server': '10.77.0.1', 'dhcp_netmask': '255.255.255.0'}");
	json_decref(mask);
	mask = check_run(bench->server);
	tells(mask, "networks", "(dhcp_netmask) is in network 'lan'", "--dhcp-netmask=");
}

static void interfaces_are_there(void **state)
{
	struct bench *bench = *state;
	autojson json_t *there = NULL;
	autojson json_t *gone = NULL;
	autojson json_t *settings = NULL;

	bench_put(
		bench, &network_type, "lan", "{'address': '10.77.0.0/24', 'dhcp_interface': 'lo'}");
	bench_put(bench, &network_type, "old",
		"{'address': '10.78.0.0/24', 'dhcp_interface': 'gone0', 'dhcp_mode': 'none'}");
	there = check_run(bench->server);
	assert_null(find(there, "dhcp-interface"));
	bench_put(bench, &network_type, "lan",
		"{'address': '10.77.0.0/24', 'dhcp_interface': 'gone0'}");
	gone = check_run(bench->server);
	tells(gone, "dhcp-interface", "network 'lan': its dhcp_interface 'gone0'", "--name=lan");
	bench_put(bench, &settings_type, "settings", "{'dhcp_interface': 'gone1'}");
	settings = check_run(bench->server);
	tells(settings, "dhcp-interface", "settings' dhcp_interface 'gone1'", "settings edit");
}

/* proc(5) */
static const char udp_table[] =
	"   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
	"  123: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0\n"
	" 9045: 0100007F:A045 00000000:0045 07 00000000:00000000 00:00000000 00000000     0\n";

static void udp_tables_are_read(void **state)
{
	(void)state;
	assert_true(udp_table_has(udp_table, 67));
	assert_true(udp_table_has(udp_table, 0xa045));
	assert_false(udp_table_has(udp_table, 69)); /* the other end's */
	assert_false(udp_table_has(udp_table, 0));
	assert_false(udp_table_has("", 67));
	assert_false(udp_table_has("title\nno line\n: 1\n", 67));
}

static void things_are_said_once(void **state)
{
	AUTO(recent) struct recent *recent = recent_new();

	(void)state;
	assert_true(recent_first(recent, "a", 3600));
	assert_false(recent_first(recent, "a", 3600));
	assert_true(recent_first(recent, "b", 3600));
	assert_true(recent_first(recent, "a", 0));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fresh_server),
		TEST(what_is_mended_is_not_told),
		cmocka_unit_test_setup_teardown(
			masters_are_there, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			answers_that_fail, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			addresses_in_no_network, bench_setup_bare, bench_teardown),
		TEST(trees_without_a_distro),
		TEST(addresses_of_oneself),
		TEST(only_ipv6),
		TEST(networks_that_share_addresses),
		TEST(interfaces_are_there),
		cmocka_unit_test(udp_tables_are_read),
		cmocka_unit_test(things_are_said_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
