#include "template/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void same_name_has_one_number(void **state)
{
	AUTO(names) struct names *names = names_new();
	uint32_t host = names_take(names, "host", 4);

	(void)state;
	assert_int_not_equal(host, NAME_NONE);
	assert_int_equal(names_take(names, "hostname", 4), host);
	assert_int_not_equal(names_take(names, "hostname", 8), host);
	assert_int_equal(names_find(names, "host", 4), host);
	assert_int_equal(names_find(names, "ho", 2), NAME_NONE);
}

static void fixed_names_have_theirs(void **state)
{
	AUTO(names) struct names *names = names_new();

	(void)state;
	for (uint32_t i = NAME_NONE + 1; i < NAME_FUNCTIONS; i++) {
		assert_int_equal(names_fixed[i].id, i);
		assert_int_equal(names_find(names, names_fixed[i].s, names_fixed[i].len), i);
	}
	assert_int_equal(names_find(names, "range", 5), NAME_FUNCTIONS);
	assert_int_equal(names_find(names, "dict", 4), NAME_FUNCTIONS + 1);
}

static void number_is_free_after_its_last_use(void **state)
{
	AUTO(names) struct names *names = names_new();
	uint32_t id = names_take(names, "disk", 4);

	(void)state;
	names_take(names, "disk", 4);
	names_drop(names, &id, 1);
	assert_int_equal(names_find(names, "disk", 4), id);
	names_drop(names, &id, 1);
	assert_int_equal(names_find(names, "disk", 4), NAME_NONE);
	assert_int_equal(names_take(names, "layout", 6), id);
}

/* More than the table begins with, so that it grows; then all but one go. */
static void many_names_come_and_go(void **state)
{
	AUTO(names) struct names *names = names_new();
	uint32_t ids[3000];
	char text[16];

	(void)state;
	for (size_t i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "v%zu", i);
		ids[i] = names_take(names, text, strlen(text));
	}
	names_drop(names, ids, 1234);
	names_drop(names, ids + 1235, 3000 - 1235);
	assert_int_equal(names_find(names, "v1234", 5), ids[1234]);
	assert_int_equal(names_find(names, "v1233", 5), NAME_NONE);
	for (size_t i = 0; i < 2999; i++) {
		snprintf(text, sizeof(text), "w%zu", i);
		assert_true(names_take(names, text, strlen(text)) <= ids[2999]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_name_has_one_number),
		cmocka_unit_test(fixed_names_have_theirs),
		cmocka_unit_test(number_is_free_after_its_last_use),
		cmocka_unit_test(many_names_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
