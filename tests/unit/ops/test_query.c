#include "ops_support.h"

static void fill_systems(struct bench *bench)
{
	bench_fill(bench);
	must_edit(bench, EDIT_CREATE, &system_type, "db1",
		"{'profile': 'bar', 'virt_ram': 4096, 'netboot_enabled': false,"
		" 'virt_file_size': [10, 20], 'owners': 'anna,bert', 'status': 'testing',"
		" 'kernel_options': 'console=tty0 console=ttyS0 quiet',"
		" 'interfaces': {'eth0': {'ip': '10.0.0.1'}, 'eth1': {}}}");
	must_edit(bench, EDIT_CREATE, &system_type, "db2",
		"{'profile': 'bar', 'owners': 'anna', 'comment': 'web*',"
		" 'interfaces': {'eth0': {'mtu': 9000}}}");
}

static void test_filters(void **state)
{
	static const struct {
		const char *field;
		const char *value;
		const char *names; /* what is found */
	} rows[] = {
		{"name", "web7", "web7"},
		{"name", "db*", "db1 db2"},
		{"name", "!db*", "web7"},
		{"name", "!web7", "db1 db2"},
		{"name", ">db1", "db2 web7"},
		{"profile", "bar", "db1 db2"},
		{"profile", "b?r", "db1 db2"},
		{"virt_ram", "2048", "web7"},
		{"virt-ram", ">=2048", "db1 web7"},
		{"virt_ram", ">2048", "db1"},
		{"virt_ram", "<4096", "web7"},
		{"virt_ram", "<=4096", "db1 web7"},
		{"virt_ram", "!2048", "db1 db2"},
		{"virt_ram", "20*", "web7"},
		{"netboot_enabled", "no", "db1"},
		{"netboot_enabled", "!false", "db2 web7"},
		{"virt_file_size", "20", "db1"},
		{"virt_file_size", ">20", ""},
		{"owners", "anna", "db1 db2"},
		{"owners", "b*", "db1"},
		{"owners", "!bert", "db2 web7"},
		{"kernel_options", "console", "db1"},
		{"kopts", "quiet", "db1"},
		{"kernel_options", "console=ttyS0", "db1"},
		{"kernel_options", "console=tty*", "db1"},
		{"kernel_options", "console=tty1", ""},
		{"kernel_options", "b=2", ""}, /* own values, not inherited ones */
		{"comment", "web*", "db2"},
		{"mac_address", "52:54:00:aa:00:07", "web7"},
		{"mac", "52-54-00-AA-00-07", "web7"},
		{"mac", "52:54:*", "web7"},
		{"ip_address", "10.0.0.*", "db1 web7"},
		{"ip_address", "!10.0.0.1", "db2 web7"},
		{"mtu", ">1500", "db2"},
		{"comment", "", "db1 web7"},
		{"comment", "!", "db2"},
		{"hostname", "", "db1 db2 web7"},
		{"mac_address", "!", "web7"},
		{"version", "1", "db1 db2 web7"},
		{"version", ">1", ""},
		{"ctime", ">2001-01-01", "db1 db2 web7"},
		{"mtime", "<2001-01-01T00:00Z", ""},
		{"uid", "*", "db1 db2 web7"},
	};
	struct bench *bench = *state;

	fill_systems(bench);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct query_list query = {
			.type = &system_type,
			.name = &rows[i].field,
			.value = &rows[i].value,
			.n = 1,
		};
		autojson json_t *answer = NULL;
		autostrbuf names = STRBUF_INIT;
		struct err err = ERR_INIT;
		size_t at;
		json_t *item;

		if (ask_items(bench->server, &query, &answer, &err) < 0)
			fail_msg("%s %s: %s", rows[i].field, rows[i].value, err.msg);
		json_array_foreach (json_object_get(answer, "items"), at, item)
			strbuf_addf(&names, "%s%s", at ? " " : "", json_get_str(item, "name"));
		if (strcmp(names.buf, rows[i].names) != 0)
			fail_msg("%s %s: '%s', not '%s'", rows[i].field, rows[i].value, names.buf,
				rows[i].names);
	}
}

static void test_bad_filters(void **state)
{
	static const struct {
		const char *field;
		const char *value;
		const char *msg;
	} rows[] = {
		{"profiel", "bar", "systems have no field 'profiel'; did you mean 'profile'?"},
		{"virt_ram", "much", "virt_ram: 'much' is not a number"},
		{"netboot_enabled", "perhaps", "netboot_enabled: 'perhaps' is not true or false"},
		{"virt_file_size", ">", "virt_file_size: '' is not a number"},
		{"version", "new", "version: 'new' is not a number"},
		{"mtime", ">noon",
			"mtime: 'noon' is no time: write 2026-11-21, 2026-11-21T08:00:00Z, or "
			"seconds since 1970"},
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct query_list query = {
			.type = &system_type,
			.name = &rows[i].field,
			.value = &rows[i].value,
			.n = 1,
		};
		json_t *answer = NULL;
		struct err err = ERR_INIT;

		assert_int_equal(ask_items(bench->server, &query, &answer, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.msg, rows[i].msg);
	}
}

/* Page by page is the whole, with every item's interfaces. */
static void test_pages(void **state)
{
	static const size_t limits[] = {1, 2, 3, 7, 25, 26, 0};
	struct bench *bench = *state;

	bench_fill(bench);
	for (int i = 0; i < 24; i++) {
		autofree char *name = xasprintf("host%02d", i);
		autofree char *json = xasprintf("{'profile': 'bar', 'interfaces': {'a': {'mac': "
						"'52:54:00:00:01:%02x'}, 'b': {}}}",
			i);

		must_edit(bench, EDIT_CREATE, &system_type, name, json);
	}
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct query_list query = {.type = &system_type, .limit = limits[i]};
		autofree char *after = NULL;
		size_t seen = 0;

		do {
			autojson json_t *answer = NULL;
			size_t at;
			json_t *item;

			query.after = after;
			assert_int_equal(ask_items(bench->server, &query, &answer, NULL), 0);
			json_array_foreach (json_object_get(answer, "items"), at, item) {
				autofree char *name =
					seen < 24 ? xasprintf("host%02zu", seen) : xstrdup("web7");

				assert_string_equal(json_get_str(item, "name"), name);
				assert_int_equal(
					json_object_size(json_object_get(item, "interfaces")),
					seen < 24 ? 2 : 1);
				seen++;
			}
			free(TAKE(after));
			after = xstrdup_null(json_get_str(answer, "next"));
		} while (after);
		assert_int_equal(seen, 25);
	}
}

static void test_resolved(void **state)
{
	struct bench *bench = *state;
	const struct query_options explain = {.explain = true};
	struct query_list query = {.type = &system_type, .options = {.resolved = true}};
	autojson json_t *item = NULL;
	autojson json_t *list = NULL;
	json_t *origins;

	bench_fill(bench);
	assert_int_equal(ask_item(bench->server, &system_type, "web7", &explain, &item, NULL), 0);
	origins = json_object_get(item, "origins");
	assert_json(json_object_get(item, "virt_cpus"), "1");
	assert_json(json_object_get(item, "kernel_options"), "{'a':'1','b':'2'}");
	assert_json(json_object_get(origins, "virt_ram"),
		"{'from':'system web7','overrides':[{'from':'profile bar','value':1024}]}");
	assert_json(
		json_object_get(origins, "autoinstall"), "{'from':'profile bar','overrides':[]}");
	assert_int_equal(ask_items(bench->server, &query, &list, NULL), 0);
	item = (json_decref(item), json_incref(json_array_get(json_object_get(list, "items"), 0)));
	assert_json(json_object_get(item, "arch"), "'x86_64'");
	assert_null(json_object_get(item, "origins"));
}

/* The names of a whole list, page after page of two. */
static void list_names(struct bench *bench, struct query_list query, struct strbuf *ret)
{
	autofree char *after = NULL;

	query.type = &system_type;
	query.limit = 2;
	do {
		autojson json_t *answer = NULL;
		struct err err = ERR_INIT;
		size_t at;
		json_t *item;

		query.after = after;
		if (ask_items(bench->server, &query, &answer, &err) < 0)
			fail_msg("%s", err.msg);
		json_array_foreach (json_object_get(answer, "items"), at, item)
			strbuf_addf(ret, "%s%s", ret->len ? " " : "", json_get_str(item, "name"));
		free(TAKE(after));
		after = xstrdup_null(json_get_str(answer, "next"));
	} while (after);
}

static void test_sort(void **state)
{
	static const struct {
		const char *sort;
		bool resolved;
		const char *names;
	} rows[] = {
		{"name", false, "db1 db2 s3 web7"},
		{"-name", false, "web7 s3 db2 db1"},
		{"virt_ram", false, "db2 s3 web7 db1"},
		{"-virt_ram", false, "db1 web7 s3 db2"},
		{"virt_ram", true, "s3 db2 web7 db1"}, /* 512, 1024 of the profile */
		{"-virt_ram", true, "db1 web7 db2 s3"},
		{"comment", false, "db1 web7 s3 db2"},
		{"netboot-enabled", false, "db2 s3 web7 db1"},
		{"netboot_enabled", true, "db1 db2 s3 web7"},
		{"mtime", false, "web7 db1 db2 s3"},
		{"-ctime", false, "s3 db2 db1 web7"},
		{"version", true, "db1 db2 s3 web7"},
		{"profile", true, "db1 db2 s3 web7"},
	};
	struct bench *bench = *state;

	fill_systems(bench);
	must_edit(bench, EDIT_CREATE, &profile_type, "small", "{'distro': 'foo'}");
	must_edit(bench, EDIT_CREATE, &system_type, "s3",
		"{'profile': 'small', 'comment': 'a = % b'}");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf names = STRBUF_INIT;

		list_names(bench,
			(struct query_list){
				.sort = rows[i].sort, .options.resolved = rows[i].resolved},
			&names);
		if (strcmp(names.buf, rows[i].names) != 0)
			fail_msg("%s%s: '%s', not '%s'", rows[i].sort,
				rows[i].resolved ? " resolved" : "", names.buf, rows[i].names);
	}
}

static void test_bad_sort(void **state)
{
	static const struct {
		struct query_list query;
		const char *msg;
	} rows[] = {
		{{.sort = "virt_rma"}, "sort: systems have no field 'virt_rma'; did you mean"},
		{{.sort = "owners"}, "sort: 'owners' is a list, which has no order"},
		{{.sort = "power_pass"}, "sort: 'power_pass' is secret"},
		{{.sort = "-power_pass", .options.secrets = true}, "sort: 'power_pass' is secret"},
		{{.sort = "mac_address"}, "sort: systems have no field 'mac_address'"},
		{{.after = "web7=1"}, "after: 'web7=1' is not the \"next\""},
		{{.after = "web7=%4", .sort = "comment"}, "after: 'web7=%4' is not the"},
		{{.options = {.as_of = 3, .resolved = true}}, "what an item inherited"},
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct query_list query = rows[i].query;
		json_t *answer = NULL;
		struct err err = ERR_INIT;

		query.type = &system_type;
		assert_int_equal(ask_items(bench->server, &query, &answer, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		if (!strstr(err.msg, rows[i].msg))
			fail_msg("%s", err.msg);
	}
}

/* What may not be seen cannot be guessed by filters, either. */
static void test_secret_filters(void **state)
{
	static const char *const field[] = {"power_pass"};
	static const struct {
		const char *value;
		bool resolved, secrets;
		const char *names; /* NULL: refused */
	} rows[] = {
		{"", false, false, "db1 db2"},
		{"!", false, false, "web7"},
		{"!", true, false, "web7"},
		{"s*", false, false, NULL},
		{"s*", true, false, NULL},
		{"secret", false, false, NULL},
		{"!secret", false, false, NULL},
		{">s", false, false, NULL},
		{"<", false, false, NULL},
		{"s*", false, true, "web7"},
	};
	struct bench *bench = *state;

	fill_systems(bench);
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'power_pass': 'secret'}");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct query_list query = {.type = &system_type,
			.name = field,
			.value = &rows[i].value,
			.n = 1,
			.options = {.resolved = rows[i].resolved, .secrets = rows[i].secrets}};
		autostrbuf names = STRBUF_INIT;
		autojson json_t *answer = NULL;
		struct err err = ERR_INIT;

		if (rows[i].names) {
			list_names(bench, query, &names);
			assert_string_equal(names.buf, rows[i].names);
			continue;
		}
		assert_int_equal(ask_items(bench->server, &query, &answer, &err), -1);
		assert_string_equal(err.field, "power_pass");
		if (!strstr(err.msg, "it is secret"))
			fail_msg("%s: %s", rows[i].value, err.msg);
	}
}

static void test_resolved_filters(void **state)
{
	static const struct {
		const char *field;
		const char *value;
		const char *names;
	} rows[] = {
		{"virt_ram", "1024", "db2"},
		{"virt_ram", "<=2048", "db2 web7"},
		{"virt_cpus", "1", "db1 db2 web7"}, /* the field's default */
		{"kernel_options", "a=1", "db1 db2 web7"},
		{"kernel_options", "quiet", "db1 db2"},
		{"kernel_options", "!b", "db1 db2"},
		{"autoinstall", "debian*", "db1 db2 web7"},
		{"status", "production", "db2 web7"},
		{"comment", "", "db1 web7"},
		{"mac_address", "52:54:*", "web7"},
		{"name", "!db1", "db2 web7"},
	};
	struct bench *bench = *state;

	fill_systems(bench);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf names = STRBUF_INIT;

		list_names(bench,
			(struct query_list){.name = &rows[i].field,
				.value = &rows[i].value,
				.n = 1,
				.options.resolved = true},
			&names);
		if (strcmp(names.buf, rows[i].names) != 0)
			fail_msg("%s %s: '%s', not '%s'", rows[i].field, rows[i].value, names.buf,
				rows[i].names);
	}
}

static void test_as_of(void **state)
{
	static const char *const field[] = {"ip_address"};
	static const char *const value[] = {"10.0.0.*"};
	struct bench *bench = *state;
	const struct query_list then = {.sort = "-virt_ram", .options.as_of = 6};
	const struct query_list some = {.name = field, .value = value, .n = 1, .options.as_of = 6};
	struct edit edit = edit_of(&system_type, "db1");
	autostrbuf names = STRBUF_INIT;
	autostrbuf filtered = STRBUF_INIT;
	autojson json_t *item = NULL;
	struct err err = ERR_INIT;

	fill_systems(bench); /* revisions: settings, foo, bar, sub, web7, db1, db2 */
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'virt_ram': 8192}");
	assert_int_equal(edit_delete(bench->server, &edit, &err), 0);
	list_names(bench, then, &names);
	assert_string_equal(names.buf, "db1 web7");
	list_names(bench, some, &filtered);
	assert_string_equal(filtered.buf, "db1 web7");
	if (ask_item(bench->server, &system_type, "db1", &then.options, &item, &err) < 0)
		fail_msg("%s", err.msg);
	assert_json(json_object_get(item, "virt_ram"), "4096");
}

static void test_fields(void **state)
{
	static const struct {
		const char *fields;
		bool explain;
		const char *json;
	} rows[] = {
		{"virt-ram", false, "{'name':'web7','virt_ram':2048}"},
		{"comment,profile", false, "{'name':'web7','profile':'sub'}"},
		{"version", false, "{'name':'web7','version':1}"},
		{"mac,ip_address", false,
			"{'name':'web7','interfaces':{'eth0':{'mac_address':'52:54:00:aa:00:07',"
			"'ip_address':'10.0.0.7'}}}"},
		{"dns_name", false, "{'name':'web7','interfaces':{'eth0':{}}}"},
		{"virt_cpus", true,
			"{'name':'web7','virt_cpus':1,'origins':{'virt_cpus':"
			"{'from':'the field\'s default','overrides':[]}}}"},
	};
	struct bench *bench = *state;

	bench_fill(bench);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrv fields = STRV_INIT;
		const struct query_options options = {
			.fields = &fields, .explain = rows[i].explain};
		autojson json_t *item = NULL;
		struct err err = ERR_INIT;

		strv_split(&fields, rows[i].fields, ",");
		if (ask_item(bench->server, &system_type, "web7", &options, &item, &err) < 0)
			fail_msg("%s: %s", rows[i].fields, err.msg);
		assert_json(item, rows[i].json);
	}
}

static void test_status(void **state)
{
	struct bench *bench = *state;
	autojson json_t *status = NULL;

	fill_systems(bench);
	assert_int_equal(query_status(bench->server, &status, NULL), 0);
	assert_json(json_object_get(status, "counts"),
		"{'distros':1,'profiles':2,'systems':3,'images':0,'repos':0,"
		"'menus':0,'templates':0,'snippets':0,'groups':0,'networks':0}");
	assert_json(json_object_get(status, "revision"), "7");
	assert_json(json_object_get(status, "published"), "null");
	assert_json(json_object_get(status, "services"), "'external'");
}

/* What was written is there after a restart, and the folders are closed to others. */
static void test_restart(void **state)
{
	struct bench *bench = *state;
	autojson json_t *before = NULL;
	autojson json_t *after = NULL;
	struct stat st;

	bench_fill(bench);
	before = show(bench, &system_type, "web7");
	server_event(bench->server, "test", "web7", "", "it %s", "happened");
	server_close(TAKE(bench->server));
	bench_open(bench);
	after = show(bench, &system_type, "web7");
	assert_true(json_equal(before, after));
	assert_int_equal(stat(bench->state, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(stat(bench->tftp, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_filters, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_bad_filters, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_pages, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_resolved, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_sort, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_bad_sort, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_secret_filters, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_resolved_filters, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_as_of, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_fields, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_status, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_restart, bench_setup_bare, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
