/* PXELINUX's files: what starts, and what is refused. */
#include "../koan-client/support.h"

#include "koan-client/bootloader/pxe.h"
#include "koan-client/bootloader/pxe_config.h"

/* What every INCLUDE gets. */
static const char included[] = "LABEL inc\nKERNEL k-inc\n";

static int read_included(void *ctx, const char *path, struct strbuf *ret, struct err *err)
{
	(void)ctx;
	if (strcmp(path, "gone") == 0)
		return err_set(err, ERR_NOT_FOUND, "gone is not there");
	strbuf_adds(ret, strcmp(path, "self") == 0 ? "include self\n" : included);
	return 0;
}

/* "kernel K initrd I… args A", "local", "config F… in D" or the error. */
static char *outcome(const char *text, const char *label)
{
	const struct pxe_reader reader = {read_included, NULL};
	AUTO(pxe_config) struct pxe_config config = {0};
	AUTO(pxe_entry) struct pxe_entry entry = {.args = STRBUF_INIT};
	autostrbuf list = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (pxe_config_read(&config, "f", text, strlen(text), &reader, &err) < 0 ||
		pxe_config_choose(&config, label, &entry, &err) < 0)
		return xstrdup(err.msg);
	if (entry.kind == PXE_LOCAL)
		return xstrdup("local");
	strv_join(entry.kind == PXE_CONFIG ? &entry.files : &entry.initrds, "+", &list);
	if (entry.kind == PXE_CONFIG)
		return xasprintf("config %s%s%s", list.buf, entry.folder ? " in " : "",
			entry.folder ? entry.folder : "");
	return xasprintf("%s|%s|%s|%u", entry.file, list.buf, entry.args.buf, entry.ipappend);
}

static const struct {
	const char *text;
	const char *label;
	const char *wanted; /* the outcome, or a part of the error */
} cases[] = {
	{"default a\nlabel a\nkernel k\nappend x=1 x=1  y", NULL, "k||x=1 x=1  y|0"},
	{"DEFAULT a\nLABEL a\nKERNEL k\nAPPEND initrd=i,j ro", NULL, "k|i+j|ro|0"},
	{"default a\nlabel a\nlinux k.c32\ninitrd i", NULL, "k.c32|i||0"},
	{"default a\nlabel a\nlinux k\nappend a initrd=j b initrd=l", NULL, "k|j|a b|0"},
	{"default a\nlabel a\nlinux k\ninitrd i\nappend a initrd=j b", NULL, "k|j|a b|0"},
	{"default a c initrd=l\nlabel a\nlinux k\ninitrd i\nappend a b", NULL, "k|i|a b c|0"},
	{"default a\nlabel a\nkernel k root=x\nappend a", NULL, "k||root=x a|0"},
	{"default a\nlabel a\nlinux k initrd=i root=x", NULL, "k|i|root=x|0"},
	{"default a\nlabel a\nkernel chain.c32 hd0 0", NULL, "local"},
	{"default a\nlabel a\nappend x", NULL, "a||x|0"},
	{"default a\nlabel a\nkernel k\nsysappend 0x10002", NULL, "k|||65538"},
	{"\t default  a \r\n label a\r\n\tkernel\tk\r\n append\ta\tb\r\n", NULL, "k||a b|0"},
	{"append g=1\nipappend 3\ndefault a\nlabel a\nkernel k", NULL, "k||g=1|3"},
	{"append g=1\ndefault a\nlabel a\nkernel k\nappend -", NULL, "k|||0"},
	{"append g=1\ndefault a\nlabel a\nkernel k\nappend own\nsysappend 2", NULL, "k||own|2"},
	{"default a more\nlabel a\nkernel k\nappend own", NULL, "k||own more|0"},
	{"default /vmlinuz root=x initrd=i", NULL, "/vmlinuz|i|root=x|0"},
	{"default vmlinuz root=x", NULL, "vmlinuz||root=x|0"},
	{"default b\nlabel a\nkernel k", NULL, "no label 'b'; there are: a"},
	{"default A\nlabel a\nkernel k\nlabel A\nkernel l", NULL, "l|||0"},
	{"default a\nlabel A\nkernel k", NULL, "k|||0"},
	{"label a\nkernel k", NULL, "nothing in it starts by itself"},
	{"label a\nkernel k", "a", "k|||0"},
	{"label a\nkernel k", "b", "no label 'b'; there are: a"},
	{"", NULL, "one of: none"},
	{"default a\nlabel a\nlocalboot 0", NULL, "local"},
	{"default a\nlabel a\nlocalboot", NULL, "local"},
	{"default a\nlabel a\ncom32 chain.c32\nappend hd0", NULL, "local"},
	{"default a\nlabel a\nkernel /modules/chain.c32\nappend hd0", NULL, "local"},
	{"default chain.c32 hd0", NULL, "no label 'chain.c32'"},
	{"default a\nlabel a\nkernel mboot.c32\nappend xen.gz --- k", NULL, "firmware"},
	{"default a\nlabel a\nkernel x.0", NULL, "firmware"},
	{"default a\nlabel a\nlinux memdisk\ninitrd x.iso", NULL, "firmware"},
	{"default a\nlabel a\npxe x", NULL, "firmware"},
	{"default a\nlabel a\nlinux", NULL, "names no kernel"},
	/* Menus. */
	{"default menu.c32\nlabel a\nkernel k\nlabel b\nkernel l", NULL, "k|||0"},
	{"default menu.c32\nlabel a\nmenu exit\nlabel b\nmenu disable\nlabel c\nmenu hide\n"
	 "label d\nkernel k",
		NULL, "k|||0"},
	{"default a\nlabel a\nmenu exit", NULL, "label 'a': it starts nothing"},
	{"default a\nlabel a\nkernel k\nmenu disabled\nlabel b\nkernel l", NULL,
		"no label 'a'; there are: b"},
	{"default menu.c32\nlabel a\nkernel k\nmenu default\nlabel b\nkernel l\nmenu default", NULL,
		"l|||0"},
	{"ui menu.c32\ndefault a\nlabel a\nlocalboot\nlabel b\nkernel l\nmenu default", NULL,
		"local"},
	{"ui menu.c32\ndefault x\nlabel a\nlocalboot\nlabel b\nkernel l\nmenu default", NULL,
		"l|||0"},
	{"default menu.c32\nlabel a\nlocalboot\nmenu begin x\nlabel b\nkernel l\nmenu default",
		NULL, "local"},
	{"default menu.c32\nlabel a\nlocalboot\nmenu begin x\nmenu default\nlabel b\nkernel k\n"
	 "menu end\nlabel c\nkernel l",
		NULL, "k|||0"},
	{"default menu.c32\nmenu begin x\nlabel b\nkernel k\nmenu default\nmenu end\nmenu default\n"
	 "label c\nkernel l\nmenu default",
		NULL, "l|||0"},
	{"default menu.c32\nmenu begin x\nmenu start\nlabel b\nkernel k\nmenu end\nmenu end\n"
	 "label c\nkernel l\nmenu default",
		NULL, "k|||0"},
	{"default menu.c32\nlabel a\nkernel k\nmenu separator\nkernel l\nappend g\nmenu begin\n"
	 "kernel m",
		NULL, "k||g|0"},
	{"menu include x sub\ndefault menu.c32\nlabel a\nkernel k\nmenu default", NULL, "k|||0"},
	{"menu include x sub\ndefault inc\nlabel a\nkernel k", NULL, "k-inc|||0"},
	{"default menu.c32\nlabel a\nkernel k\nlabel b\nkernel l\nmenu default", NULL, "l|||0"},
	{"ui vesamenu.c32\ndefault b\nlabel a\nkernel k\nlabel b\nkernel l", NULL, "l|||0"},
	{"ui /menu.c32\nontimeout b x\nlabel a\nkernel k\nlabel b\nkernel l", NULL, "l||x|0"},
	{"default menu.c32\nontimeout a\nlabel a\nlocalboot\nlabel b\nkernel l\nmenu default", NULL,
		"local"},
	{"ontimeout b\ndefault a\nlabel a\nkernel k\nlabel b\nkernel l", NULL, "k|||0"},
	{"prompt 1\nontimeout b\ndefault a\nlabel a\nkernel k\nlabel b\nkernel l", NULL, "l|||0"},
	{"default menu.c32", NULL, "nothing in it starts by itself"},
	{"default menu.c32 x.cfg y.cfg", NULL, "config x.cfg+y.cfg"},
	{"ui menu.c32 x.cfg\nlabel a\nkernel k", "b", "config x.cfg"},
	{"default a\nlabel a\nconfig x.cfg\nappend -", NULL, "config x.cfg"},
	{"default a\nlabel a\nconfig x.cfg sub/ y", NULL, "config x.cfg in sub/"},
	{"append g\ndefault a\nlabel a\nconfig x.cfg\nappend sub/", NULL, "config x.cfg in sub/"},
	{"default a\nlabel a\nkernel menu.c32 x.cfg\nappend y.cfg", NULL, "config x.cfg+y.cfg"},
	{"ontimeout a\nlabel a\nkernel k", NULL, "k|||0"},
	{"default a\nlabel a\ntext\nkernel no\nendtext\nkernel k", NULL, "k|||0"},
	{"default a\nlabel a\nkernel menu.c32\nappend x.cfg", NULL, "config x.cfg"},
	{"default a\nlabel a\nkernel menu.c32", NULL, "same menu again"},
	{"default a\nlabel a\ntext help\nkernel no\nendtext\nkernel k", NULL, "k|||0"},
	{"default a\nlabel a\nkernel k\nsay hello\nf1 x\nunknown y\nsay kernel z", NULL, "k|||0"},
	/* Includes. */
	{"default inc\ninclude x", NULL, "k-inc|||0"},
	{"default inc\nmenu include x tag", NULL, "k-inc|||0"},
	{"default a\n\ninclude gone", NULL, "f line 3: gone is not there"},
	{"include", NULL, "f line 1: include: the file's name must not be empty"},
	{"include self", NULL, "16 deep"},
	/* What would reach a kernel or a file name. */
	{"default a\nlabel a\nkernel k\nappend a\033b", NULL,
		"f line 4: append must not have control"},
	{"default a\nlabel a\nkernel k\nappend a\rb", NULL, "control"},
	{"default a\nlabel a\nkernel k\xff", NULL, "kernel must be UTF-8"},
	{"default a\nlabel a\nkernel k\nmenu label caf\xe9", NULL, "k|||0"},
	{"include a\xe9", NULL, "must be UTF-8"},
	{"default a\nlabel a\nkernel k\nipappend x", NULL, "no number of flags"},
	{"say \033[2J\ndefault a\nlabel a\nkernel k", NULL, "k|||0"},
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *got = outcome(cases[i].text, cases[i].label);

		if (!strstr(got, cases[i].wanted))
			fail_msg("row %zu: \"%s\" does not have \"%s\"", i, got, cases[i].wanted);
	}
}

static void test_limits(void **state)
{
	autostrbuf text = STRBUF_INIT;
	autofree char *got = NULL;

	(void)state;
	for (size_t i = 0; i <= PXE_CONFIG_LABELS; i++)
		strbuf_adds(&text, "label a\n");
	got = outcome(text.buf, NULL);
	assert_contains(got, "more than 4096 labels");
	free(got);
	strbuf_reset(&text);
	for (size_t i = 0; i < PXE_CONFIG_FILES; i++)
		strbuf_adds(&text, "include x\n");
	got = outcome(text.buf, NULL);
	assert_contains(got, "64 files");
	free(got);
	strbuf_reset(&text);
	for (size_t i = 0; i <= PXE_CONFIG_BYTES; i++)
		strbuf_addc(&text, '\n');
	got = outcome(text.buf, NULL);
	assert_contains(got, "262144 bytes");
}

static const struct {
	const char *name;
	const char *wanted;
} urls[] = {
	{"images/linux", "http://h:81/pxe/images/linux"},
	{"/images//linux", "http://h:81/pxe/images/linux"},
	{"a b%?#;x", "http://h:81/pxe/a%20b%25%3F%23%3Bx"},
	{"10.0.0.1::a/b", "tftp://10.0.0.1/a/b"},
	{"::a/b", "http://h:81/a/b"},
	{"tftp://h/x", "tftp://h/x"},
	{"https://h/x?y", "https://h/x?y"},
	{"file:///etc/passwd", "no tftp, http or https URL"},
	{"ftp://h/x", "no tftp, http or https URL"},
	{"tftp:///x", "must name a server"},
	{"../x", "must not have '..'"},
	{"a/../../x", "must not have '..'"},
	{"::../x", "must not have '..'"},
	{"h/x::y", "names no host"},
	{"h@x::y", "names no host"},
	{":.::y", "names no host"},
	{"", "names no file"},
	{"/", "names no file"},
	{"h::", "names no file"},
};

static void test_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		autofree char *url = NULL;
		struct err err = ERR_INIT;
		int bad = pxe_url("http://h:81/pxe/", urls[i].name, &url, &err);

		assert_contains(bad < 0 ? err.msg : url, urls[i].wanted);
	}
}

static void test_names(void **state)
{
	struct loader_options options = {.vm = NULL};
	autofree char *uuid = xstrdup("ABCDEF01-2345-6789-abcd-ef0123456789");
	autostrv names = STRV_INIT;
	autostrbuf all = STRBUF_INIT;

	(void)state;
	options.vm = uuid;
	options.has_mac = true;
	assert_int_equal(mac_parse("00:16:3E:aa:00:01", &options.mac, NULL), 0);
	options.has_ip = true;
	options.ip = 0xc0a80427;
	pxe_names(&options, &names);
	strv_join(&names, " ", &all);
	assert_string_equal(all.buf,
		"abcdef01-2345-6789-abcd-ef0123456789 01-00-16-3e-aa-00-01 C0A80427 C0A8042 "
		"C0A804 C0A80 C0A8 C0A C0 C default");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
