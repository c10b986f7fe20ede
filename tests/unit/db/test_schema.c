#include "support.h"

#include "db/schema.h"

#include <unistd.h>

static struct strbuf read_schema_file(void)
{
	struct strbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (file_read(AT_FDCWD, "db/schema.sql", 1 << 20, &text, &err) < 0)
		fail_msg("%s (run it in the top folder)", err.msg);
	return text;
}

/* db/schema.sql is what a new store is made of: GOLDEN=rewrite writes it anew. */
static void test_document(void **state)
{
	autostrbuf made = STRBUF_INIT;
	autostrbuf file = STRBUF_INIT;

	schema_text(((struct store *)*state)->db, &made);
	if (getenv("GOLDEN"))
		assert_int_equal(
			file_replace(AT_FDCWD, "db/schema.sql", 0644, made.buf, made.len, NULL), 0);
	file = read_schema_file();
	assert_string_equal(file.buf, made.buf);
}

/* The text of all tables and indexes, as SQLite has them. */
static void dump(struct conn *conn, struct strbuf *ret)
{
	autonewstmt *stmt = stmt_new(
		conn, "SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name", NULL);

	assert_non_null(stmt);
	while (stmt_step(stmt, NULL) > 0)
		strbuf_addf(ret, "%s: %s\n", stmt_text(stmt, 0), stmt_text(stmt, 1));
}

static void test_document_makes_a_store(void **state)
{
	struct store *store = *state;
	autofree char *path = xasprintf("%s/other.db", store->folder);
	autostrbuf sql = read_schema_file();
	autostrbuf made = STRBUF_INIT;
	autostrbuf opened = STRBUF_INIT;
	struct conn other = {.n_cached = 0};
	struct err err = ERR_INIT;

	fclose(fopen(path, "w"));
	assert_int_equal(conn_open(&other, path, true, &err), 0);
	if (conn_exec(&other, sql.buf, &err) < 0)
		fail_msg("%s", err.msg);
	dump(&other, &made);
	dump(&store->db->writer, &opened);
	conn_close(&other);
	assert_string_equal(made.buf, opened.buf);
	assert_true(made.len > 1000);
}

static void reopen(struct store *store, const char *sql)
{
	struct err err = ERR_INIT;

	if (conn_exec(&store->db->writer, sql, &err) < 0)
		fail_msg("%s", err.msg);
	db_close(store->db);
	store->db = NULL;
}

/* An older store lacks a field's column and index: they are added, and what is there stays. */
static void test_missing_columns(void **state)
{
	struct store *store = *state;
	autoitem struct item *before = NULL;
	autoitem struct item *after = NULL;

	fill(store);
	before = must_get(store, &system_type, "web1");
	reopen(store, "DROP INDEX interfaces_ipv6_address;"
		      "ALTER TABLE interfaces DROP COLUMN ipv6_address;"
		      "ALTER TABLE systems DROP COLUMN virt_ram;"
		      "DROP INDEX profiles_parent;"
		      "UPDATE profiles SET parent = NULL, distro = 'foo';"
		      "ALTER TABLE profiles DROP COLUMN parent;");
	store_open(store);
	after = must_get(store, &system_type, "web1");
	assert_true(item_equal(before, after));
	must_put(store, &system_type, "web3",
		"{'profile': 'bar', 'virt_ram': 99, 'interfaces': {'a': {'ipv6_address': '::1'}}}");
	must_put(store, &profile_type, "sub", "{'parent': 'bar'}");
	assert_int_equal(
		put(store, &system_type, "web4",
			"{'profile': 'bar', 'interfaces': {'a': {'ipv6_address': '::1'}}}", NULL),
		-1);
	assert_int_equal(
		db_item_delete(store->db, &tester, &profile_type, "bar", DB_ANY, NULL), -1);
}

static void test_newer_store_is_refused(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;

	reopen(store, "PRAGMA user_version = 99");
	assert_int_equal(db_open(store->folder, &store->db, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_non_null(strstr(err.msg, "newer Bootwright (schema 99"));
}

static void test_other_files_are_refused(void **state)
{
	struct store *store = *state;
	autofree char *path = xasprintf("%s/bootwright.db", store->folder);
	struct err err = ERR_INIT;

	db_close(TAKE(store->db));
	assert_int_equal(
		file_replace(AT_FDCWD, path, 0600, "this is no store, but long enough", 33, NULL),
		0);
	assert_int_equal(db_open(store->folder, &store->db, &err), -1);
	assert_int_equal(err.code, ERR_IO);
	assert_non_null(strstr(err.msg, "is damaged"));
}

static void test_one_owner(void **state)
{
	struct store *store = *state;
	struct db *second = NULL;
	struct err err = ERR_INIT;
	autofree char *pid = xasprintf("(process %ld)", (long)getpid());

	assert_int_equal(db_open(store->folder, &second, &err), -1);
	assert_int_equal(err.code, ERR_BUSY);
	assert_non_null(strstr(err.msg, pid));
}

static void test_modes(void **state)
{
	static const char *const files[] = {
		"bootwright.db", "bootwright.db-wal", "bootwright.db-shm", "bootwright.lock"};
	struct store *store = *state;

	fill(store);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autofree char *path = xasprintf("%s/%s", store->folder, files[i]);
		struct stat st;

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_document, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(
			test_document_makes_a_store, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_missing_columns, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(
			test_newer_store_is_refused, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(
			test_other_files_are_refused, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_one_owner, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_modes, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
