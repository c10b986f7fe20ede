/* Lists of references: as whole as single ones. */
#include "support.h"

static void fill_groups(struct store *store)
{
	fill(store);
	must_put(store, &group_type, "web", "{}");
	must_put(store, &group_type, "rack1", "{}");
	must_put(store, &group_type, "rack2", "{}");
	must_put(store, &system_type, "web1", "{'profile': 'bar', 'groups': ['web', 'rack1']}");
	must_put(store, &system_type, "web2", "{'profile': 'bar', 'groups': ['rack2', 'web']}");
}

static void assert_groups(struct store *store, const char *name, const char *expected)
{
	autoitem struct item *item = must_get(store, &system_type, name);
	const struct opt_list *groups = &((struct system *)item)->groups;
	autostrbuf text = STRBUF_INIT;

	strv_join(&groups->items, " ", &text);
	assert_string_equal(groups->set ? text.buf : "unset", expected);
}

/* Order is kept; empty and repeated names are dropped; unset and empty are two things. */
static void test_values(void **state)
{
	static const struct {
		const char *json;
		const char *expected;
	} rows[] = {
		{"{'profile': 'bar'}", "unset"},
		{"{'profile': 'bar', 'groups': []}", ""},
		{"{'profile': 'bar', 'groups': ['web', 'rack1']}", "web rack1"},
		{"{'profile': 'bar', 'groups': ['rack1', 'web']}", "rack1 web"},
		{"{'profile': 'bar', 'groups': ['web', 'rack1', 'web', '', 'rack1']}", "web rack1"},
		{"{'profile': 'bar', 'groups': ['']}", ""},
		{"{'profile': 'bar'}", "unset"},
	};
	struct store *store = *state;

	fill_groups(store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t revision = db_revision(store->db);

		must_put(store, &system_type, "web3", rows[i].json);
		assert_groups(store, "web3", rows[i].expected);
		assert_int_equal(db_revision(store->db), revision + 1);
		must_put(store, &system_type, "web3", rows[i].json);
		assert_int_equal(db_revision(store->db), revision + 1);
	}
	assert_groups(store, "web1", "web rack1");
}

static void test_refused(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;

	fill_groups(store);
	assert_int_equal(put(store, &system_type, "web1",
				 "{'profile': 'bar', 'groups': ['web', 'wbe']}", &err),
		-1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_string_equal(err.field, "groups");
	assert_string_equal(err.msg, "groups: no group 'wbe'; did you mean 'web'?");
	assert_groups(store, "web1", "web rack1");
	assert_int_equal(db_item_delete(store->db, &tester, &group_type, "web", DB_ANY, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_string_equal(err.msg,
		"group 'web' is used by system 'web1' and 1 more; remove or change them first");
	must_put(store, &system_type, "web1", "{'profile': 'bar', 'groups': []}");
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web2", DB_ANY, &err), 0);
	assert_int_equal(db_item_delete(store->db, &tester, &group_type, "web", DB_ANY, &err), 0);
}

static void test_too_many(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;
	autoitem struct item *item = make_item(&system_type, "web1", "{'profile': 'bar'}");
	struct opt_list *groups = &((struct system *)item)->groups;

	fill_groups(store);
	groups->set = true;
	for (int i = 0; i < 1001; i++)
		strv_add(&groups->items, "web");
	assert_int_equal(db_item_put(store->db, &tester, item, DB_ANY, &err), -1);
	assert_string_equal(err.msg, "groups: has 1001 names; 1000 are the most");
}

/* They follow, each with a version and a revision of its own. */
static void test_rename(void **state)
{
	struct store *store = *state;
	struct db_revision revision = {.revision = 0};
	autoitem struct item *web1 = NULL;
	int64_t last;

	fill_groups(store);
	last = db_revision(store->db);
	assert_int_equal(
		db_item_rename(store->db, &tester, &group_type, "web", "www", DB_ANY, NULL), 0);
	assert_groups(store, "web1", "www rack1");
	assert_groups(store, "web2", "rack2 www");
	assert_int_equal(db_revision(store->db), last + 3);
	web1 = must_get(store, &system_type, "web1");
	assert_int_equal(web1->version, 3);
	assert_int_equal(db_revision_get(store->db, last + 2, &revision, NULL), 0);
	assert_string_equal(((struct system *)revision.before)->groups.items.v[0], "web");
	assert_string_equal(((struct system *)revision.after)->groups.items.v[0], "www");
	assert_int_equal(revision.before->version, 2);
	assert_int_equal(revision.change, last + 1);
	db_revision_done(&revision);
	assert_int_equal(
		db_item_rename(store->db, &tester, &system_type, "web1", "db1", DB_ANY, NULL), 0);
	assert_groups(store, "db1", "www rack1");
}

/* In one transaction: members before their group, a group and its last member go. */
static void test_any_order(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;
	struct db_write come[] = {
		{.put = make_item(&system_type, "new", "{'profile': 'bar', 'groups': ['later']}"),
			.expect = DB_NEW},
		{.put = make_item(&group_type, "later", "{}"), .expect = DB_NEW},
	};
	struct db_write go[] = {
		{.type = &group_type, .name = "later", .expect = DB_ANY},
		{.type = &system_type, .name = "new", .expect = DB_ANY},
	};

	fill_groups(store);
	if (db_write_all(store->db, &tester, come, 2, &err) < 0)
		fail_msg("%s", err.msg);
	assert_groups(store, "new", "later");
	if (db_write_all(store->db, &tester, go, 2, &err) < 0)
		fail_msg("%s", err.msg);
	item_free(come[0].put);
	item_free(come[1].put);
}

static int add_name(void *ctx, struct item *item, struct err *err)
{
	(void)err;
	strv_add(ctx, item->name);
	return 0;
}

static void test_find(void **state)
{
	static const struct {
		enum db_compare compare;
		const char *text;
		const char *expected;
	} rows[] = {
		{DB_EQUAL, "web", "web1 web2"},
		{DB_EQUAL, "rack1", "web1"},
		{DB_GLOB, "rack*", "web1 web2"},
		{DB_NOT, "rack1", "web2 web3"},
		{DB_EQUAL, "", "web3"},
		{DB_NOT, "", "web1 web2"},
		{DB_EQUAL, "nothing", ""},
	};
	struct store *store = *state;

	fill_groups(store);
	must_put(store, &system_type, "web3", "{'profile': 'bar'}");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct db_filter filter = {
			item_field(&system_type, "groups"), rows[i].compare, rows[i].text};
		const struct db_query query = {
			.type = &system_type, .filter = &filter, .filters = 1};
		autostrv names = STRV_INIT;
		autostrbuf text = STRBUF_INIT;

		assert_int_equal(db_item_list(store->db, &query, add_name, &names, NULL), 0);
		strv_join(&names, " ", &text);
		assert_string_equal(text.buf, rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_values, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_refused, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_too_many, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_rename, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_any_order, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_find, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
