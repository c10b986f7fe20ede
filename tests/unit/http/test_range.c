#include "support.h"

#include "base/mem.h"
#include "http/file_answer.h"

static const struct row {
	const char *text;
	uint64_t size;
	enum range range;
	uint64_t offset, length;
} rows[] = {
	{"bytes=0-0", 10, RANGE_PART, 0, 1},
	{"bytes=0-", 10, RANGE_PART, 0, 10},
	{"bytes=3-5", 10, RANGE_PART, 3, 3},
	{"bytes=3-99", 10, RANGE_PART, 3, 7},
	{"bytes=9-", 10, RANGE_PART, 9, 1},
	{"bytes=-3", 10, RANGE_PART, 7, 3},
	{"bytes=-99", 10, RANGE_PART, 0, 10},
	{"BYTES=1-2", 10, RANGE_PART, 1, 2},
	{"bytes=10-", 10, RANGE_IMPOSSIBLE, 0, 0},
	{"bytes=-0", 10, RANGE_IMPOSSIBLE, 0, 0},
	{"bytes=0-0", 0, RANGE_IMPOSSIBLE, 0, 0},
	{"bytes=5-3", 10, RANGE_ALL, 0, 0},
	{"bytes=0-1,3-4", 10, RANGE_ALL, 0, 0},
	{"bytes=", 10, RANGE_ALL, 0, 0},
	{"bytes=-", 10, RANGE_ALL, 0, 0},
	{"bytes=a-b", 10, RANGE_ALL, 0, 0},
	{"bytes=1", 10, RANGE_ALL, 0, 0},
	{"bytes=99999999999999999999-", 10, RANGE_ALL, 0, 0},
	{"lines=1-2", 10, RANGE_ALL, 0, 0},
};

static void ranges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t offset, length;
		enum range range = range_parse(rows[i].text, rows[i].size, &offset, &length);

		if (range != rows[i].range ||
			(range == RANGE_PART &&
				(offset != rows[i].offset || length != rows[i].length)))
			fail_msg("'%s' of %llu: %d, %llu + %llu", rows[i].text,
				(unsigned long long)rows[i].size, (int)range,
				(unsigned long long)offset, (unsigned long long)length);
	}
}

static void types(void **state)
{
	(void)state;
	assert_string_equal(content_type("a/index.html"), "text/html; charset=utf-8");
	assert_string_equal(content_type("x.JS"), "text/javascript; charset=utf-8");
	assert_string_equal(content_type("linux"), "application/octet-stream");
	assert_string_equal(content_type(".js"), "application/octet-stream");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
