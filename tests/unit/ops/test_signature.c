#include "ops_support.h"

#include "ops/import/pattern.h"
#include "ops/import/signature.h"

/* Patterns */

static const struct {
	const char *pattern;
	const char *text;
	const char *found; /* as map_value_ops prints it; NULL: no match */
} patterns[] = {
	{"Debian version: {version} ({codename})", "Debian version:  12 (bookworm)\n",
		"version=12 codename=bookworm"},
	{"Codename: {codename}", "Suite: stable\r\nCodename: bookworm\r\nDate: x\n",
		"codename=bookworm"},
	{"GNU/Linux {version} \"{name}\" - ", "Debian GNU/Linux 12.5.0 \"Bookworm\" - Official\n",
		"version=12.5.0 name=Bookworm"},
	{"\"{a} {b}\" - Release {arch} ",
		"Ubuntu-Server 24.04 LTS \"Noble Numbat\" - Release amd64 (20240827)",
		"a=Noble b=Numbat arch=amd64"},
	{"{product} {version} ", "Ubuntu-Server 24.04 LTS", "product=Ubuntu-Server version=24.04"},
	{"{major}.", "9.3", "major=9"},
	{"{major}.", "39", NULL},
	{"{all}", "first\nsecond", "all=first"},
	{"x{a}", "x", NULL},
	{"({a})", "()", NULL},
	{"({a})", "(", NULL},
	{"word", "a word", ""},
	{"a b", "ab", NULL},
	{"{a}{b}", "12", "a=1 b=2"},
	{"{", "x", "=x"},
	{"", "x", ""},
	{"x", "", NULL},
};

static void patterns_find_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct opt_map found = {.set = true};
		autostrbuf text = STRBUF_INIT;
		bool matched = pattern_match(patterns[i].pattern, patterns[i].text, &found);

		value_ops(VALUE_MAP)->to_text(&found, &text);
		map_clear(&found);
		if (matched != (patterns[i].found != NULL) ||
			(matched && strcmp(text.buf, patterns[i].found) != 0))
			fail_msg("pattern '%s': %s'%s'", patterns[i].pattern,
				matched ? "" : "no match ", text.buf);
	}
}

static void the_first_value_stays(void **state)
{
	struct opt_map found = {.set = true};

	(void)state;
	map_add(&found, "arch", "mine");
	assert_true(pattern_match("arch {arch} of {family}", "arch theirs of x", &found));
	assert_string_equal(map_get(&found, "arch"), "mine");
	assert_string_equal(map_get(&found, "family"), "x");
	map_clear(&found);
}

static void patterns_expand(void **state)
{
	struct opt_map values = {.set = true};
	autostrbuf text = STRBUF_INIT;
	const char *missing = NULL;

	(void)state;
	map_add(&values, "arch", "amd64");
	strbuf_adds(&text, "=");
	assert_true(pattern_expand("a/{arch}/b-{arch}", &values, &text, NULL));
	assert_string_equal(text.buf, "=a/amd64/b-amd64");
	assert_false(pattern_expand("x{arch}{suite}", &values, &text, &missing));
	assert_string_equal(text.buf, "=a/amd64/b-amd64");
	assert_string_equal(missing, "{suite}");
	map_clear(&values);
}

/* Trees */

#define TREEINFO(family, version)                                                                  \
	"[general]\nfamily = " family "\nversion = " version "\narch = x86_64\n"                   \
	"[images-x86_64]\nkernel = images/pxeboot/vmlinuz\ninitrd = images/pxeboot/initrd.img\n"

struct tree_case {
	const char *about;
	const char *file[12][2]; /* path and text */
	const char *arch;        /* asked for; NULL: any */
	const char *os_version;
	/* Found: "signature root arch breed os_version kernel initrd[ xen][ template][ efi
	 * LOADER…]", or the error. */
	const char *expect;
};

static const struct tree_case trees[] = {
	{
		.about = "Debian's netboot package",
		.file = {{"version.info", "Debian version:  12 (bookworm)\n"},
			{"debian-installer/amd64/linux"}, {"debian-installer/amd64/initrd.gz"}},
		.expect = "debian-netboot . x86_64 debian bookworm debian-installer/amd64/linux "
			  "debian-installer/amd64/initrd.gz",
	},
	{
		.about = "a folder above it",
		.file = {{"gtk/debian-installer/arm64/linux"},
			{"text/debian-installer/arm64/linux"},
			{"text/debian-installer/arm64/initrd.gz"}},
		.expect = "debian-netboot text aarch64 debian  debian-installer/arm64/linux "
			  "debian-installer/arm64/initrd.gz",
	},
	{
		.about = "an archive with two suites and Xen",
		.file = {{"dists/bookworm/Release", "Codename: bookworm\n"},
			{"dists/bookworm/main/installer-amd64/current/images/netboot/"
			 "debian-installer/amd64/linux"},
			{"dists/bookworm/main/installer-amd64/current/images/netboot/"
			 "debian-installer/amd64/initrd.gz"},
			{"dists/bookworm/main/installer-amd64/current/images/netboot/xen/vmlinuz"},
			{"dists/bookworm/main/installer-amd64/current/images/netboot/xen/"
			 "initrd.gz"},
			{"dists/bullseye/Release", "Codename: bullseye\n"},
			{"dists/bullseye/main/installer-amd64/current/images/netboot/"
			 "debian-installer/amd64/linux"},
			{"dists/bullseye/main/installer-amd64/current/images/netboot/"
			 "debian-installer/amd64/initrd.gz"}},
		.expect = "debian-archive . x86_64 debian bookworm "
			  "dists/bookworm/main/installer-amd64/current/images/netboot/"
			  "debian-installer/amd64/linux "
			  "dists/bookworm/main/installer-amd64/current/images/netboot/"
			  "debian-installer/amd64/initrd.gz xen",
	},
	{
		.about = "the suite that is asked for",
		.file = {{"dists/bookworm/Release", "Codename: bookworm\n"},
			{"dists/bookworm/main/installer-i386/current/images/netboot/"
			 "debian-installer/i386/linux"},
			{"dists/bookworm/main/installer-i386/current/images/netboot/"
			 "debian-installer/i386/initrd.gz"},
			{"dists/bullseye/Release", "Codename: bullseye\n"},
			{"dists/bullseye/main/installer-i386/current/images/netboot/"
			 "debian-installer/i386/linux"},
			{"dists/bullseye/main/installer-i386/current/images/netboot/"
			 "debian-installer/i386/initrd.gz"}},
		.os_version = "bullseye",
		.expect = "debian-archive . i386 debian bullseye "
			  "dists/bullseye/main/installer-i386/current/images/netboot/"
			  "debian-installer/i386/linux "
			  "dists/bullseye/main/installer-i386/current/images/netboot/"
			  "debian-installer/i386/initrd.gz",
	},
	{
		.about = "a Debian CD",
		.file = {{".disk/info", "Debian GNU/Linux 12.5.0 \"Bookworm\" - Official amd64 "
					"NETINST 20240210-11:27\n"},
			{"install.amd/vmlinuz"}, {"install.amd/initrd.gz"},
			{"install.amd/xen/vmlinuz"}, {"install.amd/xen/initrd.gz"}},
		.expect = "debian-cd . x86_64 debian bookworm install.amd/vmlinuz "
			  "install.amd/initrd.gz xen",
	},
	{
		.about = "Rocky Linux",
		.file = {{".treeinfo", TREEINFO("Rocky Linux", "9.3")}, {"images/pxeboot/vmlinuz"},
			{"images/pxeboot/initrd.img"}},
		.expect = "redhat . x86_64 redhat rhel9 images/pxeboot/vmlinuz "
			  "images/pxeboot/initrd.img rhel.ks",
	},
	{
		.about = "Rocky Linux, with a shim and GRUB",
		.file = {{".treeinfo", TREEINFO("Rocky Linux", "9.3")}, {"images/pxeboot/vmlinuz"},
			{"images/pxeboot/initrd.img"}, {"EFI/BOOT/BOOTX64.EFI"},
			{"EFI/BOOT/grubx64.efi"}, {"EFI/BOOT/mmx64.efi"}},
		.expect = "redhat . x86_64 redhat rhel9 images/pxeboot/vmlinuz "
			  "images/pxeboot/initrd.img rhel.ks efi EFI/BOOT/BOOTX64.EFI "
			  "EFI/BOOT/grubx64.efi EFI/BOOT/mmx64.efi",
	},
	{
		.about = "a shim without its GRUB",
		.file = {{".treeinfo", TREEINFO("Rocky Linux", "9.3")}, {"images/pxeboot/vmlinuz"},
			{"images/pxeboot/initrd.img"}, {"EFI/BOOT/BOOTX64.EFI"}},
		.expect = "redhat . x86_64 redhat rhel9 images/pxeboot/vmlinuz "
			  "images/pxeboot/initrd.img rhel.ks",
	},
	{
		.about = "SLES 15 for aarch64, with a shim and GRUB",
		.file = {{"media.1/media", "SUSE - SLE-15-SP5-Full-aarch64-Build98.1-Media\n"},
			{"boot/aarch64/linux"}, {"boot/aarch64/initrd"}, {"EFI/BOOT/bootaa64.efi"},
			{"EFI/BOOT/grub.efi"}, {"EFI/BOOT/MokManager.efi"}},
		.expect = "suse . aarch64 suse sles15sp5 boot/aarch64/linux boot/aarch64/initrd "
			  "efi EFI/BOOT/bootaa64.efi EFI/BOOT/grub.efi EFI/BOOT/MokManager.efi",
	},
	{
		.about = "Ubuntu's live server, with a shim and GRUB",
		.file = {{".disk/info", "Ubuntu-Server 24.04.1 LTS \"Noble Numbat\" - Release "
					"amd64 (20240827)"},
			{"casper/vmlinuz"}, {"casper/initrd"}, {"EFI/boot/bootx64.efi"},
			{"EFI/boot/grubx64.efi"}},
		.expect = "ubuntu-live-server . x86_64 ubuntu noble casper/vmlinuz casper/initrd "
			  "efi EFI/boot/bootx64.efi EFI/boot/grubx64.efi",
	},
	{
		.about = "Debian's files for the network, with a shim and GRUB",
		.file = {{"debian-installer/arm64/linux"}, {"debian-installer/arm64/initrd.gz"},
			{"debian-installer/arm64/bootnetaa64.efi"},
			{"debian-installer/arm64/grubaa64.efi"}},
		.expect = "debian-netboot . aarch64 debian  debian-installer/arm64/linux "
			  "debian-installer/arm64/initrd.gz efi "
			  "debian-installer/arm64/bootnetaa64.efi "
			  "debian-installer/arm64/grubaa64.efi",
	},
	{
		.about = "Fedora, with a Xen kernel",
		.file = {{".treeinfo",
				 TREEINFO("Fedora", "39") "[images-xen]\n"
							  "kernel = images/xen/vmlinuz\ninitrd = "
							  "images/xen/initrd.img\n"},
			{"images/pxeboot/vmlinuz"}, {"images/pxeboot/initrd.img"},
			{"images/xen/vmlinuz"}, {"images/xen/initrd.img"}},
		.expect = "redhat . x86_64 redhat fedora39 images/pxeboot/vmlinuz "
			  "images/pxeboot/initrd.img xen fedora.ks",
	},
	{
		.about = "a Xen kernel that is not there",
		.file = {{"treeinfo",
				 TREEINFO("CentOS", "5.11") "[images-xen]\n"
							    "kernel = images/xen/vmlinuz\ninitrd = "
							    "images/xen/initrd.img\n"},
			{"images/pxeboot/vmlinuz"}, {"images/pxeboot/initrd.img"}},
		.expect = "redhat . x86_64 redhat rhel5 images/pxeboot/vmlinuz "
			  "images/pxeboot/initrd.img rhel.ks",
	},
	{
		.about = "Ubuntu's live server",
		.file = {{".disk/info",
				 "Ubuntu-Server 24.04.1 LTS \"Noble Numbat\" - Release amd64 "
				 "(20240827)"},
			{"casper/vmlinuz"}, {"casper/initrd"}},
		.expect = "ubuntu-live-server . x86_64 ubuntu noble casper/vmlinuz casper/initrd",
	},
	{
		.about = "Leap 15",
		.file = {{"media.1/media", "openSUSE - openSUSE-Leap-15.6-x86_64-Build710.3-Media\n"
					   "openSUSE-Leap-15.6-x86_64-Build710.3\n1\n"},
			{".treeinfo", TREEINFO("openSUSE Leap", "15.6")},
			{"boot/x86_64/loader/linux"}, {"boot/x86_64/loader/initrd"}},
		.expect = "suse . x86_64 suse opensuse15.6 boot/x86_64/loader/linux "
			  "boot/x86_64/loader/initrd",
	},
	{
		.about = "SLES 15 for another processor",
		.file = {{"media.1/media", "SUSE - SLE-15-SP5-Full-aarch64-Build98.1-Media\n"},
			{"boot/aarch64/linux"}, {"boot/aarch64/initrd"}},
		.expect = "suse . aarch64 suse sles15sp5 boot/aarch64/linux boot/aarch64/initrd",
	},
	{
		.about = "Leap 16",
		.file = {{"LiveOS/squashfs.img"}, {"boot/x86_64/loader/linux"},
			{"boot/x86_64/loader/initrd"}},
		.expect = "suse-agama . x86_64 suse 16 boot/x86_64/loader/linux "
			  "boot/x86_64/loader/initrd",
	},
	{
		.about = "Fedora CoreOS",
		.file = {{"coreos/features.json", "{}"}, {"images/pxeboot/vmlinuz"},
			{"images/pxeboot/initrd.img"}, {"images/pxeboot/rootfs.img"}},
		.expect = "coreos . x86_64 coreos  images/pxeboot/vmlinuz "
			  "images/pxeboot/initrd.img",
	},
	{
		.about = "Fedora CoreOS, whose tree does not say for what",
		.file = {{"coreos/igninfo.json", "{}"}, {"images/pxeboot/vmlinuz"},
			{"images/pxeboot/initrd.img"}, {"images/pxeboot/rootfs.img"}},
		.arch = "aarch64",
		.expect = "coreos . aarch64 coreos  images/pxeboot/vmlinuz "
			  "images/pxeboot/initrd.img",
	},
	{
		.about = "Flatcar",
		.file = {{"version.txt", "FLATCAR_BUILD=3815\nFLATCAR_VERSION=3815.2.0\n"
					 "FLATCAR_BOARD=arm64-usr\n"},
			{"flatcar_production_pxe.vmlinuz"},
			{"flatcar_production_pxe_image.cpio.gz"}},
		.expect = "flatcar . aarch64 flatcar 3815.2.0 flatcar_production_pxe.vmlinuz "
			  "flatcar_production_pxe_image.cpio.gz",
	},
	{
		.about = "Debian live",
		.file = {{".disk/info", "Debian GNU/Linux 12.5.0 \"Bookworm\" - Official amd64 "
					"LIVE/INSTALL Binary 20240210-11:27\n"},
			{"live/vmlinuz"}, {"live/initrd.img"}, {"live/filesystem.squashfs"}},
		.expect = "debian-live . x86_64 debian bookworm live/vmlinuz live/initrd.img",
	},
	{
		.about = "nothing",
		.file = {{"readme"}},
		.expect = "'DIR' is no distribution's tree that is known here: looked for "
			  "images/pxeboot/rootfs.img, dists/SUITE/main/installer-ARCH/, "
			  "install.amd/vmlinuz, live/filesystem.squashfs, "
			  "debian-installer/ARCH/linux, flatcar_production_pxe.vmlinuz, .treeinfo, "
			  "LiveOS/squashfs.img, boot/ARCH/loader/linux, casper/vmlinuz",
	},
	{
		.about = "nearly a tree",
		.file = {{"debian-installer/amd64/linux"}},
		.expect = "'DIR' is no distribution's tree that is known here; nearest is "
			  "'debian-netboot', for which it lacks debian-installer/amd64/initrd.gz",
	},
	{
		.about = "SUSE has a .treeinfo too",
		.file = {{".treeinfo", TREEINFO("openSUSE Leap", "15.6")},
			{"images/pxeboot/vmlinuz"}, {"images/pxeboot/initrd.img"}},
		.expect = "'DIR' is no distribution's tree that is known here: signature 'redhat' "
			  "is none for family 'openSUSE Leap'",
	},
	{
		.about = "another architecture",
		.file = {{"debian-installer/amd64/linux"}, {"debian-installer/amd64/initrd.gz"}},
		.arch = "aarch64",
		.expect = "arch: 'DIR' is a tree for x86_64, not for aarch64",
	},
	{
		.about = "a .treeinfo that points out of the tree",
		.file = {{".treeinfo", "[general]\nfamily = Fedora\nversion = 39\narch = x86_64\n"
				       "[images-x86_64]\nkernel = ../../../../etc/passwd\n"
				       "initrd = /etc/passwd\n"},
			{"images/pxeboot/vmlinuz"}},
		.expect =
			"'DIR' is no distribution's tree that is known here; nearest is 'redhat', "
			"for which it lacks ../../../../etc/passwd, /etc/passwd",
	},
};

static void describe(const struct tree *tree, struct strbuf *ret)
{
	strbuf_addf(ret, "%s %s %s %s %s %s %s%s", tree->signature, tree->root, tree->arch,
		tree->breed, tree->os_version, tree->install.kernel.path,
		tree->install.initrd[0].path, tree->xen.kernel.path ? " xen" : "");
	/* a family that has several */
	if (strcmp(tree->breed, "redhat") == 0)
		strbuf_addf(ret, " %s", tree->autoinstall);
	strbuf_adds(ret, tree->efi.n ? " efi" : "");
	strv_for_each (path, &tree->efi)
		strbuf_addf(ret, " %s", path);
}

/* Paths begin with the temporary folder; DIR stands for it. */
static void match_case(const struct tree_case *row, const json_t *signatures, struct strbuf *ret)
{
	char top[] = "/tmp/bw-tree-XXXXXX";
	autotree struct tree *tree = NULL;
	autoclose int fd = -1;
	struct err err = ERR_INIT;

	assert_non_null(mkdtemp(top));
	MUST(file_open_dir(AT_FDCWD, top, &fd, &why));
	for (size_t i = 0; i < ARRAY_SIZE(row->file) && row->file[i][0]; i++) {
		const char *path = row->file[i][0];
		const char *text = row->file[i][1] ? row->file[i][1] : "x";
		const char *slash = strrchr(path, '/');
		autofree char *folder = slash ? xstrndup(path, (size_t)(slash - path)) : NULL;

		if (folder)
			MUST(file_mkdirs(fd, folder, 0755, &why));
		MUST(file_write_new(fd, path, 0644, text, strlen(text), &why));
	}
	if (signatures_match(signatures, fd, "DIR", row->arch ? row->arch : "",
		    row->os_version ? row->os_version : "", &tree, &err) < 0)
		strbuf_adds(ret, err.msg);
	else
		describe(tree, ret);
	file_remove_tree(AT_FDCWD, top, NULL);
}

static void trees_are_recognised(void **state)
{
	autoclose int folder = open("profiles/signatures", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autojson json_t *signatures = NULL;

	(void)state;
	MUST(signatures_load(&folder, 1, &signatures, &why));
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		autostrbuf found = STRBUF_INIT;

		match_case(&trees[i], signatures, &found);
		if (strcmp(found.buf, trees[i].expect) != 0)
			fail_msg("%s:\n  got    %s\n  wanted %s", trees[i].about, found.buf,
				trees[i].expect);
	}
}

/* Files of signatures */

#define GOOD                                                                                       \
	"\"name\": \"a\", \"title\": \"A\", \"looks_for\": \"b\", \"breed\": \"c\", "              \
	"\"arch\": \"x86_64\", \"kernel\": \"k\", \"initrd\": [\"i\"]"

static const struct {
	const char *text;
	const char *says; /* NULL: fine */
} files[] = {
	{"{" GOOD "}", NULL},
	{"[]", "is no JSON object"},
	{"{", "line 1"},
	{"{\"name\": \"a\"}", "'title' is missing"},
	{"{" GOOD ", \"kernal\": \"k\"}", "unknown member 'kernal'; did you mean 'kernel'?"},
	{"{" GOOD ", \"roots\": \"text\"}", "'roots' must be a list"},
	{"{" GOOD ", \"roots\": [1]}", "'roots' must hold text"},
	{"{" GOOD ", \"facts\": [\"x\"]}", "'facts' must hold an object"},
	{"{" GOOD ", \"efi\": [\"x\"]}", "'efi' must hold a list"},
	{"{" GOOD ", \"efi\": [[\"x\", 1]]}", "'efi' must hold lists of text"},
};

static void wrong_files_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char top[] = "/tmp/bw-sign-XXXXXX";
		autojson json_t *signatures = NULL;
		autoclose int fd = -1;
		struct err err = ERR_INIT;
		int result;

		assert_non_null(mkdtemp(top));
		fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		MUST(file_write_new(
			fd, "one.json", 0644, files[i].text, strlen(files[i].text), &why));
		result = signatures_load(&fd, 1, &signatures, &err);
		file_remove_tree(AT_FDCWD, top, NULL);
		assert_int_equal(result, files[i].says ? -1 : 0);
		if (files[i].says &&
			(!strstr(err.msg, files[i].says) || !strstr(err.msg, "one.json")))
			fail_msg("'%s' does not say '%s'", err.msg, files[i].says);
	}
}

static void no_signatures_is_an_error(void **state)
{
	int none = -1;
	json_t *signatures = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(signatures_load(&none, 1, &signatures, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

/* Each is the body of a profile, but for the distro. */
static int check_sample(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	size_t *n = ctx;
	autostrbuf text = STRBUF_INIT;
	autojson json_t *body = NULL;
	autoitem struct item *profile = item_new(&profile_type, "sample");

	if (file_read(entry->dirfd, entry->name, 1 << 16, &text, err) < 0)
		return -1;
	body = json_parse(text.buf, text.len, err);
	if (!body)
		return -1;
	(*n)++;
	json_object_set_new(body, "distro", json_string("deb12"));
	return item_merge_json(profile, body, false, err) < 0 ? -1 : item_validate(profile, err);
}

static void samples_are_profiles(void **state)
{
	size_t n = 0;

	(void)state;
	MUST(file_walk(AT_FDCWD, "profiles/samples", check_sample, &n, &why));
	assert_true(n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_find_values),
		cmocka_unit_test(the_first_value_stays),
		cmocka_unit_test(patterns_expand),
		cmocka_unit_test(trees_are_recognised),
		cmocka_unit_test(wrong_files_are_told),
		cmocka_unit_test(no_signatures_is_an_error),
		cmocka_unit_test(samples_are_profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
