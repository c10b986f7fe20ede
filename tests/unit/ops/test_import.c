#include "base/sha256.h"
#include "ops/import/import.h"
#include "ops_support.h"

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const debian_netboot[][2] = {
	{"version.info", "Debian version:  12 (bookworm)\nInstaller build: 20230607\n"},
	{"debian-installer/amd64/linux", "kernel"},
	{"debian-installer/amd64/initrd.gz", "initrd"},
	{"debian-installer/amd64/grub/grub.cfg", "menu"},
};

static void make_tree(const struct bench *bench, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(debian_netboot); i++) {
		autofree char *path = xasprintf("%s/%s", name, debian_netboot[i][0]);

		bench_write(bench, path, debian_netboot[i][1]);
	}
}

static const struct import_options no_options = {
	.arch = "", .breed = "", .os_version = "", .autoinstall = "", .available_as = ""};

static int import_with(struct bench *bench, struct import_options options, const char *path,
	const char *name, json_t **ret, struct err *err)
{
	autofree char *full = xasprintf("%s/%s", bench->folder, path);

	options.path = *path == '/' ? path : full;
	options.name = name;
	return import_tree(bench->server, &tester, &options, NULL, ret, err);
}

static json_t *must_import(struct bench *bench, const char *path, const char *name)
{
	json_t *result = NULL;
	struct err err = ERR_INIT;

	if (import_with(bench, no_options, path, name, &result, &err) < 0)
		fail_msg("import of %s: %s", path, err.msg);
	return result;
}

static void fails(struct bench *bench, const char *path, const char *name, enum err_code code,
	const char *says)
{
	json_t *result = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(import_with(bench, no_options, path, name, &result, &err), -1);
	assert_int_equal(err.code, code);
	if (!strstr(err.msg, says))
		fail_msg("'%s' does not say '%s'", err.msg, says);
	assert_null(result);
}

static struct distro *get_distro(struct bench *bench, const char *name)
{
	struct item *item = NULL;

	MUST(db_item_get(bench->server->db, &distro_type, name, &item, &why));
	return (struct distro *)item;
}

static int64_t version_of(struct bench *bench, const struct item_type *type, const char *name)
{
	int64_t version;

	MUST(db_item_version(bench->server->db, type, name, &version, &why));
	return version;
}

static json_int_t count(const json_t *result, const char *member)
{
	return json_integer_value(json_object_get(result, member));
}

static bool changed(const json_t *result)
{
	return json_is_true(json_object_get(result, "changed"));
}

static size_t trees(struct bench *bench)
{
	autostrv names = STRV_INIT;

	MUST(file_list(bench->server->state_fd, "trees", &names, &why));
	return names.n;
}

static void makes_distro_and_profile(void **state)
{
	struct bench *bench = *state;
	autojson json_t *result = NULL;
	autofree char *kernel = xasprintf("%s/trees/deb12/%s", bench->state, debian_netboot[1][0]);
	char sum[SHA256_TEXT];
	struct distro *distro;
	struct item *profile = NULL;

	make_tree(bench, "source");
	result = must_import(bench, "source", "deb12");
	assert_true(changed(result));
	assert_int_equal(count(result, "files"), 4);
	assert_int_equal(count(result, "linked"), 4);
	distro = get_distro(bench, "deb12");
	sha256_text("kernel", 6, sum);
	assert_string_equal(distro->kernel, kernel);
	assert_int_equal(distro->kernel_size.value, 6);
	assert_string_equal(distro->kernel_sha256, sum);
	assert_string_equal(distro->arch, "x86_64");
	assert_string_equal(distro->breed, "debian");
	assert_string_equal(distro->os_version, "bookworm");
	assert_string_equal(distro->tree, "/trees/deb12");
	assert_string_equal(distro->signature, "debian-netboot");
	assert_string_equal(distro->autoinstall, "debian.preseed");
	MUST(db_item_get(bench->server->db, &profile_type, "deb12", &profile, &why));
	assert_string_equal(((struct profile *)profile)->distro, "deb12");
	item_free(profile);
	item_free(&distro->item);
	assert_int_equal(trees(bench), 1);
}

static void the_same_again_changes_nothing(void **state)
{
	struct bench *bench = *state;
	autojson json_t *first = NULL;
	autojson json_t *again = NULL;
	int64_t revision;

	make_tree(bench, "source");
	first = must_import(bench, "source", "deb12");
	revision = db_revision(bench->server->db);
	again = must_import(bench, "source", "deb12");
	assert_false(changed(again));
	assert_int_equal(count(again, "files"), 0);
	assert_int_equal(db_revision(bench->server->db), revision);
	assert_int_equal(trees(bench), 1);
}

static void keeps_what_people_have_set(void **state)
{
	struct bench *bench = *state;
	struct distro *distro;
	int64_t version;

	make_tree(bench, "source");
	json_decref(must_import(bench, "source", "deb12"));
	bench_put(bench, &profile_type, "deb12", "{'distro': 'deb12', 'virt_ram': 2048}");
	version = version_of(bench, &profile_type, "deb12");
	bench_merge(bench, &distro_type, "deb12", "{'os_version': 'mine', 'comment': 'ours'}");
	json_decref(must_import(bench, "source", "deb12"));
	assert_int_equal(version_of(bench, &profile_type, "deb12"), version);
	distro = get_distro(bench, "deb12");
	assert_string_equal(distro->os_version, "mine");
	assert_string_equal(distro->comment, "ours");
	item_free(&distro->item);
}

static void a_changed_source_replaces_the_tree(void **state)
{
	struct bench *bench = *state;
	struct distro *distro;
	autojson json_t *result = NULL;
	char sum[SHA256_TEXT];

	make_tree(bench, "source");
	json_decref(must_import(bench, "source", "deb12"));
	bench_write(bench, "source/debian-installer/amd64/linux", "a newer kernel");
	bench_write(bench, "source/version.info", "Debian version: 13 (trixie)\n");
	result = must_import(bench, "source", "deb12");
	assert_true(changed(result));
	sha256_text("a newer kernel", 14, sum);
	distro = get_distro(bench, "deb12");
	assert_string_equal(distro->kernel_sha256, sum);
	assert_string_equal(distro->os_version, "trixie");
	item_free(&distro->item);
	assert_int_equal(trees(bench), 1);

	assert_int_equal(bench_remove(bench, "source/debian-installer/amd64/grub"), 0);
	json_decref(must_import(bench, "source", "deb12"));
	assert_false(bench_has(bench, "state/trees/deb12/debian-installer/amd64/grub/grub.cfg"));
}

static void links_stay_in_the_tree(void **state)
{
	struct bench *bench = *state;
	autojson json_t *result = NULL;
	autojson json_t *again = NULL;
	autofree char *source = xasprintf("%s/source", bench->folder);
	autoclose int fd = -1;

	make_tree(bench, "source");
	MUST(file_open_dir(AT_FDCWD, source, &fd, &why));
	assert_int_equal(symlinkat(".", fd, "debian"), 0);
	assert_int_equal(symlinkat("../version.info", fd, "debian-installer/info"), 0);
	assert_int_equal(symlinkat("../secret", fd, "out"), 0);
	assert_int_equal(symlinkat("/etc/passwd", fd, "absolute"), 0);
	assert_int_equal(mkfifoat(fd, "pipe", 0600), 0);
	result = must_import(bench, "source", "deb12");
	assert_int_equal(json_array_size(json_object_get(result, "notes")), 3);
	assert_true(bench_has(bench, "state/trees/deb12/debian/version.info"));
	assert_true(bench_has(bench, "state/trees/deb12/debian-installer/info"));
	assert_false(bench_has(bench, "state/trees/deb12/out"));
	assert_false(bench_has(bench, "state/trees/deb12/absolute"));
	assert_false(bench_has(bench, "state/trees/deb12/pipe"));
	again = must_import(bench, "source", "deb12");
	assert_false(changed(again));
}

static void xen_has_a_distro_of_its_own(void **state)
{
	struct bench *bench = *state;
	autojson json_t *result = NULL;
	struct distro *distro;
	struct item *profile = NULL;

#define IMAGES "mirror/dists/bookworm/main/installer-amd64/current/images/netboot/"
	bench_write(bench, "mirror/dists/bookworm/Release", "Suite: stable\nCodename: bookworm\n");
	bench_write(bench, IMAGES "debian-installer/amd64/linux", "kernel");
	bench_write(bench, IMAGES "debian-installer/amd64/initrd.gz", "initrd");
	bench_write(bench, IMAGES "xen/vmlinuz", "xen kernel");
	bench_write(bench, IMAGES "xen/initrd.gz", "xen initrd");
	result = must_import(bench, "mirror", "deb12");
	assert_int_equal(json_array_size(json_object_get(result, "distros")), 2);
	assert_int_equal(json_array_size(json_object_get(result, "profiles")), 2);
	distro = get_distro(bench, "deb12-xen");
	assert_int_equal(distro->kernel_size.value, 10);
	assert_string_equal(distro->tree, "/trees/deb12");
	assert_string_equal(map_get(&distro->autoinstall_meta, "tree_is_archive"), "yes");
	item_free(&distro->item);
	MUST(db_item_get(bench->server->db, &profile_type, "deb12-xen", &profile, &why));
	assert_string_equal(((struct profile *)profile)->virt_type, "xenpv");
	item_free(profile);
}

static void options_win(void **state)
{
	struct bench *bench = *state;
	autojson json_t *result = NULL;
	struct import_options options = no_options;
	struct distro *distro;

	options.breed = "kali";
	options.os_version = "rolling";
	options.available_as = "http://mirror.example/debian";
	make_tree(bench, "source");
	assert_int_equal(import_with(bench, options, "source", "kali", &result, NULL), 0);
	assert_int_equal(count(result, "files"), 2);
	distro = get_distro(bench, "kali");
	assert_string_equal(distro->breed, "kali");
	assert_string_equal(distro->os_version, "rolling");
	assert_string_equal(distro->tree, "http://mirror.example/debian");
	item_free(&distro->item);
	assert_true(bench_has(bench, "state/trees/kali/debian-installer/amd64/linux"));
	assert_false(bench_has(bench, "state/trees/kali/version.info"));
	options.arch = "aarch64";
	assert_int_equal(import_with(bench, options, "source", "arm", &result, NULL), -1);
}

static void refuses(void **state)
{
	struct bench *bench = *state;
	autofree char *own = xasprintf("%s/trees", bench->state);

	make_tree(bench, "source");
	bench_write(bench, "file", "");
	bench_write(bench, "empty/other", "");
	bench_write(bench, "almost/debian-installer/amd64/linux", "kernel");
	fails(bench, "nowhere", "a", ERR_NOT_FOUND, "No such file");
	fails(bench, "file", "a", ERR_INVALID, "is no directory; of an image");
	fails(bench, "empty", "a", ERR_INVALID, "looked for");
	fails(bench, "almost", "a", ERR_INVALID,
		"nearest is 'debian-netboot', for which it lacks debian-installer/amd64/initrd.gz");
	fails(bench, "source", "../up", ERR_INVALID, "name");
	fails(bench, "source", "", ERR_INVALID, "name");
	fails(bench, own, "a", ERR_INVALID, "overlap");
	fails(bench, "/", "a", ERR_INVALID, "overlap");
	assert_int_equal(trees(bench), 0);
}

/* What is found out last: the tree is placed already. */
static void a_damaged_tree_leaves_nothing(void **state)
{
	struct bench *bench = *state;
	int64_t version;

	bench_write(bench, "cd/.treeinfo",
		"[general]\nfamily = Rocky Linux\nversion = 9.3\narch = x86_64\n"
		"[images-x86_64]\nkernel = images/pxeboot/vmlinuz\n"
		"initrd = images/pxeboot/initrd.img\n"
		"[checksums]\nimages/pxeboot/vmlinuz = sha256:00\n");
	bench_write(bench, "cd/images/pxeboot/vmlinuz", "kernel");
	bench_write(bench, "cd/images/pxeboot/initrd.img", "initrd");
	fails(bench, "cd", "rocky9", ERR_INVALID, "is damaged");
	assert_int_equal(trees(bench), 0);
	assert_int_equal(version_of(bench, &distro_type, "rocky9"), 0);

	make_tree(bench, "source");
	json_decref(must_import(bench, "source", "deb12"));
	version = version_of(bench, &distro_type, "deb12");
	fails(bench, "cd", "deb12", ERR_INVALID, "is damaged");
	assert_int_equal(version_of(bench, &distro_type, "deb12"), version);
	assert_true(bench_has(bench, "state/trees/deb12/version.info"));
	assert_int_equal(trees(bench), 1);
}

enum { EDITS = 4 };

/* An edit every few milliseconds, while the import reads the files. */
static void *edit_meanwhile(void *ctx)
{
	struct bench *bench = ctx;

	for (int i = 0; i < EDITS; i++) {
		autofree char *patch = xasprintf("{'kernel_options': {'k%d': true}}", i);

		bench_merge(bench, &distro_type, "deb12", patch);
		usleep(40000);
	}
	return NULL;
}

/* What was acknowledged meanwhile is not undone by the items that the import makes. */
static void edits_meanwhile_stay(void **state)
{
	struct bench *bench = *state;
	autofree char *initrd =
		xasprintf("%s/source/debian-installer/amd64/initrd.gz", bench->folder);
	struct distro *distro;
	pthread_t editor;

	make_tree(bench, "source");
	assert_int_equal(truncate(initrd, 128 << 20), 0); /* takes a while to read */
	json_decref(must_import(bench, "source", "deb12"));
	assert_int_equal(pthread_create(&editor, NULL, edit_meanwhile, bench), 0);
	json_decref(must_import(bench, "source", "deb12"));
	pthread_join(editor, NULL);
	distro = get_distro(bench, "deb12");
	assert_int_equal(distro->kernel_options.n, EDITS);
	item_free(&distro->item);
}

static void one_import_of_a_name_at_a_time(void **state)
{
	struct bench *bench = *state;

	make_tree(bench, "source");
	assert_int_equal(mkdirat(bench->server->state_fd, "trees/.deb12.new", 0755), 0);
	fails(bench, "source", "deb12", ERR_BUSY, "runs already");
	assert_true(bench_has(bench, "state/trees/.deb12.new"));
}

/* A distro keeps its tree when it gets another name, or a second one beside it. */
static void a_tree_does_not_change_beneath_another_distro(void **state)
{
	struct bench *bench = *state;
	struct distro *distro;

	make_tree(bench, "source");
	json_decref(must_import(bench, "source", "deb12"));
	MUST(edit_rename(bench->server,
		&(struct edit){
			.author = &tester, .type = &distro_type, .name = "deb12", .expect = DB_ANY},
		"old", NULL, &why));
	bench_write(bench, "other/debian-installer/amd64/linux", "a newer kernel");
	bench_write(bench, "other/debian-installer/amd64/initrd.gz", "initrd");
	fails(bench, "other", "deb12", ERR_CONFLICT, "distro 'old'");
	distro = get_distro(bench, "old");
	assert_true(bench_has(bench, "state/trees/deb12/version.info"));
	assert_int_equal(distro->kernel_size.value, 6);
	item_free(&distro->item);
	assert_int_equal(trees(bench), 1);
	/* the same tree is no change */
	json_decref(must_import(bench, "source", "deb12"));
}

/* As soon as the import has begun with the new tree. */
static void *rename_meanwhile(void *ctx)
{
	struct bench *bench = ctx;

	while (!bench_has(bench, "state/trees/.deb12.new/debian-installer"))
		usleep(1000);
	MUST(edit_rename(bench->server,
		&(struct edit){
			.author = &tester, .type = &distro_type, .name = "deb12", .expect = DB_ANY},
		"old", NULL, &why));
	return NULL;
}

static void nor_beneath_one_renamed_meanwhile(void **state)
{
	struct bench *bench = *state;
	autofree char *initrd =
		xasprintf("%s/source/debian-installer/amd64/initrd.gz", bench->folder);
	struct distro *distro;
	pthread_t editor;

	make_tree(bench, "source");
	json_decref(must_import(bench, "source", "deb12"));
	bench_write(bench, "source/debian-installer/amd64/linux", "a newer kernel");
	assert_int_equal(truncate(initrd, 256 << 20), 0); /* takes a while to read */
	assert_int_equal(pthread_create(&editor, NULL, rename_meanwhile, bench), 0);
	fails(bench, "source", "deb12", ERR_CONFLICT, "distro 'old'");
	pthread_join(editor, NULL);
	distro = get_distro(bench, "old");
	assert_int_equal(distro->kernel_size.value, 6);
	item_free(&distro->item);
	assert_int_equal(trees(bench), 1);
}

static void a_template_must_be_there(void **state)
{
	struct bench *bench = *state;
	struct import_options options = no_options;
	json_t *result = NULL;
	struct err err = ERR_INIT;

	make_tree(bench, "source");
	options.autoinstall = "debian.presed";
	assert_int_equal(import_with(bench, options, "source", "deb12", &result, &err), -1);
	assert_string_equal(err.field, "autoinstall");
	assert_non_null(strstr(err.msg, "did you mean 'debian.preseed'?"));
	assert_int_equal(trees(bench), 0);
}

static void restart(struct bench *bench)
{
	server_close(bench->server);
	bench_open(bench);
}

static void a_killed_import_is_undone(void **state)
{
	struct bench *bench = *state;

	/* while it copied */
	bench_write(bench, "state/trees/.first.new/version.info", "x");
	/* after the swap: the empty folder is aside, nobody knows the tree */
	bench_write(bench, "state/trees/second/version.info", "x");
	assert_int_equal(
		mkdirat(bench->server->state_fd, "trees/.second.new", IMPORT_FIRST | 0755), 0);
	restart(bench);
	assert_int_equal(trees(bench), 0);
}

/* It had only taken the name: the tree of before is not its own, whoever uses it for what. */
static void a_killed_import_leaves_others_trees(void **state)
{
	struct bench *bench = *state;
	autofree char *elsewhere = xasprintf("{'kernel': '%s/newer/linux'}", bench->folder);

	make_tree(bench, "source");
	json_decref(must_import(bench, "source", "deb12"));
	bench_write(bench, "newer/linux", "a newer kernel");
	bench_merge(bench, &distro_type, "deb12", elsewhere);
	assert_int_equal(mkdirat(bench->server->state_fd, "trees/.deb12.new", 0755), 0);
	restart(bench);
	assert_true(bench_has(bench, "state/trees/deb12/version.info"));
	assert_int_equal(trees(bench), 1);
}

static void a_killed_second_import_is_undone(void **state)
{
	struct bench *bench = *state;
	int trees_fd;

	make_tree(bench, "source");
	json_decref(must_import(bench, "source", "deb12"));
	/* after the swap, before the commit */
	bench_write(bench, "state/trees/.deb12.new/debian-installer/amd64/linux", "newer");
	MUST(file_open_dir(bench->server->state_fd, "trees", &trees_fd, &why));
	assert_int_equal(renameat2(trees_fd, ".deb12.new", trees_fd, "deb12", RENAME_EXCHANGE), 0);
	close(trees_fd);
	assert_false(bench_has(bench, "state/trees/deb12/version.info"));
	restart(bench);
	assert_true(bench_has(bench, "state/trees/deb12/version.info"));
	assert_int_equal(trees(bench), 1);

	/* after the commit: the new tree stays */
	bench_write(bench, "state/trees/.deb12.new/debian-installer/amd64/linux", "older");
	restart(bench);
	assert_true(bench_has(bench, "state/trees/deb12/version.info"));
	assert_int_equal(trees(bench), 1);
}

/* The package debian-installer-12-netboot-amd64, where it is installed. */
static void imports_the_real_installer(void **state)
{
	static const char *const paths[] = {"/usr/lib/debian-installer/images/12/amd64/text",
		"/usr/lib/debian-installer/images/12/amd64"};
	struct bench *bench = *state;

	if (access(paths[0], F_OK) < 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		autojson json_t *result = must_import(bench, paths[i], "real");
		struct distro *distro = get_distro(bench, "real");

		assert_int_equal(changed(result), i == 0);
		assert_string_equal(distro->os_version, "bookworm");
		assert_true(distro->kernel_size.value > 1 << 20);
		item_free(&distro->item);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(makes_distro_and_profile),
		TEST(the_same_again_changes_nothing),
		TEST(keeps_what_people_have_set),
		TEST(a_changed_source_replaces_the_tree),
		TEST(links_stay_in_the_tree),
		TEST(xen_has_a_distro_of_its_own),
		TEST(options_win),
		TEST(refuses),
		TEST(a_damaged_tree_leaves_nothing),
		TEST(one_import_of_a_name_at_a_time),
		TEST(edits_meanwhile_stay),
		TEST(a_tree_does_not_change_beneath_another_distro),
		TEST(nor_beneath_one_renamed_meanwhile),
		TEST(a_template_must_be_there),
		TEST(a_killed_import_is_undone),
		TEST(a_killed_import_leaves_others_trees),
		TEST(a_killed_second_import_is_undone),
		TEST(imports_the_real_installer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
