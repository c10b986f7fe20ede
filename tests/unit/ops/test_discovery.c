/* Machines that no system has: from what asks the boot port, and from dnsmasq's leases. */
#include "ops_support.h"

#include "ops/answer/answer.h"
#include "ops/install/discovery.h"
#include "ops/publish/netboot.h"

struct found {
	size_t n;
	char text[512]; /* "MAC ADDRESS HOSTNAME LOADER FIRMWARE;" of each */
};

static int note(void *ctx, const struct db_discovered *machine, struct err *err)
{
	struct found *found = ctx;
	size_t len = strlen(found->text);

	(void)err;
	found->n++;
	snprintf(found->text + len, sizeof(found->text) - len, "%s %s %s %s %s;", machine->mac,
		machine->address, machine->hostname, machine->loader, machine->firmware);
	return 0;
}

/* What the thread finds after a while, now. */
static struct found found_now(struct bench *bench)
{
	const struct db_discovered_query all = {.limit = 0};
	struct found found = {.n = 0};

	MUST(discovery_write(bench->server, &why));
	MUST(db_discovered_list(bench->server->db, &all, note, &found, &why));
	return found;
}

static char *leases_of(struct bench *bench)
{
	return xasprintf("%s/leases", bench->folder);
}

static int setup(void **state)
{
	struct bench *bench;
	autofree char *json = NULL;

	if (bench_setup(state) < 0)
		return -1;
	bench = *state;
	bench->kernel = leases_of(bench); /* freed after the server, which borrows it */
	bench_write(bench, "linux", "kernel");
	bench_write(bench, "initrd.gz", "initrd");
	json = xasprintf(
		"{'kernel': '%s/linux', 'initrd': ['%s/initrd.gz']}", bench->folder, bench->folder);
	bench_put(bench, &distro_type, "foo", json);
	bench_put(bench, &profile_type, "bar", "{'distro': 'foo'}");
	bench_put(bench, &system_type, "web7",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:07'}}}");
	bench->server->config.leases = bench->kernel;
	MUST(discovery_start(bench->server, &why));
	return 0;
}

static int ask(struct bench *bench, const char *format, const char *mac, const char *address)
{
	AUTO(answer) struct answer *answer = NULL;

	return netboot_answer(bench->server, format, mac, address, &answer, NULL);
}

static void who_asks(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(ask(bench, "ipxe", "52-54-00-AA-00-07", "10.77.0.7"), 0);
	assert_int_equal(ask(bench, "ipxe", "", "10.77.0.7"), 0);
	assert_int_equal(found_now(bench).n, 0);
	assert_int_equal(ask(bench, "ipxe", "52-54-00-AA-00-09", "10.77.0.9"), 0);
	assert_int_equal(ask(bench, "ipxe", "01:00:5e:00:00:01", "10.77.0.9"), 0);
	discovery_runs_on(bench->server, "52-54-00-aa-00-09", "efi", "x86_64");
	discovery_runs_on(bench->server, "52-54-00-aa-00-08", "efi", "x86_64");
	assert_string_equal(found_now(bench).text, "52:54:00:aa:00:09 10.77.0.9  ipxe efi x86_64;");
	discovery_asked_file(bench->server, "pxelinux.cfg/01-52-54-00-aa-00-0a", "10.77.0.10");
	discovery_asked_file(bench->server, "pxelinux.cfg/01-52-54-00-aa-00-07", "10.77.0.10");
	discovery_asked_file(bench->server, "pxelinux.cfg/0A4D000A", "10.77.0.10");
	discovery_asked_file(bench->server, "grub/system/52:54:00:aa:00:0b.cfg", "10.77.0.11");
	assert_string_equal(found_now(bench).text, "52:54:00:aa:00:09 10.77.0.9  ipxe efi x86_64;"
						   "52:54:00:aa:00:0a 10.77.0.10  pxelinux ;"
						   "52:54:00:aa:00:0b 10.77.0.11  grub ;");
}

/* Between two writes nobody takes the others' room; 2^64 addresses of one network are one asker. */
static void who_asks_too_much(void **state)
{
	struct bench *bench = *state;

	for (unsigned i = 0; i < 300; i++) {
		autofree char *mac = xasprintf("02:00:00:00:%02x:%02x", i >> 8, i & 255);
		autofree char *address = xasprintf("fd77::%x", i + 1);

		discovery_asked(bench->server, mac, address, "ipxe");
	}
	discovery_asked(bench->server, "52:54:00:aa:00:09", "fd78::1", "ipxe");
	assert_true(found_now(bench).n <= 17 * 2); /* the thread may have written once */
	discovery_asked(bench->server, "02:01:00:00:00:00", "fd77::1", "ipxe");
	assert_int_equal(found_now(bench).n, 17);
}

static void who_has_a_lease(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(found_now(bench).n, 0); /* there is no such file yet */
	bench_write(bench, "leases",
		"0 52:54:00:aa:00:07 10.77.0.7 web7 *\n"
		"0 52:54:00:aa:00:09 10.77.0.50 nine 01:52:54:00:aa:00:09\n"
		"1000 52:54:00:aa:00:0a 10.77.0.51 over *\n"
		"nonsense\n");
	assert_string_equal(found_now(bench).text, "52:54:00:aa:00:09 10.77.0.50 nine  ;");
	/* forgotten, it does not come back with the same lease */
	MUST(db_discovered_remove(bench->server->db, "52:54:00:aa:00:09", &why));
	bench_write(bench, "leases",
		"0 52:54:00:aa:00:09 10.77.0.50 nine 01:52:54:00:aa:00:09\n"
		"0 52:54:00:aa:00:0b 10.77.0.52 * *\n");
	assert_string_equal(found_now(bench).text, "52:54:00:aa:00:0b 10.77.0.52   ;");
}

/* What was seen in the last second is written when the server stops. */
static void what_is_seen_is_kept(void **state)
{
	const struct db_discovered_query all = {.limit = 0};
	struct bench *bench = *state;
	struct found found = {.n = 0};

	assert_int_equal(ask(bench, "grub", "52:54:00:aa:00:09", "10.77.0.9"), 0);
	server_close(bench->server);
	bench_open(bench);
	MUST(db_discovered_list(bench->server->db, &all, note, &found, &why));
	assert_int_equal(found.n, 1);
}

/* unknown_machines: the menu, the local disk, nothing. */
static void what_they_get(void **state)
{
	static const struct {
		const char *patch;
		const char *format;
		const char *says; /* NULL: there is no such file */
		const char * not ;
	} rows[] = {
		{"{'unknown_machines': 'menu'}", "pxelinux", "LABEL bar", "nothing"},
		{"{'unknown_machines': 'local'}", "pxelinux", "DEFAULT local", "LABEL bar"},
		{"{'unknown_machines': 'local'}", "ipxe", "sanboot", "bar"},
		{"{'unknown_machines': 'local'}", "grub", "set timeout=0", "bar"},
		{"{'unknown_machines': 'none'}", "pxelinux", NULL, NULL},
		{"{'unknown_machines': 'none'}", "ipxe", NULL, NULL},
		/* that of systems is found through this one */
		{"{'unknown_machines': 'none'}", "grub", "configfile", "menuentry"},
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(answer) struct answer *answer = NULL;
		struct err err = ERR_INIT;
		int result;

		bench_merge(bench, &settings_type, "settings", rows[i].patch);
		result = netboot_answer(bench->server, rows[i].format, "52:54:00:aa:00:09",
			"10.77.0.9", &answer, &err);
		if (!rows[i].says) {
			assert_int_equal(result, -1);
			assert_int_equal(err.code, ERR_NOT_FOUND);
			continue;
		}
		assert_int_equal(result, 0);
		if (!strstr(answer->text, rows[i].says) || strstr(answer->text, rows[i].not ))
			fail_msg("row %zu: %s", i, answer->text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_asks, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(who_asks_too_much, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(who_has_a_lease, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(what_is_seen_is_kept, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(what_they_get, setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
