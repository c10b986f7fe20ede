/* The whole state as a document, and back. */
#include "ops_support.h"

#include "ops/edit/apply.h"

static json_t *apply(struct bench *bench, const json_t *document, struct apply_options options)
{
	struct err err = ERR_INIT;
	json_t *result = NULL;

	if (apply_state(bench->server, &tester, document, &options, &result, &err) < 0)
		fail_msg("apply: %s", err.msg);
	return result;
}

static json_t *apply_text(struct bench *bench, const char *json, struct apply_options options)
{
	autojson json_t *document = parse(json);

	return apply(bench, document, options);
}

static void assert_counts(const json_t *result, int created, int changed, int removed, int same)
{
	assert_int_equal(json_integer_value(json_object_get(result, "created")), created);
	assert_int_equal(json_integer_value(json_object_get(result, "changed")), changed);
	assert_int_equal(json_integer_value(json_object_get(result, "removed")), removed);
	assert_int_equal(json_integer_value(json_object_get(result, "unchanged")), same);
}

static char *export_text(struct bench *bench, bool secrets, int64_t revision)
{
	autostrbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (export_state(bench->server, secrets, revision, &text, &err) < 0)
		fail_msg("export: %s", err.msg);
	return strbuf_take(&text);
}

/* One of everything that has references, secrets, an order of its own or a number. */
static void fill_all(struct bench *bench)
{
	bench_fill(bench);
	must_edit(bench, EDIT_MERGE, &settings_type, "settings",
		"{'server': '10.0.0.1', 'default_password_crypted': '$6$abc$defghijk',"
		" 'kernel_options': 'z=1 a=2 quiet'}");
	must_edit(bench, EDIT_CREATE, &repo_type, "updates",
		"{'mirror': 'http://x.example/u', 'breed': 'apt', 'apt_dists': ['b', 'a']}");
	must_edit(bench, EDIT_CREATE, &menu_type, "top", "{'display_name': 'The top'}");
	must_edit(bench, EDIT_CREATE, &menu_type, "inner", "{'parent': 'top'}");
	must_edit(bench, EDIT_CREATE, &group_type, "web", "{}");
	must_edit(bench, EDIT_CREATE, &template_type, "mine", "{'content': 'a\\n{{ name }}\\n'}");
	must_edit(bench, EDIT_CREATE, &snippet_type, "part", "{'content': '\\ttab\\n'}");
	must_edit(bench, EDIT_MERGE, &profile_type, "bar",
		"{'repos': ['updates'], 'menu': 'inner', 'virt_file_size': [0.5, 20]}");
	must_edit(bench, EDIT_CREATE, &system_type, "a1",
		"{'profile': 'sub', 'groups': ['web'], 'power_pass': 'secret', 'comment': '',"
		" 'autoinstall': 'mine', 'kernel_options': {'console': ['tty0', 'ttyS0'],"
		" 'b': '1', '!quiet': true}, 'interfaces': {'eth1': {}, 'eth0': {'mac':"
		" '52:54:00:00:00:01', 'static_routes': []}}}");
}

static const char wipe[] = "{'settings': {}, 'systems': [], 'profiles': [], 'distros': [],"
			   "'repos': [], 'menus': [], 'groups': [], 'templates': [],"
			   "'snippets': []}";

/* Everything away and back is the same to the byte, and what is there already is left alone. */
static void test_round_trip(void **state)
{
	struct bench *bench = *state;
	autofree char *before = NULL;
	autofree char *after = NULL;
	autojson json_t *document = NULL;
	autojson json_t *same = NULL;
	autojson json_t *gone = NULL;
	autojson json_t *back = NULL;
	int64_t revision;

	fill_all(bench);
	before = export_text(bench, true, 0);
	document = json_parse(before, strlen(before), NULL);
	assert_non_null(document);
	revision = db_revision(bench->server->db);
	same = apply(bench, document, (struct apply_options){.prune = true});
	assert_counts(same, 0, 0, 0, 12);
	assert_string_equal(json_get_str(same, "diff"), "");
	assert_int_equal(db_revision(bench->server->db), revision);
	gone = apply_text(bench, wipe, (struct apply_options){.prune = true});
	assert_counts(gone, 0, 1, 11, 0);
	back = apply(bench, document, (struct apply_options){.prune = true});
	assert_counts(back, 11, 1, 0, 0);
	after = export_text(bench, true, 0);
	assert_string_equal(before, after);
}

static void test_canonical(void **state)
{
	struct bench *bench = *state;
	autofree char *text = NULL;
	autofree char *was = NULL;

	must_edit(bench, EDIT_CREATE, &group_type, "b", "{'owners': 'z,a', 'comment': 'x'}");
	must_edit(bench, EDIT_CREATE, &group_type, "a", "{}");
	must_edit(bench, EDIT_MERGE, &settings_type, "settings",
		"{'kernel_options': 'z a=1', 'default_password_crypted': '$6$abc$defghijk'}");
	text = export_text(bench, false, 0);
	assert_string_equal(text, "{\n"
				  "  \"settings\": {\n"
				  "    \"default_password_crypted\": \"***\",\n"
				  "    \"kernel_options\": {\n"
				  "      \"z\": true,\n"
				  "      \"a\": \"1\"\n"
				  "    }\n"
				  "  },\n"
				  "  \"distros\": [],\n"
				  "  \"profiles\": [],\n"
				  "  \"systems\": [],\n"
				  "  \"images\": [],\n"
				  "  \"repos\": [],\n"
				  "  \"menus\": [],\n"
				  "  \"templates\": [],\n"
				  "  \"snippets\": [],\n"
				  "  \"groups\": [\n"
				  "    {\n"
				  "      \"name\": \"a\"\n"
				  "    },\n"
				  "    {\n"
				  "      \"comment\": \"x\",\n"
				  "      \"name\": \"b\",\n"
				  "      \"owners\": [\n"
				  "        \"z\",\n"
				  "        \"a\"\n"
				  "      ]\n"
				  "    }\n"
				  "  ],\n"
				  "  \"networks\": []\n"
				  "}\n");
	was = export_text(bench, false, 2);
	assert_non_null(strstr(was, "\"name\": \"b\""));
	assert_null(strstr(was, "\"name\": \"a\""));
	assert_null(strstr(was, "kernel_options"));
}

/* Masked secrets stand for the stored ones, and are not lost in silence. */
static void test_secrets(void **state)
{
	struct bench *bench = *state;
	autofree char *before = NULL;
	autofree char *masked = NULL;
	autofree char *after = NULL;
	autojson json_t *document = NULL;
	autojson json_t *same = NULL;
	autojson json_t *other = NULL;
	const struct apply_options options = {.dry_run = false};
	struct err err = ERR_INIT;

	fill_all(bench);
	before = export_text(bench, true, 0);
	masked = export_text(bench, false, 0);
	assert_null(strstr(masked, "secret"));
	assert_null(strstr(masked, "$6$"));
	document = json_parse(masked, strlen(masked), NULL);
	same = apply(bench, document, options);
	assert_counts(same, 0, 0, 0, 12);
	after = export_text(bench, true, 0);
	assert_string_equal(before, after);
	other = apply_text(bench,
		"{'systems': [{'name': 'web7', 'profile': 'sub', 'power_pass': 'other'}]}",
		options);
	assert_null(strstr(json_get_str(other, "diff"), "other"));
	json_decref(document);
	document = parse("{'systems': [{'name': 'new', 'profile': 'sub', 'power_pass': '***'}]}");
	assert_int_equal(apply_state(bench->server, &tester, document, &options, NULL, &err), -1);
	assert_string_equal(err.field, "power_pass");
	assert_non_null(strstr(err.msg, "system 'new': power_pass: '***' stands for"));
}

static void test_errors(void **state)
{
	static const struct {
		const char *json;
		enum err_code code;
		const char *field;
		const char *msg;
	} rows[] = {
		{"[]", ERR_INVALID, "", "the state is a JSON object"},
		{"{'system': []}", ERR_INVALID, "",
			"there are no 'system'; did you mean 'systems'?"},
		{"{'interfaces': []}", ERR_INVALID, "", "there are no 'interfaces'"},
		{"{'systems': {}}", ERR_INVALID, "", "systems: must be a list of objects"},
		{"{'settings': []}", ERR_INVALID, "", "settings: must be an object"},
		{"{'systems': [7]}", ERR_INVALID, "", "systems: number 1 is no object"},
		{"{'systems': [{}]}", ERR_INVALID, "name", "systems: number 1: name: is missing"},
		{"{'systems': [{'name': '../x'}]}", ERR_INVALID, "name", "systems: number 1: "},
		{"{'systems': [{'name': 'x', 'profile': 'bar'}, {'name': 'x'}]}", ERR_INVALID, "",
			"system 'x' comes twice"},
		{"{'systems': [{'name': 'x', 'proflie': 'bar'}]}", ERR_INVALID, "proflie",
			"system 'x': systems have no field 'proflie'; did you mean 'profile'?"},
		{"{'systems': [{'name': 'x', 'profile': 'bra'}]}", ERR_INVALID, "profile",
			"system 'x': profile: no profile 'bra'"},
		{"{'systems': [{'name': 'x', 'profile': 'bar', 'virt_ram': 'much'}]}", ERR_INVALID,
			"virt_ram", "system 'x': virt_ram: "},
		{"{'systems': [{'name': 'x', 'profile': 'bar', 'interfaces': {'a': {'mac': "
		 "'52:54:00:aa:00:07'}}}]}",
			ERR_CONFLICT, "mac_address",
			"system 'x': mac_address: '52:54:00:aa:00:07' belongs to system 'web7'"},
		{"{'profiles': [{'name': 'bar', 'parent': 'sub'}]}", ERR_INVALID, "parent",
			"would form a cycle: 'bar' → 'sub' → 'bar'"},
		{"{'profiles': [{'name': 'p', 'parent': 'q'}, {'name': 'q', 'parent': 'p'}]}",
			ERR_INVALID, "parent", "would form a cycle"},
		{"{'menus': [{'name': 'p', 'parent': 'q'}, {'name': 'q', 'parent': 'p'}]}",
			ERR_INVALID, "parent", "would form a cycle"},
		{"{'profiles': [{'name': 'p', 'distro': 'foo', 'autoinstall': 'gone'}]}",
			ERR_INVALID, "autoinstall", "no template 'gone'"},
		{"{'templates': [{'name': 't', 'content': 'a\\n{% if %}'}]}", ERR_INVALID,
			"content", "template 't' line 2"},
		{"{'distros': [{'name': 'd', 'kernel': '/gone', 'initrd': ['/gone']}]}",
			ERR_INVALID, "kernel", "distro 'd': kernel: cannot read '/gone'"},
	};
	struct bench *bench = *state;
	int64_t revision;

	bench_fill(bench);
	revision = db_revision(bench->server->db);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct apply_options options = {.dry_run = i % 2};
		autojson json_t *document = parse(rows[i].json);
		struct err err = ERR_INIT;

		if (apply_state(bench->server, &tester, document, &options, NULL, &err) == 0)
			fail_msg("%s is accepted", rows[i].json);
		if (err.code != rows[i].code || !strstr(err.msg, rows[i].msg) ||
			strcmp(err.field, rows[i].field) != 0)
			fail_msg("%s: %s (field '%s')", rows[i].json, err.msg, err.field);
		assert_int_equal(db_revision(bench->server->db), revision);
	}
}

/* Of the types that it has, and in one transaction: addresses may move. */
static void test_prune(void **state)
{
	struct bench *bench = *state;
	autojson json_t *some = NULL;
	autojson json_t *moved = NULL;
	autojson json_t *system = NULL;
	const struct apply_options options = {.prune = true};
	json_t *history;
	int64_t n;

	bench_fill(bench);
	some = apply_text(bench, "{'groups': [{'name': 'g'}]}", options);
	assert_counts(some, 1, 0, 0, 0);
	moved = apply_text(bench,
		"{'systems': [{'name': 'web8', 'profile': 'bar', 'groups': ['h'], 'autoinstall':"
		" 'own', 'interfaces': {'eth0': {'mac': '52:54:00:aa:00:07'}}}],"
		" 'groups': [{'name': 'h'}], 'templates': [{'name': 'own', 'content': ''}]}",
		options);
	assert_counts(moved, 3, 0, 2, 0);
	system = show(bench, &system_type, "web8");
	assert_json(json_object_get(system, "groups"), "['h']");
	assert_int_equal(db_count(bench->server->db, &system_type, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_non_null(strstr(json_get_str(moved, "diff"), "--- a/systems/web7\n+++ /dev/null\n"));
	assert_int_equal(db_history(bench->server->db, &(struct db_history_query){.limit = 5},
				 &history, NULL),
		0);
	for (size_t i = 1; i < 5; i++)
		assert_true(json_equal(json_object_get(json_array_get(history, i), "change"),
			json_object_get(json_array_get(history, 0), "change")));
	json_decref(history);
}

static void test_protected(void **state)
{
	struct bench *bench = *state;
	autojson json_t *empty = parse("{'systems': []}");
	autojson json_t *forced = NULL;
	const struct apply_options options = {.prune = true};
	struct err err = ERR_INIT;

	bench_fill(bench);
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'protected': true}");
	assert_int_equal(apply_state(bench->server, &tester, empty, &options, NULL, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.msg, "system 'web7' is protected; to remove it all the same"));
	forced = apply(bench, empty, (struct apply_options){.prune = true, .confirm = true});
	assert_counts(forced, 0, 0, 1, 0);
}

/* Sums are measured, whatever the document says, and what an import noted stays. */
static void test_readonly(void **state)
{
	struct bench *bench = *state;
	autofree char *json = NULL;
	autojson json_t *result = NULL;
	autojson json_t *distro = NULL;

	bench_fill(bench);
	json = xasprintf("{'distros': [{'name': 'foo', 'kernel': '%s', 'initrd': ['%s'],"
			 " 'kernel_size': 7, 'signature': 'forged', 'comment': 'x'}]}",
		bench->kernel, bench->initrd);
	result = apply_text(bench, json, (struct apply_options){.dry_run = false});
	assert_counts(result, 0, 1, 0, 0);
	distro = show(bench, &distro_type, "foo");
	assert_json(json_object_get(distro, "kernel_size"), "3");
	assert_null(json_object_get(distro, "signature"));
}

static void test_dry_run(void **state)
{
	struct bench *bench = *state;
	const struct apply_options options = {.dry_run = true, .prune = true};
	autojson json_t *result = NULL;
	int64_t revision;

	bench_fill(bench);
	revision = db_revision(bench->server->db);
	result = apply_text(bench,
		"{'systems': [{'name': 'web7', 'profile': 'bar'}, {'name': 'b', 'profile': "
		"'bar', 'interfaces': {'eth0': {'mac': '52:54:00:00:00:0b'}}}]}",
		options);
	assert_counts(result, 1, 1, 0, 0);
	assert_non_null(strstr(json_get_str(result, "diff"), "-  \"profile\": \"sub\",\n"));
	/* without boot templates nothing can be published, which is said */
	assert_non_null(strstr(json_get_str(result, "files"), "cannot be published"));
	assert_int_equal(db_revision(bench->server->db), revision);
}

/* Many: above the number that is looked up one by one, and where the diff is cut. */
static void test_many(void **state)
{
	enum { MANY = 6000 };
	struct bench *bench = *state;
	autojson json_t *document = json_object();
	json_t *systems = json_array();
	autojson json_t *first = NULL;
	autojson json_t *second = NULL;
	autojson json_t *third = NULL;
	const struct apply_options options = {.dry_run = false};

	bench_fill(bench);
	json_object_set_new(document, "systems", systems);
	for (int i = MANY; i-- > 0;) {
		autofree char *mac = xasprintf("52:54:00:01:%02x:%02x", i / 256, i % 256);
		autofree char *name = xasprintf("host%04d", i);

		json_array_append_new(
			systems, json_pack("{s:s, s:s, s:{s:{s:s}}}", "name", name, "profile",
					 "bar", "interfaces", "eth0", "mac_address", mac));
	}
	first = apply(bench, document, options);
	assert_counts(first, MANY, 0, 0, 0);
	assert_string_equal(json_get_str(first, "sync"), "needed");
	assert_in_range(strlen(json_get_str(first, "diff")), 1 << 19, (1 << 20) + 200);
	assert_non_null(strstr(json_get_str(first, "diff"), " more items\n"));
	second = apply(bench, document, options);
	assert_counts(second, 0, 0, 0, MANY);
	assert_string_equal(json_get_str(second, "sync"), "done");
	json_array_clear(systems);
	third = apply(bench, document, (struct apply_options){.prune = true});
	assert_counts(third, 0, 0, MANY + 1, 0);
}

/* What was exported before a machine was installed does not install it again, unless it says so. */
static void test_installed_since(void **state)
{
	struct bench *bench = *state;
	autofree char *before = NULL;
	autojson json_t *document = NULL;
	autojson json_t *same = NULL;
	autojson json_t *comment = NULL;
	autojson json_t *armed = NULL;
	autojson json_t *unset = NULL;

	fill_all(bench);
	before = export_text(bench, false, 0);
	document = parse(before);
	must_edit(bench, EDIT_MERGE, &system_type, "a1", "{'netboot_enabled': false}");
	same = apply(bench, document, (struct apply_options){.prune = true});
	assert_int_equal(json_integer_value(json_object_get(same, "changed")), 0);
	comment = apply_text(bench,
		"{'systems': [{'name': 'a1', 'profile': 'sub', 'comment': 'new'}]}",
		(struct apply_options){.prune = false});
	assert_counts(comment, 0, 1, 0, 0);
	armed = apply_text(bench,
		"{'systems': [{'name': 'a1', 'profile': 'sub', 'comment': 'new',"
		" 'netboot_enabled': false}]}",
		(struct apply_options){.prune = false});
	assert_counts(armed, 0, 0, 0, 1);
	unset = apply_text(bench,
		"{'systems': [{'name': 'a1', 'profile': 'sub', 'comment': 'new',"
		" 'netboot_enabled': null}]}",
		(struct apply_options){.prune = false});
	assert_counts(unset, 0, 1, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_canonical, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_secrets, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_errors, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_prune, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_protected, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_readonly, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_dry_run, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_installed_since, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_many, bench_setup_bare, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
