/* Several writes in one transaction: only its end must be whole. */
#include "support.h"

static struct item *system_at(const char *name, const char *mac)
{
	autofree char *json =
		xasprintf("{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '%s'}}}", mac);

	return make_item(&system_type, name, json);
}

static void done(struct db_write *write, size_t n)
{
	for (size_t i = 0; i < n; i++)
		item_free(write[i].put);
}

static void must_write(struct store *store, struct db_write *write, size_t n)
{
	struct err err = ERR_INIT;

	if (db_write_all(store->db, &tester, write, n, &err) < 0)
		fail_msg("%s", err.msg);
}

static void assert_has_mac(struct store *store, const char *mac, const char *name)
{
	autofree char *found = NULL;
	struct err err = ERR_INIT;

	if (db_system_by_mac(store->db, mac, &found, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(found, name);
}

static struct db_write removal(const struct item_type *type, const char *name)
{
	return (struct db_write){.type = type, .name = name, .expect = DB_ANY};
}

/* Whatever comes first: an address of one that goes, an exchange, users and used that go at once,
 * children before parents. */
static void test_any_order(void **state)
{
	struct store *store = *state;
	struct db_write write[] = {
		{.put = make_item(&profile_type, "child", "{'parent': 'mother'}"),
			.expect = DB_NEW},
		{.put = system_at("web3", "52:54:00:00:00:01"), .expect = DB_NEW},
		removal(&system_type, "web1"),
		{.put = make_item(&profile_type, "mother", "{'distro': 'foo'}"), .expect = DB_NEW},
	};
	struct db_write all[] = {
		removal(&distro_type, "foo"),
		removal(&profile_type, "bar"),
		removal(&profile_type, "mother"),
		removal(&system_type, "web3"),
		removal(&profile_type, "baz"),
		removal(&profile_type, "child"),
		removal(&system_type, "web2"),
	};
	int64_t count;

	fill(store);
	must_write(store, write, ARRAY_SIZE(write));
	assert_has_mac(store, "52:54:00:00:00:01", "web3");
	done(write, ARRAY_SIZE(write));
	must_write(store, all, ARRAY_SIZE(all));
	assert_int_equal(db_count(store->db, &profile_type, &count, NULL), 0);
	assert_int_equal(count, 0);
	assert_int_equal(db_count(store->db, &distro_type, &count, NULL), 0);
	assert_int_equal(count, 0);
}

static void test_exchange(void **state)
{
	struct store *store = *state;
	struct db_write write[] = {
		{.put = system_at("web1", "52:54:00:00:00:02"), .expect = 1},
		{.put = system_at("web2", "52:54:00:00:00:01"), .expect = 1},
		{.put = make_item(&network_type, "a", "{'address': '10.2.0.0/24'}")},
		{.put = make_item(&network_type, "b", "{'address': '10.1.0.0/24'}")},
	};
	struct err err = ERR_INIT;

	fill(store);
	must_put(store, &network_type, "a", "{'address': '10.1.0.0/24'}");
	must_put(store, &network_type, "b", "{'address': '10.2.0.0/24'}");
	write[2].expect = write[3].expect = 1;
	must_write(store, write, ARRAY_SIZE(write));
	assert_has_mac(store, "52:54:00:00:00:01", "web2");
	assert_has_mac(store, "52:54:00:00:00:02", "web1");
	assert_int_equal(put(store, &network_type, "c", "{'address': '10.1.0.0/24'}", &err), -1);
	assert_string_equal(err.msg, "address: '10.1.0.0/24' belongs to network 'b'");
	done(write, ARRAY_SIZE(write));
}

/* Each failure leaves all as it was, and says which item it was. */
static void test_failures(void **state)
{
	struct store *store = *state;
	struct item *web9 = system_at("web9", "52:54:00:00:00:09");
	struct item *again = system_at("web9", "52:54:00:00:00:08");
	struct item *taken = system_at("web8", "52:54:00:00:00:01");
	struct item *both = system_at("web8", "52:54:00:00:00:09");
	struct item *wrong = make_item(&system_type, "web8", "{'profile': 'baa'}");
	struct item *user = make_item(&system_type, "web2", "{'profile': 'bar'}");
	const struct {
		struct db_write second;
		enum err_code code;
		const char *msg;
	} rows[] = {
		{{.put = taken, .expect = DB_ANY}, ERR_CONFLICT,
			"system 'web8': mac_address: '52:54:00:00:00:01' belongs to system 'web1' "
			"(interface eth0)"},
		{{.put = both, .expect = DB_ANY}, ERR_CONFLICT,
			"system 'web8': mac_address: '52:54:00:00:00:09' belongs to system 'web9' "
			"(interface eth0)"},
		{{.put = wrong, .expect = DB_ANY}, ERR_INVALID,
			"system 'web8': profile: no profile 'baa'; did you mean 'bar'?"},
		{{.put = wrong, .expect = 3}, ERR_STALE,
			"system 'web8' does not exist any more, but version 3 of it is asked for"},
		{{.put = user, .expect = DB_NEW}, ERR_CONFLICT, "system 'web2' exists already"},
		{{.put = again, .expect = DB_ANY}, ERR_INVALID,
			"system 'web9' comes twice; once is enough, with all that it shall be"},
		{removal(&system_type, "web9"), ERR_INVALID,
			"system 'web9' comes twice; once is enough, with all that it shall be"},
		{removal(&profile_type, "baz"), ERR_CONFLICT,
			"profile 'baz' is used by system 'web2'; remove or change it first"},
		{removal(&profile_type, "bay"), ERR_NOT_FOUND,
			"profile 'bay': no profile 'bay'; did you mean 'bar'?"},
		{{.type = &system_type, .name = "web1", .expect = 7}, ERR_STALE,
			"system 'web1' has been changed: version 1 is stored, not 7; read it "
			"again"},
	};

	fill(store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct db_write write[] = {{.put = web9, .expect = DB_ANY}, rows[i].second};
		int64_t revision = db_revision(store->db);
		struct err err = ERR_INIT;

		assert_int_equal(db_write_all(store->db, &tester, write, 2, &err), -1);
		assert_string_equal(err.msg, rows[i].msg);
		assert_int_equal(err.code, rows[i].code);
		assert_int_equal(db_revision(store->db), revision);
		assert_int_equal(db_item_get(store->db, &system_type, "web9", NULL, &err), -1);
	}
	for (size_t i = 0; i < 6; i++)
		item_free((struct item *[]){web9, again, taken, both, wrong, user}[i]);
}

/* What uses the removed item changes in the same transaction. */
static void test_user_lets_go(void **state)
{
	struct store *store = *state;
	struct db_write write[] = {
		removal(&profile_type, "baz"),
		{.put = make_item(&system_type, "web2", "{'profile': 'bar'}"), .expect = DB_ANY},
	};

	fill(store);
	must_write(store, write, 2);
	item_free(write[1].put);
	must_write(store, write, 0); /* nothing is no mistake */
}

/* All revisions of one transaction belong together, and tell the request once. */
static void test_change(void **state)
{
	struct store *store = *state;
	const struct db_author author = {
		.who = "token ansible", .from = "192.0.2.1", .key = "k-1", .request = "abc"};
	struct db_write write[] = {
		{.put = system_at("web3", "52:54:00:00:00:03"), .expect = DB_NEW},
		{.put = system_at("web4", "52:54:00:00:00:04"), .expect = DB_NEW},
		removal(&system_type, "web1"),
	};
	struct err err = ERR_INIT;
	autofree int64_t *numbers = NULL;
	autofree char *request = NULL;
	int64_t found;
	size_t n;

	fill(store);
	if (db_write_all(store->db, &author, write, 3, &err) < 0)
		fail_msg("%s", err.msg);
	must_put(store, &profile_type, "more", "{'distro': 'foo'}");
	assert_int_equal(db_revision_change(store->db, 6, &numbers, &n, &err), 0);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(numbers[i], 6 + (int64_t)i);
	assert_int_equal(
		db_revision_by_key(store->db, "token ansible", "k-1", &found, &request, &err), 0);
	assert_int_equal(found, 6);
	assert_string_equal(request, "abc");
	assert_int_equal(db_revision_by_key(store->db, "root", "k-1", &found, &request, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(db_revision_change(store->db, 7, &numbers, &n, &err), -1);
	assert_string_equal(err.msg, "no transaction begins with revision 7");
	done(write, 2);
}

/* A removed item that is put back is the same one; a copy is not. */
static void test_identity(void **state)
{
	struct store *store = *state;
	autoitem struct item *web1 = NULL;
	autoitem struct item *back = NULL;
	autoitem struct item *copy = NULL;
	autofree char *uid = NULL;
	double ctime;

	fill(store);
	web1 = must_get(store, &system_type, "web1");
	uid = xstrdup(web1->uid);
	ctime = web1->ctime;
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web1", 1, NULL), 0);
	assert_int_equal(db_item_put(store->db, &tester, web1, DB_NEW, NULL), 0);
	assert_string_equal(web1->uid, uid);
	assert_int_equal(web1->version, 3);
	back = must_get(store, &system_type, "web1");
	assert_string_equal(back->uid, uid);
	assert_true(back->ctime == ctime);
	copy = item_copy(back);
	free(copy->name);
	copy->name = xstrdup("web7");
	while (copy->children)
		item_child_remove(copy, copy->child[0]->name);
	assert_int_equal(db_item_put(store->db, &tester, copy, DB_NEW, NULL), 0);
	assert_string_not_equal(copy->uid, uid);
	assert_true(copy->ctime > ctime);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_any_order, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_exchange, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_failures, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_user_lets_go, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_change, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_identity, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
