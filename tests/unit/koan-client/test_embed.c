#include "support.h"

#include "koan-client/self/embed.h"

static const struct {
	const char *breed;
	const char *options;
	const char *line; /* NULL: cannot */
	const char *file;
} rows[] = {
	{"debian", "auto=true url=http://h/p priority=critical",
		"auto=true file=/preseed.cfg priority=critical", "preseed.cfg"},
	{"redhat", "inst.ks=http://h/k inst.repo=http://h/t",
		"inst.ks=file:/ks.cfg inst.repo=http://h/t", "ks.cfg"},
	{"redhat", "ks=http://h/k", "ks=file:/ks.cfg", "ks.cfg"},
	{"suse", "install=http://h/t autoyast=http://h/a",
		"install=http://h/t autoyast=file:///autoinst.xml", "autoinst.xml"},
	{"ubuntu", "ip=dhcp url=http://h/x.iso autoinstall ds=nocloud-net;s=http://h/", NULL, NULL},
	{"debian", "quiet", NULL, NULL},
	{"windows", "url=http://h/x", NULL, NULL},
};

static void test_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autoplan plan = {0};
		const char *file = NULL;
		autofree char *line = NULL;

		load_plan(NULL, NULL, &plan);
		free(plan.breed);
		plan.breed = xstrdup(rows[i].breed);
		free(plan.kernel_options);
		plan.kernel_options = xstrdup(rows[i].options);
		line = embed_options(&plan, &file);
		if (!rows[i].line) {
			assert_null(line);
			continue;
		}
		assert_string_equal(line, rows[i].line);
		assert_string_equal(file, rows[i].file);
	}
}

/* The kernel's own reader of such archives is what tests/e2e/koan-self.sh has cpio stand for. */
static void test_archive(void **state)
{
	autostrbuf archive = STRBUF_INIT;

	(void)state;
	embed_archive("ks.cfg", "text\n", 5, &archive);
	assert_int_equal(archive.len % 4, 0);
	assert_memory_equal(archive.buf, "070701", 6);
	assert_string_equal(archive.buf + 110, "ks.cfg");
	assert_memory_equal(archive.buf + 120, "text\n", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
