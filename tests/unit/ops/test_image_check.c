/* Kernels and initrds that are not what was put on record. */
#include "base/generation.h"
#include "ops/publish/image_check.h"
#include "ops/publish/publish.h"
#include "ops/publish/sync.h"
#include "ops_support.h"

#include <sys/stat.h>
#include <time.h>

static void fill(struct bench *bench)
{
	autofree char *distro = xasprintf(
		"{'kernel': '%s/linux', 'initrd': ['%s/initrd.gz']}", bench->folder, bench->folder);

	bench_write(bench, "linux", "a kernel");
	bench_write(bench, "initrd.gz", "an initrd");
	bench_put(bench, &distro_type, "foo", distro);
	bench_put(bench, &profile_type, "bar", "{'distro': 'foo'}");
}

/* Writes into the very file, as `cp` does, at a time long ago. */
static void overwrite(struct bench *bench, const char *name, const char *text, time_t when)
{
	const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
	autofree char *path = xasprintf("%s/%s", bench->folder, name);
	FILE *file = fopen(path, "r+");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static int sync_now(struct bench *bench, bool dry_run, struct err *err)
{
	autojson json_t *result = NULL;

	*err = ERR_INIT;
	return sync_all(bench->server, dry_run, NULL, &result, err);
}

static void must_sync(struct bench *bench)
{
	struct err err;

	if (sync_now(bench, false, &err) < 0)
		fail_msg("%s", err.msg);
}

/* Neither a sync that would do nothing nor a dry run passes over it; whoever names it means it. */
static void a_changed_file_is_refused(void **state)
{
	static const char *const names[] = {"linux", "initrd.gz"};
	static const char *const texts[] = {"b kernel", "bn initrd"}; /* as long as before */
	struct bench *bench = *state;
	autofree char *accept = xasprintf("{'kernel': '%s/linux'}", bench->folder);
	struct err err;

	fill(bench);
	must_sync(bench);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		overwrite(bench, names[i], texts[i], 1000 + (time_t)i);
		for (int dry_run = 0; dry_run < 2; dry_run++) {
			assert_int_equal(sync_now(bench, dry_run, &err), -1);
			assert_int_equal(err.code, ERR_CONFLICT);
			assert_non_null(strstr(err.msg, "distro 'foo': "));
			assert_non_null(strstr(err.msg, names[i]));
			assert_non_null(strstr(err.msg, "is not the one on record"));
			assert_non_null(strstr(err.msg, "bootwright distro edit --name=foo"));
		}
		bench_merge(bench, &distro_type, "foo", accept);
		must_sync(bench);
	}
	assert_int_equal(bench_remove(bench, "linux"), 0);
	assert_int_equal(sync_now(bench, false, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "linux' is gone"));
}

static char *known_sum(struct bench *bench, const char *name)
{
	autofree char *path = xasprintf("%s/%s", bench->folder, name);
	struct db_file file;
	struct stat st;
	char *sum;

	assert_int_equal(stat(path, &st), 0);
	file = (struct db_file){.device = st.st_dev,
		.inode = st.st_ino,
		.size = st.st_size,
		.mtime = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec};
	MUST(db_file_sum_get(bench->server->db, &file, &sum, &why));
	return sum;
}

/* What was read once is not read again, also not after a restart, unless it is too young. */
static void sums_are_kept(void **state)
{
	struct bench *bench = *state;
	autofree char *young = NULL;
	autofree char *old = NULL;
	autofree char *later = NULL;

	fill(bench);
	overwrite(bench, "linux", "a kernel", 1000);
	must_sync(bench);
	young = known_sum(bench, "initrd.gz");
	old = known_sum(bench, "linux");
	assert_null(young);
	assert_non_null(old);
	server_close(bench->server);
	bench_open(bench);
	later = known_sum(bench, "linux");
	assert_string_equal(later, old);
}

static int check_published(struct bench *bench, const char *path, struct err *err)
{
	autoclose int generation = -1;
	autoclose int fd = -1;

	*err = ERR_INIT;
	MUST(generation_open(bench->server->tftp_fd, &generation, &why));
	fd = openat(generation, path, O_RDONLY);
	assert_true(fd >= 0);
	return image_check_published(bench->server, generation, path, fd, err);
}

/* What is served is what was published, whatever is on record since. */
static void what_is_published(void **state)
{
	struct bench *bench = *state;
	autofree char *other = xasprintf("{'kernel': '%s/other'}", bench->folder);
	autofree char *linked = xasprintf("%s/current/images/foo/linux", bench->tftp);
	autofree char *source = xasprintf("%s/linux", bench->folder);
	struct err err;

	fill(bench);
	must_sync(bench);
	assert_int_equal(check_published(bench, "images/foo/linux", &err), 0);
	bench_write(bench, "other", "another kernel");
	bench_merge(bench, &distro_type, "foo", other); /* not published yet */
	assert_int_equal(check_published(bench, "images/foo/linux", &err), 0);
	assert_int_equal(check_published(bench, "manifest.json", &err), 0);
	/* a link to the tree's file changes with it */
	unlink(linked);
	assert_int_equal(link(source, linked), 0);
	assert_int_equal(check_published(bench, "images/foo/linux", &err), 0);
	overwrite(bench, "linux", "b kernel", 1000);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(check_published(bench, "images/foo/linux", &err), -1);
		assert_int_equal(err.code, ERR_CONFLICT);
		assert_non_null(strstr(err.msg, "'images/foo/linux' is not what was published"));
	}
	assert_int_equal(check_published(bench, "images/foo/initrd.gz", &err), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_changed_file_is_refused),
		TEST(sums_are_kept),
		TEST(what_is_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
