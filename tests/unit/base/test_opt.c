#include "base/opt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct options {
	bool force;
	const char *virt_name;
	struct strv disk;
};

static const struct opt table[] = {
	OPT_TITLE("Guest"),
	OPT(struct options, virt_name, "virt-name", "N", "name of the guest"),
	OPT(struct options, disk, "disk", "PATH", "one more disk"),
	OPT(struct options, force, "force", NULL, "replace what is there"),
};

static int parse(const char *const *argv, struct options *ret, struct strv *words, struct err *err)
{
	char *args[10] = {(char[]){"koan"}};
	int n = 1;
	int result;

	while (*argv)
		args[n++] = xstrdup(*argv++);
	result = opt_parse(table, ARRAY_SIZE(table), n, args, ret, words, err);
	if (ret->virt_name)
		ret->virt_name = strcmp(ret->virt_name, "lady") == 0 ? "lady" : "other";
	while (--n > 0)
		free(args[n]);
	return result;
}

static void spellings(void **state)
{
	static const char *const rows[][4] = {
		{"--virt-name=lady", "--force"},
		{"--virt-name", "lady", "--force"},
		{"--virt_name=lady", "--force"},
		{"--force", "--virt-name=x", "--virt-name=lady"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options options = {.force = false};

		assert_int_equal(parse(rows[i], &options, NULL, NULL), 0);
		assert_string_equal(options.virt_name, "lady");
		assert_true(options.force);
	}
}

static void lists_words_and_negation(void **state)
{
	static const char *const argv[] = {
		"--disk=a", "sync", "--no-force", "--disk", "b", "--", "--force", NULL};
	struct options options = {.force = true};
	autostrv words = STRV_INIT;

	(void)state;
	assert_int_equal(parse(argv, &options, &words, NULL), 0);
	assert_int_equal(options.disk.n, 2);
	assert_false(options.force);
	assert_int_equal(words.n, 2);
	assert_string_equal(words.v[1], "--force");
	strv_done(&options.disk);
}

static void mistakes(void **state)
{
	static const struct {
		const char *argv[3];
		const char *says;
	} rows[] = {
		{{"--virt-nam=x"}, "did you mean '--virt-name'"},
		{{"--zzz"}, "no option '--zzz'"},
		{{"--virt-name"}, "needs a value"},
		{{"--force=yes"}, "takes no value"},
		{{"-x"}, "options are written"},
		{{"word"}, "unexpected word"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options options = {.force = false};
		struct err err = ERR_INIT;

		assert_int_equal(parse(rows[i].argv, &options, NULL, &err), -1);
		assert_int_equal(err.code, ERR_USAGE);
		assert_non_null(strstr(err.msg, rows[i].says));
	}
}

static void help_lists_every_row(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	opt_print_help(table, ARRAY_SIZE(table), out);
	fclose(out);
	assert_non_null(strstr(text, "Guest:\n"));
	assert_non_null(strstr(text, "--virt-name=N"));
	assert_non_null(strstr(text, "replace what is there"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings),
		cmocka_unit_test(lists_words_and_negation),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(help_lists_every_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
