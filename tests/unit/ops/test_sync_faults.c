/* Sync where something fails: what is published stays as it was, whole. */
#include "sync_support.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>

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

/* What one loader cannot be told, no other is: PXELINUX has no quarrel with any of these. */
static void test_own_files_fail(void **state)
{
	static const char *const patches[] = {
		"{'kernel_options': {'foo': '${net0/mac}'}}",
		"{'kernel_options': {'foo': 'a\\\\b'}}",
	};
	struct bench *bench = *state;
	autofree char *before = NULL;

	changed_by_sync(bench);
	before = published(bench);
	for (size_t i = 0; i < ARRAY_SIZE(patches); i++) {
		autofree char *after = NULL;

		bench_merge(bench, &system_type, "web7", patches[i]);
		after = published(bench);
		assert_string_equal(before, after);
	}
}

/* As in a whole sync: an editor's template that is empty for a moment. */
static void test_own_file_of_nothing(void **state)
{
	struct bench *bench = *state;
	autofree char *before = NULL;
	autofree char *after = NULL;

	changed_by_sync(bench);
	before = published(bench);
	bench_write(bench, "state/boot-templates/ipxe.tpl", "");
	bench_merge(bench, &system_type, "web7", "{'kernel_options': {'foo': 'bar'}}");
	after = published(bench);
	assert_string_equal(before, after);
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
		cmocka_unit_test(test_failures),
		cmocka_unit_test_setup_teardown(test_own_files_fail, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_own_file_of_nothing, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_kill, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_full_disk, setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
