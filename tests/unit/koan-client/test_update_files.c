#include "support.h"

#include "koan-client/self/update_files.h"

static const struct {
	const char *json;
	const char *says; /* NULL: fine */
} rows[] = {
	{"{\"files\": []}", NULL},
	{"{\"files\": [{\"path\": \"/etc/motd\", \"content\": \"a\\nb\"}]}", NULL},
	{"{\"files\": [{\"path\": \"/etc/motd\", \"content\": \"\"}]}", NULL},
	{"{}", "files: is missing"},
	{"[]", "files: is missing"},
	{"{\"files\": {}}", "files: must be an array"},
	{"{\"files\": [\"/etc/motd\"]}", "files[0].path: is missing"},
	{"{\"files\": [{\"path\": \"/etc/motd\"}]}", "files[0].content: is missing"},
	{"{\"files\": [{\"path\": \"etc/motd\", \"content\": \"\"}]}", "absolute path"},
	{"{\"files\": [{\"path\": \"/etc/../motd\", \"content\": \"\"}]}", "'..'"},
	{"{\"files\": [{\"path\": \"/etc//motd\", \"content\": \"\"}]}", "'//'"},
	{"{\"files\": [{\"path\": \"/\", \"content\": \"\"}]}", "absolute path"},
	{"{\"files\": [{\"path\": \"/etc/\", \"content\": \"\"}]}", "absolute path"},
	{"{\"files\": [{\"path\": \"/proc/sysrq-trigger\", \"content\": \"b\"}]}", "the kernel's"},
	{"{\"files\": [{\"path\": \"/dev/sda\", \"content\": \"b\"}]}", "the kernel's"},
	{"{\"files\": [{\"path\": \"/etc/a\\u0000b\", \"content\": \"b\"}]}", "not valid JSON"},
	{"{\"files\": [{\"path\": 1, \"content\": \"b\"}]}", "must be a string"},
	{"{\"files\": [{\"path\": \"/a\", \"content\": [\"b\"]}]}", "must be a string"},
	{"{\"files\": ", "not valid JSON"},
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kept_files files = {0};
		struct err err = ERR_INIT;
		int result = kept_files_parse(rows[i].json, strlen(rows[i].json), &files, &err);

		kept_files_done(&files);
		if (!rows[i].says) {
			assert_int_equal(result, 0);
			continue;
		}
		if (result == 0)
			fail_msg("row %zu is accepted: %s", i, rows[i].json);
		assert_contains(err.msg, rows[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
