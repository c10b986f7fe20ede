/* file, tree, sha256, run: what touches the system. */
#include "base/file.h"
#include "base/run.h"
#include "base/sha256.h"
#include "base/strv.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

struct folder {
	char path[32];
	int fd;
};

static int make_folder(void **state)
{
	struct folder *folder = xcalloc(1, sizeof(*folder));

	strncpy(folder->path, "/tmp/bwtest.XXXXXX", sizeof(folder->path) - 1);
	if (!mkdtemp(folder->path) || file_open_dir(AT_FDCWD, folder->path, &folder->fd, NULL) < 0)
		return -1;
	*state = folder;
	return 0;
}

static int remove_folder(void **state)
{
	struct folder *folder = *state;
	int result = file_remove_tree(AT_FDCWD, folder->path, NULL);

	close(folder->fd);
	free(folder);
	return result;
}

static void put(int dir, const char *path, const char *text)
{
	assert_int_equal(file_write_new(dir, path, 0644, text, strlen(text), NULL), 0);
}

static void publish_replaces_whole(void **state)
{
	int dir = ((struct folder *)*state)->fd;
	autostrbuf text = STRBUF_INIT;
	struct stat st;

	assert_int_equal(file_publish(dir, "menu", 0640, "one", 3, NULL), 0);
	assert_int_equal(file_publish(dir, "menu", 0640, "three", 5, NULL), 0);
	assert_int_equal(file_read(dir, "menu", 100, &text, NULL), 0);
	assert_string_equal(text.buf, "three");
	assert_int_equal(fstatat(dir, "menu", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(file_publish(dir, "no/such/folder", 0644, "", 0, NULL), -1);
}

/* A disk that gets full, as the limit of a file's size. */
static void new_is_whole_or_none(void **state)
{
	int dir = ((struct folder *)*state)->fd;
	struct rlimit before;
	struct rlimit small;
	int result;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){.rlim_cur = 4, .rlim_max = before.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	result = file_write_new(dir, "half", 0644, "longer", 6, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(result, -1);
	assert_int_equal(faccessat(dir, "half", F_OK, 0), -1);
}

static int list_visit(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	(void)err;
	strv_add(ctx, entry->path);
	return 0;
}

static void publish_leaves_no_temporary(void **state)
{
	int dir = ((struct folder *)*state)->fd;
	autostrv names = STRV_INIT;

	assert_int_equal(mkdirat(dir, "taken", 0755), 0);
	assert_int_equal(file_publish(dir, "taken", 0644, "x", 1, NULL), -1); /* is a folder */
	assert_int_equal(file_walk(dir, ".", list_visit, &names, NULL), 0);
	assert_int_equal(names.n, 1);
}

static void read_is_bounded(void **state)
{
	int dir = ((struct folder *)*state)->fd;
	autostrbuf text = STRBUF_INIT;
	struct err err;

	put(dir, "big", "0123456789");
	strbuf_adds(&text, "kept");
	assert_int_equal(file_read(dir, "big", 9, &text, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
	assert_string_equal(text.buf, "kept");
	assert_int_equal(file_read(dir, "none", 9, &text, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(file_read(dir, ".", 9, &text, &err), -1);
}

static void beneath_stays_beneath(void **state)
{
	static const char *const refused[] = {"../etc/passwd", "/etc/passwd", "a/../../x", "out",
		"a/out2", "", ".", "a//b", "a/", "loop", "fifo", "none", "a\nb"};
	static const char *const allowed[] = {"a/file", "in", "a"};
	int dir = ((struct folder *)*state)->fd;
	struct err err;

	assert_int_equal(file_mkdirs(dir, "a", 0755, NULL), 0);
	put(dir, "a/file", "x");
	assert_int_equal(symlinkat("/etc/passwd", dir, "out"), 0);
	assert_int_equal(symlinkat("../../../../etc/passwd", dir, "a/out2"), 0);
	assert_int_equal(symlinkat("a/file", dir, "in"), 0);
	assert_int_equal(symlinkat("loop", dir, "loop"), 0);
	assert_int_equal(mkfifoat(dir, "fifo", 0644), 0);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct stat st;
		int fd = -1;

		assert_int_equal(file_open_beneath(dir, refused[i], &fd, &st, &err), -1);
		assert_int_equal(err.code, ERR_NOT_FOUND);
		assert_int_equal(fd, -1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		autoclose int fd = -1;
		struct stat st;

		assert_int_equal(file_open_beneath(dir, allowed[i], &fd, &st, &err), 0);
	}
}

static void walk_in_order(void **state)
{
	int dir = ((struct folder *)*state)->fd;
	autostrv names = STRV_INIT;
	autostrbuf all = STRBUF_INIT;

	assert_int_equal(file_mkdirs(dir, "t/b/c", 0755, NULL), 0);
	put(dir, "t/b/z", "");
	put(dir, "t/a", "");
	assert_int_equal(symlinkat("/", dir, "t/root"), 0); /* not followed */
	assert_int_equal(file_walk(dir, "t", list_visit, &names, NULL), 0);
	strv_join(&names, " ", &all);
	assert_string_equal(all.buf, "a b b/c b/z root");
	assert_int_equal(file_remove_tree(dir, "t", NULL), 0);
	assert_int_equal(faccessat(dir, "t", F_OK, 0), -1);
	assert_int_equal(faccessat(AT_FDCWD, "/", F_OK, 0), 0);
	assert_int_equal(file_remove_tree(dir, "t", NULL), 0);
}

static void place_links(void **state)
{
	int dir = ((struct folder *)*state)->fd;
	enum file_how how;
	struct stat a;
	struct stat b;
	struct err err;

	put(dir, "kernel", "MZ");
	assert_int_equal(file_place(dir, "kernel", dir, "linked", &how, NULL), 0);
	assert_int_equal(fstatat(dir, "kernel", &a, 0), 0);
	assert_int_equal(fstatat(dir, "linked", &b, 0), 0);
	assert_int_equal(how, FILE_LINKED);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(file_place(dir, "kernel", dir, "linked", &how, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(file_place(dir, "gone", dir, "x", &how, &err), -1);
	assert_int_equal(file_copy(dir, "kernel", dir, "copied", NULL), 0);
	assert_int_equal(fstatat(dir, "copied", &b, 0), 0);
	assert_int_not_equal(a.st_ino, b.st_ino);
	assert_int_equal(b.st_size, 2);
}

static void sums(void **state)
{
	int dir = ((struct folder *)*state)->fd;
	autoclose int fd = -1;
	char sum[SHA256_TEXT];
	uint64_t size = 0;

	put(dir, "abc", "abc");
	fd = openat(dir, "abc", O_RDONLY | O_CLOEXEC);
	assert_int_equal(sha256_fd(fd, sum, &size, NULL), 0);
	assert_int_equal(size, 3);
	assert_string_equal(
		sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void programs(void **state)
{
	autostrbuf out = STRBUF_INIT;
	struct err err;
	int status = -1;

	(void)state;
	assert_int_equal(run_program((const char *[]){"echo", "$(id)", "a b", NULL}, 10, &out,
				 &status, NULL),
		0);
	assert_int_equal(status, 0);
	assert_string_equal(out.buf, "$(id) a b\n");
	assert_int_equal(run_checked((const char *[]){"ls", "/no such", NULL}, 10, NULL, &err), -1);
	assert_int_equal(err.code, ERR_UPSTREAM);
	assert_non_null(strstr(err.msg, "/no such"));
	assert_int_equal(
		run_program((const char *[]){"no-such-program", NULL}, 10, NULL, &status, &err),
		-1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(
		run_program((const char *[]){"sleep", "60", NULL}, 1, NULL, &status, &err), -1);
	assert_int_equal(err.code, ERR_UPSTREAM);
}

static void safe_names(void **state)
{
	static const struct {
		const char *path;
		bool safe;
	} rows[] = {
		{"a", true},
		{"a/b-c.d", true},
		{"", false},
		{".", false},
		{"..", false},
		{"a/..", false},
		{"/a", false},
		{"a/", false},
		{"a//b", false},
		{"a\x01", false},
		{"...", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(file_path_is_safe(rows[i].path), rows[i].safe);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(publish_replaces_whole, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(new_is_whole_or_none, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			publish_leaves_no_temporary, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(read_is_bounded, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(beneath_stays_beneath, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(walk_in_order, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(place_links, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(sums, make_folder, remove_folder),
		cmocka_unit_test(programs),
		cmocka_unit_test(safe_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
