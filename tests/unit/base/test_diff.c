/* Unified diffs, row by row, as diff -u writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/diff.h"

#include <string.h>

static const struct {
	const char *before; /* NULL: no file */
	const char *after;
	const char *expected;
} rows[] = {
	{"a\nb\n", "a\nb\n", ""},
	{"a\nb\n", "a\nc\n", "--- x\n+++ x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"},
	{NULL, "a\n", "--- /dev/null\n+++ x\n@@ -0,0 +1 @@\n+a\n"},
	{"a\n", NULL, "--- x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"},
	{"", "a\n", "--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n"},
	{"a\nb", "a\nb\n",
		"--- x\n+++ x\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
	{"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
		"--- x\n+++ x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
	/* two hunks, and two changes near enough for one */
	{"a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
		"--- x\n+++ x\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n "
		"7\n-b\n+B\n"},
	{"a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
		"--- x\n+++ x\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
};

static struct diff_text text_of(const char *text)
{
	return (struct diff_text){.name = text ? "x" : NULL,
		.bytes = text ? text : "",
		.len = text ? strlen(text) : 0};
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct diff_text before = text_of(rows[i].before);
		const struct diff_text after = text_of(rows[i].after);
		autostrbuf diff = STRBUF_INIT;

		diff_unified(&before, &after, &diff);
		assert_string_equal(diff.buf, rows[i].expected);
	}
}

static void test_not_text(void **state)
{
	const struct diff_text before = {.name = "x", .bytes = "a\0b", .len = 3};
	const struct diff_text after = {.name = "x", .bytes = "a\0c", .len = 3};
	autostrbuf diff = STRBUF_INIT;

	(void)state;
	diff_unified(&before, &after, &diff);
	assert_string_equal(diff.buf, "--- x\n+++ x\nthe files differ\n");
}

/* Tens of thousands of lines with nothing in common end soon, in one line. */
static void test_too_different(void **state)
{
	autostrbuf before = STRBUF_INIT;
	autostrbuf after = STRBUF_INIT;
	autostrbuf diff = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		strbuf_addf(&before, "a%d\n", i);
		strbuf_addf(&after, "b%d\n", i);
	}
	diff_unified(&(struct diff_text){.name = "x", .bytes = before.buf, .len = before.len},
		&(struct diff_text){.name = "x", .bytes = after.buf, .len = after.len}, &diff);
	assert_non_null(strstr(diff.buf, "the files differ\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_not_text),
		cmocka_unit_test(test_too_different),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
