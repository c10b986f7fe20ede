/* Previews: what would be, seen by one thread alone, and gone afterwards. */
#include "support.h"

#include "db/store.h"

#include <pthread.h>

/* All tables, row by row. */
static char *dump(struct store *store)
{
	struct conn *conn = &store->db->writer;
	autonewstmt *tables = stmt_new(
		conn, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", NULL);
	autostrbuf text = STRBUF_INIT;

	while (stmt_step(tables, NULL) > 0) {
		autofree char *sql = xasprintf("SELECT * FROM %s", stmt_text(tables, 0));
		autonewstmt *rows = stmt_new(conn, sql, NULL);

		strbuf_addf(&text, "%s\n", sql);
		while (stmt_step(rows, NULL) > 0) {
			for (int i = 0; i < sqlite3_column_count(rows); i++)
				strbuf_addf(&text, "%s|", stmt_text(rows, i));
			strbuf_addc(&text, '\n');
		}
	}
	return strbuf_take(&text);
}

struct preview {
	struct store *store;
	int64_t revision; /* before it */
	bool looked;
};

static int count_items(void *ctx, struct item *item, struct err *err)
{
	struct preview *preview = ctx;
	autoitem struct item *again = must_get(preview->store, &system_type, item->name);
	int64_t version;

	/* while the list is read with the same connection */
	assert_int_equal(
		db_item_version(preview->store->db, item->type, item->name, &version, err), 0);
	assert_int_equal(version, item->version);
	assert_true(item_equal(item, again));
	preview->revision++;
	return 0;
}

static int64_t count_listed(struct store *store)
{
	struct preview counting = {.store = store};
	const struct db_query query = {.type = &system_type};
	struct err err = ERR_INIT;

	if (db_item_list(store->db, &query, count_items, &counting, &err) < 0)
		fail_msg("%s", err.msg);
	return counting.revision;
}

static int count_event(void *ctx, const struct db_event *event, struct err *err)
{
	(void)event, (void)err;
	++*(int *)ctx;
	return 0;
}

static void write_something(struct store *store)
{
	const struct db_event event = {.kind = "sync", .message = "done"};
	const struct db_install_sign started = {"web3", INSTALL_REPORTED};

	must_put(store, &system_type, "web3",
		"{'profile': 'bar', 'interfaces': {'a': {'mac': '52:54:00:00:00:03',"
		" 'ip': '10.0.0.3'}}}");
	assert_int_equal(
		db_item_rename(store->db, &tester, &profile_type, "bar", "new", DB_ANY, NULL), 0);
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web1", DB_ANY, NULL), 0);
	assert_int_equal(db_install_signs(store->db, &started, 1, NULL, NULL), 0);
	assert_int_equal(db_event_add(store->db, &event, NULL), 0);
	assert_int_equal(db_token_add(store->db, "t", "abc", ROLE_READ, 0, NULL), 0);
}

/* By every function that reads. */
static void read_everything(struct store *store)
{
	struct db_history_query query = {.type = &system_type, .name = "web1"};
	struct db_revision revision = {.revision = 0};
	struct db_install install = {.state = NULL};
	autoitem struct item *web3 = must_get(store, &system_type, "web3");
	autoitem struct item *then = NULL;
	autofree char *by_mac = NULL;
	autofree char *by_ip = NULL;
	autofree char *token = NULL;
	autojson json_t *history = NULL;
	autostrv names = STRV_INIT;
	enum role role;
	int64_t count;
	int events = 0;

	assert_string_equal(((struct system *)web3)->profile, "new");
	assert_int_equal(web3->version, 2);
	assert_int_equal(db_item_get(store->db, &system_type, "web1", NULL, NULL), -1);
	assert_int_equal(db_count(store->db, &system_type, &count, NULL), 0);
	assert_int_equal(count, 2);
	assert_int_equal(count_listed(store), 2);
	assert_int_equal(db_item_names(store->db, &profile_type, &names, NULL), 0);
	assert_true(strv_has(&names, "new") && !strv_has(&names, "bar"));
	assert_int_equal(db_system_by_mac(store->db, "52:54:00:00:00:03", &by_mac, NULL), 0);
	assert_int_equal(db_system_by_ip(store->db, "10.0.0.3", &by_ip, NULL), 0);
	assert_int_equal(db_history(store->db, &query, &history, NULL), 0);
	assert_string_equal(json_get_str(json_array_get(history, 0), "action"), "delete");
	assert_int_equal(db_revision_get(store->db, 6, &revision, NULL), 0);
	assert_string_equal(revision.after->name, "web3");
	db_revision_done(&revision);
	assert_int_equal(db_item_get_at(store->db, &system_type, "web1", 6, &then, NULL), 0);
	assert_int_equal(db_install_get(store->db, "web3", &install, NULL), 0);
	assert_string_equal(install.state, "started");
	db_install_done(&install);
	assert_int_equal(db_event_list(store->db, 0, 10, count_event, &events, NULL), 0);
	assert_int_equal(events, 1);
	assert_int_equal(db_token_find(store->db, "abc", &role, &token, NULL), 0);
}

static void *look_from_outside(void *ctx)
{
	struct store *store = ctx;
	autoitem struct item *web1 = must_get(store, &system_type, "web1");
	autofree char *name = NULL;

	assert_false(db_is_preview(store->db));
	assert_int_equal(db_revision(store->db), 5);
	assert_string_equal(((struct system *)web1)->profile, "bar");
	assert_int_equal(count_listed(store), 2);
	assert_int_equal(db_system_by_mac(store->db, "52:54:00:00:00:03", &name, NULL), -1);
	return NULL;
}

static int look(void *ctx, struct err *err)
{
	struct preview *preview = ctx;
	struct store *store = preview->store;
	int64_t moment = db_revision(store->db);
	pthread_t thread;

	assert_true(db_is_preview(store->db));
	assert_true(moment < 0);
	write_something(store);
	assert_true(db_revision(store->db) < 0 && db_revision(store->db) != moment);
	read_everything(store);
	assert_int_equal(pthread_create(&thread, NULL, look_from_outside, store), 0);
	pthread_join(thread, NULL);
	assert_int_equal(db_preview(store->db, look, ctx, err), -1);
	preview->looked = true;
	return 0;
}

static void test_nothing_stays(void **state)
{
	struct store *store = *state;
	struct preview preview = {.store = store};
	autofree char *before = NULL;
	autofree char *after = NULL;
	struct err err = ERR_INIT;

	fill(store);
	before = dump(store);
	for (int i = 0; i < 2; i++) {
		preview.looked = false;
		if (db_preview(store->db, look, &preview, &err) < 0)
			fail_msg("%s", err.msg);
		assert_true(preview.looked);
		assert_false(db_is_preview(store->db));
		look_from_outside(store);
	}
	after = dump(store);
	assert_string_equal(before, after);
	must_put(store, &system_type, "web3", "{'profile': 'bar'}");
	assert_int_equal(db_revision(store->db), 6);
}

/* A write that fails is undone alone; then the callee itself fails. */
static int look_and_fail(void *ctx, struct err *err)
{
	struct preview *preview = ctx;
	struct store *store = preview->store;
	struct err why = ERR_INIT;
	struct db_write write[] = {
		{.put = make_item(&system_type, "web4", "{'profile': 'bar'}"), .expect = DB_ANY},
		{.put = make_item(&system_type, "web5", "{'profile': 'none'}"), .expect = DB_ANY},
	};
	int64_t count;

	must_put(store, &system_type, "web3", "{'profile': 'bar'}");
	assert_int_equal(db_write_all(store->db, &tester, write, 2, &why), -1);
	assert_string_equal(why.msg, "system 'web5': profile: no profile 'none'");
	assert_int_equal(
		db_item_delete(store->db, &tester, &profile_type, "bar", DB_ANY, &why), -1);
	assert_int_equal(db_count(store->db, &system_type, &count, NULL), 0);
	assert_int_equal(count, 3);
	must_put(store, &system_type, "web6", "{'profile': 'baz'}");
	item_free(write[0].put);
	item_free(write[1].put);
	return err_set(err, ERR_TOO_BIG, "enough");
}

static void test_failures(void **state)
{
	struct store *store = *state;
	struct preview preview = {.store = store};
	autofree char *before = NULL;
	autofree char *after = NULL;
	struct err err = ERR_INIT;

	fill(store);
	before = dump(store);
	assert_int_equal(db_preview(store->db, look_and_fail, &preview, &err), -1);
	assert_string_equal(err.msg, "enough");
	after = dump(store);
	assert_string_equal(before, after);
	assert_int_equal(db_revision(store->db), 5);
}

/* SQLite ends the transaction itself where there is no room: nothing may be written outside it. */
static int look_until_full(void *ctx, struct err *err)
{
	struct preview *preview = ctx;
	struct store *store = preview->store;
	autoitem struct item *large = make_item(&system_type, "large", "{'profile': 'bar'}");
	char *comment = xmalloc(2000001);

	memset(comment, 'x', 2000000);
	comment[2000000] = '\0';
	((struct system *)large)->comment = comment;
	must_put(store, &system_type, "web3", "{'profile': 'bar'}");
	assert_int_equal(db_item_put(store->db, &tester, large, DB_ANY, err), -1);
	assert_int_equal(err->code, ERR_NO_SPACE);
	if (!sqlite3_get_autocommit(store->db->writer.handle))
		return 0; /* it has undone that write alone */
	assert_int_equal(put(store, &system_type, "web4", "{'profile': 'bar'}", err), -1);
	assert_int_equal(db_item_get(store->db, &system_type, "web1", NULL, err), -1);
	return -1;
}

static void test_full(void **state)
{
	struct store *store = *state;
	struct preview preview = {.store = store};
	autofree char *before = NULL;
	autofree char *after = NULL;
	struct err err = ERR_INIT;

	fill(store);
	before = dump(store);
	assert_int_equal(conn_exec(&store->db->writer, "PRAGMA max_page_count = 100", NULL), 0);
	db_preview(store->db, look_until_full, &preview, &err);
	after = dump(store);
	assert_string_equal(before, after);
	must_put(store, &system_type, "web3", "{'profile': 'bar'}");
	assert_int_equal(db_revision(store->db), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_stays, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_failures, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_full, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
