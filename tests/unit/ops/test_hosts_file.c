#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "ops/publish/hosts_file.h"

#include <string.h>

#define A    "52:54:00:aa:00:01"
#define B    "52:54:00:aa:00:02"
#define C    "52:54:00:aa:00:03"
#define HEAD "# head\n"
#define FULL HEAD A ",10.0.0.1,a\n" B ",10.0.0.2,b\n" C ",10.0.0.3,c\n"

/* Words apart by blanks: the cards, their new lines. */
static const struct {
	const char *was;
	const char *macs;
	const char *lines;
	const char *is;
} rows[] = {
	{FULL, "", "", FULL},
	{FULL, B, B ",10.0.0.2,b", FULL},
	{FULL, B, B ",10.0.0.9", HEAD A ",10.0.0.1,a\n" B ",10.0.0.9\n" C ",10.0.0.3,c\n"},
	{FULL, A, "", HEAD B ",10.0.0.2,b\n" C ",10.0.0.3,c\n"},
	{FULL, C, "", HEAD A ",10.0.0.1,a\n" B ",10.0.0.2,b\n"},
	{FULL, C " " A " " B, "", HEAD},
	{FULL, "52:54:00:aa:00:00", "52:54:00:aa:00:00,x",
		HEAD "52:54:00:aa:00:00,x\n" A ",10.0.0.1,a\n" B ",10.0.0.2,b\n" C ",10.0.0.3,c\n"},
	{FULL, "52:54:00:aa:00:04", "52:54:00:aa:00:04,x", FULL "52:54:00:aa:00:04,x\n"},
	/* a card that is changed along, and one that two of the changed systems have had */
	{FULL, B, B ",x " A ",y", HEAD A ",y\n" B ",x\n" C ",10.0.0.3,c\n"},
	{FULL, B " " B, B ",x " B ",x", HEAD A ",10.0.0.1,a\n" B ",x\n" C ",10.0.0.3,c\n"},
	/* a longer address (InfiniBand) that begins as another does */
	{HEAD A ",x\n" A ":04,y\n", A, "", HEAD A ":04,y\n"},
	{HEAD, A, C ",z " A ",x", HEAD A ",x\n" C ",z\n"},
	{"", A, A ",x", A ",x\n"},
	{HEAD A ",cut off", B, B ",x", HEAD A ",cut off\n" B ",x\n"},
};

static void rows_are_replaced(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf was = STRBUF_INIT;
		autostrbuf is = STRBUF_INIT;
		autostrv macs = STRV_INIT;
		autostrv lines = STRV_INIT;

		strbuf_adds(&was, rows[i].was);
		strv_split(&macs, rows[i].macs, " ");
		strv_split(&lines, rows[i].lines, " ");
		hosts_file_replace(&was, &macs, &lines, &is);
		assert_string_equal(is.buf, rows[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
