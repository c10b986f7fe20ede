#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/strbuf.h"
#include "ops/import/treeinfo.h"

#include <string.h>

static const struct {
	const char *text;
	const char *value; /* of a in [s]; or, after '!', what the error says */
} rows[] = {
	{"[s]\na = b\n", "b"},
	{"[s]\na=b", "b"},
	{"[s]\r\na : b c \r\n", "b c"},
	{"[s]\na = b = c\n", "b = c"},
	{"[s]\na = x:y\n", "x:y"},
	{"[s]\na = 1\na = 2\n", "2"},
	{"[s]\na = 1\n[t]\na = 2\n", "1"},
	{"[s]\na =\n", ""},
	{"# comment\n; another\n\n[ s ]\na = b\n", "b"},
	{"[s]\na = b\n  goes on\n", "b"},
	{"[s]\nA = b\n", NULL},
	{"[t]\na = b\n", NULL},
	{"", NULL},
	{"[s]\nword\n", "!line 2: 'word' is neither [section] nor key = value"},
	{"[s]\n= b\n", "!line 2: '= b' is neither"},
	{"a = b\n", "!line 1: 'a = b' stands before any [section]"},
	{"[s\na = b\n", "!line 1: '[s' is no [section]"},
	{"[]\n", "!line 1: '[]' is no [section]"},
	{"[s] x\n", "!line 1"},
};

static void rows_are_parsed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		autotreeinfo struct treeinfo *treeinfo = NULL;
		const char *expect = rows[i].value;
		struct err err = ERR_INIT;
		int result = treeinfo_parse(rows[i].text, strlen(rows[i].text), &treeinfo, &err);

		if (expect && *expect == '!') {
			assert_int_equal(result, -1);
			if (strncmp(err.msg, expect + 1, strlen(expect + 1)) != 0)
				fail_msg("'%s' is not '%s'", err.msg, expect + 1);
			continue;
		}
		if (result < 0)
			fail_msg("row %zu: %s", i, err.msg);
		if (expect)
			assert_string_equal(treeinfo_get(treeinfo, "s", "a"), expect);
		else
			assert_null(treeinfo_get(treeinfo, "s", "a"));
	}
}

static void bounds_hold(void **state)
{
	autostrbuf text = STRBUF_INIT;
	struct treeinfo *treeinfo = NULL;
	struct err err = ERR_INIT;

	(void)state;
	strbuf_adds(&text, "[s]\n");
	for (int i = 0; i <= TREEINFO_MAX_KEYS; i++)
		strbuf_addf(&text, "key%d = x\n", i);
	assert_int_equal(treeinfo_parse(text.buf, text.len, &treeinfo, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
	while (text.len <= TREEINFO_MAX_BYTES)
		strbuf_adds(&text, "# and on and on\n");
	assert_int_equal(treeinfo_parse(text.buf, text.len, &treeinfo, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
	assert_int_equal(treeinfo_parse("[s]\na = \0b", 10, &treeinfo, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_null(treeinfo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_parsed),
		cmocka_unit_test(bounds_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
