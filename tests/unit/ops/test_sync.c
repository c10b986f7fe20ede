/* Sync on a whole server: what is published, what a change publishes, what a failure leaves. */
#include "ops_support.h"

#include "ops/publish.h"
#include "ops/sync.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>

#define WEB7 "52:54:00:aa:00:07"

static void put_items(struct bench *bench)
{
	autofree char *distro = xasprintf(
		"{'breed': 'debian', 'kernel': '%s/files/linux', 'initrd': ['%s/files/initrd.gz']}",
		bench->folder, bench->folder);

	bench_write(bench, "files/linux", "a kernel");
	bench_write(bench, "files/initrd.gz", "an initrd");
	bench_merge(bench, &settings_type, "settings",
		"{'server': '10.77.0.1', 'dhcp_range': '10.77.0.50,10.77.0.99'}");
	bench_put(bench, &distro_type, "foo", distro);
	bench_put(bench, &profile_type, "bar", "{'distro': 'foo'}");
	bench_put(bench, &system_type, "web7",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '" WEB7
		"', 'ip_address': '10.77.0.21'}}}");
	bench_put(bench, &system_type, "web8",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:08'}}}");
}

static int setup(void **state)
{
	if (bench_setup(state) < 0)
		return -1;
	put_items(*state);
	return 0;
}

static json_int_t changed_by_sync(struct bench *bench)
{
	autojson json_t *result = NULL;

	MUST(sync_all(bench->server, false, NULL, &result, &why));
	return json_integer_value(json_object_get(result, "changed"));
}

/* The diff of a dry run; yours to free. */
static char *dry_run(struct bench *bench, json_int_t *changed)
{
	autojson json_t *result = NULL;

	MUST(sync_all(bench->server, true, NULL, &result, &why));
	*changed = json_integer_value(json_object_get(result, "changed"));
	return xstrdup(json_get_str(result, "diff"));
}

static void read_into(struct bench *bench, const char *path, struct strbuf *ret)
{
	struct err err = ERR_INIT;

	strbuf_reset(ret);
	if (file_read(bench->server->tftp_fd, path, 1 << 20, ret, &err) < 0)
		fail_msg("%s", err.msg);
}

static bool is_there(struct bench *bench, const char *path)
{
	return faccessat(bench->server->tftp_fd, path, F_OK, 0) == 0;
}

static bool says(struct bench *bench, const char *path, const char *part)
{
	autostrbuf text = STRBUF_INIT;

	read_into(bench, path, &text);
	return strstr(text.buf, part) != NULL;
}

/* Every path and its bytes under current/, but for the manifest. */
struct tree {
	struct strbuf text;
};

static int add_to_tree(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	struct tree *tree = ctx;

	if (strcmp(entry->path, "manifest.json") == 0)
		return 0;
	strbuf_addf(&tree->text, "== %s %o\n", entry->path, (unsigned)entry->st->st_mode);
	if (!S_ISREG(entry->st->st_mode) || entry->st->st_size > 64 << 10)
		return 0;
	return file_read(entry->dirfd, entry->name, 1 << 20, &tree->text, err);
}

static char *published(struct bench *bench)
{
	struct tree tree = {.text = STRBUF_INIT};

	MUST(file_walk(bench->server->tftp_fd, "current/.", add_to_tree, &tree, &why));
	return strbuf_take(&tree.text);
}

static void test_publishes(void **state)
{
	static const char *const paths[] = {"pxelinux.cfg/01-52-54-00-aa-00-07",
		"grub/system/" WEB7 ".cfg", "ipxe/52-54-00-aa-00-07.ipxe", "pxelinux.cfg/default",
		"grub/grub.cfg", "ipxe/default.ipxe", "images/foo/linux", "images/foo/initrd.gz",
		"current/private/dnsmasq.conf", "current/private/dhcp-hosts",
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
	assert_true(says(bench, "current/private/dhcp-hosts", WEB7 ",10.77.0.21,web7\n"));
	assert_false(says(bench, "current/private/dhcp-hosts", "aa:00:08"));
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
		"current/private/dhcp-hosts", WEB7 ",10.77.0.22,web7\n"},
	{"web7", "{'boot_loaders': ['grub']}", "pxelinux.cfg/01-52-54-00-aa-00-07", NULL},
	{"web9",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:05',"
		" 'ip_address': '10.77.0.5'}}}",
		"current/private/dhcp-hosts",
		"52:54:00:aa:00:05,10.77.0.5,web9\n" WEB7 ",10.77.0.21,web7\n"},
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

static int count_files(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	size_t *n = ctx;

	(void)err;
	*n += S_ISREG(entry->st->st_mode) && strcmp(entry->path, "manifest.json") != 0;
	return 0;
}

/* The manifest's number is that of the files that are there. */
static void files_are_counted(const struct bench *bench)
{
	struct manifest manifest;
	size_t files = 0;

	MUST(manifest_read(bench->server, &manifest, &why));
	MUST(file_walk(bench->server->tftp_fd, "current/.", count_files, &files, &why));
	assert_int_equal(files, manifest.files);
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

/* Each of these stops a sync with a message that says what and where, and changes nothing. */
static const struct {
	const char *break_path; /* file to write (or remove, where text is NULL) */
	const char *text;
	const char *profile; /* or a patch of the profile */
	const char *says[3];
} failures[] = {
	{.break_path = "files/linux", .says = {"distro 'foo'", "kernel", "files/linux' is gone"}},
	{.break_path = "files/initrd.gz",
		.text = "longer than it was",
		.says = {"distro 'foo'", "initrd", "18 bytes, and 9 are on record"}},
	{.profile = "{'kernel_options': {'a': 'b\\u0022c'}}",
		.says = {"profile 'bar'", "kernel_options", "double quote"}},
	{.break_path = "state/boot-templates/grub.tpl",
		.text = "{{ no_such_name }}",
		.says = {"system 'web7'", "grub.tpl", "no_such_name"}},
	{.break_path = "state/boot-templates/grub.tpl",
		.text = "if true; then\n",
		.says = {"not published", "grub/system", "grub-script-check"}},
	{.break_path = "state/boot-templates/ipxe.tpl",
		.text = "",
		.says = {"system 'web7'", "ipxe.tpl", "renders to nothing"}},
	{.break_path = "state/boot-templates/dnsmasq.tpl",
		.text = "no-such-option=1\n",
		.says = {"not published", "dnsmasq", "bad option"}},
	{.break_path = "tftp/grub/mine", .text = "x", .says = {"tftp/grub'", "in the way", "move"}},
};

static void one_failure(size_t i)
{
	void *state = NULL;
	struct bench *bench;
	autofree char *before = NULL;
	autofree char *after = NULL;
	json_t *result = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(setup(&state), 0);
	bench = state;
	changed_by_sync(bench);
	before = published(bench);
	if (failures[i].break_path && strncmp(failures[i].break_path, "tftp/", 5) == 0)
		unlinkat(bench->server->tftp_fd, "grub", 0);
	if (failures[i].text)
		bench_write(bench, failures[i].break_path, failures[i].text);
	else if (failures[i].break_path)
		bench_remove(bench, failures[i].break_path);
	bench_merge(bench, &profile_type, "bar",
		failures[i].profile ? failures[i].profile : "{'kernel_options': {'c': '3'}}");
	if (sync_all(bench->server, false, NULL, &result, &err) == 0)
		fail_msg("row %zu: it was published", i);
	for (size_t k = 0; k < ARRAY_SIZE(failures[i].says); k++)
		if (!strstr(err.msg, failures[i].says[k]))
			fail_msg(
				"row %zu: '%s' does not say '%s'", i, err.msg, failures[i].says[k]);
	after = published(bench);
	assert_string_equal(before, after);
	assert_false(is_there(bench, "gen/.new-2"));
	bench_teardown(&state);
}

static void test_failures(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
		one_failure(i);
}

/* Fills the file system but for so many pages. */
static void fill_disk(const struct bench *bench, long pages_left)
{
	autofree char *path = xasprintf("%s/.filler", bench->tftp);
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct statvfs fs;

	assert_int_equal(fstatvfs(fd, &fs), 0);
	assert_int_equal(
		posix_fallocate(fd, 0, ((off_t)fs.f_bfree - pages_left) * (off_t)fs.f_bsize), 0);
}

/* The TFTP folder becomes a small file system, which goes with this process. */
static void mount_small_disk(struct bench *bench)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		skip();
	assert_int_equal(mount("tmpfs", bench->tftp, "tmpfs", 0, "size=32m"), 0);
	close(bench->server->tftp_fd);
	bench->server->tftp_fd = open(bench->tftp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(bench->server->tftp_fd >= 0);
}

/* With ever more room left, the disk fills up at another place each time. */
static void test_full_disk(void **state)
{
	struct bench *bench = *state;
	unsigned failed = 0;

	mount_small_disk(bench);
	changed_by_sync(bench);
	for (long left = 0; left < 40; left++) {
		autofree char *before = published(bench);
		autofree char *after = NULL;
		autojson json_t *result = NULL;
		struct err err = ERR_INIT;

		generation_trash_wait(&bench->server->publisher->trash);
		fill_disk(bench, left);
		bench_merge(bench, &settings_type, "settings",
			left % 2 ? "{'kernel_options': 'x'}" : "{'kernel_options': 'y'}");
		if (sync_all(bench->server, false, NULL, &result, &err) < 0) {
			assert_int_equal(err.code, ERR_NO_SPACE);
			after = published(bench);
			assert_string_equal(before, after);
			failed++;
		}
		unlinkat(bench->server->tftp_fd, ".filler", 0);
	}
	assert_true(failed > 0 && failed < 40);
	assert_true(changed_by_sync(bench) >= 0);
	server_close(TAKE(bench->server));
	assert_int_equal(umount2(bench->tftp, MNT_DETACH), 0);
	bench_open(bench);
}

/* The command runs where dnsmasq's files changed, and only there. */
static void test_reload_command(void **state)
{
	struct bench *bench = *state;
	autofree char *command = xasprintf("touch  %s/reloaded", bench->folder);
	static const struct {
		const struct item_type *type;
		const char *name;
		const char *patch;
		bool reloads;
	} rows[] = {
		{&profile_type, "bar", "{'kernel_options': {'b': '2'}}", false},
		{&settings_type, "settings", "{'dhcp_router': '10.77.0.254'}", true},
		{&system_type, "web7", "{'interfaces': {'eth0': {'ip_address': '10.77.0.30'}}}",
			true},
		{&system_type, "web7", "{'netboot_enabled': false}", false},
	};

	bench->server->config.reload_dhcp = command;
	changed_by_sync(bench);
	assert_true(bench_has(bench, "reloaded"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bench_remove(bench, "reloaded");
		bench_merge(bench, rows[i].type, rows[i].name, rows[i].patch);
		changed_by_sync(bench);
		assert_int_equal(bench_has(bench, "reloaded"), rows[i].reloads);
	}
}

/* Published all the same; said; and tried again by the next sync, which has nothing else to do. */
static void test_reload_fails(void **state)
{
	struct bench *bench = *state;
	json_t *result = NULL;
	struct err err = ERR_INIT;

	bench->server->config.reload_dhcp = "false";
	assert_int_equal(sync_all(bench->server, false, NULL, &result, &err), -1);
	assert_non_null(strstr(err.msg, "published, but"));
	assert_true(is_there(bench, "pxelinux.cfg/default"));
	assert_int_equal(sync_all(bench->server, false, NULL, &result, &err), -1);
	bench->server->config.reload_dhcp = "true";
	assert_int_equal(changed_by_sync(bench), 0);
}

static void test_without_dhcp(void **state)
{
	struct bench *bench = *state;

	bench_merge(bench, &settings_type, "settings", "{'manage_dhcp': false}");
	bench->server->config.reload_dhcp = "false"; /* would fail */
	changed_by_sync(bench);
	assert_false(is_there(bench, "current/private"));
	bench_merge(bench, &system_type, "web7",
		"{'interfaces': {'eth0': {'ip_address': '10.77.0.30'}}}");
	assert_false(is_there(bench, "current/private"));
}

/* A system that names its own boot file needs a line in the main file, too. */
static void test_own_boot_file(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	bench_merge(bench, &system_type, "web7", "{'filename': 'special.0'}");
	assert_true(changed_by_sync(bench) > 0);
	assert_true(says(bench, "current/private/dnsmasq.conf", ",special.0,,10.77.0.1\n"));
	assert_true(says(bench, "current/private/dhcp-hosts", WEB7 ",set:bw-file-"));
}

static void sync_for_ever(struct bench *bench)
{
	bench_open(bench);
	for (int round = 0;; round++) {
		autofree char *patch = xasprintf("{'kernel_options': {'r': '%d'}}", round);
		autojson json_t *result = NULL;
		struct err err = ERR_INIT;

		bench_merge(bench, &settings_type, "settings", patch);
		if (sync_all(bench->server, false, NULL, &result, &err) < 0)
			_exit(3);
	}
}

/* Whatever moment SIGKILL takes: the tree is one generation, all of it. */
static void test_kill(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	server_close(TAKE(bench->server));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	srandom(11);
	for (int i = 0; i < 20; i++) {
		struct timespec pause = {.tv_nsec = 20000000 + random() % 80000000};
		pid_t child = fork();
		int status = 0;

		if (child == 0)
			sync_for_ever(bench);
		nanosleep(&pause, NULL);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		while (wait(NULL) > 0) /* a checker that it was running has its lock, too */
			;
		bench_open(bench);
		files_are_counted(bench);
		assert_false(is_there(bench, ".current"));
		server_close(TAKE(bench->server));
	}
	bench_open(bench);
	assert_true(changed_by_sync(bench) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_publishes, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_do, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_deterministic, setup, bench_teardown),
		cmocka_unit_test(test_changes),
		cmocka_unit_test_setup_teardown(test_never_published, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_profile_waits, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_dry_run, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_dry_run_removed, setup, bench_teardown),
		cmocka_unit_test(test_failures),
		cmocka_unit_test_setup_teardown(test_reload_command, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_reload_fails, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_without_dhcp, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_own_boot_file, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_kill, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_full_disk, setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
