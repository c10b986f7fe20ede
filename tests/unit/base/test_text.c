/* err, strbuf, strv, json: what is built out of bytes. */
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void err_speaks_outside_in(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&err, ERR_INVALID, "'%s' is not defined", "kernel"), -1);
	err_wrap(&err, "template '%s'", "grub.tpl");
	err_wrap(&err, "system '%s'", "web7");
	assert_string_equal(err.msg, "system 'web7': template 'grub.tpl': 'kernel' is not defined");
	assert_int_equal(err.code, ERR_INVALID);
	assert_int_equal(err_set(NULL, ERR_INVALID, "nobody listens"), -1);
}

static void err_keeps_terminals_safe(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	err_field(&err, ERR_INVALID, "name", "'%s'", "a\nb\033[31m");
	assert_string_equal(err.msg, "name: 'a?b?[31m'");
	assert_string_equal(err.field, "name");
}

static void err_cuts_what_is_too_long(void **state)
{
	struct err err = ERR_INIT;
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&err, ERR_INVALID, "%s", text);
	err_wrap(&err, "%s", text);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
}

static void err_class_follows_errno(void **state)
{
	static const struct {
		int number;
		enum err_code code;
	} rows[] = {
		{ENOSPC, ERR_NO_SPACE},
		{EDQUOT, ERR_NO_SPACE},
		{ENOENT, ERR_NOT_FOUND},
		{EEXIST, ERR_CONFLICT},
		{EIO, ERR_IO},
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		errno = rows[i].number;
		err_sys(&err, "cannot open 'x'");
		assert_int_equal(err.code, rows[i].code);
		assert_non_null(strstr(err.msg, strerror(rows[i].number)));
	}
}

static void err_http_round_trip(void **state)
{
	static const enum err_code codes[] = {ERR_INVALID, ERR_DENIED, ERR_NOT_FOUND, ERR_CONFLICT,
		ERR_STALE, ERR_TOO_BIG, ERR_NO_SPACE, ERR_BUSY, ERR_UPSTREAM};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		assert_int_equal(err_from_http_status(err_http_status(codes[i])), codes[i]);
	assert_int_equal(err_from_http_status(418), ERR_INVALID);
	assert_int_equal(err_from_http_status(599), ERR_UPSTREAM);
}

static void strbuf_quotes(void **state)
{
	static const struct {
		void (*add)(struct strbuf *b, const char *s);
		const char *text;
		const char *expect;
	} rows[] = {
		{strbuf_add_shell, "plain-1.2/x", "plain-1.2/x"},
		{strbuf_add_shell, "", "''"},
		{strbuf_add_shell, "a b", "'a b'"},
		{strbuf_add_shell, "it's", "'it'\\''s'"},
		{strbuf_add_shell, "$(reboot)", "'$(reboot)'"},
		{strbuf_add_url, "web7.example_~-", "web7.example_~-"},
		{strbuf_add_url, "a b/c?d&e\xc3\xa4", "a%20b%2Fc%3Fd%26e%C3%A4"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf b = STRBUF_INIT;

		rows[i].add(&b, rows[i].text);
		assert_string_equal(b.buf, rows[i].expect);
	}
}

static void strbuf_grows_and_hands_over(void **state)
{
	struct strbuf b = STRBUF_INIT;
	char *text;

	(void)state;
	assert_string_equal(b.buf, "");
	for (int i = 0; i < 1000; i++)
		strbuf_addf(&b, "%d,%s", i,
			"a text that is longer than the first guess of sixty-four bytes");
	assert_int_equal(strlen(b.buf), b.len);
	strbuf_truncate(&b, 3);
	text = strbuf_take(&b);
	assert_string_equal(text, "0,a");
	assert_string_equal(b.buf, "");
	free(text);
	strbuf_done(&b);
}

static void strv_splits_and_joins(void **state)
{
	autostrv list = STRV_INIT;
	autostrbuf joined = STRBUF_INIT;
	size_t seen = 0;

	(void)state;
	strv_split(&list, " b,a ,,c", " ,");
	strv_sort(&list);
	strv_join(&list, "+", &joined);
	assert_string_equal(joined.buf, "a+b+c");
	assert_true(strv_has(&list, "b"));
	assert_false(strv_has(&list, "d"));
	assert_null(list.v[list.n]);
	strv_for_each (item, &list)
		seen += strlen(item);
	assert_int_equal(seen, 3);
}

static void nearest_word_helps(void **state)
{
	static const char *const names[] = {"virt_ram", "virt_cpus", "hostname"};

	(void)state;
	assert_string_equal(nearest_word("virt_rma", names, 3), "virt_ram");
	assert_string_equal(nearest_word("hostnam", names, 3), "hostname");
	assert_null(nearest_word("kernel", names, 3));
	assert_null(nearest_word("", names, 3));
}

static void json_refuses(void **state)
{
	static const char *const rows[] = {
		"", "{", "{\"a\":1,\"a\":2}", "[1] x", "{\"a\":\"\\u0000\"}", "nul"};
	autostrbuf deep = STRBUF_INIT;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_null(json_parse(rows[i], strlen(rows[i]), &err));
		assert_int_equal(err.code, ERR_INVALID);
	}
	for (int i = 0; i < 100; i++)
		strbuf_addc(&deep, '[');
	assert_null(json_parse(deep.buf, deep.len, &err));
	assert_non_null(strstr(err.msg, "deeper"));
}

static void json_prints_sorted(void **state)
{
	static const char text[] = "{\"b\": [1, true], \"a\": \"[[[[\\\"\"}";
	autojson json_t *value = json_parse(text, sizeof(text) - 1, NULL);
	autostrbuf out = STRBUF_INIT;

	(void)state;
	assert_non_null(value);
	json_print(value, true, &out);
	assert_string_equal(
		out.buf, "{\n  \"a\": \"[[[[\\\"\",\n  \"b\": [\n    1,\n    true\n  ]\n}");
	json_set_str(value, "c", "caf\xe9");
	assert_string_equal(json_get_str(value, "c"), "caf?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err_speaks_outside_in),
		cmocka_unit_test(err_keeps_terminals_safe),
		cmocka_unit_test(err_cuts_what_is_too_long),
		cmocka_unit_test(err_class_follows_errno),
		cmocka_unit_test(err_http_round_trip),
		cmocka_unit_test(strbuf_quotes),
		cmocka_unit_test(strbuf_grows_and_hands_over),
		cmocka_unit_test(strv_splits_and_joins),
		cmocka_unit_test(nearest_word_helps),
		cmocka_unit_test(json_refuses),
		cmocka_unit_test(json_prints_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
