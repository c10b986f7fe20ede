#include "support.h"

struct seen {
	struct strbuf names;
	int64_t stop_after; /* -1: never */
	int64_t n;
};

/* "web1(eth0 eth1) web2(eth0)" */
static int note(void *ctx, struct item *item, struct err *err)
{
	struct seen *seen = ctx;

	strbuf_addf(&seen->names, "%s%s", seen->names.len ? " " : "", item->name);
	if (item->children)
		strbuf_addc(&seen->names, '(');
	for (size_t i = 0; i < item->children; i++)
		strbuf_addf(&seen->names, "%s%s", i ? " " : "", item->child[i]->name);
	if (item->children)
		strbuf_addc(&seen->names, ')');
	if (seen->n++ == seen->stop_after)
		return err_set(err, ERR_TOO_BIG, "enough");
	return 0;
}

static void assert_list(struct store *store, const struct db_query *query, const char *expected)
{
	struct seen seen = {.names = STRBUF_INIT, .stop_after = -1};
	struct err err = ERR_INIT;

	if (db_item_list(store->db, query, note, &seen, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(seen.names.buf, expected);
	strbuf_done(&seen.names);
}

static void fill_more(struct store *store)
{
	fill(store);
	must_put(store, &system_type, "Z", "{'profile': 'bar'}");
	must_put(store, &system_type, "web10", "{'profile': 'bar', 'interfaces': {'b': {}}}");
	must_put(store, &system_type, "web1a", "{'profile': 'bar'}");
}

static void test_order_and_pages(void **state)
{
	struct store *store = *state;
	struct db_query query = {.type = &system_type};
	const struct db_filter filter = {.compare = DB_GLOB, .text = "web1*"};

	assert_list(store, &query, "");
	fill_more(store);
	assert_list(store, &query, "Z web1(eth0 eth1) web10(b) web1a web2(eth0)");
	query.limit = 2;
	assert_list(store, &query, "Z web1(eth0 eth1)");
	query.after = "web1";
	assert_list(store, &query, "web10(b) web1a");
	query.after = "web15"; /* gone since the last page */
	assert_list(store, &query, "web1a web2(eth0)");
	query.after = "web2";
	assert_list(store, &query, "");
	query = (struct db_query){.type = &system_type, .filter = &filter, .filters = 1};
	assert_list(store, &query, "web1(eth0 eth1) web10(b) web1a");
	query = (struct db_query){.type = &profile_type};
	assert_list(store, &query, "bar baz");
}

static void test_several_filters(void **state)
{
	struct store *store = *state;
	const struct db_filter filters[] = {
		{item_field(&system_type, "profile"), DB_EQUAL, "bar"},
		{NULL, DB_GLOB, "web*"},
		{item_field(&interface_type, "mac_address"), DB_NOT, "52:54:00:00:00:01"},
	};
	const struct db_query query = {.type = &system_type, .filter = filters, .filters = 3};

	fill_more(store);
	assert_list(store, &query, "web10(b) web1a");
}

/* The callee's error ends the list, and the store goes on. */
static void test_callee_fails(void **state)
{
	struct store *store = *state;
	struct db_query query = {.type = &system_type};
	struct seen seen = {.names = STRBUF_INIT, .stop_after = 1};
	struct err err = ERR_INIT;

	fill_more(store);
	assert_int_equal(db_item_list(store->db, &query, note, &seen, &err), -1);
	assert_string_equal(err.msg, "enough");
	assert_string_equal(seen.names.buf, "Z web1(eth0 eth1)");
	strbuf_done(&seen.names);
	assert_list(store, &query, "Z web1(eth0 eth1) web10(b) web1a web2(eth0)");
}

struct writer {
	struct store *store;
	int n;
};

static int write_between(void *ctx, struct item *item, struct err *err)
{
	struct writer *writer = ctx;
	autofree char *name = xasprintf("%s-copy", item->name);

	(void)err;
	must_put(writer->store, &system_type, name, "{'profile': 'bar'}");
	writer->n++;
	return 0;
}

/* A list is of one moment: what is written meanwhile is not in it. */
static void test_snapshot(void **state)
{
	struct store *store = *state;
	const struct db_query query = {.type = &system_type};
	struct writer writer = {.store = store};
	int64_t count = 0;

	fill(store);
	assert_int_equal(db_item_list(store->db, &query, write_between, &writer, NULL), 0);
	assert_int_equal(writer.n, 2);
	assert_int_equal(db_count(store->db, &system_type, &count, NULL), 0);
	assert_int_equal(count, 4);
}

static void test_names(void **state)
{
	struct store *store = *state;
	autostrv names = STRV_INIT;
	autostrbuf text = STRBUF_INIT;

	fill_more(store);
	assert_int_equal(db_item_names(store->db, &system_type, &names, NULL), 0);
	strv_join(&names, " ", &text);
	assert_string_equal(text.buf, "Z web1 web10 web1a web2");
}

/* Whatever text a filter has, it is compared, never run. */
static void test_hostile_filters(void **state)
{
	static const char *const texts[] = {"' OR 1=1 --", "\"", "%s", "[", "[^", "a=b=c", "=",
		"\xff\xfe", "$.x", "x'); DROP TABLE systems; --"};
	struct store *store = *state;

	fill(store);
	for (size_t i = 0; i < system_type.n_fields; i++) {
		const struct field *field = &system_type.fields[i];

		for (size_t t = 0; t < ARRAY_SIZE(texts); t++) {
			const struct db_filter filter = {field, DB_EQUAL, texts[t]};
			const struct db_query query = {
				.type = &system_type, .filter = &filter, .filters = 1};
			struct seen seen = {.names = STRBUF_INIT, .stop_after = -1};
			struct err err = ERR_INIT;
			int result = db_item_list(store->db, &query, note, &seen, &err);

			if (result < 0)
				assert_int_equal(err.code, ERR_INVALID);
			assert_string_equal(seen.names.buf, "");
			strbuf_done(&seen.names);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order_and_pages, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_several_filters, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_callee_fails, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_snapshot, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_names, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_hostile_filters, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
