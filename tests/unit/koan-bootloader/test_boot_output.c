/* The answer's three formats, to the byte. */
#include "../koan-client/support.h"

#include "koan-client/bootloader/boot.h"
#include "koan-client/bootloader/boot_output.h"

#define P "/run/xen/b.d/"

static const struct {
	const char *format;
	struct boot_output output;
	const char *text;
	size_t len;
} good[] = {
#define TEXT(text) text, sizeof(text) - 1
	{"simple0", {P "k", P "r", "a=1 a=1"},
		TEXT("kernel " P "k\0ramdisk " P "r\0args a=1 a=1\0")},
	{"simple0", {P "k", NULL, ""}, TEXT("kernel " P "k\0")},
	{"simple0", {P "k", NULL, "a\nb"}, TEXT("kernel " P "k\0args a\nb\0")},
	{"simple", {P "k", P "r", "a=1"}, TEXT("kernel " P "k\nramdisk " P "r\nargs a=1\n\n")},
	{"simple", {P "a b", NULL, ""}, TEXT("kernel " P "a b\n\n")},
	{"sxp", {P "k", P "r", "a=1 b"},
		TEXT("linux (kernel " P "k)(ramdisk " P "r)(args 'a=1 b')")},
	{"sxp", {P "k", NULL, ""}, TEXT("linux (kernel " P "k)")},
	{"sxp", {P "k", NULL, "it's (a) \\"},
		TEXT("linux (kernel " P "k)(args 'it\\'s (a) \\\\')")},
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		autostrbuf text = STRBUF_INIT;
		enum boot_format format;

		assert_int_equal(boot_format_find(good[i].format, &format, NULL), 0);
		assert_int_equal(boot_output_print(format, &good[i].output, &text, NULL), 0);
		assert_int_equal(text.len, good[i].len);
		assert_memory_equal(text.buf, good[i].text, text.len);
	}
}

static const struct {
	const char *format;
	struct boot_output output;
	const char *says;
} bad[] = {
	{"simple", {P "k", NULL, "a\nkernel /etc/shadow"}, "kernel's arguments have the byte 0x0a"},
	{"simple", {P "k\n", NULL, ""}, "kernel's path has the byte 0x0a"},
	{"sxp", {P "a b", NULL, ""}, "kernel's path has the byte 0x20"},
	{"sxp", {P "k", P "r)(kernel x", ""}, "ramdisk's path has the byte 0x29"},
	{"sxp", {P "k'", NULL, ""}, "0x27"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autostrbuf text = STRBUF_INIT;
		struct err err = ERR_INIT;
		enum boot_format format;

		assert_int_equal(boot_format_find(bad[i].format, &format, NULL), 0);
		assert_int_equal(boot_output_print(format, &bad[i].output, &text, &err), -1);
		assert_contains(err.msg, bad[i].says);
		assert_int_equal(text.len, 0);
	}
}

static void test_too_long(void **state)
{
	autofree char *args = xasprintf("%08186d", 1);
	struct boot_output output = {"/k", NULL, args};
	autostrbuf text = STRBUF_INIT;

	(void)state;
	assert_int_equal(boot_output_print(BOOT_SIMPLE0, &output, &text, NULL), 0);
	free(args);
	args = xasprintf("%08187d", 1);
	output.args = args;
	assert_int_equal(boot_output_print(BOOT_SIMPLE0, &output, &text, NULL), -1);
}

static void test_unknown(void **state)
{
	struct err err = ERR_INIT;
	enum boot_format format;

	(void)state;
	assert_int_equal(boot_format_find("simple1", &format, &err), -1);
	assert_contains(err.msg, "must be sxp, simple or simple0");
	assert_int_equal(err.code, ERR_USAGE);
}

static void test_args(void **state)
{
	autoboot boot = BOOT_INIT;

	(void)state;
	boot_add_args(&boot, "quiet xconsole=1");
	boot_add_args(&boot, "");
	boot_add_args(&boot, NULL);
	assert_false(boot_has_arg(&boot, "console="));
	boot_add_args(&boot, "a=1");
	boot_add_args(&boot, "a=1 console=tty0");
	assert_string_equal(boot.args.buf, "quiet xconsole=1 a=1 a=1 console=tty0");
	assert_true(boot_has_arg(&boot, "console="));
	assert_true(boot_has_arg(&boot, "quiet"));
	assert_false(boot_is_verifiable(&boot));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_args),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
