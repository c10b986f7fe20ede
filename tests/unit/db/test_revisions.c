/* What was: single revisions, pages of the history, items and lists as of one. */
#include "support.h"

#include "db/store.h"

/* 1…5 of fill(), then 6 web1 changed, 7 renamed to web9 (nobody uses it), 8 a new web1, 9 web9
 * removed. */
static void fill_history(struct store *store)
{
	fill(store);
	must_put(store, &system_type, "web1",
		"{'profile': 'bar', 'comment': 'x', 'power_pass': 'geheim'}");
	assert_int_equal(
		db_item_rename(store->db, &tester, &system_type, "web1", "web9", 2, NULL), 0);
	must_put(store, &system_type, "web1", "{'profile': 'baz'}");
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web9", 3, NULL), 0);
}

static void test_get(void **state)
{
	struct store *store = *state;
	struct db_revision revision = {.revision = 0};
	struct err err = ERR_INIT;

	assert_int_equal(db_revision_get(store->db, 1, &revision, &err), -1);
	assert_string_equal(err.msg, "no revision 1; there is none yet");
	fill_history(store);
	assert_int_equal(db_revision_get(store->db, 7, &revision, &err), 0);
	assert_int_equal(revision.revision, 7);
	assert_int_equal(revision.change, 7);
	assert_string_equal(revision.who, "tester");
	assert_string_equal(revision.from, "test");
	assert_string_equal(revision.action, "rename");
	assert_ptr_equal(revision.type, &system_type);
	assert_string_equal(revision.before->name, "web1");
	assert_string_equal(revision.after->name, "web9");
	assert_string_equal(((struct system *)revision.after)->power_pass, "geheim");
	assert_int_equal(revision.before->version, 2);
	assert_int_equal(revision.after->version, 3);
	assert_string_equal(revision.before->uid, revision.after->uid);
	assert_true(revision.before->mtime < revision.after->mtime);
	assert_true(revision.before->ctime < revision.before->mtime);
	db_revision_done(&revision);
	assert_int_equal(db_revision_get(store->db, 9, &revision, &err), 0);
	assert_null(revision.after);
	assert_string_equal(revision.before->name, "web9");
	db_revision_done(&revision);
	assert_int_equal(db_revision_get(store->db, 10, &revision, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_string_equal(err.msg, "no revision 10; there are 1 to 9");
}

static int add_name(void *ctx, struct item *item, struct err *err)
{
	(void)err;
	strbuf_addf(ctx, "%s:%s/%lld ", item->name, ((struct system *)item)->profile,
		(long long)item->version);
	return 0;
}

static void test_list_at(void **state)
{
	static const struct {
		int64_t at;
		const char *expected;
	} rows[] = {
		{0, ""},
		{3, ""},
		{4, "web1:bar/1 "},
		{5, "web1:bar/1 web2:baz/1 "},
		{6, "web1:bar/2 web2:baz/1 "},
		{7, "web2:baz/1 web9:bar/3 "},
		{8, "web1:baz/3 web2:baz/1 web9:bar/3 "},
		{9, "web1:baz/3 web2:baz/1 "},
		{99, "web1:baz/3 web2:baz/1 "},
	};
	struct store *store = *state;

	fill_history(store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf text = STRBUF_INIT;
		struct err err = ERR_INIT;

		if (db_item_list_at(store->db, &system_type, rows[i].at, add_name, &text, &err) < 0)
			fail_msg("%s", err.msg);
		assert_string_equal(text.buf ? text.buf : "", rows[i].expected);
	}
}

static void test_get_at(void **state)
{
	struct store *store = *state;
	autoitem struct item *then = NULL;
	autoitem struct item *now = NULL;
	autoitem struct item *last = NULL;
	struct item *none = NULL;
	struct err err = ERR_INIT;

	fill_history(store);
	assert_int_equal(db_item_get_at(store->db, &system_type, "web1", 5, &then, &err), 0);
	assert_int_equal(then->children, 2);
	assert_string_equal(((struct interface *)then->child[0])->ip_address, "10.0.0.1");
	assert_int_equal(db_item_get_at(store->db, &system_type, "web1", 7, &none, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_string_equal(err.msg, "no system 'web1' as of revision 7");
	assert_int_equal(db_item_get_at(store->db, &system_type, "web9", 9, &none, &err), -1);
	assert_int_equal(db_item_get_at(store->db, &system_type, "web2", 3, &none, &err), -1);
	now = must_get(store, &system_type, "web1");
	assert_int_equal(db_item_get_at(store->db, &system_type, "web1", 9, &last, &err), 0);
	assert_true(item_equal(now, last));
	assert_string_equal(now->uid, last->uid);
	assert_int_equal(now->version, last->version);
	assert_true(now->ctime == last->ctime && now->mtime == last->mtime);
}

/* Fields that this version does not know, or that have another kind now, are left out. */
static void test_unknown_fields(void **state)
{
	static const char sql[] = "UPDATE revisions SET after = "
				  "'{\"name\":\"web1\",\"profile\":\"bar\",\"mgmt_classes\":"
				  "[\"a\"],\"virt_ram\":[\"many\"],\"status\":\"no such "
				  "choice\",\"comment\":\"kept\","
				  "\"interfaces\":{\"eth0\":{\"old\":1,\"mtu\":9000},\"eth1\":7}}' "
				  "WHERE revision = 4";
	struct store *store = *state;
	struct db_history_query query = {.type = &system_type, .name = "web1"};
	autojson json_t *history = NULL;
	autoitem struct item *item = NULL;
	autostrbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;

	fill(store);
	assert_int_equal(conn_exec(&store->db->writer, sql, &err), 0);
	if (db_item_get_at(store->db, &system_type, "web1", 4, &item, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(((struct system *)item)->comment, "kept");
	assert_string_equal(((struct system *)item)->status, "no such choice");
	assert_false(((struct system *)item)->virt_ram.set);
	assert_int_equal(item->children, 2);
	assert_int_equal(((struct interface *)item->child[0])->mtu.value, 9000);
	assert_int_equal(db_history(store->db, &query, &history, &err), 0);
	json_print(history, false, &text);
	assert_null(strstr(text.buf, "mgmt_classes"));
}

/* Half a second after each revision, by setting the times. */
static void test_at(void **state)
{
	static const struct {
		double time;
		int64_t expected;
	} rows[] = {
		{0, 0},
		{1000.9, 0},
		{1001, 1},
		{1001.5, 1},
		{1004.9, 4},
		{1005, 7}, /* three of one transaction */
		{1008.5, 8},
		{1009, 9},
		{1e12, 9},
	};
	struct store *store = *state;
	int64_t found = -1;

	assert_int_equal(db_revision_at(store->db, 1e12, &found, NULL), 0);
	assert_int_equal(found, 0);
	fill_history(store);
	assert_int_equal(conn_exec(&store->db->writer,
				 "UPDATE revisions SET time = 1000 + revision;"
				 "UPDATE revisions SET time = 1005 WHERE revision BETWEEN 5 AND 7",
				 NULL),
		0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(db_revision_at(store->db, rows[i].time, &found, NULL), 0);
		assert_int_equal(found, rows[i].expected);
	}
}

static void test_history_pages(void **state)
{
	static const struct {
		struct db_history_query query;
		const char *expected;
	} rows[] = {
		{{.limit = 3}, "9 8 7 "},
		{{.before = 7, .limit = 3}, "6 5 4 "},
		{{.before = 2}, "1 "},
		{{.before = 1}, ""},
		{{.type = &system_type, .before = 8, .limit = 2}, "7 6 "},
		{{.type = &profile_type}, "3 2 "},
		{{.type = &system_type, .name = "web9"}, "9 7 6 4 "},
		{{.type = &system_type, .name = "web9", .before = 7, .limit = 1}, "6 "},
		{{.type = &system_type, .name = "web1"}, "9 8 7 6 4 "},
		{{.type = &system_type, .name = "none"}, ""},
	};
	struct store *store = *state;

	fill_history(store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autojson json_t *list = NULL;
		autostrbuf text = STRBUF_INIT;
		size_t at;
		json_t *entry;

		assert_int_equal(db_history(store->db, &rows[i].query, &list, NULL), 0);
		strbuf_adds(&text, "");
		json_array_foreach (list, at, entry) {
			strbuf_addf(&text, "%lld ",
				json_integer_value(json_object_get(entry, "revision")));
			assert_non_null(json_object_get(entry, "change"));
		}
		assert_string_equal(text.buf, rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_get, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_list_at, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_get_at, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_unknown_fields, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_at, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_history_pages, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
