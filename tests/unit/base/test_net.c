#include "base/net.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void mac_addresses(void **state)
{
	static const struct {
		const char *text;
		const char *expect; /* NULL: refused */
	} rows[] = {
		{"00:16:3e:12:34:56", "00:16:3e:12:34:56"},
		{"00-16-3E-AB-CD-EF", "00:16:3e:ab:cd:ef"},
		{"0016.3eab.cdef", "00:16:3e:ab:cd:ef"},
		{"00163eabcdef", "00:16:3e:ab:cd:ef"},
		{"", NULL},
		{"00:16:3e:12:34", NULL},
		{"00:16:3e:12:34:56:78", NULL},
		{"00:16-3e:12:34:56", NULL},
		{"00:16:3e:12:34:5g", NULL},
		{"00:16:3e:12:34:56\n", NULL},
		{" 00:16:3e:12:34:56", NULL},
		{"0:16:3e:12:34:56", NULL},
		{"0016:3eab:cdef", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		struct mac mac;
		char text[MAC_TEXT];

		if (!rows[i].expect) {
			assert_int_equal(mac_parse(rows[i].text, &mac, &err), -1);
			assert_int_equal(err.code, ERR_INVALID);
			continue;
		}
		assert_int_equal(mac_parse(rows[i].text, &mac, &err), 0);
		mac_format(&mac, ':', text);
		assert_string_equal(text, rows[i].expect);
	}
}

static void ip_addresses(void **state)
{
	static const struct {
		const char *text;
		const char *expect;
	} rows[] = {
		{"192.0.2.10", "192.0.2.10"},
		{"2001:DB8:0:0::0010", "2001:db8::10"},
		{"::1", "::1"},
		{"192.0.2.010", NULL},
		{"192.0.2", NULL},
		{"192.0.2.256", NULL},
		{"192.0.2.1 ", NULL},
		{"fe80::1%eth0", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[46];

		if (!rows[i].expect) {
			assert_int_equal(ip_canonical(rows[i].text, text, NULL), -1);
			continue;
		}
		assert_int_equal(ip_canonical(rows[i].text, text, NULL), 0);
		assert_string_equal(text, rows[i].expect);
	}
}

static void netmasks(void **state)
{
	static const struct {
		const char *text;
		int expect; /* -1: refused */
	} rows[] = {
		{"255.255.255.0", 24},
		{"255.255.255.255", 32},
		{"0.0.0.0", 0},
		{"20", 20},
		{"255.0.255.0", -1},
		{"33", -1},
		{"-1", -1},
		{"", -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned prefix = 99;
		int result = netmask_parse(rows[i].text, &prefix, NULL);

		assert_int_equal(result, rows[i].expect < 0 ? -1 : 0);
		if (result == 0)
			assert_int_equal(prefix, rows[i].expect);
	}
}

static void hosts_and_ports(void **state)
{
	static const struct {
		const char *text;
		const char *host; /* NULL: refused */
		unsigned port;
	} rows[] = {
		{"localhost", "localhost", 80},
		{"web7.example.org:8080", "web7.example.org", 8080},
		{"[2001:db8::1]:81", "2001:db8::1", 81},
		{"[::1]", "::1", 80},
		{"::1", "::1", 80},
		{"0.0.0.0:0", "0.0.0.0", 0},
		{"host:", NULL, 0},
		{"host:65536", NULL, 0},
		{"host:8x", NULL, 0},
		{":80", NULL, 0},
		{"", NULL, 0},
		{"a b", NULL, 0},
		{"-oProxy", NULL, 0},
		{"http://x", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char host[256];
		unsigned port;
		int result = host_port_parse(rows[i].text, 80, host, &port, NULL);

		assert_int_equal(result, rows[i].host ? 0 : -1);
		if (rows[i].host) {
			assert_string_equal(host, rows[i].host);
			assert_int_equal(port, rows[i].port);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mac_addresses),
		cmocka_unit_test(ip_addresses),
		cmocka_unit_test(netmasks),
		cmocka_unit_test(hosts_and_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
