/* What was, and back. */
#include "ops_support.h"

#include "ops/edit/history.h"

static int64_t last(struct bench *bench)
{
	return db_revision(bench->server->db);
}

static int try_revert(struct bench *bench, struct revert revert, json_t **ret, struct err *err)
{
	revert.author = &tester;
	return history_revert(bench->server, &revert, ret, err);
}

static void undo(struct bench *bench, int64_t revision, const char *written)
{
	autojson json_t *list = NULL;
	struct err err = ERR_INIT;

	if (try_revert(bench, (struct revert){.revision = revision}, &list, &err) < 0)
		fail_msg("revision %lld: %s", (long long)revision, err.msg);
	assert_json(list, written);
}

static void must_delete(struct bench *bench, const struct item_type *type, const char *name)
{
	struct edit edit = edit_of(type, name);
	struct err err = ERR_INIT;

	if (edit_delete(bench->server, &edit, &err) < 0)
		fail_msg("%s", err.msg);
}

/* The item without its version and times. */
static json_t *plain(struct bench *bench, const struct item_type *type, const char *name)
{
	json_t *item = show(bench, type, name);

	json_object_del(item, "version");
	json_object_del(item, "mtime");
	return item;
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		double time; /* < 0: refused */
	} rows[] = {
		{"2026-11-21T08:00:00Z", 1795248000},
		{"2026-11-21T08:00Z", 1795248000},
		{"2026-11-21T09:00:00+01:00", 1795248000},
		{"2026-11-21T02:30-0530", 1795248000},
		{"2026-11-21 08:00:00.5Z", 1795248000.5},
		{"2026-11-21", 1795219200}, /* TZ=UTC */
		{"2026-11-21T08:00", 1795248000},
		{"1795248000", 1795248000},
		{"1795248000.25", 1795248000.25},
		{"@7", 7},
		{"", -1},
		{"yesterday", -1},
		{"2026-11-21T", -1},
		{"2026-11-21T8", -1},
		{"2026-11-21T08:00:00+1", -1},
		{"2026-11-21T08:00:00+99:00", -1},
		{"2026-13-21", -1},
		{"2026-11-21x", -1},
		{"1.2.3", -1},
		{"@", -1},
		{"-5", -1},
	};

	(void)state;
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		double time = -1;

		if (history_time(rows[i].text, &time, &err) < 0)
			assert_int_equal(err.code, ERR_INVALID);
		if (time > rows[i].time + 0.001 || time < rows[i].time - 0.001)
			fail_msg("'%s': %f, not %f", rows[i].text, time, rows[i].time);
	}
}

static void test_revision_of_time(void **state)
{
	struct bench *bench = *state;
	struct err err = ERR_INIT;
	int64_t revision;

	bench_fill(bench);
	assert_int_equal(history_revision(bench->server, "3", &revision, &err), 0);
	assert_int_equal(revision, 3);
	assert_int_equal(history_revision(bench->server, "4102444800", &revision, &err), 0);
	assert_int_equal(revision, last(bench));
	assert_int_equal(history_revision(bench->server, "@5", &revision, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(history_revision(bench->server, "0", &revision, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
}

/* A change of one line of a template is one line, as of any text. */
static void test_show_text(void **state)
{
	struct bench *bench = *state;
	autojson json_t *shown = NULL;
	struct err err = ERR_INIT;

	must_edit(bench, EDIT_CREATE, &template_type, "mine", "{'content': 'a\\nb\\nc'}");
	must_edit(bench, EDIT_MERGE, &template_type, "mine", "{'content': 'a\\nB\\nc\\n'}");
	assert_int_equal(history_show(bench->server, last(bench), &shown, &err), 0);
	assert_string_equal(json_get_str(shown, "diff"),
		"--- a/templates/mine\n+++ b/templates/mine\n"
		"@@ -1,8 +1,9 @@\n"
		" {\n"
		"   \"content\": [\n"
		"     \"a\",\n"
		"-    \"b\",\n"
		"-    \"c\"\n"
		"+    \"B\",\n"
		"+    \"c\",\n"
		"+    \"\"\n"
		"   ],\n"
		"   \"name\": \"mine\"\n"
		" }\n");
}

static void test_show(void **state)
{
	struct bench *bench = *state;
	autojson json_t *shown = NULL;
	json_t *nothing = NULL;
	struct err err = ERR_INIT;

	bench_fill(bench);
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'power_pass': 'one'}");
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'power_pass': 'two', 'comment': 'x'}");
	assert_int_equal(history_show(bench->server, last(bench), &shown, &err), 0);
	assert_string_equal(json_get_str(shown, "action"), "put");
	assert_string_equal(json_get_str(shown, "diff"),
		"--- a/systems/web7\n+++ b/systems/web7\n"
		"@@ -1,4 +1,5 @@\n"
		" {\n"
		"+  \"comment\": \"x\",\n"
		"   \"interfaces\": {\n"
		"     \"eth0\": {\n"
		"       \"ip_address\": \"10.0.0.7\",\n"
		"@@ -6,7 +7,7 @@\n"
		"     }\n"
		"   },\n"
		"   \"name\": \"web7\",\n"
		"-  \"power_pass\": \"***\",\n"
		"+  \"power_pass\": \"*** (another one)\",\n"
		"   \"profile\": \"sub\",\n"
		"   \"virt_ram\": 2048\n"
		" }\n");
	assert_json(json_object_get(json_object_get(shown, "before"), "power_pass"), "'***'");
	assert_int_equal(history_show(bench->server, 999, &nothing, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void test_undo_change(void **state)
{
	struct bench *bench = *state;
	autojson json_t *before = NULL;
	autojson json_t *after = NULL;

	bench_fill(bench);
	before = plain(bench, &system_type, "web7");
	must_edit(bench, EDIT_MERGE, &system_type, "web7",
		"{'comment': 'x', 'interfaces': {'eth0': null, 'eth1': {'mac':"
		" '52:54:00:00:00:01'}}}");
	undo(bench, last(bench), "[{'action':'put','type':'system','name':'web7'}]");
	after = plain(bench, &system_type, "web7");
	assert_true(json_equal(before, after));
	/* and what undid it can be undone */
	undo(bench, last(bench), "[{'action':'put','type':'system','name':'web7'}]");
	json_decref(after);
	after = plain(bench, &system_type, "web7");
	assert_json(json_object_get(after, "comment"), "'x'");
}

static void test_undo_creation_and_removal(void **state)
{
	struct bench *bench = *state;
	autojson json_t *before = NULL;
	autojson json_t *after = NULL;
	int64_t removed;

	bench_fill(bench);
	before = plain(bench, &system_type, "web7");
	undo(bench, last(bench), "[{'action':'delete','type':'system','name':'web7'}]");
	removed = last(bench);
	undo(bench, removed, "[{'action':'put','type':'system','name':'web7'}]");
	after = plain(bench, &system_type, "web7");
	assert_true(json_equal(before, after)); /* with its uid and ctime */
}

static void test_undo_rename(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&profile_type, "sub");
	autojson json_t *system = NULL;
	autojson json_t *all = NULL;
	struct err err = ERR_INIT;
	int64_t renamed;

	bench_fill(bench);
	renamed = last(bench) + 1;
	assert_int_equal(edit_rename(bench->server, &edit, "under", NULL, &err), 0);
	while (renamed < last(bench)) { /* whichever of the transaction it is */
		struct db_revision revision;
		bool found;

		assert_int_equal(db_revision_get(bench->server->db, renamed, &revision, NULL), 0);
		found = strcmp(revision.action, "rename") == 0;
		db_revision_done(&revision);
		if (found)
			break;
		renamed++;
	}
	undo(bench, renamed, "[{'action':'rename','type':'profile','name':'sub'}]");
	system = show(bench, &system_type, "web7");
	assert_json(json_object_get(system, "profile"), "'sub'");
	/* all of a rename's transaction is the rename */
	assert_int_equal(edit_rename(bench->server, &edit, "under", NULL, &err), 0);
	if (try_revert(bench, (struct revert){.revision = last(bench), .all = true}, &all, &err) <
		0)
		fail_msg("%s", err.msg);
	json_decref(system);
	system = show(bench, &system_type, "web7");
	assert_json(json_object_get(system, "profile"), "'sub'");
}

static void test_changed_since(void **state)
{
	struct bench *bench = *state;
	autojson json_t *item = NULL;
	autofree char *expected = NULL;
	struct err err = ERR_INIT;
	int64_t first;

	bench_fill(bench);
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'comment': 'one'}");
	first = last(bench);
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'hostname': 'two'}");
	must_edit(bench, EDIT_MERGE, &profile_type, "bar", "{'comment': 'other'}");
	assert_int_equal(try_revert(bench, (struct revert){.revision = first}, NULL, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	expected = xasprintf("revision %lld cannot be undone: system 'web7' was changed again "
			     "since: by tester, revision %lld; undo that first, or add --force "
			     "(?force=1 in a URL)",
		(long long)first, (long long)first + 1);
	assert_string_equal(err.msg, expected);
	assert_int_equal(
		try_revert(bench, (struct revert){.revision = first, .force = true}, NULL, &err),
		0);
	item = show(bench, &system_type, "web7");
	assert_null(json_object_get(item, "comment"));
	assert_null(json_object_get(item, "hostname"));
}

static bool installs(struct bench *bench)
{
	autojson json_t *item = show(bench, &system_type, "web7");

	return !json_is_false(json_object_get(item, "netboot_enabled"));
}

/* Its installation has ended since: to undo an older edit is no reason to install it again. */
static void test_no_reinstallation(void **state)
{
	struct bench *bench = *state;
	struct err err = ERR_INIT;
	int64_t edit;
	int64_t end;

	bench_fill(bench);
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'comment': 'a'}");
	edit = last(bench);
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'netboot_enabled': false}");
	end = last(bench);
	assert_int_equal(
		try_revert(bench, (struct revert){.revision = edit, .force = true}, NULL, &err), 0);
	assert_false(installs(bench));
	assert_int_equal(
		try_revert(bench, (struct revert){.revision = end, .force = true}, NULL, &err), 0);
	assert_true(installs(bench)); /* that is what was asked for */
}

/* A name that belongs to another item meanwhile. */
static void test_name_taken(void **state)
{
	struct bench *bench = *state;
	struct err err = ERR_INIT;
	int64_t removed;

	bench_fill(bench);
	must_delete(bench, &system_type, "web7");
	removed = last(bench);
	must_edit(bench, EDIT_CREATE, &system_type, "web7", "{'profile': 'bar'}");
	assert_int_equal(try_revert(bench, (struct revert){.revision = removed}, NULL, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.msg, "system 'web7' exists already"));
	must_delete(bench, &system_type, "web7");
	undo(bench, removed, "[{'action':'put','type':'system','name':'web7'}]");
}

static void test_references_gone(void **state)
{
	struct bench *bench = *state;
	struct err err = ERR_INIT;
	int64_t removed;

	bench_fill(bench);
	must_delete(bench, &system_type, "web7");
	removed = last(bench);
	must_delete(bench, &profile_type, "sub");
	assert_int_equal(try_revert(bench, (struct revert){.revision = removed}, NULL, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_string_equal(err.field, "profile");
	assert_non_null(strstr(err.msg, "cannot be undone: profile: no profile 'sub'"));
}

static void test_cycle(void **state)
{
	struct bench *bench = *state;
	struct err err = ERR_INIT;
	int64_t moved;

	bench_fill(bench);
	must_edit(bench, EDIT_CREATE, &profile_type, "top", "{'parent': 'bar'}");
	must_edit(bench, EDIT_MERGE, &profile_type, "top", "{'parent': null, 'distro': 'foo'}");
	moved = last(bench);
	must_edit(bench, EDIT_MERGE, &profile_type, "bar", "{'parent': 'top', 'distro': null}");
	assert_int_equal(try_revert(bench, (struct revert){.revision = moved}, NULL, &err), -1);
	assert_non_null(strstr(err.msg, "would form a cycle: 'top' → 'bar' → 'top'"));
}

static void test_protected(void **state)
{
	struct bench *bench = *state;
	struct err err = ERR_INIT;

	bench_fill(bench);
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'protected': true}");
	assert_int_equal(
		try_revert(bench, (struct revert){.revision = last(bench)}, NULL, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(
		try_revert(bench, (struct revert){.revision = last(bench), .confirm = true}, NULL,
			&err),
		0);
}

/* A whole tree that went at once comes back at once. */
static void test_all(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&distro_type, "foo");
	autojson json_t *removed = NULL;
	autojson json_t *all = NULL;
	autojson json_t *before = NULL;
	autojson json_t *after = NULL;
	struct err err = ERR_INIT;

	bench_fill(bench);
	before = plain(bench, &system_type, "web7");
	if (edit_delete_tree(bench->server, &edit, &removed, &err) < 0)
		fail_msg("%s", err.msg);
	assert_json(removed, "[{'type':'system','name':'web7'},{'type':'profile','name':'sub'},"
			     "{'type':'profile','name':'bar'},{'type':'distro','name':'foo'}]");
	if (try_revert(bench, (struct revert){.revision = last(bench), .all = true}, &all, &err) <
		0)
		fail_msg("%s", err.msg);
	assert_int_equal(json_array_size(all), 4);
	after = plain(bench, &system_type, "web7");
	assert_true(json_equal(before, after));
}

static void test_preview(void **state)
{
	struct bench *bench = *state;
	autostrbuf diff = STRBUF_INIT;
	autojson json_t *list = NULL;
	struct err err = ERR_INIT;
	int64_t revision;

	bench_fill(bench);
	revision = last(bench);
	assert_int_equal(try_revert(bench, (struct revert){.revision = revision, .preview = &diff},
				 &list, &err),
		0);
	assert_json(list, "[{'action':'delete','type':'system','name':'web7'}]");
	assert_int_equal(last(bench), revision);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test_setup_teardown(
			test_revision_of_time, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_show, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_show_text, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_undo_change, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_undo_creation_and_removal, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_undo_rename, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_changed_since, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_no_reinstallation, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_name_taken, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_references_gone, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_cycle, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_protected, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_all, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_preview, bench_setup_bare, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
