/*
 * A distro's own shim and GRUB: from the tree that is imported to what is published, answered and
 * told. The programs are Debian's, laid out as other vendors do it.
 */
#include "base/generation.h"
#include "ops/check/check.h"
#include "ops/import/import.h"
#include "ops/publish/hosts_file.h"
#include "ops/publish/http_image.h"
#include "ops/publish/loaders_list.h"
#include "sync_support.h"

#define NETBOOT "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/"
#define CD_GRUB "/usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed"

static void place(struct bench *bench, const char *from, const char *to)
{
	autostrbuf bytes = STRBUF_INIT;
	autofree char *path = xasprintf("%s/%s", bench->folder, to);

	bench_write(bench, to, "");
	MUST(file_read(AT_FDCWD, from, 64 << 20, &bytes, &why));
	MUST(file_replace(AT_FDCWD, path, 0644, bytes.buf, bytes.len, &why));
}

/* A medium of the Red Hat family; without a GRUB it has no shim either. */
static void make_tree(struct bench *bench, const char *name, const char *grub)
{
	static const struct {
		const char *path, *text;
	} files[] = {
		{".treeinfo", "[general]\nfamily = Rocky Linux\nversion = 9\narch = x86_64\n"},
		{"images/pxeboot/vmlinuz", "kernel"},
		{"images/pxeboot/initrd.img", "initrd"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autofree char *path = xasprintf("%s/%s", name, files[i].path);

		bench_write(bench, path, files[i].text);
	}
	if (grub) {
		autofree char *shim = xasprintf("%s/EFI/BOOT/BOOTX64.EFI", name);
		autofree char *to = xasprintf("%s/EFI/BOOT/grubx64.efi", name);

		place(bench, NETBOOT "bootnetx64.efi", shim);
		place(bench, grub, to);
	}
}

static void import(struct bench *bench, const char *tree, const char *name)
{
	autofree char *path = xasprintf("%s/%s", bench->folder, tree);
	const struct import_options options = {.path = path,
		.name = name,
		.arch = "",
		.breed = "",
		.os_version = "",
		.autoinstall = "",
		.available_as = ""};
	autojson json_t *result = NULL;

	MUST(import_tree(bench->server, &tester, &options, NULL, &result, &why));
}

static struct distro *get_distro(struct bench *bench, const char *name)
{
	struct item *item = NULL;

	MUST(db_item_get(bench->server->db, &distro_type, name, &item, &why));
	return (struct distro *)item;
}

static void import_notes_them(void **state)
{
	struct bench *bench = *state;
	struct distro *distro;

	make_tree(bench, "rocky", NETBOOT "grubx64.efi");
	import(bench, "rocky", "rocky9");
	distro = get_distro(bench, "rocky9");
	assert_int_equal(distro->efi_loaders.items.n, 2);
	assert_non_null(
		strstr(distro->efi_loaders.items.v[1], "/trees/rocky9/EFI/BOOT/grubx64.efi"));
	assert_string_equal(distro->efi_folder, "debian-installer/amd64/grub");
	assert_true(distro->efi_over_tftp.value);
	item_free(&distro->item);

	make_tree(bench, "cd", CD_GRUB);
	import(bench, "cd", "cd9");
	distro = get_distro(bench, "cd9");
	assert_string_equal(distro->efi_folder, "boot/grub");
	assert_false(distro->efi_over_tftp.value);
	item_free(&distro->item);

	/* the next one of that name has none */
	make_tree(bench, "bare", NULL);
	import(bench, "bare", "cd9");
	distro = get_distro(bench, "cd9");
	assert_int_equal(distro->efi_loaders.items.n, 0);
	assert_null(distro->efi_folder);
	item_free(&distro->item);
}

static void an_edit_reads_them(void **state)
{
	struct bench *bench = *state;
	struct distro *distro;

	bench_merge(bench, &distro_type, "foo",
		"{'efi_loaders': ['" NETBOOT "bootnetx64.efi', '" NETBOOT "grubx64.efi']}");
	distro = get_distro(bench, "foo");
	assert_true(distro->efi_over_tftp.value);
	item_free(&distro->item);
	bench_merge(bench, &distro_type, "foo", "{'efi_loaders': null}");
	distro = get_distro(bench, "foo");
	assert_false(distro->efi_over_tftp.set);
	item_free(&distro->item);
}

static bool hosts_say(struct bench *bench, const char *part)
{
	autoclose int current = -1;
	autostrbuf text = STRBUF_INIT;

	MUST(generation_open(bench->server->tftp_fd, &current, &why));
	hosts_files_read(current, &text);
	return strstr(text.buf, part) != NULL;
}

static void they_are_published(void **state)
{
	static const char conf[] = "current/private/" DHCP_MAIN;
	struct bench *bench = *state;

	make_tree(bench, "rocky", NETBOOT "grubx64.efi");
	import(bench, "rocky", "rocky9");
	bench_put(bench, &system_type, "own",
		"{'profile': 'rocky9', 'interfaces': {'eth0': {'mac_address': "
		"'52:54:00:aa:00:0a'}}}");
	changed_by_sync(bench);
	assert_true(is_there(bench, "current/images/rocky9/efi/BOOTX64.EFI"));
	assert_true(is_there(bench, "current/images/rocky9/efi/grubx64.efi"));
	assert_true(says(bench, "current/images/rocky9/efi/grub.cfg", "configfile $home/grub.cfg"));
	assert_true(says(bench, "debian-installer/amd64/grub/grub.cfg", "export home"));
	assert_true(says(bench, conf, "tag:bw-efi-rocky9,tag:!bw-ipxe,images/rocky9/efi/BOOTX64"));
	assert_true(hosts_say(bench, "52:54:00:aa:00:0a,set:bw-efi-rocky9,own\n"));
	assert_false(hosts_say(bench, "52:54:00:aa:00:08")); /* no line without a reason */
	assert_int_equal(changed_by_sync(bench), 0);

	/* One system changes its mind. */
	bench_merge(bench, &system_type, "own", "{'loaders_from': 'server'}");
	assert_false(hosts_say(bench, "52:54:00:aa:00:0a"));
	assert_int_equal(changed_by_sync(bench), 0);
	bench_merge(bench, &system_type, "own", "{'loaders_from': null}");
	assert_true(hosts_say(bench, "bw-efi-rocky9"));

	bench_merge(bench, &distro_type, "rocky9", "{'efi_loaders': null}");
	changed_by_sync(bench);
	assert_false(is_there(bench, "current/images/rocky9/efi"));
	assert_false(is_there(bench, "current/debian-installer"));
	assert_false(hosts_say(bench, "52:54:00:aa:00:0a"));
}

/* Whether the machine's image holds the bytes at the start of one of its parts. */
static bool holds(struct bench *bench, const char *mac, const char *file)
{
	AUTO(http_image) struct http_image *image = NULL;
	autostrbuf wanted = STRBUF_INIT;
	autostrbuf bytes = STRBUF_INIT;
	ssize_t n;

	MUST(file_read(AT_FDCWD, file, 64 << 20, &wanted, &why));
	MUST(http_image_look(bench->server, "x64.img", mac, &image, &why));
	while ((n = http_image_read(image, bytes.len, strbuf_grow(&bytes, 1 << 16), 1 << 16)) > 0)
		strbuf_added(&bytes, (size_t)n);
	return memmem(bytes.buf, bytes.len, wanted.buf, wanted.len) != NULL;
}

static void an_image_has_them(void **state)
{
	struct bench *bench = *state;

	make_tree(bench, "cd", CD_GRUB);
	import(bench, "cd", "cd9");
	bench_put(bench, &system_type, "own",
		"{'profile': 'cd9', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:0a'}}}");
	changed_by_sync(bench);
	assert_false(says(bench, "current/private/" DHCP_MAIN, "bw-efi-cd9")); /* not over TFTP */
	assert_true(holds(bench, "52:54:00:aa:00:0a", CD_GRUB));
	assert_false(holds(bench, WEB7, CD_GRUB));
	bench_merge(bench, &system_type, "own", "{'loaders_from': 'server'}");
	assert_false(holds(bench, "52:54:00:aa:00:0a", CD_GRUB));
}

static const json_t *row_of(const json_t *list, const char *key, const char *value)
{
	size_t i;
	json_t *row;

	json_array_foreach (json_mutable(list), i, row)
		if (strcmp(json_get_str(row, key), value) == 0)
			return row;
	return NULL;
}

static void they_are_listed(void **state)
{
	struct bench *bench = *state;
	autojson json_t *list = NULL;
	const json_t *row;

	make_tree(bench, "rocky", NETBOOT "grubx64.efi");
	import(bench, "rocky", "rocky9");
	changed_by_sync(bench);
	MUST(loaders_list(bench->server, &list, &why));
	row = row_of(json_object_get(list, "items"), "name", "images/rocky9/efi/grubx64.efi");
	assert_non_null(row);
	assert_string_equal(json_get_str(row, "state"), "published");
	assert_string_equal(
		json_get_str(row, "needed"), "machines of distro 'rocky9' with Secure Boot");
	assert_true(json_is_null(json_object_get(row, "package")));
}

/* A kernel that Debian's shim refuses: its issuer has another name. */
static void check_tells(void **state)
{
	struct bench *bench = *state;
	autostrbuf kernel = STRBUF_INIT;
	autofree char *path = xasprintf("%s/files/linux", bench->folder);
	autofree char *patch = xasprintf("{'kernel': '%s'}", path);
	autojson json_t *before = NULL;
	autojson json_t *after = NULL;
	const json_t *row;
	char *issuer;

	MUST(file_read(AT_FDCWD, NETBOOT "linux", 64 << 20, &kernel, &why));
	MUST(file_replace(AT_FDCWD, path, 0644, kernel.buf, kernel.len, &why));
	bench_merge(bench, &distro_type, "foo", patch);
	before = check_run(bench->server);
	assert_null(row_of(before, "id", "secure-boot-distro"));
	while ((issuer = memmem(kernel.buf, kernel.len, "Debian Secure Boot CA", 21)))
		memcpy(issuer, "Xebian", 6);
	MUST(file_replace(AT_FDCWD, path, 0644, kernel.buf, kernel.len, &why));
	bench_merge(bench, &distro_type, "foo", patch);
	after = check_run(bench->server);
	row = row_of(after, "id", "secure-boot-distro");
	assert_non_null(row);
	assert_string_equal(json_get_str(row, "severity"), "warning");
	assert_string_equal(json_get_str(row, "problem"),
		"with Secure Boot on, machines do not boot distro 'foo' over TFTP: its kernel is "
		"signed by Xebian Secure Boot CA, and the shim that they get trusts Debian Secure "
		"Boot CA");
	assert_non_null(strstr(json_get_str(row, "advice"), "--efi-loaders=SHIM,GRUB"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(import_notes_them),
		TEST(an_edit_reads_them),
		TEST(they_are_published),
		TEST(an_image_has_them),
		TEST(they_are_listed),
		TEST(check_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
