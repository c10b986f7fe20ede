/* Generations: switching, keeping one, going back, and what SIGKILL leaves at any moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/file.h"
#include "base/generation.h"
#include "base/mem.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { FILES = 20, KILLS = 60 };

static char folder[64];
static int root;

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/bw-generation-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root < 0;
}

static int teardown(void **state)
{
	(void)state;
	close(root);
	return file_remove_tree(AT_FDCWD, folder, NULL);
}

#define MUST(call)                                                                                 \
	do {                                                                                       \
		struct err why = ERR_INIT;                                                         \
		if ((call) < 0)                                                                    \
			fail_msg("%s: %s", #call, why.msg);                                        \
	} while (0)

static int has(const char *path)
{
	return faccessat(root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Every file of generation N holds "N". */
static int fill(const struct generation *generation, struct err *err)
{
	autofree char *text = xasprintf("%llu", (unsigned long long)generation->number);

	for (int i = 0; i < FILES; i++) {
		autofree char *name = xasprintf("file%d", i);

		if (file_write_new(generation->fd, name, 0644, text, strlen(text), err) < 0)
			return -1;
	}
	return 0;
}

static const struct generation_keep none_older = {.count = 0};

static int make_keeping(const struct generation_keep *keep, struct err *err)
{
	struct generation generation;
	int result;

	if (generation_begin(root, &generation, err) < 0)
		return -1;
	result = fill(&generation, err) < 0 ? -1 : generation_publish(&generation, keep, err);
	generation_done(&generation);
	return result;
}

static int make_one(struct err *err)
{
	return make_keeping(&none_older, err);
}

/* The number that all files of the current generation hold; fails where they do not agree. */
static unsigned long whole(void)
{
	autoclose int fd = -1;
	autostrbuf first = STRBUF_INIT;

	MUST(generation_open(root, &fd, &why));
	for (int i = 0; i < FILES; i++) {
		autofree char *name = xasprintf("file%d", i);
		autostrbuf text = STRBUF_INIT;

		MUST(file_read(fd, name, 100, &text, &why));
		if (i == 0)
			strbuf_adds(&first, text.buf);
		assert_string_equal(text.buf, first.buf);
	}
	return strtoul(first.buf, NULL, 10);
}

static void test_publish(void **state)
{
	uint64_t number;
	struct err err = ERR_INIT;
	int fd;

	(void)state;
	MUST(generation_current(root, &number, &why));
	assert_int_equal(number, 0);
	assert_int_equal(generation_open(root, &fd, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	for (unsigned long i = 1; i <= 3; i++) {
		MUST(make_one(&why));
		MUST(generation_current(root, &number, &why));
		assert_int_equal(number, i);
		assert_int_equal(whole(), i);
	}
	assert_false(has("gen/1"));
	assert_true(has(".old-1") && has("gen/2") && has("gen/3"));
}

static void test_trash(void **state)
{
	struct generation_trash trash = {.running = false};

	(void)state;
	for (int i = 0; i < 5; i++) {
		MUST(make_one(&why));
		generation_trash_empty(&trash, root);
	}
	generation_trash_wait(&trash);
	assert_false(has(".old-1") || has(".old-2") || has(".old-3"));
	assert_true(has("gen/4") && has("gen/5"));
}

static void test_switch(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(generation_switch(root, 1, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	MUST(make_one(&why));
	MUST(make_one(&why));
	assert_int_equal(generation_switch(root, 7, &err), -1);
	assert_string_equal(err.msg, "there is no generation 7; there is 2, 1");
	MUST(generation_switch(root, 1, &why));
	assert_int_equal(whole(), 1);
	MUST(generation_switch(root, 2, &why));
	assert_int_equal(whole(), 2);
	MUST(generation_switch(root, 1, &why));
	MUST(make_one(&why));
	assert_int_equal(whole(), 3);
	assert_true(has("gen/1") && !has("gen/2"));
}

static void set_age(const char *path, time_t seconds)
{
	const struct timespec times[2] = {
		{.tv_sec = time(NULL) - seconds}, {.tv_sec = time(NULL) - seconds}};

	assert_int_equal(utimensat(root, path, times, 0), 0);
}

static void test_keep(void **state)
{
	const struct generation_keep two = {.count = 2, .seconds = 3600};
	autofree uint64_t *number = NULL;
	size_t n;

	(void)state;
	for (int i = 0; i < 6; i++)
		MUST(make_keeping(&two, &why));
	MUST(generation_list(root, &number, &n, &why));
	assert_int_equal(n, 4); /* the current one, the one before it, and two */
	assert_true(number[0] == 6 && number[1] == 5 && number[2] == 4 && number[3] == 3);
	set_age("gen/5", 4000);
	MUST(make_keeping(&two, &why)); /* 7, 6, 4 and no longer 5, which is too old */
	assert_true(has("gen/7") && has("gen/6") && !has("gen/5") && has("gen/4") && has("gen/3"));
	set_age("gen/6", 4000);
	set_age("gen/7", 4000);
	MUST(make_keeping(&two, &why)); /* the one before stays, however old */
	assert_true(has("gen/8") && has("gen/7") && !has("gen/6"));
}

/* What was begun and not published leaves nothing. */
static void test_abandoned(void **state)
{
	struct generation generation;

	(void)state;
	MUST(make_one(&why));
	MUST(generation_begin(root, &generation, &why));
	MUST(fill(&generation, &why));
	assert_true(has("gen/.new-2"));
	generation_done(&generation);
	assert_false(has("gen/.new-2"));
	assert_int_equal(whole(), 1);
}

static void test_clean(void **state)
{
	struct generation_trash trash = {.running = false};
	struct generation generation;

	(void)state;
	MUST(make_one(&why));
	MUST(generation_begin(root, &generation, &why));
	MUST(fill(&generation, &why));
	close(generation.fd);
	MUST(file_mkdirs(root, ".old-7/x", 0755, &why));
	MUST(file_mkdirs(root, "gen/9", 0755, &why)); /* named, never switched to */
	assert_int_equal(symlinkat("gen/9", root, ".current"), 0);
	MUST(file_mkdirs(root, ".old-9/x", 0755, &why)); /* as the next one to go, half removed */
	MUST(generation_clean(root, true, &why));
	assert_false(has("gen/.new-2") || has(".current"));
	assert_true(has("gen/9") && has(".old-7") && has(".old-2")); /* nobody waits for that */
	MUST(generation_clean(root, false, &why));
	assert_false(has("gen/9"));
	assert_true(has(".old-9") && has(".old-9.1"));
	generation_trash_empty(&trash, root);
	generation_trash_wait(&trash);
	assert_false(has(".old-7") || has(".old-2") || has(".old-9") || has(".old-9.1"));
	assert_int_equal(whole(), 1);
}

static void test_foreign_current(void **state)
{
	uint64_t number;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(symlinkat("../elsewhere", root, "current"), 0);
	assert_int_equal(generation_current(root, &number, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void publish_for_ever(void)
{
	struct generation_trash trash = {.running = false};

	for (;;) {
		if (make_one(NULL) < 0)
			_exit(3);
		generation_trash_empty(&trash, root);
	}
}

/*
 * Whenever the process dies: `current` leads to one whole generation, and the next start can go on.
 * How long it lives follows how fast this machine is, so that it dies at every stage of its work.
 */
static void test_kill(void **state)
{
	unsigned long last = 1;
	long most = 1000000; /* nanoseconds */

	(void)state;
	MUST(make_one(&why));
	srandom(7);
	for (int i = 0; i < KILLS || last == 1; i++) {
		struct timespec pause = {.tv_nsec = random() % most};
		pid_t child = fork();
		unsigned long now;
		int status;

		if (child == 0)
			publish_for_ever();
		nanosleep(&pause, NULL);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		now = whole();
		assert_true(now >= last);
		if (now == last && most < 400000000)
			most *= 2;
		else if (now > last + 3)
			most /= 2;
		last = now;
		MUST(generation_clean(root, false, &why));
		assert_int_equal(whole(), now);
		assert_false(has(".current"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_publish, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trash, setup, teardown),
		cmocka_unit_test_setup_teardown(test_switch, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keep, setup, teardown),
		cmocka_unit_test_setup_teardown(test_abandoned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clean, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign_current, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kill, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
