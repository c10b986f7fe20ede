/* Files that threads write: all of them, whole, and whose fault it is when one cannot be. */
#include "ops/publish/write_queue.h"

#include "base/file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { FOLDERS = 3, FILES = 5000 };

struct fixture {
	char path[32];
	int top;
	int folder[FOLDERS];
	struct write_queue *queue;
};

static int begin(void **state)
{
	static const char *const names[FOLDERS] = {"a", "b", "c"};
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));

	strncpy(fixture->path, "/tmp/bwtest.XXXXXX", sizeof(fixture->path) - 1);
	if (!mkdtemp(fixture->path) ||
		file_open_dir(AT_FDCWD, fixture->path, &fixture->top, NULL) < 0)
		return -1;
	for (size_t i = 0; i < FOLDERS; i++)
		if (mkdirat(fixture->top, names[i], 0755) < 0 ||
			file_open_dir(fixture->top, names[i], &fixture->folder[i], NULL) < 0)
			return -1;
	fixture->queue = write_queue_new();
	*state = fixture;
	return 0;
}

static int end(void **state)
{
	struct fixture *fixture = *state;
	int result;

	write_queue_free(fixture->queue);
	result = file_remove_tree(AT_FDCWD, fixture->path, NULL);
	for (size_t i = 0; i < FOLDERS; i++)
		close(fixture->folder[i]);
	close(fixture->top);
	free(fixture);
	return result;
}

/* The text of a file has its number, so none can be another's. */
static int add(struct fixture *fixture, size_t i, struct err *err)
{
	autofree char *name = xasprintf("file-%zu", i);
	autofree char *text = xasprintf("this is file %zu%*s\n", i, (int)(i % 3000), "");

	return write_queue_add(
		fixture->queue, fixture->folder[i % FOLDERS], name, 0640, text, strlen(text), err);
}

static void all_are_written(void **state)
{
	struct fixture *fixture = *state;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < FILES; i++)
		assert_int_equal(add(fixture, i, &err), 0);
	assert_int_equal(write_queue_end(fixture->queue, &err), 0);
	for (size_t i = 0; i < FILES; i++) {
		autofree char *name = xasprintf("file-%zu", i);
		autofree char *text = xasprintf("this is file %zu%*s\n", i, (int)(i % 3000), "");
		autostrbuf got = STRBUF_INIT;

		assert_int_equal(
			file_read(fixture->folder[i % FOLDERS], name, 4096, &got, &err), 0);
		assert_string_equal(got.buf, text);
	}
}

/* A queue that has ended takes more. */
static void ends_more_than_once(void **state)
{
	static const char *const names[FOLDERS] = {"file-0", "file-1", "file-2"};
	struct fixture *fixture = *state;
	struct err err = ERR_INIT;

	assert_int_equal(write_queue_end(fixture->queue, &err), 0);
	for (size_t i = 0; i < FOLDERS; i++) {
		assert_int_equal(add(fixture, i, &err), 0);
		assert_int_equal(write_queue_end(fixture->queue, &err), 0);
		assert_int_equal(faccessat(fixture->folder[i], names[i], F_OK, 0), 0);
	}
}

static void a_failure_names_its_file(void **state)
{
	struct fixture *fixture = *state;
	struct err err = ERR_INIT;
	bool failed = false;

	assert_int_equal(file_write_new(fixture->folder[1], "file-1000", 0644, "", 0, &err), 0);
	for (size_t i = 0; i < FILES && !failed; i++)
		failed = add(fixture, i, &err) < 0;
	if (!failed)
		assert_int_equal(write_queue_end(fixture->queue, &err), -1);
	assert_non_null(strstr(err.msg, "file-1000"));
	/* And it stays so. */
	assert_int_equal(write_queue_end(fixture->queue, &err), -1);
}

static void what_waits_is_dropped(void **state)
{
	struct fixture *fixture = *state;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < 100; i++)
		assert_int_equal(add(fixture, i, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_are_written, begin, end),
		cmocka_unit_test_setup_teardown(ends_more_than_once, begin, end),
		cmocka_unit_test_setup_teardown(a_failure_names_its_file, begin, end),
		cmocka_unit_test_setup_teardown(what_waits_is_dropped, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
