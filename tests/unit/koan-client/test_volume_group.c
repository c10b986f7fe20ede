#include "support.h"

#include "koan-client/disk/volume_group.h"

static const struct {
	const char *printed;
	bool good;
	uint64_t bytes;
} rows[] = {
	{"  4290772992\n", true, UINT64_C(4290772992)},
	{"  0\n", true, 0},
	{"  WARNING: Couldn't find device with uuid 3.\n  17179869184 \n\n", true,
		UINT64_C(17179869184)},
	{"", false, 0},
	{"  Volume group \"vg9\" not found\n", false, 0},
	{"  4290772992B\n", false, 0},
	{"  -5\n", false, 0},
	{"  99999999999999999999\n", false, 0},
};

static void test_printed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t bytes = 0;

		if (volume_group_read(rows[i].printed, &bytes) != rows[i].good)
			fail_msg("row %zu: \"%s\"", i, rows[i].printed);
		assert_int_equal(bytes, rows[i].bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
