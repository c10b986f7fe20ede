#include "support.h"

#include "koan-client/disk/disk_url.h"

static const struct {
	const char *text;
	const char *says; /* NULL: fine */
} rows[] = {
	{"iscsi://san/iqn.2026-11.org.example:a/1", NULL},
	{"iscsi://san:3261/iqn.2026-11.org.example:a/1", NULL},
	{"iscsi://[::1]:3261/iqn.x/0", NULL},
	{"iscsi://u@san/iqn.x/0?secret=4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6", NULL},
	{"nbd://10.77.0.2/", NULL},
	{"nbd://10.77.0.2/export-1", NULL},
	{"rbd://mon/pool/image", NULL},
	{"http://h/x", "must start with iscsi://"},
	{"iscsi:///iqn.x/1", "must name a server"},
	{"iscsi://san", "must name a disk"},
	{"iscsi://san/iqn.x", "two parts"},
	{"iscsi://san/iqn.x/1/2", "two parts"},
	{"iscsi://san//1", "characters in its name"},
	{"iscsi://san/iqn.x/", "empty part"},
	{"iscsi://san:0/iqn.x/1", "must name a server"},
	{"iscsi://san:x/iqn.x/1", "must name a server"},
	{"iscsi://a b/iqn.x/1", "must name a server"},
	{"rbd://mon/pool/ima'ge", "characters in its name"},
	{"rbd://mon/pool/image?x=1", "may only have ?secret=UUID"},
	{"rbd://u@mon/pool/image", "needs both USER@"},
	{"rbd://mon/pool/image?secret=4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6", "needs both USER@"},
	{"rbd://u@mon/pool/image?secret=x", "UUID of a secret"},
	{"rbd://u:p@mon/pool/image?secret=4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6", "needs both"},
	{"nbd://u@h/x?secret=4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6", "its protocol has none"},
};

static void test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *bad = disk_url_check(rows[i].text);

		if (!rows[i].says && bad)
			fail_msg("%s: %s", rows[i].text, bad);
		if (!rows[i].says)
			continue;
		if (!bad)
			fail_msg("%s is accepted", rows[i].text);
		assert_contains(bad, rows[i].says);
	}
}

static void test_parts(void **state)
{
	struct disk_url *url = disk_url_parse(
		"rbd://me@[fd77::1]:6790/pool/image?secret=4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6");

	(void)state;
	assert_string_equal(url->protocol->name, "rbd");
	assert_string_equal(url->host, "fd77::1");
	assert_int_equal(url->port, 6790);
	assert_string_equal(url->name, "pool/image");
	assert_string_equal(url->user, "me");
	assert_string_equal(url->secret, "4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6");
	disk_url_free(url);
	url = disk_url_parse("nbd://h/");
	assert_int_equal(url->port, 10809);
	assert_string_equal(url->name, "");
	assert_null(url->user);
	disk_url_free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
