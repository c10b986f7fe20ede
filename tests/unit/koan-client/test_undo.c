/* What koan takes away again: guests by --undo, and what a failed run has made. */
#include "test_driver.h"

#include "koan-client/create/unmake.h"
#include "koan-client/disk/disks.h"
#include "koan-client/disk/storage_xml.h"

/* The domain, the disks that were made for it, and nothing else. */
static void test_undo(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	FILE *null = fopen("/dev/null", "w");
	autooptions one = {.virt_name = "web7"};
	autooptions many = {.virt_name = "web7", .count = 3};

	must(f, "--virt-path=/default-pool/,/dev/vg9/lv --virt-file-size=1 "
		"--virt-disk-driver=raw");
	assert_int_equal(unmake_all(&one, f->virt, null, &err), 0);
	assert_false(has_domain(f, "web7"));
	assert_false(has_volume(f, "default-pool", "web7-disk0"));
	assert_true(has_pool(f, "default-pool"));
	assert_int_equal(unmake_all(&one, f->virt, null, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	one.virt_name = "test"; /* the test driver's own */
	assert_int_equal(unmake_all(&one, f->virt, null, &err), -1);
	assert_contains(err.msg, "koan did not make the domain 'test'");
	assert_true(has_domain(f, "test"));
	f->cache.plan.nics[0].has_mac = false;
	must(f, "--virt-name=web7-1 --virt-path=/default-pool/");
	must(f, "--virt-name=web7-3 --virt-path=/default-pool/");
	assert_int_equal(unmake_all(&many, f->virt, null, &err), 0);
	assert_false(has_domain(f, "web7-1") || has_domain(f, "web7-3"));
	fclose(null);
}

static void test_undo_only_told(void **state)
{
	struct fixture *f = *state;
	autofree char *said = NULL;
	size_t size;
	FILE *out = open_memstream(&said, &size);
	autooptions one = {.virt_name = "web7", .dry_run = true};

	must(f, "--virt-path=/default-pool/ --virt-file-size=1");
	assert_int_equal(unmake_all(&one, f->virt, out, NULL), 0);
	fclose(out);
	assert_string_equal(said, "would remove the domain 'web7'\n"
				  "would remove the disk '/default-pool/web7-disk0'\n");
	assert_true(has_domain(f, "web7"));
	assert_true(has_volume(f, "default-pool", "web7-disk0"));
}

/* A disk that was detached, or that only a copy of the domain's configuration names, is not its. */
static void test_undo_leaves_what_is_detached(void **state)
{
	struct fixture *f = *state;
	autofree char *xml = NULL;
	autofree char *said = NULL;
	char *path;
	size_t size;
	FILE *out = open_memstream(&said, &size);
	autooptions one = {.virt_name = "web7"};

	must(f, "--virt-path=/default-pool/ --virt-file-size=1,1");
	assert_int_equal(virt_domain_stop(f->virt, "web7", NULL), 0);
	assert_int_equal(virt_domain_xml(f->virt, "web7", true, &xml, NULL), 0);
	path = strstr(xml, "/default-pool/web7-disk1");
	assert_non_null(path);
	memcpy(path, "/default-pool/else-disk1", strlen("/default-pool/else-disk1"));
	assert_int_equal(virt_domain_define(f->virt, xml, NULL), 0);
	assert_int_equal(unmake_all(&one, f->virt, out, NULL), 0);
	fclose(out);
	assert_contains(said, "removed the disk '/default-pool/web7-disk0'");
	assert_contains(said, "left the disk '/default-pool/web7-disk1': the domain does not have");
	assert_true(has_volume(f, "default-pool", "web7-disk1"));
	assert_int_equal(virt_volume_remove(f->virt, "default-pool", "web7-disk1", NULL), 0);
}

/* One that koan did not make stays; those behind it go all the same. */
static void test_undo_goes_on(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	FILE *null = fopen("/dev/null", "w");
	autooptions many = {.virt_name = "web7", .count = 3};

	f->cache.plan.nics[0].has_mac = false;
	must(f, "--virt-name=web7-1 --virt-path=/default-pool/");
	must(f, "--virt-name=web7-3 --virt-path=/default-pool/");
	assert_int_equal(virt_domain_define(f->virt,
				 "<domain type='test'><name>web7-2</name><memory>65536</memory>"
				 "<os><type>hvm</type></os></domain>",
				 NULL),
		0);
	assert_int_equal(unmake_all(&many, f->virt, null, &err), -1);
	assert_string_equal(err.msg, "1 of 3 guests could not be removed");
	assert_false(has_domain(f, "web7-1") || has_domain(f, "web7-3"));
	assert_true(has_domain(f, "web7-2"));
	assert_int_equal(virt_domain_remove(f->virt, "web7-2", NULL), 0);
	fclose(null);
}

/* A pool that was taken away keeps nobody from removing or replacing its guest. */
static void test_undo_without_its_pool(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	autofree char *said = NULL;
	size_t size;
	FILE *out = open_memstream(&said, &size);
	autooptions one = {.virt_name = "web7"};

	must(f, "--virt-path=/srv/gone/,/default-pool/ --virt-file-size=1");
	assert_int_equal(virt_pool_remove(f->virt, "gone", false, NULL), 0);
	must(f, "--virt-path=/srv/gone/,/default-pool/ --virt-file-size=1 --force");
	assert_int_equal(virt_pool_remove(f->virt, "gone", false, NULL), 0);
	assert_int_equal(unmake_all(&one, f->virt, out, &err), 0);
	fclose(out);
	assert_contains(said, "found no disk 'web7-disk0");
	assert_contains(said, "in the storage pool 'gone'");
	assert_contains(said, "removed the disk '/default-pool/web7-disk1");
}

/* A pool in which another koan's guest has its disk by now is that one's, too. */
static void test_pool_that_is_shared_by_now(void **state)
{
	struct fixture *f = *state;
	autofree char *xml = volume_xml("other-disk0", 1 << 20, "dir", "raw", false);
	autofree char *path = NULL;
	autoguest guest = {.n_disks = 1};
	struct undo undo = {0};

	guest.disks[0].place =
		(struct disk_place){.kind = DISK_FOLDER, .pool_path = xstrdup("/srv/shared")};
	assert_int_equal(disks_pools(f->virt, &guest, 1, &undo, NULL), 0);
	assert_int_equal(virt_volume_make(f->virt, "shared", xml, false, &path, NULL), 0);
	assert_int_equal(virt_domain_define(f->virt,
				 "<domain type='test'><name>other</name><memory>65536</memory>"
				 "<os><type>hvm</type></os><devices><disk type='file'>"
				 "<source file='/srv/shared/other-disk0'/><target dev='vda'/>"
				 "</disk></devices></domain>",
				 NULL),
		0);
	undo_all(&undo, f->virt);
	assert_true(has_volume(f, "shared", "other-disk0"));
	assert_int_equal(virt_domain_remove(f->virt, "other", NULL), 0);
	assert_int_equal(virt_pool_remove(f->virt, "shared", false, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_undo, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undo_only_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undo_leaves_what_is_detached, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undo_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undo_without_its_pool, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pool_that_is_shared_by_now, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
