#include "support.h"

#include "koan-client/plan/plan.h"

static void test_good(void **state)
{
	autoplan plan = {0};

	(void)state;
	load_plan(NULL, NULL, &plan);
	assert_string_equal(plan.kind, "system");
	assert_string_equal(plan.name, "web7");
	assert_int_equal(plan.kernel.size, 8190000);
	assert_string_equal(plan.kernel.sha256, GOOD_SHA256);
	assert_int_equal(plan.n_initrds, 1);
	assert_int_equal(plan.virt.ram, 1024);
	assert_int_equal(plan.virt.n_file_size, 1);
	assert_int_equal(plan.virt.path.n, 0);
	assert_false(plan.virt.auto_boot);
	assert_false(plan.local_boot);
	assert_int_equal(plan.n_nics, 1);
	assert_true(plan.nics[0].has_mac);
	assert_int_equal(plan.nics[0].mac.byte[5], 1);
}

/* What a server may also say. */
static const struct {
	const char *path;
	const char *value;
} accepted[] = {
	{"virt.file_size", "[4.5, 10, 0]"},
	{"virt.file_size", "[]"},
	{"virt.path", "[\"\", \"/srv/images\", \"vg0\"]"},
	{"virt.type", "\"something newer\""},
	{"hostname", "\"\""},
	{"autoinstall", "\"\""},
	{"kernel_options", "\"\""},
	{"kernel_options", "\"a=<&>'\\\" b=\\u00e4\""},
	{"consoles", "\"console=tty0 console=ttyS0,115200\""},
	{"interfaces", "[]"},
	{"interfaces.0.mac_address", "\"\""},
	{"interfaces.0.virt_bridge", "\"\""},
	{"initrd.0.size", "8589934592"},
};

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		autoplan plan = {0};

		load_plan(accepted[i].path, accepted[i].value, &plan);
	}
}

static const struct {
	const char *path;
	const char *value; /* NULL: removed */
	const char *field; /* what the error names */
	const char *why;
} refused[] = {
	{"format", NULL, "format", "is missing"},
	{"format", "2", "format", "format 2"},
	{"format", "\"1\"", "format", "must be a whole number"},
	{"format", "true", "format", "must be a whole number"},
	{"kind", "\"distro\"", "kind", "must be"},
	{"name", NULL, "name", "is missing"},
	{"name", "7", "name", "must be a string"},
	{"name", "null", "name", "must be a string"},
	{"name", "\"\"", "name", "must not be empty"},
	{"name", "\"a\\nb\"", "name", "control characters"},
	{"name", "\"a\\u0000b\"", "", "not valid JSON"},
	{"profile", "[\"bar\"]", "profile", "must be a string"},
	{"arch", "\"\"", "arch", "must not be empty"},
	{"kernel_options", "\"a\\u001bb\"", "kernel_options", "control characters"},
	{"kernel_options", "[]", "kernel_options", "must be a string"},
	{"consoles", "\"a\\u001bb\"", "consoles", "control characters"},
	{"consoles", "7", "consoles", "must be a string"},
	{"autoinstall", "\"file:///etc/passwd\"", "autoinstall", "must start with http"},
	{"kernel", "\"linux\"", "kernel", "must be an object"},
	{"kernel", NULL, "kernel", "is missing"},
	{"kernel.url", "\"file:///boot/vmlinuz\"", "kernel.url", "must start with http"},
	{"kernel.url", "\"/boot/vmlinuz\"", "kernel.url", "must start with http"},
	{"kernel.url", "\"http://a/\\r\\nb\"", "kernel.url", "control characters"},
	{"kernel.size", "0", "kernel.size", "must be a whole number"},
	{"kernel.size", "-1", "kernel.size", "must be a whole number"},
	{"kernel.size", "1.5", "kernel.size", "must be a whole number"},
	{"kernel.size", "\"8190000\"", "kernel.size", "must be a whole number"},
	{"kernel.size", "9223372036854775807", "kernel.size", "must be a whole number"},
	{"kernel.sha256", "\"\"", "kernel.sha256", "64 lower-case hex"},
	{"kernel.sha256", "\"../../etc/passwd\"", "kernel.sha256", "64 lower-case hex"},
	{"kernel.sha256", NULL, "kernel.sha256", "is missing"},
	{"initrd", "{}", "initrd", "must be an array"},
	{"initrd", "[]", "initrd", "1 to 8 entries"},
	{"initrd", "[1,2,3,4,5,6,7,8,9]", "initrd", "1 to 8 entries"},
	{"initrd", "[5]", "initrd[0].url", "is missing"},
	{"initrd.0.size", "8589934593", "initrd[0].size", "must be a whole number"},
	{"virt", "[]", "virt", "must be an object"},
	{"virt.type", "7", "virt.type", "must be a string"},
	{"virt.ram", "\"1024\"", "virt.ram", "must be a whole number"},
	{"virt.ram", "1024.5", "virt.ram", "must be a whole number"},
	{"virt.ram", "0", "virt.ram", "from 4 to"},
	{"virt.ram", "99999999999", "virt.ram", "from 4 to"},
	{"virt.cpus", "0", "virt.cpus", "from 1 to 1024"},
	{"virt.file_size", "4", "virt.file_size", "must be an array"},
	{"virt.file_size", "[\"4\"]", "virt.file_size[0]", "must be a number"},
	{"virt.file_size", "[4, -1]", "virt.file_size[1]", "from 0 to 65536"},
	{"virt.file_size", "[1e300]", "virt.file_size[0]", "from 0 to 65536"},
	{"virt.file_size", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "virt.file_size", "entries"},
	{"virt.path", "\"/srv\"", "virt.path", "must be an array"},
	{"virt.path", "[7]", "virt.path[0]", "must be a string"},
	{"virt.path", "[\"/srv/../etc\"]", "virt.path[0]", "'..'"},
	{"virt.path", "[\"a\\tb\"]", "virt.path[0]", "control characters"},
	{"virt.path", "[\"etc/passwd\"]", "virt.path[0]", "absolute path"},
	{"virt.disk_driver", "[true]", "virt.disk_driver[0]", "must be a string"},
	{"virt.bridge", "\"a-bridge-of-16by\"", "virt.bridge", "15 bytes"},
	{"virt.bridge", "\"br0'/>\"", "virt.bridge", "letters, digits"},
	{"virt.auto_boot", "1", "virt.auto_boot", "true or false"},
	{"netboot_enabled", "\"no\"", "netboot_enabled", "true or false"},
	{"virt.auto_boot", "\"yes\"", "virt.auto_boot", "true or false"},
	{"interfaces", "{}", "interfaces", "must be an array"},
	{"interfaces", "[[]]", "interfaces[0].name", "is missing"},
	{"interfaces.0.mac_address", "\"52:54:00\"", "interfaces[0].mac_address", "MAC address"},
	{"interfaces.0.mac_address", "\"ff:ff:ff:ff:ff:ff\"", "interfaces[0].mac_address",
		"station"},
	{"interfaces.0.mac_address", "null", "interfaces[0].mac_address", "must be a string"},
	{"interfaces.0.virt_bridge", "\"../br0\"", "interfaces[0].virt_bridge", "letters, digits"},
	{"interfaces.0.interface_type", "0", "interfaces[0].interface_type", "must be a string"},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		autofree char *text = spoiled_plan(refused[i].path, refused[i].value);
		autoplan plan = {0};
		struct err err = ERR_INIT;

		if (plan_parse(text, strlen(text), &plan, &err) == 0)
			fail_msg("row %zu: %s = %s is accepted", i, refused[i].path,
				refused[i].value ? refused[i].value : "nothing");
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, refused[i].field);
		assert_contains(err.msg, refused[i].field);
		assert_contains(err.msg, refused[i].why);
	}
}

static const char *const not_plans[] = {
	"",
	"{",
	"[]",
	"7",
	"null",
	"\"plan\"",
	"{} {}",
	"{\"format\": 1, \"format\": 1}",
	"<html>404</html>",
	"\xff\xfe",
};

static void test_not_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(not_plans); i++) {
		autoplan plan = {0};
		struct err err = ERR_INIT;

		assert_int_equal(plan_parse(not_plans[i], strlen(not_plans[i]), &plan, &err), -1);
		assert_contains(err.msg, "the server's plan");
	}
}

static const struct {
	const char *text;
	const char *names; /* joined by blanks; NULL: refused */
} lists[] = {
	{"{\"items\": []}", ""},
	{"{\"items\": [\"a\", \"b\"], \"more\": 1}", "a b"},
	{"{\"items\": \"a\"}", NULL},
	{"{\"items\": [1]}", NULL},
	{"{\"items\": [\"a\\u001b[2Jb\"]}", NULL},
	{"{}", NULL},
	{"[\"a\"]", NULL},
};

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		autostrv names = STRV_INIT;
		autostrbuf joined = STRBUF_INIT;
		int bad = plan_list_parse(lists[i].text, strlen(lists[i].text), &names, NULL);

		assert_int_equal(bad, lists[i].names ? 0 : -1);
		strv_join(&names, " ", &joined);
		if (lists[i].names)
			assert_string_equal(joined.buf, lists[i].names);
	}
}

static const struct {
	const char *body;
	int status;
	const char *says;
} problems[] = {
	{"{\"title\": \"not found\", \"status\": 404, \"detail\": \"no system 'x'\"}", 404,
		"no system 'x'"},
	{"{\"title\": \"not found\"}", 404, "not found"},
	{"{\"detail\": 7}", 500, "HTTP status 500"},
	{"{\"detail\": \"a\\u001bb\"}", 500, "HTTP status 500"},
	{"<html>", 502, "HTTP status 502"},
	{"", 404, "HTTP status 404"},
};

static void test_problems(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(problems); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(plan_problem(problems[i].body, strlen(problems[i].body),
					 problems[i].status, &err),
			-1);
		assert_contains(err.msg, problems[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_not_plans),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_problems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
