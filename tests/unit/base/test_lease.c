#include "base/lease.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void lines(void **state)
{
	static const struct {
		const char *line;
		const char *expect; /* "MAC ADDRESS HOSTNAME CLIENT-ID"; NULL: none */
		double ends;
	} rows[] = {
		{"1700000000 52:54:00:aa:00:09 10.77.0.50 web9 01:52:54:00:aa:00:09",
			"52:54:00:aa:00:09 10.77.0.50 web9 01:52:54:00:aa:00:09", 1700000000},
		{"0 52:54:00:AA:00:09 10.77.0.50 * *", "52:54:00:aa:00:09 10.77.0.50  ", -1},
		{"1700000000 52:54:00:aa:00:09 10.77.0.50 <b>x</b> zz",
			"52:54:00:aa:00:09 10.77.0.50  ", 1700000000},
		/* IPv6: the DUID has the address, after a time or at once */
		{"1700000000 11141129 fd77::100 h 00:01:00:01:2a:2b:2c:2d:52:54:00:aa:00:09",
			"52:54:00:aa:00:09 fd77::100 h 00:01:00:01:2a:2b:2c:2d:52:54:00:aa:00:09",
			1700000000},
		{"1700000000 T1 FD77::0100 * 00:03:00:01:52:54:00:aa:00:09",
			"52:54:00:aa:00:09 fd77::100  00:03:00:01:52:54:00:aa:00:09", 1700000000},
		/* a DUID made from a UUID, InfiniBand, a group's address, the server's own DUID */
		{"1700000000 1 fd77::100 * 00:04:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f",
			NULL, 0},
		{"1700000000 20-00:00:10:20:30:40 10.77.0.50 * *", NULL, 0},
		{"1700000000 01:00:5e:00:00:01 10.77.0.50 * *", NULL, 0},
		{"duid 00:01:00:01:2a:2b:2c:2d:52:54:00:aa:00:09", NULL, 0},
		{"x 52:54:00:aa:00:09 10.77.0.50 * *", NULL, 0},
		{"-5 52:54:00:aa:00:09 10.77.0.50 * *", NULL, 0},
		{"1700000000 52:54:00:aa:00:09 10.77.0.500 * *", NULL, 0},
		{"1700000000 52:54:00:aa:00:09 10.77.0.50 *", NULL, 0},
		{"1700000000  52:54:00:aa:00:09 10.77.0.50 * *", NULL, 0},
		{"", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *line = xstrdup(rows[i].line);
		autofree char *text = NULL;
		struct lease lease;

		if (!lease_parse(line, &lease)) {
			if (rows[i].expect)
				fail_msg("'%s' is no lease", rows[i].line);
			continue;
		}
		text = xasprintf(
			"%s %s %s %s", lease.mac, lease.address, lease.hostname, lease.client_id);
		if (!rows[i].expect)
			fail_msg("'%s' is a lease", rows[i].line);
		assert_string_equal(text, rows[i].expect);
		assert_true(lease.ends == rows[i].ends);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
