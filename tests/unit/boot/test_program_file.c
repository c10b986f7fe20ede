/*
 * What programs of UEFI say about themselves: read from those of Debian's packages, and from bytes
 * that are none.
 */
#include "support.h"

#include "base/file.h"
#include "boot/grub_file.h"
#include "boot/shim_file.h"

#include <fcntl.h>
#include <string.h>

#define SIGNED  "/usr/lib/grub/x86_64-efi-signed/"
#define NETBOOT "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/"

static struct image_span read_program(const char *path, struct strbuf *text)
{
	struct err err = ERR_INIT;

	if (file_read(AT_FDCWD, path, 64 << 20, text, &err) < 0)
		fail_msg("%s", err.msg);
	return (struct image_span){text->buf, text->len};
}

static const struct {
	const char *path;
	const char *folder; /* NULL: it is no GRUB */
	bool over_tftp;
} grubs[] = {
	{SIGNED "grubnetx64.efi.signed", "grub", true},
	{SIGNED "grubnetx64-installer.efi.signed", "debian-installer/amd64/grub", true},
	{NETBOOT "grubx64.efi", "debian-installer/amd64/grub", true},
	{SIGNED "gcdx64.efi.signed", "boot/grub", false},
	{SIGNED "grubx64.efi.signed", "EFI/debian", false},
	{NETBOOT "bootnetx64.efi", NULL, false},
	{NETBOOT "linux", NULL, false},
};

static void test_grubs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(grubs); i++) {
		autostrbuf text = STRBUF_INIT;
		struct image_span program = read_program(grubs[i].path, &text);
		struct grub_file grub;

		if (grub_file_read(program, &grub) != (grubs[i].folder != NULL))
			fail_msg("%s: is it a GRUB?", grubs[i].path);
		if (!grubs[i].folder)
			continue;
		assert_string_equal(grub.folder, grubs[i].folder);
		assert_int_equal(grub.over_tftp, grubs[i].over_tftp);
		assert_true(grub_file_has(program, "configfile"));
		assert_false(grub_file_has(program, "http"));
	}
}

/* What its prefix is changed to, in place. */
static const struct {
	const char *prefix;
	const char *folder; /* NULL: nothing can be published for it */
} prefixes[] = {
	{"/EFI/BOOT", "EFI/BOOT"},
	{"", ""},
	{"/private/grub", NULL},
	{"/EFI/../private", NULL},
	{"/EFI//BOOT", NULL},
	{"/EFI/", NULL},
	{"EFI/BOOT", NULL},
	{"/EFIX", NULL},
	{"(hd0)/EFI", NULL},
	{"/EFI/a b", NULL},
};

static void test_prefixes(void **state)
{
	static const char was[] = "/debian-installer/amd64/grub";
	autostrbuf text = STRBUF_INIT;
	struct image_span program = read_program(SIGNED "grubnetx64-installer.efi.signed", &text);
	char *at = memmem(text.buf, text.len, was, sizeof(was));

	(void)state;
	assert_non_null(at);
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct grub_file grub;

		memset(at, 0, sizeof(was));
		memcpy(at, prefixes[i].prefix, strlen(prefixes[i].prefix));
		if (grub_file_read(program, &grub) != (prefixes[i].folder != NULL))
			fail_msg("prefix '%s'", prefixes[i].prefix);
		if (prefixes[i].folder)
			assert_string_equal(grub.folder, prefixes[i].folder);
	}
	/* Red Hat's looks beside itself first */
	memcpy(at, "/EFI/redhat\0fw_path", sizeof("/EFI/redhat\0fw_path"));
	struct grub_file grub;
	assert_true(grub_file_read(program, &grub));
	assert_string_equal(grub.folder, "");
}

static void test_trust(void **state)
{
	autostrbuf shim_text = STRBUF_INIT;
	autostrbuf grub_text = STRBUF_INIT;
	autostrbuf kernel_text = STRBUF_INIT;
	autostrbuf name = STRBUF_INIT;
	struct image_span shim = read_program(NETBOOT "bootnetx64.efi", &shim_text);
	struct image_span grub = read_program(NETBOOT "grubx64.efi", &grub_text);
	struct image_span kernel = read_program(NETBOOT "linux", &kernel_text);
	struct image_span vendor = shim_vendor(shim);
	char *issuer;

	(void)state;
	assert_true(vendor.n > 0);
	assert_true(shim_trusts(vendor, grub));
	assert_true(shim_trusts(vendor, kernel));
	shim_add_name(vendor, &name);
	shim_add_name(image_signatures(kernel), &name);
	assert_string_equal(name.buf, "Debian Secure Boot CADebian Secure Boot CA");
	/* Microsoft signs shim itself, but its key is not in there. */
	assert_false(shim_trusts(vendor, shim));
	assert_int_equal(shim_vendor(grub).n, 0);
	assert_true(shim_trusts(shim_vendor(grub), kernel));
	/* somebody else's kernel */
	while ((issuer = memmem(kernel_text.buf, kernel_text.len, "Debian Secure Boot CA", 21)))
		*issuer = 'X';
	assert_false(shim_trusts(vendor, kernel));
}

/* A vendor's list of certificates, as an EFI_SIGNATURE_LIST. */
static void test_lists(void **state)
{
	autostrbuf shim_text = STRBUF_INIT;
	autostrbuf kernel_text = STRBUF_INIT;
	autostrbuf list = STRBUF_INIT;
	struct image_span shim = read_program(NETBOOT "bootnetx64.efi", &shim_text);
	struct image_span kernel = read_program(NETBOOT "linux", &kernel_text);
	struct image_span vendor = shim_vendor(shim);
	char head[28 + 16] = "";

	(void)state;
	head[16] = (char)((sizeof(head) + vendor.n) & 0xff);
	head[17] = (char)((sizeof(head) + vendor.n) >> 8);
	head[24] = (char)((16 + vendor.n) & 0xff);
	head[25] = (char)((16 + vendor.n) >> 8);
	strbuf_add(&list, head, sizeof(head));
	strbuf_add(&list, vendor.bytes, vendor.n);
	assert_true(shim_trusts((struct image_span){list.buf, list.len}, kernel));
	assert_false(shim_trusts((struct image_span){list.buf, list.len}, shim));
}

/* Cut short anywhere, nothing is read past the end. */
static void test_cut(void **state)
{
	autostrbuf text = STRBUF_INIT;
	struct image_span program = read_program(SIGNED "grubnetx64.efi.signed", &text);

	(void)state;
	for (size_t n = 0; n < program.n; n += n < 2048 ? 1 : 100003) {
		autofree char *copy = xmemdup(program.bytes, n + !n);
		struct image_span part = {copy, n};
		struct grub_file grub;

		grub_file_read(part, &grub);
		shim_trusts(shim_vendor(part), part);
		image_is_signed(copy, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grubs),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
