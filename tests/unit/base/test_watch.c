/* Every way in which something below a watched folder can change is seen by the next question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/file.h"
#include "base/watch.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

struct bench {
	char folder[32];
	int fd;
	struct watch *watch;
};

static int setup(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	snprintf(bench->folder, sizeof(bench->folder), "/tmp/bw-watch-XXXXXX");
	if (!mkdtemp(bench->folder) || file_open_dir(AT_FDCWD, bench->folder, &bench->fd, NULL) < 0)
		return -1;
	bench->watch = watch_new();
	watch_add(bench->watch, bench->fd, "top");
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	watch_free(bench->watch);
	close(bench->fd);
	file_remove_tree(AT_FDCWD, bench->folder, NULL);
	free(bench);
	return 0;
}

/* In place: the same inode, the same size; only inotify can tell. */
static void overwrite(const struct bench *bench, const char *path, const char *text)
{
	autoclose int fd = openat(bench->fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), (ssize_t)strlen(text));
}

static void make_folder(const struct bench *bench, const char *path)
{
	assert_int_equal(file_mkdirs(bench->fd, path, 0755, NULL), 0);
}

static void move(const struct bench *bench, const char *from, const char *to)
{
	assert_int_equal(renameat(bench->fd, from, bench->fd, to), 0);
}

static void changed(struct bench *bench, uint64_t *last, const char *what)
{
	uint64_t now = watch_generation(bench->watch);

	if (now <= *last)
		fail_msg("%s was not seen", what);
	*last = now;
}

static void unchanged(struct bench *bench, uint64_t last, const char *what)
{
	if (watch_generation(bench->watch) != last)
		fail_msg("%s changed nothing, yet was taken for a change", what);
}

static void files_and_folders(void **state)
{
	struct bench *bench = *state;
	uint64_t last = watch_generation(bench->watch);

	make_folder(bench, "top");
	changed(bench, &last, "the folder that was missing");
	make_folder(bench, "top/a/b");
	overwrite(bench, "top/a/b/file", "one");
	changed(bench, &last, "a file in new folders");
	assert_true(watch_is_exact(bench->watch));
	for (int i = 0; i < 1000; i++) {
		overwrite(bench, "top/a/b/file", i % 2 ? "one" : "two");
		changed(bench, &last, "a write of the same size");
	}
	overwrite(bench, "top/a/b/.new", "six");
	changed(bench, &last, "a file beside it");
	move(bench, "top/a/b/.new", "top/a/b/file");
	changed(bench, &last, "a rename over it");
	unchanged(bench, last, "asking again");
	move(bench, "top/a", "elsewhere");
	changed(bench, &last, "a folder that was moved away");
	overwrite(bench, "elsewhere/b/file", "far");
	watch_generation(bench->watch);
	last = watch_generation(bench->watch);
	overwrite(bench, "elsewhere/b/file", "fir");
	unchanged(bench, last, "a write in a folder that was moved away");
	move(bench, "elsewhere", "top/back");
	changed(bench, &last, "a folder that was moved in");
	overwrite(bench, "top/back/b/file", "new");
	changed(bench, &last, "a write in what was moved in");
	unlinkat(bench->fd, "top/back/b/file", 0);
	changed(bench, &last, "a removal");
	overwrite(bench, "beside", "x");
	unchanged(bench, last, "a file beside the folder");
}

static void the_folder_is_replaced(void **state)
{
	struct bench *bench = *state;
	uint64_t last;

	make_folder(bench, "top");
	make_folder(bench, "next");
	overwrite(bench, "next/file", "one");
	last = watch_generation(bench->watch);
	move(bench, "top", "old");
	changed(bench, &last, "the folder that went");
	move(bench, "next", "top");
	changed(bench, &last, "the folder that came");
	overwrite(bench, "top/file", "two");
	changed(bench, &last, "a write in it");
}

static void links(void **state)
{
	struct bench *bench = *state;
	uint64_t last;

	make_folder(bench, "one/deep");
	make_folder(bench, "two/deep");
	assert_int_equal(symlinkat("one", bench->fd, "current"), 0);
	assert_int_equal(symlinkat("current/deep", bench->fd, "top"), 0);
	last = watch_generation(bench->watch);
	assert_true(watch_is_exact(bench->watch));
	overwrite(bench, "one/deep/file", "one");
	changed(bench, &last, "a write behind a link");
	unlinkat(bench->fd, "current", 0);
	changed(bench, &last, "a link that leads nowhere");
	assert_int_equal(symlinkat("two", bench->fd, "current"), 0);
	changed(bench, &last, "a link that leads elsewhere");
	overwrite(bench, "two/deep/file", "two");
	changed(bench, &last, "a write there");
}

/* A file may have a name in another folder, through which it is written. */
static void hard_links(void **state)
{
	struct bench *bench = *state;
	uint64_t last;

	make_folder(bench, "top");
	overwrite(bench, "outside", "abc");
	last = watch_generation(bench->watch);
	assert_int_equal(linkat(bench->fd, "outside", bench->fd, "top/inside", 0), 0);
	changed(bench, &last, "a link");
	overwrite(bench, "outside", "def");
	changed(bench, &last, "a write through another name");
}

static void more_events_than_the_queue_holds(void **state)
{
	struct bench *bench = *state;
	uint64_t last;

	make_folder(bench, "top");
	last = watch_generation(bench->watch);
	for (int i = 0; i < 20000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "top/%d", i % 50);
		overwrite(bench, path, "x");
	}
	changed(bench, &last, "a flood");
	overwrite(bench, "top/7", "y");
	changed(bench, &last, "a write after it");
	unchanged(bench, last, "asking again");
}

/* No descriptor is left for inotify: what files say of themselves must do. */
static void without_inotify(void **state)
{
	struct bench *bench = *state;
	struct rlimit before, none;
	struct watch *watch;
	uint64_t last;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	watch = watch_new();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	watch_add(watch, bench->fd, "top");
	watch_free(bench->watch);
	bench->watch = watch;
	last = watch_generation(watch);
	make_folder(bench, "top/a");
	changed(bench, &last, "a folder");
	overwrite(bench, "top/a/file", "one");
	changed(bench, &last, "a file");
	unchanged(bench, last, "asking again");
	overwrite(bench, "top/a/file", "longer");
	changed(bench, &last, "another size");
	overwrite(bench, "top/a/new", "longer");
	last = watch_generation(watch);
	move(bench, "top/a/new", "top/a/file");
	changed(bench, &last, "another inode");
	assert_false(watch_is_exact(watch));
}

struct crowd {
	struct bench *bench;
	atomic_bool done;
};

static void *ask(void *ctx)
{
	struct crowd *crowd = ctx;

	while (!atomic_load(&crowd->done))
		watch_generation(crowd->bench->watch);
	return NULL;
}

/* Another thread empties the queue meanwhile: what it took must be counted by then. */
static void many_ask(void **state)
{
	struct bench *bench = *state;
	struct crowd crowd = {.bench = bench};
	pthread_t thread[3];
	uint64_t last;

	make_folder(bench, "top");
	last = watch_generation(bench->watch);
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, ask, &crowd), 0);
	for (int i = 0; i < 2000; i++) {
		last = watch_generation(bench->watch);
		overwrite(bench, "top/file", i % 2 ? "one" : "two");
		changed(bench, &last, "a write while others ask");
	}
	atomic_store(&crowd.done, true);
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		pthread_join(thread[i], NULL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_and_folders),
		TEST(the_folder_is_replaced),
		TEST(links),
		TEST(hard_links),
		TEST(more_events_than_the_queue_holds),
		TEST(without_inotify),
		TEST(many_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
