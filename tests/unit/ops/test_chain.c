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

/* Systems share what they inherit from, and see every change of it at once. */

static void options_are(struct bench *bench, const char *want)
{
	AUTO(chain) struct chain *chain = load(bench, &system_type, "web7");
	autostrbuf options = STRBUF_INIT;

	value_ops(VALUE_MAP)->to_text(resolved_map(chain_end(chain), "kernel_options"), &options);
	assert_string_equal(options.buf, want);
}

static void test_shared(void **state)
{
	struct bench *bench = *state;
	AUTO(chain) struct chain *one = NULL;
	AUTO(chain) struct chain *other = NULL;
	AUTO(chain) struct chain *later = NULL;

	bench_fill(bench);
	must_edit(bench, EDIT_CREATE, &system_type, "web8", "{'profile': 'sub'}");
	one = load(bench, &system_type, "web7");
	other = load(bench, &system_type, "web8");
	for (size_t i = 0; i < 4; i++) {
		assert_ptr_equal(one->item[i], other->item[i]);
		assert_ptr_equal(one->resolved[i], other->resolved[i]);
	}
	/* another item's change leaves it shared */
	must_edit(bench, EDIT_MERGE, &system_type, "web8", "{'comment': 'x'}");
	later = load(bench, &system_type, "web7");
	assert_ptr_equal(one->item[3], later->item[3]);
}

static void test_changes_above(void **state)
{
	static const struct {
		const struct item_type *type;
		const char *name, *json, *options;
	} rows[] = {
		{&profile_type, "sub", "{'kernel_options': 'b=3'}", "a=1 quiet b=3"},
		{&profile_type, "bar", "{'kernel_options': 'a=2'}", "a=2 b=3"},
		{&distro_type, "foo", "{'kernel_options': 'c=1'}", "c=1 a=2 b=3"},
		{&settings_type, "settings", "{'kernel_options': 'd=1'}", "d=1 c=1 a=2 b=3"},
		{&profile_type, "sub", "{'parent': 'baz'}", "d=1 c=1 z=1 b=3"},
		{&profile_type, "baz", "{'kernel_options': 'z=2'}", "d=1 c=1 z=2 b=3"},
		{&system_type, "web7", "{'profile': 'bar'}", "d=1 c=1 a=2"},
	};
	struct bench *bench = *state;

	bench_fill(bench);
	must_edit(bench, EDIT_CREATE, &profile_type, "baz",
		"{'distro': 'foo', 'kernel_options': 'z=1'}");
	options_are(bench, "a=1 b=2");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		must_edit(bench, EDIT_MERGE, rows[i].type, rows[i].name, rows[i].json);
		options_are(bench, rows[i].options);
	}
}

static void test_made_again(void **state)
{
	const struct edit removal = edit_of(&profile_type, "sub");
	struct bench *bench = *state;

	bench_fill(bench);
	options_are(bench, "a=1 b=2");
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'profile': 'bar'}");
	MUST(edit_delete(bench->server, &removal, &why));
	must_edit(bench, EDIT_CREATE, &profile_type, "sub",
		"{'parent': 'bar', 'kernel_options': 'new=1'}");
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'profile': 'sub'}");
	options_are(bench, "a=1 quiet new=1");
}

static void repo_is(struct bench *bench, const char *name, const char *mirror)
{
	AUTO(chain) struct chain *chain = load(bench, &system_type, "web7");

	assert_int_equal(chain->site.repos, 1);
	assert_string_equal(chain->site.repo[0]->item->name, name);
	assert_string_equal(resolved_str(chain->site.repo[0], "mirror"), mirror);
}

static void test_repos(void **state)
{
	struct bench *bench = *state;

	bench_fill(bench);
	must_edit(bench, EDIT_CREATE, &repo_type, "own", "{'mirror': 'http://a/'}");
	must_edit(bench, EDIT_CREATE, &repo_type, "other", "{'mirror': 'http://o/'}");
	must_edit(bench, EDIT_MERGE, &profile_type, "bar", "{'repos': ['own']}");
	repo_is(bench, "own", "http://a/");
	must_edit(bench, EDIT_MERGE, &repo_type, "own", "{'mirror': 'http://b/'}");
	repo_is(bench, "own", "http://b/");
	must_edit(bench, EDIT_MERGE, &profile_type, "sub", "{'repos': ['other']}");
	repo_is(bench, "other", "http://o/");
}

static int look(void *ctx, struct err *err)
{
	struct bench *bench = ctx;

	(void)err;
	options_are(bench, "a=1 b=2");
	must_edit(bench, EDIT_MERGE, &profile_type, "sub", "{'kernel_options': 'would=be'}");
	options_are(bench, "a=1 quiet would=be");
	return 0;
}

/* The next write has the number that the previewed one had. */
static void test_preview(void **state)
{
	struct bench *bench = *state;

	bench_fill(bench);
	for (int i = 0; i < 2; i++) {
		MUST(db_preview(bench->server->db, look, bench, &why));
		options_are(bench, "a=1 b=2");
	}
	must_edit(bench, EDIT_MERGE, &profile_type, "sub", "{'kernel_options': 'is=so'}");
	options_are(bench, "a=1 quiet is=so");
}

/* Readers beside a writer: what has been acknowledged is what the next one reads. */

struct readers {
	struct bench *bench;
	_Atomic(int64_t) written;
	atomic_bool stop;
	atomic_int stale;
	atomic_int reads;
};

static void *read_on(void *ctx)
{
	struct readers *readers = ctx;

	while (!atomic_load(&readers->stop)) {
		int64_t written = atomic_load(&readers->written);
		AUTO(chain) struct chain *chain = NULL;

		if (chain_load(readers->bench->server, &system_type, "web8", &chain, NULL) < 0 ||
			resolved_int(chain_end(chain), "virt_ram") < written)
			atomic_fetch_add(&readers->stale, 1);
		atomic_fetch_add(&readers->reads, 1);
	}
	return NULL;
}

static void test_readers(void **state)
{
	struct readers readers = {.bench = *state, .written = 1024};
	pthread_t thread[4];

	bench_fill(*state);
	must_edit(*state, EDIT_CREATE, &system_type, "web8", "{'profile': 'bar'}");
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, read_on, &readers), 0);
	for (int i = 1; i <= 200; i++) {
		autofree char *json = xasprintf("{'virt_ram': %d}", 1024 + i);

		must_edit(*state, EDIT_MERGE, &profile_type, "bar", json);
		atomic_store(&readers.written, 1024 + i);
	}
	atomic_store(&readers.stop, true);
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(atomic_load(&readers.stale), 0);
	assert_true(atomic_load(&readers.reads) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_site, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_not_found, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_of_unstored, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_depth, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_shared, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_changes_above, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_made_again, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_repos, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_preview, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_readers, bench_setup_bare, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
