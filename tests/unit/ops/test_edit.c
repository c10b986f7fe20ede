#include "ops_support.h"

#include <pthread.h>
#include <sys/stat.h>

#define SHA_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void test_ways(void **state)
{
	static const struct {
		enum edit_how how;
		const char *name;
		const char *json;
		enum err_code code;
		const char *shown; /* member comment of the stored item, or the error */
	} rows[] = {
		{EDIT_CREATE, "web7", "{'profile': 'bar'}", ERR_CONFLICT,
			"system 'web7' exists already"},
		{EDIT_MERGE, "web8", "{'comment': 'x'}", ERR_NOT_FOUND, "no system 'web8'"},
		{EDIT_MERGE, "web7", "{'comment': 'one'}", ERR_NONE, "'one'"},
		{EDIT_MERGE, "web7", "{'hostname': 'h'}", ERR_NONE, "'one'"},
		{EDIT_REPLACE, "web7", "{'profile': 'bar', 'comment': 'two'}", ERR_NONE, "'two'"},
		{EDIT_REPLACE, "web7", "{'profile': 'bar'}", ERR_NONE, "null"},
		{EDIT_REPLACE, "web9", "{'profile': 'bar', 'comment': ''}", ERR_NONE, "''"},
		{EDIT_REPLACE, "web9", "{'comment': 'x'}", ERR_INVALID,
			"profile: a system needs a profile (or an image)"},
		{EDIT_REPLACE, "web9", "{'name': 'web10', 'profile': 'bar'}", ERR_INVALID,
			"name: is not 'web9'; rename the system instead"},
		{EDIT_REPLACE, "web9", "[]", ERR_INVALID, "a system is a JSON object"},
		{EDIT_MERGE, "web9", "{'proflie': 'bar'}", ERR_INVALID,
			"systems have no field 'proflie'; did you mean 'profile'?"},
		{EDIT_MERGE, "web9", "{'interfaces': {'eth0': {'mac': '1'}}}", ERR_INVALID, NULL},
	};
	struct bench *bench = *state;

	bench_fill(bench);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		autojson json_t *shown = NULL;
		json_t *comment;
		int result = try_edit(
			bench, rows[i].how, &system_type, rows[i].name, rows[i].json, &err);

		assert_int_equal(err.code, rows[i].code);
		assert_int_equal(result, rows[i].code ? -1 : 0);
		if (result < 0) {
			if (rows[i].shown)
				assert_string_equal(err.msg, rows[i].shown);
			continue;
		}
		shown = show(bench, &system_type, rows[i].name);
		comment = json_object_get(shown, "comment");
		assert_json(comment ? comment : json_null(), rows[i].shown);
	}
}

static void test_names(void **state)
{
	char long_name[301];
	const char *const names[] = {"a/b", ".", "..", "../../etc/x", "a\nb", "a\"b", "a'b", "a b",
		"-x", "", "\xc3\xa4", long_name};
	struct bench *bench = *state;

	bench_fill(bench);
	memset(long_name, 'x', 300);
	long_name[300] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct edit edit = edit_of(&system_type, "web7");
		struct err err = ERR_INIT;

		assert_int_equal(try_edit(bench, EDIT_REPLACE, &system_type, names[i],
					 "{'profile': 'bar'}", &err),
			-1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, "name");
		err = ERR_INIT;
		assert_int_equal(edit_rename(bench->server, &edit, names[i], NULL, &err), -1);
		assert_string_equal(err.field, "name");
	}
}

static void test_distro_is_measured(void **state)
{
	struct bench *bench = *state;
	autojson json_t *first = NULL;
	autojson json_t *second = NULL;
	autojson json_t *third = NULL;
	autofree char *json = NULL;

	bench_fill(bench);
	first = show(bench, &distro_type, "foo");
	assert_json(json_object_get(first, "kernel_size"), "3");
	assert_json(json_object_get(first, "kernel_sha256"), "'" SHA_ABC "'");
	assert_json(json_object_get(first, "initrd_size"), "[6]");
	assert_int_equal(json_array_size(json_object_get(first, "initrd_sha256")), 1);
	/* what GET gave can be PUT back, and another field changed, without a word about a kernel
	 * in the place of another; whoever names its path means it */
	write_text(bench->kernel, "another kernel");
	must_edit(bench, EDIT_MERGE, &distro_type, "foo", "{'comment': 'x'}");
	{
		struct edit edit = edit_of(&distro_type, "foo");
		struct err err = ERR_INIT;

		if (edit_item(bench->server, &edit, EDIT_REPLACE, first, &second, &err) < 0)
			fail_msg("%s", err.msg);
	}
	assert_json(json_object_get(second, "kernel_size"), "3");
	assert_json(json_object_get(second, "kernel_sha256"), "'" SHA_ABC "'");
	assert_json(json_object_get(second, "version"), "3");
	json = xasprintf("{'kernel': '%s'}", bench->kernel);
	must_edit(bench, EDIT_MERGE, &distro_type, "foo", json);
	third = show(bench, &distro_type, "foo");
	assert_json(json_object_get(third, "kernel_size"), "14");
	assert_json(json_object_get(third, "version"), "4");
	assert_json(json_object_get(third, "initrd_size"), "[6]");
}

static void test_distro_files(void **state)
{
	static const struct {
		const char *json; /* %s: the top folder */
		const char *field;
		const char *msg; /* a part of it */
	} rows[] = {
		{"{'kernel': '%s/gone'}", "kernel", "No such file"},
		{"{'kernel': '%s'}", "kernel", "is not a file"},
		{"{'kernel': '%s/empty'}", "kernel", "is empty"},
		{"{'kernel': '%s/fifo'}", "kernel", "is not a file"},
		{"{'kernel': '%s/secret'}", "kernel", "not for everybody"},
		{"{'initrd': ['%s/initrd.gz', '/nowhere']}", "initrd", "'/nowhere': No such file"},
		{"{'kernel': 'linux'}", "kernel", "not an absolute path"},
		{"{'kernel': ''}", "kernel", "needs it"},
		{"{'kernel_size': 7}", "kernel_size", "is written by the server"},
	};
	struct bench *bench = *state;
	autofree char *empty = xasprintf("%s/empty", bench->folder);
	autofree char *fifo = xasprintf("%s/fifo", bench->folder);
	autofree char *secret = xasprintf("%s/secret", bench->folder);
	autojson json_t *before = NULL;
	autojson json_t *after = NULL;

	bench_fill(bench);
	write_text(empty, "");
	write_text(secret, "bootwright.db");
	assert_int_equal(chmod(secret, 0640), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	before = show(bench, &distro_type, "foo");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf json = STRBUF_INIT;
		const char *here = strstr(rows[i].json, "%s");
		struct err err = ERR_INIT;

		strbuf_add(&json, rows[i].json,
			here ? (size_t)(here - rows[i].json) : strlen(rows[i].json));
		if (here)
			strbuf_addf(&json, "%s%s", bench->folder, here + 2);
		assert_int_equal(
			try_edit(bench, EDIT_MERGE, &distro_type, "foo", json.buf, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, rows[i].field);
		if (!strstr(err.msg, rows[i].msg))
			fail_msg("'%s' does not say '%s'", err.msg, rows[i].msg);
	}
	after = show(bench, &distro_type, "foo");
	assert_true(json_equal(before, after));
}

static void test_template(void **state)
{
	struct bench *bench = *state;
	autofree char *own = xasprintf("%s/kickstarts/mine.ks", bench->state);
	struct err err = ERR_INIT;

	bench_fill(bench);
	assert_int_equal(try_edit(bench, EDIT_MERGE, &profile_type, "bar",
				 "{'autoinstall': 'debian13.preseed'}", &err),
		-1);
	assert_string_equal(err.field, "autoinstall");
	assert_non_null(strstr(err.msg, bench->share));
	assert_non_null(strstr(err.msg, "did you mean 'debian12.preseed'?"));
	assert_int_equal(try_edit(bench, EDIT_MERGE, &profile_type, "bar",
				 "{'autoinstall': '../linux'}", &err),
		-1);
	assert_string_equal(err.field, "autoinstall");
	assert_int_equal(symlink("/etc/passwd", own), 0);
	assert_int_equal(try_edit(bench, EDIT_MERGE, &profile_type, "bar",
				 "{'autoinstall': 'mine.ks'}", &err),
		-1);
	assert_non_null(strstr(err.msg, "'mine.ks' is there but cannot be opened"));
	assert_int_equal(unlink(own), 0);
	write_text(own, "text\n");
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'autoinstall': 'mine.ks'}");
	/* a template that is gone since does not stand in the way of other changes */
	assert_int_equal(unlink(own), 0);
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'comment': 'x'}");
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'autoinstall': ''}");
}

static void test_cycles(void **state)
{
	static const struct {
		const char *name;
		const char *json;
		const char *msg;
	} rows[] = {
		{"bar", "{'parent': 'bar', 'distro': null}",
			"parent: profile 'bar' cannot be its own parent"},
		{"bar", "{'parent': 'sub', 'distro': null}",
			"parent: the profiles would form a cycle: 'bar' → 'sub' → 'bar'"},
		{"bar", "{'parent': 'sub2', 'distro': null}",
			"parent: the profiles would form a cycle: 'bar' → 'sub2' → 'sub' → 'bar'"},
		{"sub", "{'parent': 'sub2'}",
			"parent: the profiles would form a cycle: 'sub' → 'sub2' → 'sub'"},
	};
	struct bench *bench = *state;

	bench_fill(bench);
	must_edit(bench, EDIT_CREATE, &profile_type, "sub2", "{'parent': 'sub'}");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(try_edit(bench, EDIT_MERGE, &profile_type, rows[i].name,
					 rows[i].json, &err),
			-1);
		assert_string_equal(err.msg, rows[i].msg);
		assert_string_equal(err.field, "parent");
	}
}

static void test_delete(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&profile_type, "sub");
	struct err err = ERR_INIT;

	bench_fill(bench);
	assert_int_equal(edit_delete(bench->server, &edit, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_string_equal(
		err.msg, "profile 'sub' is used by system 'web7'; remove or change it first");
	edit = edit_of(&system_type, "web7");
	edit.expect = 9;
	assert_int_equal(edit_delete(bench->server, &edit, &err), -1);
	assert_int_equal(err.code, ERR_STALE);
	edit.expect = 1;
	assert_int_equal(edit_delete(bench->server, &edit, &err), 0);
	assert_int_equal(edit_delete(bench->server, &edit, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	edit = edit_of(&settings_type, "settings");
	assert_int_equal(edit_delete(bench->server, &edit, &err), -1);
}

static void test_copy(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&system_type, "web7");
	autojson json_t *body = parse("{'name': 'web8', 'comment': 'a copy', 'interfaces': "
				      "{'eth0': {'mac': '52:54:00:aa:00:08'}}}");
	autojson json_t *nameless = parse("{'comment': 'x'}");
	autojson json_t *copy = NULL;
	struct err err = ERR_INIT;

	bench_fill(bench);
	if (edit_copy(bench->server, &edit, body, &copy, &err) < 0)
		fail_msg("%s", err.msg);
	assert_json(json_object_get(copy, "name"), "'web8'");
	assert_json(json_object_get(copy, "version"), "1");
	assert_json(json_object_get(copy, "virt_ram"), "2048");
	assert_json(json_object_get(copy, "interfaces"),
		"{'eth0':{'mac_address':'52:54:00:aa:00:08'}}");
	assert_int_equal(edit_copy(bench->server, &edit, body, NULL, &err), -1);
	assert_string_equal(err.msg, "system 'web8' exists already");
	assert_int_equal(edit_copy(bench->server, &edit, nameless, NULL, &err), -1);
	assert_string_equal(err.field, "name");
}

static void test_rename(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&profile_type, "sub");
	autojson json_t *renamed = NULL;
	autojson json_t *system = NULL;
	struct err err = ERR_INIT;

	bench_fill(bench);
	if (edit_rename(bench->server, &edit, "under", &renamed, &err) < 0)
		fail_msg("%s", err.msg);
	assert_json(json_object_get(renamed, "name"), "'under'");
	system = show(bench, &system_type, "web7");
	assert_json(json_object_get(system, "profile"), "'under'");
	edit = edit_of(&profile_type, "under");
	assert_int_equal(edit_rename(bench->server, &edit, "bar", NULL, &err), -1);
	assert_string_equal(err.msg, "profile 'bar' exists already");
}

static void test_settings_and_secrets(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&settings_type, "settings");
	autojson json_t *patch =
		parse("{'default_password_crypted': '$y$j9T$abc', 'server': '10.0.0.1'}");
	autojson json_t *shown = NULL;
	autoitem struct item *stored = NULL;
	struct err err = ERR_INIT;

	if (edit_settings(bench->server, &edit, patch, &shown, &err) < 0)
		fail_msg("%s", err.msg);
	assert_json(json_object_get(shown, "default_password_crypted"), "'***'");
	/* PUT of what GET gave keeps the secret */
	assert_int_equal(edit_item(bench->server, &edit, EDIT_REPLACE, shown, NULL, &err), 0);
	assert_int_equal(
		db_item_get(bench->server->db, &settings_type, "settings", &stored, &err), 0);
	assert_string_equal(((struct settings *)stored)->default_password_crypted, "$y$j9T$abc");
	assert_int_equal(stored->version, 2);
}

enum { THREADS = 8, ROUNDS = 25 };

struct worker {
	struct bench *bench;
	int number;
	int failures;
};

static void *patch_own_key(void *ctx)
{
	struct worker *worker = ctx;

	for (int i = 0; i < ROUNDS; i++) {
		autofree char *json =
			xasprintf("{'autoinstall_meta': {'t%d_%d': '1'}}", worker->number, i);
		struct err err = ERR_INIT;

		if (try_edit(worker->bench, EDIT_MERGE, &system_type, "web7", json, &err) < 0)
			worker->failures++;
	}
	return NULL;
}

/* Patches of one item from many sides at once: none is lost. */
static void test_no_lost_update(void **state)
{
	struct bench *bench = *state;
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	autojson json_t *shown = NULL;

	bench_fill(bench);
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.bench = bench, .number = i};
		assert_int_equal(pthread_create(&threads[i], NULL, patch_own_key, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].failures, 0);
	}
	shown = show(bench, &system_type, "web7");
	assert_int_equal(json_object_size(json_object_get(shown, "autoinstall_meta")),
		(size_t)THREADS * ROUNDS);
	assert_int_equal(
		json_integer_value(json_object_get(shown, "version")), 1 + THREADS * ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ways, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_names, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_distro_is_measured, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_distro_files, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_template, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_cycles, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_delete, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_copy, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_rename, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_settings_and_secrets, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_no_lost_update, bench_setup_bare, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
