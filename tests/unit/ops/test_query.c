#include "support.h"

static void fill_systems(struct fixture *fixture)
{
	fill(fixture);
	must_edit(fixture, EDIT_CREATE, &system_type, "db1",
		"{'profile': 'bar', 'virt_ram': 4096, 'netboot_enabled': false,"
		" 'virt_file_size': [10, 20], 'owners': 'anna,bert', 'status': 'testing',"
		" 'kernel_options': 'console=tty0 console=ttyS0 quiet',"
		" 'interfaces': {'eth0': {'ip': '10.0.0.1'}, 'eth1': {}}}");
	must_edit(fixture, EDIT_CREATE, &system_type, "db2",
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
	};
	struct fixture *fixture = *state;

	fill_systems(fixture);
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

		if (query_items(fixture->server, &query, &answer, &err) < 0)
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
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct query_list query = {
			.type = &system_type,
			.name = &rows[i].field,
			.value = &rows[i].value,
			.n = 1,
		};
		json_t *answer = NULL;
		struct err err = ERR_INIT;

		assert_int_equal(query_items(fixture->server, &query, &answer, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.msg, rows[i].msg);
	}
}

/* Page by page is the whole, with every item's interfaces. */
static void test_pages(void **state)
{
	static const size_t limits[] = {1, 2, 3, 7, 25, 26, 0};
	struct fixture *fixture = *state;

	fill(fixture);
	for (int i = 0; i < 24; i++) {
		autofree char *name = xasprintf("host%02d", i);
		autofree char *json = xasprintf("{'profile': 'bar', 'interfaces': {'a': {'mac': "
						"'52:54:00:00:01:%02x'}, 'b': {}}}",
			i);

		must_edit(fixture, EDIT_CREATE, &system_type, name, json);
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
			assert_int_equal(query_items(fixture->server, &query, &answer, NULL), 0);
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
	struct fixture *fixture = *state;
	const struct query_options explain = {.explain = true};
	struct query_list query = {.type = &system_type, .options = {.resolved = true}};
	autojson json_t *item = NULL;
	autojson json_t *list = NULL;
	json_t *origins;

	fill(fixture);
	assert_int_equal(
		query_item(fixture->server, &system_type, "web7", &explain, &item, NULL), 0);
	origins = json_object_get(item, "origins");
	assert_json(json_object_get(item, "virt_cpus"), "1");
	assert_json(json_object_get(item, "kernel_options"), "{'a':'1','b':'2'}");
	assert_json(json_object_get(origins, "virt_ram"),
		"{'from':'system web7','overrides':[{'from':'profile bar','value':1024}]}");
	assert_json(
		json_object_get(origins, "autoinstall"), "{'from':'profile bar','overrides':[]}");
	assert_int_equal(query_items(fixture->server, &query, &list, NULL), 0);
	item = (json_decref(item), json_incref(json_array_get(json_object_get(list, "items"), 0)));
	assert_json(json_object_get(item, "arch"), "'x86_64'");
	assert_null(json_object_get(item, "origins"));
}

static void test_status(void **state)
{
	struct fixture *fixture = *state;
	autojson json_t *status = NULL;

	fill_systems(fixture);
	assert_int_equal(query_status(fixture->server, &status, NULL), 0);
	assert_json(json_object_get(status, "counts"), "{'distros':1,'profiles':2,'systems':3,'images':0,'repos':0,"
		"'menus':0,'templates':0,'snippets':0,'groups':0,'networks':0}");
	assert_json(json_object_get(status, "revision"), "7");
	assert_json(json_object_get(status, "published"), "null");
	assert_json(json_object_get(status, "services"), "'external'");
}

/* What was written is there after a restart, and the folders are closed to others. */
static void test_restart(void **state)
{
	struct fixture *fixture = *state;
	autojson json_t *before = NULL;
	autojson json_t *after = NULL;
	struct stat st;

	fill(fixture);
	before = show(fixture, &system_type, "web7");
	server_event(fixture->server, "test", "web7", "", "it %s", "happened");
	server_close(TAKE(fixture->server));
	fixture_open(fixture);
	after = show(fixture, &system_type, "web7");
	assert_true(json_equal(before, after));
	assert_int_equal(stat(fixture->state, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(stat(fixture->tftp, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_filters, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_bad_filters, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_pages, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_resolved, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_status, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_restart, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
