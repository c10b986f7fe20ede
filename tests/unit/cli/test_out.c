#include "cli/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* What `print` writes, in `ret`. */
struct capture {
	char *text;
	size_t len;
	FILE *out;
};

static FILE *begin(struct capture *capture)
{
	capture->out = open_memstream(&capture->text, &capture->len);
	assert_non_null(capture->out);
	return capture->out;
}

static void end(struct capture *capture, const char *wanted)
{
	fclose(capture->out);
	assert_string_equal(capture->text, wanted);
	free(capture->text);
}

static void control_characters(void **state)
{
	static const struct {
		const char *text;
		const char *line;
		const char *lines;
	} rows[] = {
		{"web7", "web7", "web7"}, {"", "", ""}, {"a\033[2Jb", "a?[2Jb", "a?[2Jb"},
		{"a\nb\tc", "a?b?c", "a\nb\tc"}, {"a\r\x7f", "a??", "a??"},
		{"\xc2\x9b"
		 "31m",
			"?31m", "?31m"}, /* C1: CSI in one character */
		{"Zürich ✓", "Zürich ✓", "Zürich ✓"},
		{"\xc2", "\xc2", "\xc2"}, /* no UTF-8, and the end of the text */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct capture capture;

		out_text(rows[i].text, begin(&capture));
		end(&capture, rows[i].line);
		out_lines(rows[i].text, begin(&capture));
		end(&capture, rows[i].lines);
	}
}

static void json_stays_json(void **state)
{
	autojson json_t *value = json_pack("{s:s, s:s}", "a", "x\033y\x7fz\xc2\x9b", "b", "ü");
	autojson json_t *back = NULL;
	struct capture capture;
	struct err err;

	(void)state;
	assert_non_null(value);
	out_json(value, begin(&capture));
	fclose(capture.out);
	assert_null(strpbrk(capture.text, "\033\x7f"));
	assert_null(strstr(capture.text, "\xc2\x9b"));
	back = json_parse(capture.text, capture.len, &err);
	assert_true(json_equal(back, value));
	free(capture.text);
}

static void values(void **state)
{
	static const struct {
		const char *json;
		const char *text;
	} rows[] = {
		{"\"x\"", "x"},
		{"512", "512"},
		{"4.5", "4.5"},
		{"true", "true"},
		{"null", ""},
		{"[]", ""},
		{"[\"a\",\"b\"]", "a,b"},
		{"[10,20.5]", "10,20.5"},
		{"{}", ""},
		{"{\"quiet\":true,\"a\":\"1\"}", "quiet a=1"},
		{"{\"console\":[\"tty0\",\"ttyS0\"]}", "console=tty0 console=ttyS0"},
		{"{\"a\":\"b c\",\"!x\":true}", "a='b c' !x"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err;
		autojson json_t *value = json_parse(rows[i].json, strlen(rows[i].json), &err);
		autostrbuf text = STRBUF_INIT;

		assert_non_null(value);
		out_value(value, &text);
		assert_string_equal(text.buf, rows[i].text);
	}
}

static void counts(void **state)
{
	static const struct {
		double n;
		const char *unit;
		const char *text;
	} rows[] = {
		{1, "files", "1 file"},
		{2, "files", "2 files"},
		{0, "files", "0 files"},
		{1023, "bytes", "1023 bytes"},
		{1536, "bytes", "1.5 KiB"},
		{1610612736, "bytes", "1.5 GiB"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf text = STRBUF_INIT;

		out_count(rows[i].n, rows[i].unit, &text);
		assert_string_equal(text.buf, rows[i].text);
	}
}

static void times(void **state)
{
	autostrbuf text = STRBUF_INIT;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	out_time(1e9, &text);
	assert_string_equal(text.buf, "2001-09-09 01:46:40");
}

static void columns(void **state)
{
	static const char *const cells[] = {"name", "arch", "comment", "web7", "x86_64", "",
		"a-longer-name", "", "ü\033", "b", "", ""};
	autotable table = TABLE_INIT(3);
	struct capture capture;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		table_add(&table, cells[i]);
	table_print(&table, begin(&capture));
	end(&capture, "name           arch    comment\n"
		      "web7           x86_64\n"
		      "a-longer-name          ü?\n"
		      "b\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters),
		cmocka_unit_test(json_stays_json),
		cmocka_unit_test(values),
		cmocka_unit_test(counts),
		cmocka_unit_test(times),
		cmocka_unit_test(columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
