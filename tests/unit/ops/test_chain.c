#include "ops_support.h"

#include "ops/query/chain.h"

static struct chain *load(struct bench *bench, const struct item_type *type, const char *name)
{
	struct chain *chain = NULL;
	struct err err = ERR_INIT;

	if (chain_load(bench->server, type, name, &chain, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
	return chain;
}

static void test_order(void **state)
{
	static const char *const names[] = {"settings", "foo", "bar", "sub", "web7"};
	struct bench *bench = *state;
	AUTO(chain) struct chain *chain = NULL;
	autostrbuf options = STRBUF_INIT;

	bench_fill(bench);
	chain = load(bench, &system_type, "web7");
	assert_int_equal(chain->n, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(chain->item[i]->name, names[i]);
	assert_int_equal(resolved_int(chain_end(chain), "virt_ram"), 2048);
	assert_int_equal(resolved_int(chain->resolved[3], "virt_ram"), 1024);
	value_ops(VALUE_MAP)->to_text(resolved_map(chain_end(chain), "kernel_options"), &options);
	assert_string_equal(options.buf, "a=1 b=2");
}

/* Where this server is, by settings, profile and system. */
static void test_site(void **state)
{
	static const struct {
		const char *settings, *profile, *system;
		const char *host, *base, *next;
	} rows[] = {
		{"{}", "{}", "{}", "127.0.0.1", "http://127.0.0.1:8080", "127.0.0.1"},
		{"{'server': '10.0.0.1'}", "{}", "{}", "10.0.0.1", "http://10.0.0.1:8080",
			"10.0.0.1"},
		{"{'http_port': 80}", "{}", "{}", "10.0.0.1", "http://10.0.0.1", "10.0.0.1"},
		{"{'http_port': 81, 'next_server_v4': '10.0.0.2'}", "{}", "{}", "10.0.0.1",
			"http://10.0.0.1:81", "10.0.0.2"},
		{"{}", "{'server': 'boot.example.org'}", "{}", "boot.example.org",
			"http://boot.example.org:81", "10.0.0.2"},
		{"{}", "{}", "{'server': '10.9.9.9', 'next_server_v4': '10.9.9.8'}", "10.9.9.9",
			"http://10.9.9.9:81", "10.9.9.8"},
		{"{}", "{}", "{'server': 'fd00::1'}", "fd00::1", "http://[fd00::1]:81", "10.9.9.8"},
	};
	struct bench *bench = *state;

	bench_fill(bench);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(chain) struct chain *chain = NULL;

		must_edit(bench, EDIT_MERGE, &settings_type, "settings", rows[i].settings);
		must_edit(bench, EDIT_MERGE, &profile_type, "bar", rows[i].profile);
		must_edit(bench, EDIT_MERGE, &system_type, "web7", rows[i].system);
		chain = load(bench, &system_type, "web7");
		assert_string_equal(chain->site.host, rows[i].host);
		assert_string_equal(chain->site.http_base, rows[i].base);
		assert_string_equal(chain->site.next_server, rows[i].next);
	}
}

static void test_not_found(void **state)
{
	struct bench *bench = *state;
	struct chain *chain = NULL;
	struct err err = ERR_INIT;

	bench_fill(bench);
	assert_int_equal(chain_load(bench->server, &system_type, "web8", &chain, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_string_equal(err.msg, "no system 'web8'; did you mean 'web7'?");
	assert_null(chain);
}

static void test_of_unstored(void **state)
{
	struct bench *bench = *state;
	AUTO(chain) struct chain *chain = NULL;
	struct item *item = item_new(&system_type, "new");
	struct err err = ERR_INIT;

	bench_fill(bench);
	((struct system *)item)->profile = xstrdup("bar");
	assert_int_equal(chain_of_take(bench->server, item, &chain, &err), 0);
	assert_int_equal(chain->n, 4);
	assert_int_equal(resolved_int(chain_end(chain), "virt_ram"), 1024);

	item = item_new(&system_type, "new");
	((struct system *)item)->profile = xstrdup("baz");
	assert_int_equal(chain_of_take(bench->server, item, &chain, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_string_equal(err.field, "profile");
	assert_string_equal(err.msg, "profile: no profile 'baz'; did you mean 'bar'?");
}

/* As deep as allowed, and one deeper. */
static void test_depth(void **state)
{
	struct bench *bench = *state;
	AUTO(chain) struct chain *chain = NULL;
	struct err err = ERR_INIT;

	bench_fill(bench);
	must_edit(bench, EDIT_CREATE, &profile_type, "p1", "{'distro': 'foo'}");
	for (int i = 2; i <= CHAIN_MAX - 3; i++) {
		autofree char *name = xasprintf("p%d", i);
		autofree char *json = xasprintf("{'parent': 'p%d'}", i - 1);

		must_edit(bench, EDIT_CREATE, &profile_type, name, json);
	}
	must_edit(bench, EDIT_CREATE, &system_type, "deep", "{'profile': 'p21'}");
	chain = load(bench, &system_type, "deep");
	assert_int_equal(chain->n, CHAIN_MAX);
	assert_int_equal(
		try_edit(bench, EDIT_CREATE, &profile_type, "p22", "{'parent': 'p21'}", &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_string_equal(err.msg, "parent: 'p22' would be more than 21 profiles deep");
	/* nor by way of what is above it */
	err = ERR_INIT;
	assert_int_equal(try_edit(bench, EDIT_MERGE, &profile_type, "p1",
				 "{'distro': null, 'parent': 'bar'}", &err),
		-1);
	assert_string_equal(err.msg, "parent: 'p1' would be more than 21 profiles deep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_site, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_not_found, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_of_unstored, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_depth, bench_setup_bare, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
