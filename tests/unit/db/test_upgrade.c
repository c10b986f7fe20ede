/* Stores that earlier versions wrote: schema-1.sql is the first one's. */
#include "support.h"

#include "db/store.h"

static const char old_rows[] =
	"INSERT INTO distros (name, uid, version, ctime, mtime, kernel, initrd)"
	" VALUES ('foo', 'u1', 1, 1000, 1000, '/k', '[\"/i\"]');"
	"INSERT INTO profiles (name, uid, version, ctime, mtime, distro)"
	" VALUES ('bar', 'u2', 1, 1001, 1001, 'foo');"
	"INSERT INTO systems (name, uid, version, ctime, mtime, profile)"
	" VALUES ('web1', 'u3', 2, 1002, 1003, 'bar');"
	"INSERT INTO interfaces (name, system, mac_address)"
	" VALUES ('eth0', 'web1', '52:54:00:00:00:01');"
	"INSERT INTO installs (system, state, started, tries) VALUES ('web1', 'started', 5, 1);"
	"INSERT INTO revisions (time, who, \"from\", action, type, uid, name, version, before, "
	"after)"
	" VALUES (1000, 'a', 'b', 'put', 'distro', 'u1', 'foo', 1, NULL, '{\"name\":\"foo\"}'),"
	" (1001, 'a', 'b', 'put', 'profile', 'u2', 'bar', 1, NULL, '{\"name\":\"bar\"}'),"
	" (1002, 'a', 'b', 'put', 'system', 'u3', 'web1', 1, NULL, '{\"name\":\"web1\"}'),"
	" (1003, 'a', 'b', 'put', 'system', 'u3', 'web1', 2, '{\"name\":\"web1\"}',"
	" '{\"name\":\"web1\",\"profile\":\"bar\"}');";

/* The store of the setup, made anew by the old schema. */
static void make_old(struct store *store)
{
	static const char *const files[] = {
		"bootwright.db", "bootwright.db-wal", "bootwright.db-shm"};
	autofree char *path = xasprintf("%s/bootwright.db", store->folder);
	autostrbuf schema = STRBUF_INIT;
	struct conn conn = {.n_cached = 0};
	struct err err = ERR_INIT;

	db_close(TAKE(store->db));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autofree char *file = xasprintf("%s/%s", store->folder, files[i]);

		unlink(file);
	}
	fclose(fopen(path, "w"));
	if (file_read(AT_FDCWD, "tests/unit/db/schema-1.sql", 1 << 20, &schema, &err) < 0 ||
		conn_open(&conn, path, true, &err) < 0 || conn_exec(&conn, schema.buf, &err) < 0 ||
		conn_exec(&conn, old_rows, &err) < 0)
		fail_msg("%s (run it in the top folder)", err.msg);
	conn_close(&conn);
}

/* The text of all tables and indexes, without how they came to be. */
static void list_columns(struct store *store, struct strbuf *ret)
{
	autonewstmt *stmt = stmt_new(&store->db->writer,
		"SELECT t.name || '.' || c.name || ' ' || c.type FROM sqlite_schema t,"
		" pragma_table_info(t.name) c WHERE t.type = 'table' UNION ALL"
		" SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY "
		"1",
		NULL);

	assert_non_null(stmt);
	while (stmt_step(stmt, NULL) > 0)
		strbuf_addf(ret, "%s\n", stmt_text(stmt, 0));
}

static void test_same_tables(void **state)
{
	struct store *store = *state;
	autostrbuf made = STRBUF_INIT;
	autostrbuf upgraded = STRBUF_INIT;

	list_columns(store, &made);
	make_old(store);
	store_open(store);
	list_columns(store, &upgraded);
	assert_string_equal(made.buf, upgraded.buf);
	assert_true(made.len > 1000);
}

static void test_items_stay(void **state)
{
	struct store *store = *state;
	struct db_revision revision = {.revision = 0};
	struct db_install install = {.state = NULL};
	autoitem struct item *web1 = NULL;
	autofree char *name = NULL;
	struct err err = ERR_INIT;

	make_old(store);
	store_open(store);
	web1 = must_get(store, &system_type, "web1");
	assert_string_equal(((struct system *)web1)->profile, "bar");
	assert_int_equal(web1->version, 2);
	assert_int_equal(db_system_by_mac(store->db, "52:54:00:00:00:01", &name, &err), 0);
	assert_int_equal(db_install_get(store->db, "web1", &install, &err), 0);
	assert_string_equal(install.state, "started");
	db_install_done(&install);
	assert_int_equal(db_revision(store->db), 4);
	assert_int_equal(db_revision_get(store->db, 4, &revision, &err), 0);
	assert_int_equal(revision.change, 4);
	assert_int_equal(revision.before->version, 1);
	db_revision_done(&revision);
	must_put(store, &group_type, "web", "{}");
	must_put(store, &system_type, "web1", "{'profile': 'bar', 'groups': ['web']}");
	assert_int_equal(db_revision(store->db), 6);
	assert_int_equal(
		db_item_delete(store->db, &tester, &profile_type, "bar", DB_ANY, &err), -1);
	db_close(TAKE(store->db));
	store_open(store);
	item_free(must_get(store, &system_type, "web1"));
}

/* A field that was a plain list of names: what leads nowhere and what repeats is dropped. */
static void test_lists_move(void **state)
{
	struct store *store = *state;
	autoitem struct item *web1 = NULL;
	autoitem struct item *web2 = NULL;
	autostrbuf text = STRBUF_INIT;

	fill(store);
	must_put(store, &group_type, "one", "{}");
	must_put(store, &group_type, "two", "{}");
	assert_int_equal(conn_exec(&store->db->writer,
				 "DROP TABLE systems_groups; UPDATE systems SET groups = "
				 "'[\"two\", \"gone\", \"one\", \"two\"]' WHERE name = 'web1'",
				 NULL),
		0);
	db_close(TAKE(store->db));
	store_open(store);
	web1 = must_get(store, &system_type, "web1");
	web2 = must_get(store, &system_type, "web2");
	strv_join(&((struct system *)web1)->groups.items, " ", &text);
	assert_string_equal(text.buf, "two one");
	assert_false(((struct system *)web2)->groups.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_tables, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_items_stay, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_lists_move, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
