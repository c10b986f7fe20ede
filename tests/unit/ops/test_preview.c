/* Dry runs: what would change in the published files, and that nothing does. */
#include "ops_support.h"

#include "ops/publish/sync.h"

/* Boot templates small enough to read in a diff. */
static int setup(void **state)
{
	static const char *const texts[][2] = {
		{"pxelinux.tpl", "{% if install %}kernel {{ kernel_path }} {{ kernel_arguments }}"
				 "{% else %}local{% endif %} {{ profile_name }}\n"},
		{"grub.tpl", "linux {{ name }}\n"},
		{"ipxe.tpl", "ipxe {{ name }}\n"},
		{"pxelinux-menu.tpl", "{% for e in entries %}{{ e.name }}\n{% endfor %}menu\n"},
		{"grub-menu.tpl", "menu\n"},
		{"ipxe-menu.tpl", "menu\n"},
		{"dnsmasq.tpl", "# {{ range }}\n"},
	};
	struct bench *bench;

	if (bench_setup_bare(state) < 0)
		return -1;
	bench = *state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		autofree char *path = xasprintf("%s/boot-templates/%s", bench->share, texts[i][0]);

		write_text(path, texts[i][1]);
	}
	bench_fill(bench);
	return 0;
}

static void preview(struct bench *bench, enum edit_how how, const struct item_type *type,
	const char *name, const char *json, struct strbuf *diff)
{
	struct edit edit = edit_of(type, name);
	autojson json_t *body = parse(json);
	int64_t revision = db_revision(bench->server->db);
	struct err err = ERR_INIT;

	edit.preview = diff;
	if (edit_item(bench->server, &edit, how, body, NULL, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
	assert_int_equal(db_revision(bench->server->db), revision);
}

static void assert_has(const struct strbuf *text, const char *part)
{
	if (!strstr(text->buf, part))
		fail_msg("'%s' is not in:\n%s", part, text->buf);
}

static void test_system(void **state)
{
	struct bench *bench = *state;
	autostrbuf diff = STRBUF_INIT;
	autostrbuf added = STRBUF_INIT;
	autostrbuf nothing = STRBUF_INIT;
	autojson json_t *before = show(bench, &system_type, "web7");
	autojson json_t *after = NULL;

	preview(bench, EDIT_MERGE, &system_type, "web7", "{'netboot_enabled': false}", &diff);
	assert_string_equal(diff.buf, "--- a/pxelinux.cfg/01-52-54-00-aa-00-07\n"
				      "+++ b/pxelinux.cfg/01-52-54-00-aa-00-07\n"
				      "@@ -1 +1 @@\n"
				      "-kernel images/foo/linux a=1 b=2 sub\n"
				      "+local sub\n");
	after = show(bench, &system_type, "web7");
	assert_true(json_equal(before, after));
	preview(bench, EDIT_CREATE, &system_type, "web8",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac': '52:54:00:aa:00:08',"
		" 'ip': '10.0.0.8'}}}",
		&added);
	assert_has(&added, "--- /dev/null\n+++ b/grub/system/52:54:00:aa:00:08.cfg\n"
			   "@@ -0,0 +1 @@\n+linux web8\n");
	assert_has(&added, "+52:54:00:aa:00:08,10.0.0.8");
	preview(bench, EDIT_MERGE, &system_type, "web7", "{'comment': 'x'}", &nothing);
	assert_string_equal(nothing.buf, "");
}

static void test_below(void **state)
{
	struct bench *bench = *state;
	autostrbuf profile = STRBUF_INIT;
	autostrbuf distro = STRBUF_INIT;
	autostrbuf settings = STRBUF_INIT;
	autofree char *other = xasprintf("%s/other", bench->folder);
	autofree char *json = xasprintf("{'kernel': '%s'}", other);

	preview(bench, EDIT_MERGE, &profile_type, "bar", "{'kernel_options': {'c': '3'}}",
		&profile);
	assert_has(&profile, "+kernel images/foo/linux a=1 c=3 b=2 sub\n");
	preview(bench, EDIT_MERGE, &settings_type, "settings", "{'enable_menu': false}", &settings);
	assert_string_equal(settings.buf, "--- a/pxelinux.cfg/default\n"
					  "+++ b/pxelinux.cfg/default\n"
					  "@@ -1,3 +1 @@\n"
					  "-bar\n-sub\n menu\n");
	write_text(other, "another kernel");
	preview(bench, EDIT_MERGE, &distro_type, "foo", json, &distro);
	assert_has(&distro, "--- a/images/foo/linux\n+++ /dev/null\n");
	assert_has(&distro, "/other (14 bytes)\n");
	assert_has(&distro, "+kernel images/foo/other");
}

/* All checks hold, and what is refused says so. */
static void test_refused(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&profile_type, "sub");
	autojson json_t *twice = parse("{'profile': 'bar', 'interfaces': {'eth0': "
				       "{'mac': '52:54:00:aa:00:07'}}}");
	autostrbuf diff = STRBUF_INIT;
	struct err err = ERR_INIT;

	edit.preview = &diff;
	assert_int_equal(edit_delete(bench->server, &edit, &err), -1);
	assert_string_equal(
		err.msg, "profile 'sub' is used by system 'web7'; remove or change it first");
	edit.type = &system_type;
	edit.name = "web9";
	err = ERR_INIT;
	assert_int_equal(edit_item(bench->server, &edit, EDIT_CREATE, twice, NULL, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.msg, "belongs to system 'web7'"));
}

static void test_delete_copy_rename(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&system_type, "web7");
	autojson json_t *body =
		parse("{'name': 'web8', 'interfaces': {'eth0': {'mac': '52:54:00:aa:00:08'}}}");
	autojson json_t *copy = NULL;
	autostrbuf gone = STRBUF_INIT;
	autostrbuf copied = STRBUF_INIT;
	autostrbuf renamed = STRBUF_INIT;
	autostrbuf profile = STRBUF_INIT;
	struct err err = ERR_INIT;
	int64_t n;

	edit.preview = &gone;
	assert_int_equal(edit_delete(bench->server, &edit, &err), 0);
	assert_has(&gone, "+++ /dev/null\n@@ -1 +0,0 @@\n-linux web7\n");
	edit.preview = &copied;
	assert_int_equal(edit_copy(bench->server, &edit, body, &copy, &err), 0);
	assert_has(&copied, "+linux web8\n");
	assert_string_equal(json_get_str(copy, "name"), "web8");
	edit.preview = &renamed;
	assert_int_equal(edit_rename(bench->server, &edit, "web9", NULL, &err), 0);
	assert_has(&renamed, "-linux web7\n+linux web9\n");
	edit = edit_of(&profile_type, "sub");
	edit.preview = &profile;
	assert_int_equal(edit_rename(bench->server, &edit, "under", NULL, &err), 0);
	assert_has(&profile, "b=2 under\n");
	assert_int_equal(db_count(bench->server->db, &system_type, &n, NULL), 0);
	assert_int_equal(n, 1);
}

/* What a preview says is what a sync then does. */
static void test_as_sync(void **state)
{
	struct bench *bench = *state;
	autojson json_t *first = NULL;
	autojson json_t *second = NULL;
	autostrbuf diff = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (sync_all(bench->server, false, NULL, &first, &err) < 0)
		fail_msg("%s", err.msg);
	preview(bench, EDIT_MERGE, &profile_type, "bar", "{'kernel_options': 'c=3'}", &diff);
	must_edit(bench, EDIT_MERGE, &profile_type, "bar", "{'kernel_options': 'c=3'}");
	if (sync_all(bench->server, true, NULL, &second, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(json_get_str(second, "diff"), diff.buf);
}

/* A system of an image has the image's files, and a change of the image is seen in its own. */
static void test_image_system(void **state)
{
	struct bench *bench = *state;
	autofree char *iso = xasprintf("%s/win.iso", bench->folder);
	autofree char *json = xasprintf("{'file': '%s'}", iso);
	autojson json_t *synced = NULL;
	autostrbuf added = STRBUF_INIT;
	autostrbuf loaders = STRBUF_INIT;
	struct err err = ERR_INIT;

	write_text(iso, "iso");
	preview(bench, EDIT_CREATE, &image_type, "win", json, &added);
	assert_has(&added, "--- /dev/null\n+++ b/disks/win/");
	must_edit(bench, EDIT_CREATE, &image_type, "win", json);
	must_edit(bench, EDIT_CREATE, &system_type, "pc",
		"{'image': 'win', 'interfaces': {'eth0': {'mac': '52:54:00:00:00:09'}}}");
	if (sync_all(bench->server, false, NULL, &synced, &err) < 0)
		fail_msg("%s", err.msg);
	preview(bench, EDIT_MERGE, &image_type, "win", "{'boot_loaders': ['pxe']}", &loaders);
	assert_has(&loaders, "--- a/grub/system/52:54:00:00:00:09.cfg\n+++ /dev/null\n");
}

/* What cannot be published is no reason to refuse, but said. */
static void test_unpublishable(void **state)
{
	struct bench *bench = *state;
	autofree char *json = NULL;
	autostrbuf diff = STRBUF_INIT;
	autostrbuf args = STRBUF_INIT;

	for (int i = 0; i < 3000; i++)
		strbuf_addc(&args, 'x');
	json = xasprintf("{'kernel_options': {'a': '%s'}}", args.buf);
	preview(bench, EDIT_MERGE, &system_type, "web7", json, &diff);
	assert_has(&diff, "cannot be published: ");
	assert_has(&diff, "system 'web7'");
}

static void test_bounded(void **state)
{
	struct bench *bench = *state;
	autofree char *path = xasprintf("%s/boot-templates/grub.tpl", bench->share);
	autostrbuf template = STRBUF_INIT;
	autostrbuf diff = STRBUF_INIT;

	for (int i = 0; i < 150; i++)
		strbuf_addf(&template, "line %d {{ '%%0100d' %% 7 }} {{ kernel_options }}\n", i);
	write_text(path, template.buf);
	for (int i = 0; i < 60; i++) {
		autofree char *name = xasprintf("host%02d", i);
		autofree char *json = xasprintf("{'profile': 'bar', 'interfaces': {'a': {'mac': "
						"'52:54:00:00:01:%02x'}}}",
			i);

		must_edit(bench, EDIT_CREATE, &system_type, name, json);
	}
	preview(bench, EDIT_MERGE, &profile_type, "bar", "{'kernel_options': 'c=3'}", &diff);
	assert_in_range(diff.len, 1 << 19, (1 << 20) + 200);
	assert_has(&diff, "… and more of this file\n");
	assert_has(&diff, " more files\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_system, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_below, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_delete_copy_rename, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_as_sync, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_image_system, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_unpublishable, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_bounded, setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
