/* Machines that no system has: what is kept of them, and what a flood leaves of others. */
#include "support.h"

#include <sqlite3.h>

struct found {
	size_t n;
	char macs[4][18];
	char address[46], hostname[64], loader[16], firmware[32], client_id[64];
	double lease;
	int64_t times;
};

static int note(void *ctx, const struct db_discovered *machine, struct err *err)
{
	struct found *found = ctx;

	(void)err;
	if (found->n < ARRAY_SIZE(found->macs))
		snprintf(found->macs[found->n], 18, "%s", machine->mac);
	found->n++;
	snprintf(found->address, sizeof(found->address), "%s", machine->address);
	snprintf(found->hostname, sizeof(found->hostname), "%s", machine->hostname);
	snprintf(found->loader, sizeof(found->loader), "%s", machine->loader);
	snprintf(found->firmware, sizeof(found->firmware), "%s", machine->firmware);
	snprintf(found->client_id, sizeof(found->client_id), "%s", machine->client_id);
	found->lease = machine->lease;
	found->times = machine->times;
	assert_true(machine->first > 0 && machine->last >= machine->first);
	return 0;
}

static struct found find(struct store *store, struct db_discovered_query query)
{
	struct found found = {.n = 0};
	struct err err = ERR_INIT;

	if (db_discovered_list(store->db, &query, note, &found, &err) < 0)
		fail_msg("%s", err.msg);
	return found;
}

static void add(struct store *store, struct db_discovered seen)
{
	struct err err = ERR_INIT;

	if (db_discovered_add(store->db, &seen, 1, &err) < 0)
		fail_msg("%s", err.msg);
}

static void test_sources_add_up(void **state)
{
	const struct db_discovered_query all = {.limit = 0};
	struct store *store = *state;
	struct found found;

	add(store, (struct db_discovered){.mac = "52:54:00:00:00:09",
			   .address = "10.0.0.9",
			   .loader = "ipxe",
			   .firmware = "efi x86_64",
			   .asker = "10.0.0.9"});
	add(store, (struct db_discovered){.mac = "52:54:00:00:00:09",
			   .address = "10.0.0.10",
			   .hostname = "web9",
			   .client_id = "01:02",
			   .lease = 1700000000});
	found = find(store, all);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.address, "10.0.0.10");
	assert_string_equal(found.hostname, "web9");
	assert_string_equal(found.loader, "ipxe");
	assert_string_equal(found.firmware, "efi x86_64");
	assert_string_equal(found.client_id, "01:02");
	assert_true(found.lease == 1700000000);
	assert_int_equal(found.times, 1); /* all one start */
}

static void test_queries(void **state)
{
	struct store *store = *state;

	for (unsigned i = 0; i < 3; i++) {
		autofree char *mac = xasprintf("52:54:00:00:00:%02x", i);
		autofree char *address = xasprintf("10.0.%u.9", i);

		add(store, (struct db_discovered){.mac = mac,
				   .address = address,
				   .hostname = i ? "other" : "web",
				   .lease = -1});
	}
	assert_int_equal(find(store, (struct db_discovered_query){.mac = "52:54:*:02"}).n, 1);
	assert_int_equal(
		find(store, (struct db_discovered_query){.mac = "52:54:00:00:00:01"}).n, 1);
	assert_int_equal(find(store, (struct db_discovered_query){.address = "10.0.?.9"}).n, 3);
	assert_int_equal(find(store, (struct db_discovered_query){.hostname = "other"}).n, 2);
	assert_int_equal(find(store, (struct db_discovered_query){.since = 1e12}).n, 0);
	assert_string_equal(
		find(store, (struct db_discovered_query){.limit = 1}).macs[0], "52:54:00:00:00:00");
	assert_string_equal(
		find(store, (struct db_discovered_query){.after = "52:54:00:00:00:00"}).macs[0],
		"52:54:00:00:00:01");
}

static void test_becomes_a_system(void **state)
{
	const struct db_discovered_query all = {.limit = 0};
	const struct db_discovered machine = {.mac = "52:54:00:00:00:09", .asker = "10.0.0.9"};
	struct store *store = *state;

	fill(store);
	add(store, machine);
	assert_int_equal(find(store, all).n, 1);
	must_put(store, &system_type, "web9",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:00:00:09'}}}");
	assert_int_equal(find(store, all).n, 0);
	add(store, machine);
	assert_int_equal(find(store, all).n, 0);
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web9", DB_ANY, NULL), 0);
	assert_int_equal(find(store, all).n, 0); /* it is gone, not hidden */
	add(store, machine);
	assert_int_equal(find(store, all).n, 1);
}

static void test_remove(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;

	add(store, (struct db_discovered){.mac = "52:54:00:00:00:09"});
	assert_int_equal(db_discovered_remove(store->db, "52:54:00:00:00:09", &err), 0);
	assert_int_equal(db_discovered_remove(store->db, "52:54:00:00:00:09", &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

/* n machines whose MAC addresses begin with 02:KIND, from one asker, or from as many as there are;
 * with leases where there is none. */
static void flood(struct store *store, unsigned kind, unsigned n, const char *asker, bool leased)
{
	for (unsigned i = 0; i < n; i++) {
		autofree char *mac = xasprintf("02:%02x:00:00:%02x:%02x", kind, i >> 8, i & 255);
		autofree char *own = xasprintf("10.%u.%u.%u", kind, i >> 8, i & 255);

		add(store, (struct db_discovered){.mac = mac,
				   .asker = leased  ? ""
		                            : asker ? asker
		                                    : own,
				   .loader = leased ? "" : "ipxe",
				   .lease = leased ? -1 : 0});
	}
}

static void test_floods(void **state)
{
	const struct db_discovered_query all = {.limit = 0};
	const struct db_discovered_query mine = {.mac = "52:54:*"};
	struct store *store = *state;

	add(store, (struct db_discovered){.mac = "52:54:00:00:00:01", .asker = "10.0.0.9"});
	add(store, (struct db_discovered){.mac = "52:54:00:00:00:02", .lease = -1});
	add(store, (struct db_discovered){.mac = "52:54:00:00:00:03", .asker = "10.0.0.3"});
	add(store,
		(struct db_discovered){.mac = "52:54:00:00:00:03", .loader = "ipxe", .lease = -1});
	/* whoever asks with many addresses pushes out his own */
	flood(store, 1, 1200, "10.66.6.6", false);
	assert_int_equal(find(store, mine).n, 3);
	assert_int_equal(find(store, all).n, 3 + 16);
	/* many together push out those that only asked */
	flood(store, 2, 600, NULL, false);
	assert_int_equal(find(store, mine).n, 2);
	assert_int_equal(find(store, all).n, DISCOVERED_MAX / 2 + 2);
	/* and leases those that only have a lease */
	flood(store, 3, 600, NULL, true);
	assert_int_equal(find(store, mine).n, 1);
	assert_string_equal(find(store, mine).macs[0], "52:54:00:00:00:03");
	assert_int_equal(find(store, all).n, DISCOVERED_MAX);
}

/* A clock that was wrong and is set back: machines that come from then on are kept, and counted. */
static void test_clock_set_back(void **state)
{
	const struct db_discovered_query first = {.mac = "02:00:00:00:00:00"};
	const struct db_discovered_query last = {.mac = "52:54:00:00:00:01"};
	struct store *store = *state;
	autofree char *path = xasprintf("%s/bootwright.db", store->folder);
	sqlite3 *other;

	flood(store, 0, 16, "10.0.0.9", false);
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	sqlite3_busy_timeout(other, 10000);
	assert_int_equal(
		sqlite3_exec(other, "UPDATE discovered SET last = last + 1e9", NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(other);
	add(store, (struct db_discovered){.mac = first.mac, .asker = "10.0.0.9"});
	assert_int_equal(find(store, first).times, 2);
	add(store, (struct db_discovered){.mac = last.mac, .asker = "10.0.0.9"});
	assert_int_equal(find(store, last).n, 1);
	assert_int_equal(find(store, first).n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sources_add_up, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_queries, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_becomes_a_system, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_remove, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_floods, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_clock_set_back, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
