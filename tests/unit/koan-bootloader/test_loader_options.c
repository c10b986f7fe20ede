/* The command line as libxl and a domain's configuration give it. */
#include "../koan-client/support.h"

#include "koan-client/bootloader/loader_options.h"
#include "koan-client/bootloader/pygrub.h"

#include "base/file.h"

#include <unistd.h>

#define LIBXL "--output=/o --output-format=simple0 --output-directory=/d "

/* Words are parted by blanks, those of one argument by '_'. */
static int parse_over(
	const char *config, const char *line, struct loader_options *ret, struct err *err)
{
	autostrv argv = STRV_INIT;

	strv_add(&argv, "koan-bootloader");
	strv_addf(&argv, "--config=%s", config);
	strv_split(&argv, line, " ");
	for (size_t i = 0; i < argv.n; i++)
		for (char *c = argv.v[i]; (c = strchr(c, '_'));)
			*c = ' ';
	return loader_options_parse((int)argv.n, argv.v, NULL, ret, err);
}

static int parse(const char *line, struct loader_options *ret, struct err *err)
{
	return parse_over("/dev/null", line, ret, err);
}

static const struct {
	const char *line;
	const char *says;
} refused[] = {
	{"", "whom to ask?"},
	{"--server=h", "which machine?"},
	{"--server=h --system=a --profile=b", "not both"},
	{"--server=h --profile=a", "give --vm=NAME or mac=MAC, or --always"},
	{"--server=h --tftp=h mac=00:16:3e:00:00:01", "give one of --server"},
	{"--tftp=h --pxe=http://h/", "give one of --server"},
	{"--server=h/x mac=00:16:3e:00:00:01", "--server"},
	{"--server=h mac=00:16:3e:00:00", "must be a MAC address such as"},
	{"--server=h mac=01:16:3e:00:00:01", "must be a MAC address such as"},
	{"--server=h mac=00:16:3e:00:00:01 ip=1.2.3 x=1", "unexpected word 'x=1'"},
	{"--server=h mac=00:16:3e:00:00:01 ip=1.2.3", "must be an IPv4 address"},
	{"--server=h mac=00:16:3e:00:00:01 word /disk", "unexpected word 'word'"},
	{"--server=h mac=00:16:3e:00:00:01 --output-format=xml", "must be sxp, simple or simple0"},
	{"--server=h mac=00:16:3e:00:00:01 --output-directory=d", "must be an absolute path"},
	{"--server=h mac=00:16:3e:00:00:01 --args=a\nb", "--args=a?b: must not have control"},
	{"--server=h mac=00:16:3e:00:00:01 --once --always", "contradict"},
	{"--server=h --system=a --vm=../x", "--vm=../x: must start with"},
	{"--server=h mac=00:16:3e:00:00:01 -x", "no option '-x'"},
	{"--pxe=file:///x", "must be a tftp, http or https URL"},
	{"--pxe=http://h/?x", "must be a folder"},
	{"--tftp=h/x", "--tftp"},
	{"--repository=http://h/", "needs --family, one of rhlike, debianlike, sleslike"},
	{"--repository=http://h/ --family=x", "--family=x: must be rhlike"},
	{"--repository=http://h/ --family=debianlike", "needs --release"},
	{"--repository=http://h/ --family=rhlike", "give --vm=NAME or mac=MAC"},
	{"--repository=nfs:h:/x --family=rhlike", "imported by a Bootwright server"},
	{"--repository=cdrom --family=rhlike", "imported by a Bootwright server"},
	{"--repository=http://h/a\"b --family=rhlike", "percent-encoded"},
	{"--rearm --vm=a --dry-run", "--rearm starts nothing"},
	{"--rearm", "give --vm=NAME or mac=MAC"},
	{"--other-config=/nowhere", "--other-config"},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		AUTO(loader_options) struct loader_options options = {0};
		struct err err = ERR_INIT;

		if (parse(refused[i].line, &options, &err) == 0)
			fail_msg("'%s' was taken", refused[i].line);
		assert_contains(err.msg, refused[i].says);
	}
}

static const struct {
	const char *line;
	enum loader_way way;
	bool once;
	const char *vm;   /* or NULL */
	const char *disk; /* or NULL */
	const char *base;
} taken[] = {
	{LIBXL "--server=h mac=00:16:3E:00:00:01, bridge=xenbr0 /dev/x", LOADER_SERVER, false,
		"00-16-3e-00-00-01", "/dev/x", NULL},
	{LIBXL "--server=h mac=00:16:3E:00:00:01,bridge=x,script=/a=b /a=b", LOADER_SERVER, false,
		"00-16-3e-00-00-01", "/a=b", NULL},
	{"--server=h --mac=0016.3e00.0001", LOADER_SERVER, false, "00-16-3e-00-00-01", NULL, NULL},
	{"--server=h --system=web7 disk.img", LOADER_SERVER, false, "web7", "disk.img", NULL},
	{"--server=h --system=web7 --once --vm=a", LOADER_SERVER, true, "a", NULL, NULL},
	{"--server=h --profile=p --vm=a", LOADER_SERVER, true, "a", NULL, NULL},
	{"--server=h --profile=p --always", LOADER_SERVER, false, NULL, NULL, NULL},
	/* As libvirt has it. */
	{"--args=a_--tftp=x " LIBXL
	 "--server=h_--system=web7__mac=00:16:3e:00:00:01_ip=10.0.0.1 /a_b",
		LOADER_SERVER, false, "00-16-3e-00-00-01", "/a b", NULL},
	{LIBXL "mac=00:16:3e:00:00:01,_bridge=xenbr0_--server=h /dev/x", LOADER_SERVER, false,
		"00-16-3e-00-00-01", "/dev/x", NULL},
	{"--tftp=10.0.0.1 -q -v", LOADER_PXE, false, NULL, NULL, "tftp://10.0.0.1:69/"},
	{"--tftp=[fd00::1]:70", LOADER_PXE, false, NULL, NULL, "tftp://[fd00::1]:70/"},
	{"--pxe=tftp://h/x", LOADER_PXE, false, NULL, NULL, "tftp://h/x/"},
	{"--pxe=https://h/x/ --once mac=00:16:3e:00:00:01", LOADER_PXE, true, "00-16-3e-00-00-01",
		NULL, "https://h/x/"},
	{"--repository=http://h/ --family=rhlike --vm=a", LOADER_REPOSITORY, true, "a", NULL, NULL},
};

static void test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		AUTO(loader_options) struct loader_options options = {0};
		struct err err = ERR_INIT;

		if (parse(taken[i].line, &options, &err) < 0)
			fail_msg("'%s': %s", taken[i].line, err.msg);
		assert_int_equal(options.way, taken[i].way);
		assert_int_equal(options.once, taken[i].once);
		assert_string_equal(options.vm ? options.vm : "", taken[i].vm ? taken[i].vm : "");
		assert_string_equal(
			options.disk ? options.disk : "", taken[i].disk ? taken[i].disk : "");
		assert_string_equal(options.pxe_base ? options.pxe_base : "",
			taken[i].base ? taken[i].base : "");
	}
}

/* Whoever is asked over https: with the host's authorities in place of the pinned one, anybody whom
 * those know could answer. */
static void test_pinned(void **state)
{
	static const char *const ways[] = {"--server=https://h --system=web7", "--pxe=https://h/",
		"--tftp=h", "--repository=https://h/ --family=rhlike --vm=a"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		AUTO(loader_options) struct loader_options options = {0};
		autofree char *line = xasprintf("--ca-file=/ca.pem %s", ways[i]);
		struct err err = ERR_INIT;

		assert_int_equal(parse(line, &options, &err), 0);
		assert_non_null(options.server.ca_file);
		assert_string_equal(options.server.ca_file, "/ca.pem");
	}
}

/* A vif may have several addresses, and those of IPv6 (xl-network-configuration(5)). */
static const struct {
	const char *line;
	bool has_ip;
} addresses[] = {
	{"ip=10.0.0.7", true},
	{"ip=10.0.0.7_10.0.0.8,bridge=xenbr0", true},
	{"ip=fd00::7_10.0.0.7", true},
	{"ip=fd00::7", false},
};

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		AUTO(loader_options) struct loader_options options = {0};
		autofree char *line =
			xasprintf("--tftp=h mac=00:16:3e:00:00:01,%s", addresses[i].line);
		struct err err = ERR_INIT;

		if (parse(line, &options, &err) < 0)
			fail_msg("'%s': %s", line, err.msg);
		assert_int_equal(options.has_ip, addresses[i].has_ip);
		if (options.has_ip)
			assert_int_equal(options.ip, 0x0a000007);
	}
}

/* What stands in the host's configuration, and what a guest's own words make of it. */
static const struct {
	const char *config;
	const char *line;
	bool once;
	const char *item;
} layered[] = {
	{"once = yes", "mac=00:16:3e:00:00:01", true, NULL},
	{"once = yes", "mac=00:16:3e:00:00:01 --always", false, NULL},
	{"always = yes", "--profile=p --vm=a --once", true, "p"},
	{"profile = p\nalways = yes", "--vm=a", false, "p"},
	{"profile = p", "--system=web7", false, "web7"},
	{"system = s", "--profile=p --vm=a", true, "p"},
};

static void test_configuration(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(layered); i++) {
		AUTO(loader_options) struct loader_options options = {0};
		char path[] = "/tmp/loader-conf-XXXXXX";
		autoclose int fd = mkstemp(path);
		autofree char *line = xasprintf("--server=h %s", layered[i].line);
		struct err err = ERR_INIT;

		assert_int_equal(
			file_write_fd(fd, layered[i].config, strlen(layered[i].config), NULL), 0);
		if (parse_over(path, line, &options, &err) < 0)
			fail_msg(
				"'%s', then '%s': %s", layered[i].config, layered[i].line, err.msg);
		unlink(path);
		assert_int_equal(options.once, layered[i].once);
		assert_string_equal(options.server.item_name ? options.server.item_name : "",
			layered[i].item ? layered[i].item : "");
	}
}

static void test_pygrub(void **state)
{
	AUTO(loader_options) struct loader_options options = {0};
	autostrv args = STRV_INIT;
	autostrbuf all = STRBUF_INIT;

	(void)state;
	assert_int_equal(parse("--kernel=/boot/guest/k --ramdisk=/boot/r --args=a --runas=7 " LIBXL
			       "--server=h mac=00:16:3e:00:00:01 --quiet /disk",
				 &options, NULL),
		0);
	pygrub_arguments(&options, "/x/pygrub", &args);
	strv_join(&args, " ", &all);
	assert_string_equal(all.buf,
		"/x/pygrub --quiet --ramdisk=/boot/r --args=a --runas=7 --output=/o "
		"--output-format=simple0 --output-directory=/d /disk");
}

static const struct {
	const char *text;
	const char
		*wanted; /* repository distro arch release methods round, or a part of the error */
} configs[] = {
	{"install-repository=http://h/a=b\ninstall-distro = rhlike\n", "http://h/a=b|rhlike||||"},
	{"install-repository: http://h:80/; install-distro: debianlike; debian-release: bookworm; "
	 "disks: <provision a=\"b\"/>; mac_seed: 1",
		"http://h:80/|debianlike||bookworm||"},
	{"# comment\r\ninstall-round=2\r\ninstall-arch=x86_64\r\n\r\n", "||x86_64|||2"},
	{"{\"install-methods\": \"http,ftp\", \"n\": 1, \"x\": null}", "||||http,ftp|"},
	{" {\"install-repository\": \"\"}", "|||||"},
	{"", "|||||"},
	{"word", "is not key=value"},
	{"install-distro=a\ninstall-distro=b", "install-distro is there twice"},
	{"install-distro=a\033b", "control characters"},
	{"{\"install-distro\": \"a\\nb\"}", "control characters"},
	{"{\"install-distro\": ", "line 1"},
};

#define OR_EMPTY(text) ((text) ? (text) : "")

static void test_other_config(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		struct other_config c = {0};
		struct err err = ERR_INIT;
		int bad = other_config_parse(configs[i].text, strlen(configs[i].text), &c, &err);
		autofree char *got = xasprintf("%s|%s|%s|%s|%s|%s", OR_EMPTY(c.repository),
			OR_EMPTY(c.distro), OR_EMPTY(c.arch), OR_EMPTY(c.release),
			OR_EMPTY(c.methods), OR_EMPTY(c.round));

		assert_contains(bad < 0 ? err.msg : got, configs[i].wanted);
		other_config_done(&c);
	}
	assert_int_equal(
		other_config_parse("a=b\0", 4, &(struct other_config){0}, &(struct err){0}), -1);
}

#define SUM  GOOD_SHA256
#define SUM2 OTHER_SHA256

static const struct {
	const char *text;
	const char *sum;
} sums[] = {
	{SUM2 "  ./other\n" SUM "  ./images/k\n", SUM},
	{SUM " *images/k", SUM},
	{"[checksums]\nimages/k = sha256:" SUM "\n", SUM},
	{"images/k=sha256:" SUM "\r\n", SUM},
	{"HASH SHA256 " SUM "  images/k\n", SUM},
	{SUM "  images/kk\n" SUM2 "  x/images/k\n", ""},
	{"[images-x86_64]\nkernel = images/k\n[checksums]\nimages/k = sha256:" SUM, SUM},
	{"0123  images/k\n", ""},
	{"images/k\n" SUM "\n", ""},
	{"", ""},
};

static void test_sums(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
		char sum[SHA256_TEXT];

		repository_sum(sums[i].text, "images/k", sum);
		assert_string_equal(sum, sums[i].sum);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_configuration),
		cmocka_unit_test(test_pygrub),
		cmocka_unit_test(test_other_config),
		cmocka_unit_test(test_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
