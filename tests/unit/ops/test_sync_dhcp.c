/* What sync does about dnsmasq: its files, and telling it. */
#include "sync_support.h"

/* The one command runs where fixed addresses changed, the other where the main file did, which
 * dnsmasq reads only when it starts; none where neither did. */
static void test_commands(void **state)
{
	struct bench *bench = *state;
	autofree char *reload = xasprintf("touch  %s/reloaded", bench->folder);
	autofree char *restart = xasprintf("touch %s/restarted", bench->folder);
	static const struct {
		const struct item_type *type;
		const char *name;
		const char *patch;
		bool reloads;
		bool restarts;
	} rows[] = {
		{&profile_type, "bar", "{'kernel_options': {'b': '2'}}", false, false},
		{&settings_type, "settings", "{'dhcp_router': '10.77.0.254'}", false, true},
		{&system_type, "web7", "{'interfaces': {'eth0': {'ip_address': '10.77.0.30'}}}",
			true, false},
		{&system_type, "web7", "{'netboot_enabled': false}", false, false},
		/* its tag at once, the tag's line with the next sync */
		{&system_type, "web7", "{'filename': 'special.0'}", true, true},
	};

	bench->server->config.reload_dhcp = reload;
	bench->server->config.restart_dhcp = restart;
	changed_by_sync(bench);
	assert_false(bench_has(bench, "reloaded"));
	assert_true(bench_has(bench, "restarted"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bench_remove(bench, "reloaded");
		bench_remove(bench, "restarted");
		bench_merge(bench, rows[i].type, rows[i].name, rows[i].patch);
		changed_by_sync(bench);
		assert_int_equal(bench_has(bench, "reloaded"), rows[i].reloads);
		assert_int_equal(bench_has(bench, "restarted"), rows[i].restarts);
	}
}

/* Published all the same; said; and tried again by the next sync, which has nothing else to do. */
static void test_reload_fails(void **state)
{
	struct bench *bench = *state;
	json_t *result = NULL;
	struct err err = ERR_INIT;

	bench->server->config.restart_dhcp = "false";
	assert_int_equal(sync_all(bench->server, false, NULL, &result, &err), -1);
	assert_non_null(strstr(err.msg, "published, but"));
	assert_true(is_there(bench, "pxelinux.cfg/default"));
	assert_int_equal(sync_all(bench->server, false, NULL, &result, &err), -1);
	bench->server->config.restart_dhcp = "true";
	assert_int_equal(changed_by_sync(bench), 0);
}

static void test_without_dhcp(void **state)
{
	struct bench *bench = *state;

	bench_merge(bench, &settings_type, "settings", "{'manage_dhcp': false}");
	bench->server->config.reload_dhcp = "false"; /* would fail */
	bench->server->config.restart_dhcp = "false";
	changed_by_sync(bench);
	assert_false(is_there(bench, "current/private"));
	bench_merge(bench, &system_type, "web7",
		"{'interfaces': {'eth0': {'ip_address': '10.77.0.30'}}}");
	assert_false(is_there(bench, "current/private"));
}

/* A dnsmasq of somebody else's would not start without its file. */
static void test_no_longer(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	bench->server->config.reload_dhcp = "false"; /* would fail */
	bench->server->config.restart_dhcp = "false";
	bench_merge(bench, &settings_type, "settings", "{'manage_dhcp': false}");
	changed_by_sync(bench);
	assert_false(is_there(bench, "current/private"));
	assert_int_equal(changed_by_sync(bench), 0);
}

/* A system that names its own boot file needs a line in the main file, too. */
static void test_own_boot_file(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	bench_merge(bench, &system_type, "web7", "{'filename': 'special.0'}");
	assert_true(changed_by_sync(bench) > 0);
	assert_true(says(bench, "current/private/dnsmasq.conf", ",special.0,,10.77.0.1\n"));
	assert_true(says(bench, "current/private/dhcp-hosts/07", WEB7 ",set:bw-file-"));
}

/* One that says itself where it is comes from there. */
static void test_boot_file_elsewhere(void **state)
{
	static const char conf[] = "current/private/dnsmasq.conf";
	struct bench *bench = *state;

	bench_put(bench, &network_type, "six",
		"{'address': 'fd77::/64', 'next_server_v6': 'fd77::1'}");
	bench_merge(bench, &system_type, "web7", "{'filename': 'http://10.77.0.9/x.efi'}");
	changed_by_sync(bench);
	assert_true(says(bench, conf, "tag:bw-over-http,http://10.77.0.9/x.efi,,10.77.0.1\n"));
	assert_true(says(bench, conf, "option6:bootfile-url,http://10.77.0.9/x.efi\n"));
	assert_false(says(bench, conf, "/http:"));
}

/* A profile's boot file gets its line with the first machine that has the profile, and loses it
 * with the last. */
static void test_boot_file_of_profile(void **state)
{
	static const char line[] = ",special.0,,10.77.0.1\n";
	static const char *const web9[] = {
		("{'profile': 'special',"
		 " 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:09'}}}"),
		"{'profile': 'bar'}",
		"{'profile': 'special'}",
	};
	struct bench *bench = *state;
	struct edit edit = edit_of(&system_type, "web9");

	bench_put(bench, &profile_type, "special", "{'distro': 'foo', 'filename': 'special.0'}");
	changed_by_sync(bench);
	assert_false(says(bench, "current/private/dnsmasq.conf", line));
	for (size_t i = 0; i < ARRAY_SIZE(web9); i++) {
		bench_edit(bench, i ? EDIT_MERGE : EDIT_CREATE, &system_type, "web9", web9[i]);
		assert_true(changed_by_sync(bench) > 0);
		assert_int_equal(says(bench, "current/private/dnsmasq.conf", line), i != 1);
	}
	MUST(edit_delete(bench->server, &edit, &why));
	assert_true(changed_by_sync(bench) > 0);
	assert_false(says(bench, "current/private/dnsmasq.conf", line));
}

/* dnsmasq reads 1024 bytes of a line, and what follows as another line. */
static void test_many_networks(void **state)
{
	enum { NETWORKS = 60, LINE_MAX_BYTES = 1024 };
	struct bench *bench = *state;
	autostrbuf text = STRBUF_INIT;

	bench_merge(bench, &settings_type, "settings",
		"{'dhcp_router': '10.77.0.254', 'name_servers_search': ['example.org']}");
	bench_merge(bench, &system_type, "web7", "{'filename': 'lpxelinux.0'}");
	for (int i = 1; i <= NETWORKS; i++) {
		autofree char *name = xasprintf("vlan10%02d", i);
		autofree char *network =
			xasprintf("{'address': '10.78.%d.0/24', 'gateway': '10.78.%d.254', "
				  "'server': '10.78.%d.1', 'next_server_v4': '10.78.%d.1', "
				  "'name_servers_search': []}",
				i, i, i, i);

		bench_put(bench, &network_type, name, network);
	}
	changed_by_sync(bench);
	MUST(file_read(
		bench->server->tftp_fd, "current/private/dnsmasq.conf", 1 << 20, &text, &why));
	for (const char *line = text.buf; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") < LINE_MAX_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_commands, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_reload_fails, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_without_dhcp, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_no_longer, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_own_boot_file, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_boot_file_elsewhere, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_boot_file_of_profile, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_many_networks, setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
