/* What was served to each system. */
#include "support.h"

static void serve(struct store *store, const char *system, const char *sha256, double when)
{
	const struct db_served served = {.system = system,
		.what = "boot/ipxe",
		.sha256 = sha256,
		.size = 7,
		.first = when,
		.last = when,
		.times = 2,
		.address = "192.0.2.7"};

	assert_int_equal(db_served_add(store->db, &served, 1, NULL), 0);
}

struct seen {
	char text[256]; /* their sums */
	size_t n;
	int64_t last_id, times;
	double first, last;
};

static int see(void *ctx, const struct db_served *served, struct err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->n++;
	seen->last_id = served->id;
	seen->times = served->times;
	seen->first = served->first;
	seen->last = served->last;
	if (strlen(seen->text) + strlen(served->sha256) < sizeof(seen->text))
		strcat(seen->text, served->sha256);
	assert_int_equal(served->size, 7);
	assert_string_equal(served->what, "boot/ipxe");
	assert_string_equal(served->address, "192.0.2.7");
	return 0;
}

static struct seen list(struct store *store, const char *system, int64_t after, size_t limit)
{
	struct seen seen = {.n = 0};

	assert_int_equal(db_served_list(store->db, system, after, limit, see, &seen, NULL), 0);
	return seen;
}

static void test_same_and_others(void **state)
{
	struct store *store = *state;
	struct seen seen;

	fill(store);
	serve(store, "web1", "a", 10);
	serve(store, "web1", "b", 20);
	serve(store, "web1", "c", 30);
	serve(store, "web1", "a", 40);
	serve(store, "web2", "d", 50);
	serve(store, "nobody", "e", 60); /* removed meanwhile */
	seen = list(store, "web1", 0, 100);
	assert_string_equal(seen.text, "acb");
	seen = list(store, "web1", 0, 1);
	assert_string_equal(seen.text, "a");
	assert_int_equal(seen.times, 4);
	assert_true(seen.first == 10 && seen.last == 40);
	seen = list(store, "web1", seen.last_id, 1);
	assert_string_equal(seen.text, "c");
	seen = list(store, "web1", seen.last_id, 5);
	assert_string_equal(seen.text, "b");
	assert_int_equal(list(store, "nobody", 0, 5).n, 0);
	assert_int_equal(
		db_item_rename(store->db, &tester, &system_type, "web1", "web9", DB_ANY, NULL), 0);
	assert_int_equal(list(store, "web9", 0, 100).n, 3);
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web9", DB_ANY, NULL), 0);
	assert_int_equal(list(store, "web9", 0, 100).n, 0);
}

static void test_bound(void **state)
{
	struct store *store = *state;
	struct seen seen;

	fill(store);
	for (int i = 0; i < SERVED_KEPT + 20; i++) {
		autofree char *sum = xasprintf("<%d>", i);

		serve(store, "web1", sum, i);
	}
	seen = list(store, "web1", 0, 1000);
	assert_int_equal(seen.n, SERVED_KEPT);
	assert_true(strncmp(seen.text, "<119>", 5) == 0);
}

/* A clock that was wrong and is set back: what is served from then on is kept, not thrown away as
 * the oldest. */
static void test_clock_set_back(void **state)
{
	const double future = 4e9;
	struct store *store = *state;
	struct seen seen;

	fill(store);
	for (int i = 0; i < SERVED_KEPT; i++) {
		autofree char *sum = xasprintf("<%d>", i);

		serve(store, "web1", sum, future + i);
	}
	serve(store, "web1", "now", 100);
	serve(store, "web1", "later", 200);
	seen = list(store, "web1", 0, 1000);
	assert_int_equal(seen.n, SERVED_KEPT);
	assert_true(seen.last == 100); /* of the last one in the list */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_and_others, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_bound, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_clock_set_back, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
