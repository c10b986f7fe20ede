/* A disk that is full: a clear error, nothing half-written, and work goes on when there is room. */
#include "support.h"

#include "db/store.h"

static void limit_pages(struct store *store, const char *pages)
{
	autofree char *sql = xasprintf("PRAGMA max_page_count = %s", pages);
	struct err err = ERR_INIT;

	if (conn_exec(&store->db->writer, sql, &err) < 0)
		fail_msg("%s", err.msg);
}

static int put_large(struct store *store, int number, struct err *err)
{
	autofree char *name = xasprintf("large%d", number);
	autoitem struct item *item = make_item(&system_type, name, "{'profile': 'bar'}");
	char *comment = xmalloc(20001);

	memset(comment, 'x', 20000);
	comment[20000] = '\0';
	((struct system *)item)->comment = comment;
	return db_item_put(store->db, &tester, item, DB_ANY, err);
}

static void test_full(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;
	int64_t revision;
	int64_t count = 0;
	int stored = 0;

	fill(store);
	limit_pages(store, "100"); /* of 4 KiB */
	while (put_large(store, stored, &err) == 0)
		stored++;
	assert_in_range(stored, 1, 20);
	assert_int_equal(err.code, ERR_NO_SPACE);
	assert_non_null(strstr(err.msg, "is full; nothing was changed"));
	revision = db_revision(store->db);
	assert_int_equal(revision, 5 + stored);
	assert_int_equal(db_count(store->db, &system_type, &count, NULL), 0);
	assert_int_equal(count, 2 + stored);
	item_free(must_get(store, &system_type, "web1"));

	limit_pages(store, "100000");
	assert_int_equal(put_large(store, stored, &err), 0);
	assert_int_equal(db_revision(store->db), revision + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_full, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
