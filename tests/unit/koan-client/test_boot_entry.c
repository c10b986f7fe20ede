#include "support.h"

#include "koan-client/self/boot_entry.h"
#include "koan-client/self/replace_self.h"

static const struct boot_entry entry = {
	"Install web7 anew (koan)",
	"/boot/koan-0123.linux",
	"/boot/koan-0123.initrd",
	"auto=true a=\"b c\" it's $HOME;",
};

static void test_grub(void **state)
{
	autostrbuf text = STRBUF_INIT;

	(void)state;
	boot_entry_grub(&entry, &text);
	assert_string_equal(text.buf,
		"menuentry 'Install web7 anew (koan)' --id koan-reinstall {\n"
		"\tset btrfs_relative_path=n\n"
		"\tsearch --no-floppy --set=root --file '/boot/koan-0123.linux'\n"
		"\tlinux '/boot/koan-0123.linux' 'auto=true' 'a=\"b c\"' 'it'\\''s' '$HOME;'\n"
		"\tinitrd '/boot/koan-0123.initrd'\n"
		"}\n");
}

static void test_bls(void **state)
{
	struct boot_entry plain = entry;
	autostrbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(boot_entry_bls(&entry, &text, &err), -1);
	assert_contains(err.msg, "cannot hold");
	plain.cmdline = "inst.ks=http://h/x quiet";
	assert_int_equal(boot_entry_bls(&plain, &text, &err), 0);
	assert_contains(text.buf, "linux /boot/koan-0123.linux\n");
	assert_contains(text.buf, "options inst.ks=http://h/x quiet\n");
}

static const struct {
	const char *old;
	const char *merged;
} merges[] = {
	{"", "### BEGIN koan ###\nnew\n### END koan ###\n"},
	{"mine", "mine\n### BEGIN koan ###\nnew\n### END koan ###\n"},
	{"mine\n### BEGIN koan ###\nold\n### END koan ###\nyours\n",
		"mine\n### BEGIN koan ###\nnew\n### END koan ###\nyours\n"},
	/* A part without its end is somebody's own text. */
	{"### BEGIN koan ###\nold\n",
		"### BEGIN koan ###\nold\n### BEGIN koan ###\nnew\n### END koan ###\n"},
};

static void test_merge(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(merges); i++) {
		autostrbuf text = STRBUF_INIT;

		boot_entry_merge(merges[i].old, "new\n", &text);
		assert_string_equal(text.buf, merges[i].merged);
	}
}

static const struct {
	const char *plan;
	const char *consoles;
	const char *running;
	const char *kopts;
	bool no_copy;
	const char *line;
} lines[] = {
	{"auto=true", "", "BOOT_IMAGE=/x root=/dev/sda1 quiet console=ttyS0,115200 nomodeset\n",
		NULL, false, "auto=true console=ttyS0,115200 nomodeset"},
	{"auto=true console=tty1", "", "console=ttyS0 acpi=off", NULL, false,
		"auto=true console=tty1 acpi=off"},
	{"auto=true", "", "console=tty0 console=ttyS0", NULL, false,
		"auto=true console=tty0 console=ttyS0"},
	/* The record knows better than the system that runs. */
	{"auto=true", "console=tty1 console=ttyS1", "console=tty0 acpi=off", NULL, false,
		"auto=true console=tty1 console=ttyS1 acpi=off"},
	{"auto=true", "console=ttyS1", "console=tty0", NULL, true, "auto=true console=ttyS1"},
	{"auto=true", "", "console=ttyS0", "a b", false, "auto=true console=ttyS0 a b"},
	{"auto=true", "", "console=ttyS0", NULL, true, "auto=true"},
	{"auto=true", "", "", "", false, "auto=true"},
};

static void test_cmdline(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		autoplan plan = {0};
		struct options options = {
			.kernel_options = lines[i].kopts, .no_copy_default = lines[i].no_copy};
		autofree char *line = NULL;

		load_plan(NULL, NULL, &plan);
		free(plan.kernel_options);
		plan.kernel_options = xstrdup(lines[i].plan);
		free(plan.consoles);
		plan.consoles = xstrdup(lines[i].consoles);
		line = replace_self_cmdline(&options, &plan, lines[i].running, NULL);
		assert_string_equal(line, lines[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grub),
		cmocka_unit_test(test_bls),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_cmdline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
