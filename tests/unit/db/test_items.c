#include "support.h"

static void test_put_and_get(void **state)
{
	struct store *store = *state;
	autoitem struct item *item = NULL;
	autoitem struct item *got = NULL;
	struct err err = ERR_INIT;
	int64_t version = -1;

	fill(store);
	item = make_item(&system_type, "web7",
		"{'profile': 'bar', 'kernel_options': {'console': ['tty0', 'ttyS0'], 'quiet': "
		"true},"
		" 'virt_file_size': [10, 2.5], 'name_servers': [], 'comment': '',"
		" 'netboot_enabled': false, 'interfaces': {'eth0': {'static': true, 'mtu': "
		"9000}}}");
	assert_int_equal(db_item_version(store->db, &system_type, "web7", &version, &err), 0);
	assert_int_equal(version, 0);
	assert_int_equal(db_item_put(store->db, &tester, item, DB_NEW, &err), 0);
	assert_int_equal(item->version, 1);
	assert_int_equal(strlen(item->uid), 32);
	got = must_get(store, &system_type, "web7");
	assert_true(item_equal(item, got));
	assert_string_equal(got->uid, item->uid);
	assert_true(got->ctime > 1e9 && got->mtime == got->ctime);
	assert_int_equal(db_item_version(store->db, &system_type, "web7", &version, &err), 0);
	assert_int_equal(version, 1);
}

/* The same again is no write. */
static void test_equal_is_not_written(void **state)
{
	struct store *store = *state;
	autoitem struct item *got = NULL;
	int64_t revision;

	fill(store);
	revision = db_revision(store->db);
	must_put(store, &profile_type, "bar", "{'distro': 'foo', 'virt_ram': 1024}");
	must_put(store, &profile_type, "bar", "{'distro': 'foo', 'virt_ram': 1024, 'parent': ''}");
	assert_int_equal(db_revision(store->db), revision);
	must_put(store, &profile_type, "bar", "{'distro': 'foo', 'virt_ram': 2048}");
	assert_int_equal(db_revision(store->db), revision + 1);
	got = must_get(store, &profile_type, "bar");
	assert_int_equal(got->version, 2);
}

static void test_expected_version(void **state)
{
	static const struct {
		const char *name;
		int64_t expect;
		enum err_code code;
		const char *msg;
	} rows[] = {
		{"bar", DB_NEW, ERR_CONFLICT, "profile 'bar' exists already"},
		{"bar", 7, ERR_STALE,
			"profile 'bar' has been changed: version 1 is stored, not 7; read it "
			"again"},
		{"new", 1, ERR_STALE,
			"profile 'new' does not exist any more, but version 1 of it is asked for"},
		{"bar", 1, ERR_NONE, ""},
		{"new", DB_NEW, ERR_NONE, ""},
	};
	struct store *store = *state;

	fill(store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		autoitem struct item *item =
			make_item(&profile_type, rows[i].name, "{'distro': 'foo'}");
		int result = db_item_put(store->db, &tester, item, rows[i].expect, &err);

		assert_int_equal(result, rows[i].code ? -1 : 0);
		assert_int_equal(err.code, rows[i].code);
		assert_string_equal(err.msg, rows[i].msg);
	}
}

/* Each constraint, in words. */
static void test_conflicts(void **state)
{
	static const struct {
		const char *name;
		const char *json;
		enum err_code code;
		const char *field;
		const char *msg;
	} rows[] = {
		{"web7", "{'profile': 'bar', 'interfaces': {'a': {'mac': '52:54:00:00:00:02'}}}",
			ERR_CONFLICT, "mac_address",
			"mac_address: '52:54:00:00:00:02' belongs to system 'web2' (interface "
			"eth0)"},
		{"web1", "{'profile': 'bar', 'interfaces': {'a': {'ip': '10.0.0.2'}}}",
			ERR_CONFLICT, "ip_address",
			"ip_address: '10.0.0.2' belongs to system 'web2' (interface eth0)"},
		{"web7",
			"{'profile': 'bar', 'interfaces': {"
			"'a': {'ip': '10.0.0.7'}, 'b': {'ip': '10.0.0.7'}}}",
			ERR_CONFLICT, "ip_address",
			"ip_address: '10.0.0.7' cannot belong to the interfaces 'a' and 'b' at "
			"once"},
		{"web7", "{'profile': 'baa'}", ERR_INVALID, "profile",
			"profile: no profile 'baa'; did you mean 'bar'?"},
		{"web7", "{'profile': 'nothing-like-it'}", ERR_INVALID, "profile",
			"profile: no profile 'nothing-like-it'"},
	};
	struct store *store = *state;

	fill(store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		autoitem struct item *web1 = NULL;
		int64_t revision = db_revision(store->db);

		assert_int_equal(put(store, &system_type, rows[i].name, rows[i].json, &err), -1);
		assert_string_equal(err.msg, rows[i].msg);
		assert_string_equal(err.field, rows[i].field);
		assert_int_equal(err.code, rows[i].code);
		assert_int_equal(db_revision(store->db), revision);
		web1 = must_get(store, &system_type, "web1");
		assert_int_equal(web1->children, 2); /* nothing half-done stays */
	}
}

/* Interfaces without an address do not get in each other's way; an address may move. */
static void test_addresses(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;
	autofree char *name = NULL;

	fill(store);
	must_put(store, &system_type, "a", "{'profile': 'bar', 'interfaces': {'a': {'mac': ''}}}");
	must_put(store, &system_type, "b", "{'profile': 'bar', 'interfaces': {'a': {'mac': ''}}}");
	must_put(store, &system_type, "web1",
		"{'profile': 'bar', 'interfaces': {'eth1': {'mac': '52:54:00:00:00:01'}}}");
	assert_int_equal(db_system_by_mac(store->db, "52:54:00:00:00:01", &name, &err), 0);
	assert_string_equal(name, "web1");
	assert_int_equal(db_system_by_ip(store->db, "10.0.0.1", &name, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(db_system_by_mac(store->db, "", &name, &err), -1);
}

/* In one transaction: an exchange of addresses, a sub-profile before its parent. */
static void test_put_all(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;
	autofree char *name = NULL;
	struct item *items[] = {
		make_item(&system_type, "web1",
			"{'profile': 'bar', 'interfaces': {'eth0': {'mac': '52:54:00:00:00:02'}}}"),
		make_item(&system_type, "web2",
			"{'profile': 'bar', 'interfaces': {'eth0': {'mac': '52:54:00:00:00:01'}}}"),
		make_item(&profile_type, "child", "{'parent': 'mother'}"),
		make_item(&profile_type, "mother", "{'distro': 'foo'}"),
		make_item(&system_type, "bad", "{'profile': 'nobody'}"),
	};

	fill(store);
	assert_int_equal(db_item_put_all(store->db, &tester, items, 5, &err), -1);
	assert_string_equal(err.msg, "system 'bad': profile: no profile 'nobody'");
	assert_int_equal(db_system_by_mac(store->db, "52:54:00:00:00:02", &name, &err), 0);
	assert_string_equal(name, "web2");
	free(TAKE(name));
	if (db_item_put_all(store->db, &tester, items, 4, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(db_system_by_mac(store->db, "52:54:00:00:00:02", &name, &err), 0);
	assert_string_equal(name, "web1");
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		item_free(items[i]);
}

static void test_delete(void **state)
{
	static const struct {
		const struct item_type *type;
		const char *name;
		const char *msg; /* NULL: it works */
	} rows[] = {
		{&distro_type, "foo",
			"distro 'foo' is used by profile 'bar'; remove or change it first"},
		{&profile_type, "bar",
			"profile 'bar' is used by profile 'baz' and 1 more; remove or change them "
			"first"},
		{&profile_type, "bax", "no profile 'bax'; did you mean 'bar'?"},
		{&system_type, "web1", NULL},
		{&system_type, "web1", "no system 'web1'; did you mean 'web2'?"},
		{&system_type, "web2", NULL},
		{&profile_type, "baz", NULL},
		{&profile_type, "bar", NULL},
		{&distro_type, "foo", NULL},
	};
	struct store *store = *state;
	autofree char *name = NULL;

	fill(store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		int result = db_item_delete(
			store->db, &tester, rows[i].type, rows[i].name, DB_ANY, &err);

		assert_string_equal(err.msg, rows[i].msg ? rows[i].msg : "");
		assert_int_equal(result, rows[i].msg ? -1 : 0);
	}
	assert_int_equal(db_system_by_mac(store->db, "52:54:00:00:00:01", &name, NULL), -1);
}

/* A name's versions never repeat, so that no cache and no If-Match takes a new item for an old. */
static void test_versions_go_on(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;
	autoitem struct item *again = NULL;
	autoitem struct item *renamed = NULL;

	fill(store);
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web1", 1, &err), 0);
	must_put(store, &system_type, "web1", "{'profile': 'bar'}");
	again = must_get(store, &system_type, "web1");
	assert_int_equal(again->version, 3);
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web1", 3, &err), 0);
	assert_int_equal(
		db_item_rename(store->db, &tester, &system_type, "web2", "web1", 1, &err), 0);
	renamed = must_get(store, &system_type, "web1");
	assert_int_equal(renamed->version, 5);
}

static void test_rename(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;
	autoitem struct item *web1 = NULL;
	autoitem struct item *baz = NULL;
	autoitem struct item *bar = must_get((fill(store), store), &profile_type, "bar");
	autoitem struct item *new_bar = NULL;
	int64_t revision = db_revision(store->db);

	if (db_item_rename(store->db, &tester, &profile_type, "bar", "new-bar", 1, &err) < 0)
		fail_msg("%s", err.msg);
	new_bar = must_get(store, &profile_type, "new-bar");
	assert_string_equal(new_bar->uid, bar->uid);
	assert_int_equal(new_bar->version, 2);
	web1 = must_get(store, &system_type, "web1");
	assert_string_equal(((struct system *)web1)->profile, "new-bar");
	assert_int_equal(web1->version, 2); /* it changed, and says so */
	assert_int_equal(web1->children, 2);
	baz = must_get(store, &profile_type, "baz");
	assert_string_equal(((struct profile *)baz)->parent, "new-bar");
	assert_int_equal(db_revision(store->db), revision + 3);
	assert_int_equal(
		db_item_rename(store->db, &tester, &profile_type, "baz", "new-bar", DB_ANY, &err),
		-1);
	assert_string_equal(err.msg, "profile 'new-bar' exists already");
	assert_int_equal(
		db_item_rename(store->db, &tester, &system_type, "web1", "web9", 1, &err), -1);
	assert_int_equal(err.code, ERR_STALE);
	assert_int_equal(
		db_item_rename(store->db, &tester, &system_type, "web1", "web9", 2, &err), 0);
	item_free(TAKE(web1));
	web1 = must_get(store, &system_type, "web9");
	assert_int_equal(web1->children, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_put_and_get, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(
			test_equal_is_not_written, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_expected_version, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_conflicts, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_addresses, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_put_all, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_delete, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_versions_go_on, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_rename, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
