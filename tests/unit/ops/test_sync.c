/* Sync on a whole server: what is published, and what a change publishes. */
#include "sync_support.h"

#include "ops/edit/apply.h"

/* The diff of a dry run; yours to free. */
static char *dry_run(struct bench *bench, json_int_t *changed)
{
	autojson json_t *result = NULL;

	MUST(sync_all(bench->server, true, NULL, &result, &why));
	*changed = json_integer_value(json_object_get(result, "changed"));
	return xstrdup(json_get_str(result, "diff"));
}

static void test_publishes(void **state)
{
	static const char *const paths[] = {"pxelinux.cfg/01-52-54-00-aa-00-07",
		"grub/system/" WEB7 ".cfg", "ipxe/52-54-00-aa-00-07.ipxe", "pxelinux.cfg/default",
		"grub/grub.cfg", "ipxe/default.ipxe", "images/foo/linux", "images/foo/initrd.gz",
		"current/private/dnsmasq.conf", "current/private/dhcp-hosts/07",
		"current/manifest.json"};
	struct bench *bench = *state;
	struct stat a;
	struct stat b;
	autofree char *kernel = xasprintf("%s/files/linux", bench->folder);

	assert_true(changed_by_sync(bench) > 10);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		assert_true(is_there(bench, paths[i]));
	/* the kernel is the distro's own file */
	assert_int_equal(stat(kernel, &a), 0);
	assert_int_equal(fstatat(bench->server->tftp_fd, "images/foo/linux", &b, 0), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	/* nobody but us reads the main file, nobody lists the folder */
	assert_int_equal(fstatat(bench->server->tftp_fd, "current/private/dnsmasq.conf", &b, 0), 0);
	assert_int_equal(b.st_mode & 0777, 0600);
	assert_int_equal(fstatat(bench->server->tftp_fd, "current/private", &b, 0), 0);
	assert_int_equal(b.st_mode & 0777, 0711);
	assert_true(says(bench, "current/private/dhcp-hosts/07", WEB7 ",10.77.0.21,web7\n"));
	assert_int_equal(
		fstatat(bench->server->tftp_fd, "current/private/dhcp-hosts/08", &b, 0), -1);
}

static void test_nothing_to_do(void **state)
{
	struct bench *bench = *state;
	autojson json_t *before = NULL;
	autojson json_t *after = NULL;

	before = sync_published(bench->server);
	assert_true(json_is_null(before));
	changed_by_sync(bench);
	json_decref(before);
	before = sync_published(bench->server);
	assert_int_equal(changed_by_sync(bench), 0);
	after = sync_published(bench->server);
	assert_true(json_equal(before, after));
	assert_int_equal(json_integer_value(json_object_get(after, "generation")), 1);
}

/* The same items give the same bytes, whatever the generation. */
static void test_deterministic(void **state)
{
	struct bench *bench = *state;
	autofree char *first = NULL;
	autofree char *second = NULL;

	changed_by_sync(bench);
	first = published(bench);
	bench_merge(bench, &settings_type, "settings", "{'kernel_options': 'quiet'}");
	changed_by_sync(bench);
	bench_merge(bench, &settings_type, "settings", "{'kernel_options': null}");
	changed_by_sync(bench);
	second = published(bench);
	assert_string_equal(first, second);
}

/* A system's own change is published at once, and is what a full sync would have written. */
static const struct {
	const char *name;
	const char *patch; /* NULL: remove web7 */
	const char *path;
	const char *part; /* NULL: the file is gone */
} changes[] = {
	{"web7", "{'netboot_enabled': false}", "pxelinux.cfg/01-52-54-00-aa-00-07", "LOCALBOOT"},
	{"web7", "{'kernel_options': {'a': '1'}}", "grub/system/" WEB7 ".cfg", " a=1"},
	{"web7", "{'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:17'}}}",
		"pxelinux.cfg/01-52-54-00-aa-00-07", NULL},
	{"web7", "{'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:17'}}}",
		"ipxe/52-54-00-aa-00-17.ipxe", "web7"},
	{"web7", "{'interfaces': {'eth0': null}}", "grub/system/" WEB7 ".cfg", NULL},
	{"web7", "{'interfaces': {'eth0': {'ip_address': '10.77.0.22'}}}",
		"current/private/dhcp-hosts/07", WEB7 ",10.77.0.22,web7\n"},
	{"web7", "{'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:1c'}}}",
		"current/private/dhcp-hosts/1c", "52:54:00:aa:00:1c,10.77.0.21,web7\n"},
	{"web7", "{'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:1c'}}}",
		"current/private/dhcp-hosts/07", NULL},
	{"web7", "{'boot_loaders': ['grub']}", "pxelinux.cfg/01-52-54-00-aa-00-07", NULL},
	{"web9",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:a9:00:07',"
		" 'ip_address': '10.77.0.5'}}}",
		"current/private/dhcp-hosts/07",
		"52:54:00:a9:00:07,10.77.0.5,web9\n" WEB7 ",10.77.0.21,web7\n"},
	{"web7", NULL, "pxelinux.cfg/01-52-54-00-aa-00-07", NULL},
};

static void change(struct bench *bench, size_t i)
{
	const struct edit edit = {
		.author = &tester, .type = &system_type, .name = changes[i].name, .expect = DB_ANY};

	if (!changes[i].patch)
		MUST(edit_delete(bench->server, &edit, &why));
	else if (strcmp(changes[i].name, "web7") == 0)
		bench_merge(bench, &system_type, changes[i].name, changes[i].patch);
	else
		bench_put(bench, &system_type, changes[i].name, changes[i].patch);
}

static void one_change(size_t i)
{
	void *state = NULL;
	struct bench *bench;
	autofree char *by_item = NULL;
	autofree char *by_sync = NULL;

	assert_int_equal(setup(&state), 0);
	bench = state;
	changed_by_sync(bench);
	change(bench, i);
	if (changes[i].part)
		assert_true(says(bench, changes[i].path, changes[i].part));
	else
		assert_false(is_there(bench, changes[i].path));
	files_are_counted(bench);
	by_item = published(bench);
	/* nothing is left for a sync; then one is forced all the same */
	assert_int_equal(changed_by_sync(bench), 0);
	unlinkat(bench->server->tftp_fd, "current/manifest.json", 0);
	assert_true(changed_by_sync(bench) > 0);
	by_sync = published(bench);
	assert_string_equal(by_item, by_sync);
	bench_teardown(&state);
}

static void test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		one_change(i);
}

/* unknown_machines: the files of machines without one of their own, as HTTP answers them. */
static void test_unknown_machines(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	assert_true(says(bench, "pxelinux.cfg/default", "LABEL bar"));
	bench_merge(bench, &settings_type, "settings", "{'unknown_machines': 'local'}");
	changed_by_sync(bench);
	assert_false(says(bench, "pxelinux.cfg/default", "LABEL bar"));
	assert_true(says(bench, "pxelinux.cfg/default", "LOCALBOOT"));
	bench_merge(bench, &settings_type, "settings", "{'unknown_machines': 'none'}");
	changed_by_sync(bench);
	assert_false(is_there(bench, "pxelinux.cfg/default"));
	assert_false(is_there(bench, "ipxe/default.ipxe"));
	assert_true(says(bench, "grub/grub.cfg", "exit 1"));
	assert_true(is_there(bench, "pxelinux.cfg/01-52-54-00-aa-00-07"));
}

static void test_never_published(void **state)
{
	struct bench *bench = *state;

	bench_merge(bench, &system_type, "web7", "{'netboot_enabled': false}");
	assert_false(is_there(bench, "current"));
}

/* A profile's change waits for a sync, which a system's change in between does not hide. */
static void test_profile_waits(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': {'b': '2'}}");
	assert_false(says(bench, "pxelinux.cfg/default", "b=2"));
	bench_merge(bench, &system_type, "web7", "{'netboot_enabled': false}");
	assert_true(says(bench, "pxelinux.cfg/01-52-54-00-aa-00-07", "LOCALBOOT"));
	assert_true(changed_by_sync(bench) > 0);
	assert_true(says(bench, "pxelinux.cfg/default", "b=2"));
}

static void edit_both(struct bench *bench, const char *json)
{
	const struct apply_options options = {.prune = false};
	autojson json_t *document = parse(json);

	MUST(apply_state(bench->server, &tester, document, &options, NULL, &why));
}

/* A machine that shall start what is not published goes on with what is. */
static void test_kernel_waits(void **state)
{
	struct bench *bench = *state;
	autofree char *distro = xasprintf(
		"{'breed': 'debian', 'kernel': '%s/files/linux', 'initrd': ['%s/files/initrd.gz']}",
		bench->folder, bench->folder);
	autofree char *image =
		xasprintf("{'image_type': 'iso', 'file': '%s/files/linux'}", bench->folder);
	autostrv names = STRV_INIT;
	autojson json_t *report = NULL;
	struct err err = ERR_INIT;

	changed_by_sync(bench);
	bench_put(bench, &distro_type, "new", distro);
	bench_put(bench, &profile_type, "next", "{'distro': 'new'}");
	bench_put(bench, &image_type, "tool", image);
	bench_merge(bench, &system_type, "web7", "{'profile': 'next'}");
	assert_true(says(bench, "pxelinux.cfg/01-52-54-00-aa-00-07", "images/foo/linux"));
	bench_put(bench, &system_type, "web9",
		"{'image': 'tool', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:09'}}}");
	assert_false(is_there(bench, "pxelinux.cfg/01-52-54-00-aa-00-09"));
	strv_add(&names, "web8");
	strv_add(&names, "web7");
	assert_int_equal(sync_systems(bench->server, &names, false, &report, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.msg, "system 'web7': what it starts is not published yet"));
	edit_both(bench,
		"{'systems': [{'name': 'web7', 'profile': 'next', 'kernel_options': 'q',"
		" 'interfaces': {'eth0': {'mac_address': '" WEB7 "'}}},"
		" {'name': 'web8', 'profile': 'bar', 'netboot_enabled': false, 'interfaces':"
		" {'eth0': {'mac_address': '52:54:00:aa:00:08'}}}]}");
	assert_true(says(bench, "pxelinux.cfg/01-52-54-00-aa-00-07", "images/foo/linux"));
	assert_true(says(bench, "pxelinux.cfg/01-52-54-00-aa-00-08", "LOCALBOOT"));
	/* nothing has to be there for its own disk */
	bench_merge(bench, &system_type, "web7", "{'netboot_enabled': false}");
	assert_true(says(bench, "pxelinux.cfg/01-52-54-00-aa-00-07", "LOCALBOOT"));
	assert_true(changed_by_sync(bench) > 0);
	bench_merge(bench, &system_type, "web7", "{'netboot_enabled': true}");
	assert_true(says(bench, "pxelinux.cfg/01-52-54-00-aa-00-07", "images/new/linux"));
	assert_true(is_there(bench, "pxelinux.cfg/01-52-54-00-aa-00-09"));
	assert_int_equal(changed_by_sync(bench), 0);
}

static void test_dry_run(void **state)
{
	struct bench *bench = *state;
	json_int_t changed;
	autofree char *all = dry_run(bench, &changed);
	autofree char *none = NULL;
	autofree char *some = NULL;
	autofree char *before = NULL;
	autofree char *after = NULL;

	assert_false(is_there(bench, "current"));
	assert_true(changed > 10);
	assert_non_null(strstr(all, "--- /dev/null\n+++ b/pxelinux.cfg/default\n"));
	changed_by_sync(bench);
	none = dry_run(bench, &changed);
	assert_int_equal(changed, 0);
	assert_string_equal(none, "");
	before = published(bench);
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': {'b': '2'}}");
	some = dry_run(bench, &changed);
	assert_int_equal(changed, 3 * 3); /* two systems and the menu, in three formats */
	assert_non_null(
		strstr(some, "--- a/grub/system/" WEB7 ".cfg\n+++ b/grub/system/" WEB7 ".cfg\n"));
	assert_non_null(strstr(some, "+\tAPPEND hostname=web7 interface=auto"));
	after = published(bench);
	assert_string_equal(before, after);
}

/* What would be gone shows, too. */
static void test_dry_run_removed(void **state)
{
	struct bench *bench = *state;
	json_int_t changed;
	autofree char *diff = NULL;

	changed_by_sync(bench);
	MUST(file_replace(bench->server->tftp_fd, "current/ipxe/stray.ipxe", 0644, "x\n", 2, &why));
	bench_merge(bench, &profile_type, "bar", "{'comment': 'x', 'kernel_options': {}}");
	diff = dry_run(bench, &changed);
	assert_string_equal(diff, "--- a/ipxe/stray.ipxe\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_publishes, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_do, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_deterministic, setup, bench_teardown),
		cmocka_unit_test(test_changes),
		cmocka_unit_test_setup_teardown(test_unknown_machines, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_never_published, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_profile_waits, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_kernel_waits, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_dry_run, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_dry_run_removed, setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
