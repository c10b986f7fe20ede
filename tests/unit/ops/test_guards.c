/* What an edit refuses because of other items and files: protected systems, images, stored
 * templates; and the removal of a whole tree. */
#include "ops_support.h"

#include "ops/install/install.h"

#include <sys/stat.h>

static int try_how(struct bench *bench, bool confirm, enum edit_how how,
	const struct item_type *type, const char *name, const char *json, struct err *err)
{
	struct edit edit = edit_of(type, name);
	autojson json_t *body = parse(json);

	edit.confirm = confirm;
	return edit_item(bench->server, &edit, how, body, NULL, err);
}

static void test_protected(void **state)
{
	static const char *const changes[] = {"{'comment': 'x'}", "{'netboot_enabled': true}",
		"{'protected': false}", "{'interfaces': {'eth0': null}}"};
	struct bench *bench = *state;
	struct edit edit = edit_of(&system_type, "web7");
	struct err err = ERR_INIT;

	bench_fill(bench);
	must_edit(bench, EDIT_MERGE, &system_type, "web7",
		"{'protected': true, 'netboot_enabled': false}");
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		err = ERR_INIT;
		assert_int_equal(
			try_how(bench, false, EDIT_MERGE, &system_type, "web7", changes[i], &err),
			-1);
		assert_int_equal(err.code, ERR_CONFLICT);
		assert_string_equal(err.msg,
			"system 'web7' is protected; to change it all the same, add --confirm "
			"(?confirm=1 in a URL)");
	}
	/* what changes nothing is none */
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'protected': true}");
	assert_int_equal(edit_rename(bench->server, &edit, "web8", NULL, &err), -1);
	assert_int_equal(edit_delete(bench->server, &edit, &err), -1);
	assert_non_null(strstr(err.msg, "to remove it all the same"));
	edit = edit_of(&distro_type, "foo");
	assert_int_equal(edit_delete_tree(bench->server, &edit, NULL, &err), -1);
	assert_non_null(strstr(err.msg, "system 'web7' is protected"));
	assert_int_equal(try_how(bench, true, EDIT_MERGE, &system_type, "web7",
				 "{'netboot_enabled': true}", &err),
		0);
	/* its own installer tells the end of what was armed */
	if (install_report(bench->server, "web7", true, "10.0.0.7", &err) < 0)
		fail_msg("%s", err.msg);
	edit = edit_of(&system_type, "web7");
	edit.confirm = true;
	assert_int_equal(edit_rename(bench->server, &edit, "web8", NULL, &err), 0);
	edit.name = "web8";
	assert_int_equal(edit_delete(bench->server, &edit, &err), 0);
}

/* What only names something that goes stays, without it. */
static void test_tree(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&group_type, "web");
	autojson json_t *removed = NULL;
	autojson json_t *menus = NULL;
	autojson json_t *system = NULL;
	autojson json_t *profile = NULL;
	struct err err = ERR_INIT;
	int64_t n;

	bench_fill(bench);
	must_edit(bench, EDIT_CREATE, &group_type, "web", "{}");
	must_edit(bench, EDIT_CREATE, &group_type, "db", "{}");
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'groups': ['web', 'db']}");
	if (edit_delete_tree(bench->server, &edit, &removed, &err) < 0)
		fail_msg("%s", err.msg);
	assert_json(removed, "[{'type':'group','name':'web'}]");
	system = show(bench, &system_type, "web7");
	assert_json(json_object_get(system, "groups"), "['db']");
	must_edit(bench, EDIT_CREATE, &menu_type, "top", "{}");
	must_edit(bench, EDIT_CREATE, &menu_type, "inner", "{'parent': 'top'}");
	must_edit(bench, EDIT_MERGE, &profile_type, "bar", "{'menu': 'inner'}");
	edit = edit_of(&menu_type, "top");
	edit.expect = 7;
	assert_int_equal(edit_delete_tree(bench->server, &edit, NULL, &err), -1);
	assert_int_equal(err.code, ERR_STALE);
	edit.expect = 1;
	if (edit_delete_tree(bench->server, &edit, &menus, &err) < 0)
		fail_msg("%s", err.msg);
	assert_json(menus, "[{'type':'menu','name':'inner'},{'type':'menu','name':'top'}]");
	profile = show(bench, &profile_type, "bar");
	assert_null(json_object_get(profile, "menu"));
	edit = edit_of(&distro_type, "foo");
	assert_int_equal(edit_delete_tree(bench->server, &edit, NULL, &err), 0);
	assert_int_equal(db_count(bench->server->db, &system_type, &n, NULL), 0);
	assert_int_equal(n, 0);
	assert_int_equal(edit_delete_tree(bench->server, &edit, NULL, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void test_image(void **state)
{
	struct bench *bench = *state;
	const struct query_options explain = {.explain = true};
	autofree char *iso = xasprintf("%s/win.iso", bench->folder);
	autofree char *secret = xasprintf("%s/secret.iso", bench->folder);
	autofree char *json = xasprintf("{'file': '%s', 'virt_ram': 4096}", iso);
	autofree char *closed = xasprintf("{'file': '%s'}", secret);
	autojson json_t *item = NULL;
	autojson json_t *removed = NULL;
	struct edit edit = edit_of(&image_type, "win");
	struct err err = ERR_INIT;

	bench_fill(bench);
	assert_int_equal(try_edit(bench, EDIT_CREATE, &image_type, "win", json, &err), -1);
	assert_string_equal(err.field, "file");
	write_text(iso, "iso");
	write_text(secret, "x");
	assert_int_equal(chmod(secret, 0600), 0);
	assert_int_equal(try_edit(bench, EDIT_CREATE, &image_type, "no", closed, &err), -1);
	must_edit(bench, EDIT_CREATE, &image_type, "win", json);
	must_edit(bench, EDIT_CREATE, &image_type, "disk",
		"{'file': '/on/the/host.qcow2', 'image_type': 'virt-clone'}");
	must_edit(bench, EDIT_CREATE, &system_type, "pc",
		"{'image': 'win', 'interfaces': {'eth0': {'mac': '52:54:00:00:00:09'}}}");
	assert_int_equal(ask_item(bench->server, &system_type, "pc", &explain, &item, &err), 0);
	assert_json(json_object_get(item, "virt_ram"), "4096");
	assert_json(json_object_get(json_object_get(item, "origins"), "virt_ram"),
		"{'from':'image win','overrides':[]}");
	assert_int_equal(
		try_edit(bench, EDIT_MERGE, &system_type, "pc", "{'profile': 'bar'}", &err), -1);
	assert_string_equal(err.field, "image");
	assert_int_equal(edit_delete(bench->server, &edit, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(edit_delete_tree(bench->server, &edit, &removed, &err), 0);
	assert_json(removed, "[{'type':'system','name':'pc'},{'type':'image','name':'win'}]");
}

static void test_hypervisor(void **state)
{
	struct bench *bench = *state;
	struct err err = ERR_INIT;

	bench_fill(bench);
	assert_int_equal(try_edit(bench, EDIT_MERGE, &distro_type, "foo",
				 "{'hypervisor': '/gone/xen.gz'}", &err),
		-1);
	assert_string_equal(err.field, "hypervisor");
	assert_non_null(strstr(err.msg, "cannot read '/gone/xen.gz'"));
	assert_int_equal(try_edit(bench, EDIT_MERGE, &distro_type, "foo",
				 "{'hypervisor': '/gone/xen.gz', 'arch': 'aarch64'}", &err),
		-1);
	assert_string_equal(err.field, "hypervisor");
	assert_non_null(strstr(err.msg, "Xen on aarch64 cannot be started"));
	must_edit(bench, EDIT_MERGE, &distro_type, "foo", "{'hypervisor': '', 'arch': 'aarch64'}");
}

static void test_stored_template(void **state)
{
	static const char *const wrong_files[] = {"{'template_files': {'mnie': '/etc/x'}}",
		"{'template_files': {'mine': 'etc/x'}}",
		"{'template_files': {'mine': '/etc/../x'}}", "{'template_files': 'mine'}"};
	struct bench *bench = *state;
	struct edit edit = edit_of(&template_type, "mine");
	struct err err = ERR_INIT;

	bench_fill(bench);
	assert_int_equal(
		try_edit(bench, EDIT_MERGE, &profile_type, "bar", "{'autoinstall': 'mine'}", &err),
		-1);
	assert_int_equal(try_edit(bench, EDIT_CREATE, &template_type, "mine",
				 "{'content': 'one\\n{% if x %}'}", &err),
		-1);
	assert_string_equal(err.field, "content");
	assert_int_equal(err.code, ERR_INVALID);
	assert_non_null(strstr(err.msg, "content: template 'mine' line 2"));
	must_edit(bench, EDIT_CREATE, &template_type, "mine", "{'content': 'x {{ name }}'}");
	must_edit(bench, EDIT_MERGE, &profile_type, "bar", "{'autoinstall': 'mine'}");
	for (size_t i = 0; i < ARRAY_SIZE(wrong_files); i++) {
		assert_int_equal(
			try_edit(bench, EDIT_MERGE, &system_type, "web7", wrong_files[i], &err),
			-1);
		assert_string_equal(err.field, "template_files");
		assert_int_equal(err.code, ERR_INVALID);
	}
	must_edit(
		bench, EDIT_MERGE, &system_type, "web7", "{'template_files': {'mine': '/etc/x'}}");
	assert_int_equal(edit_delete(bench->server, &edit, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_string_equal(err.msg,
		"template 'mine' is used by profile 'bar' and 1 more, and no file of that name "
		"stands behind it; change them first");
	assert_int_equal(edit_rename(bench->server, &edit, "other", NULL, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	/* a file of that name stands behind this one */
	must_edit(bench, EDIT_CREATE, &template_type, "debian12.preseed", "{'content': ''}");
	must_edit(bench, EDIT_MERGE, &profile_type, "bar", "{'autoinstall': 'debian12.preseed'}");
	must_edit(bench, EDIT_MERGE, &system_type, "web7", "{'template_files': null}");
	assert_int_equal(edit_delete(bench->server, &edit, &err), 0);
	edit.name = "debian12.preseed";
	assert_int_equal(edit_delete(bench->server, &edit, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_protected, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_tree, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_image, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(test_hypervisor, bench_setup_bare, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_stored_template, bench_setup_bare, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
