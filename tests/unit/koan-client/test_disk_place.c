#include "support.h"

#include "koan-client/disk/disk_place.h"

static const struct {
	const char *wanted;
	enum path_fact fact;
	enum disk_kind kind;
	const char *pool_path;
	const char *volume;
	const char *source;
} places[] = {
	{"/srv/images", PATH_FOLDER, DISK_FOLDER, "/srv/images", "lady-disk0",
		"/srv/images/lady-disk0"},
	{"/srv/images/", PATH_NOTHING, DISK_FOLDER, "/srv/images", "lady-disk0",
		"/srv/images/lady-disk0"},
	{"/srv/lady.qcow2", PATH_NOTHING, DISK_FILE, "/srv", "lady.qcow2", "/srv/lady.qcow2"},
	{"/srv/lady", PATH_FILE, DISK_FILE, "/srv", "lady", "/srv/lady"},
	{"vg0", PATH_NOTHING, DISK_VOLUME_GROUP, "/dev/vg0", "lady-disk0", "/dev/vg0/lady-disk0"},
	{"vg0:root", PATH_NOTHING, DISK_VOLUME_GROUP, "/dev/vg0", "root", "/dev/vg0/root"},
	{"/dev/vg0", PATH_NOTHING, DISK_VOLUME_GROUP, "/dev/vg0", "lady-disk0",
		"/dev/vg0/lady-disk0"},
	{"/dev/vg0", PATH_FOLDER, DISK_VOLUME_GROUP, "/dev/vg0", "lady-disk0",
		"/dev/vg0/lady-disk0"},
	{"/dev/sdb", PATH_BLOCK, DISK_DEVICE, NULL, NULL, "/dev/sdb"},
	{"/dev/vg0/root", PATH_BLOCK, DISK_DEVICE, NULL, NULL, "/dev/vg0/root"},
	{"/dev/vg0/root", PATH_NOTHING, DISK_DEVICE, NULL, NULL, "/dev/vg0/root"},
	{"/srv/link-to-sdb", PATH_BLOCK, DISK_DEVICE, NULL, NULL, "/srv/link-to-sdb"},
};

static void assert_same(const char *got, const char *wanted)
{
	if (!wanted)
		assert_null(got);
	else
		assert_string_equal(got, wanted);
}

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct disk_place place = {0};

		assert_int_equal(disk_place_find(places[i].wanted, places[i].fact, "lady-disk0",
					 &place, NULL),
			0);
		assert_int_equal(place.kind, places[i].kind);
		assert_same(place.pool_path, places[i].pool_path);
		assert_same(place.volume, places[i].volume);
		assert_same(place.source, places[i].source);
		disk_place_done(&place);
	}
}

static void test_root_folder(void **state)
{
	struct disk_place place = {0};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(disk_place_find("/disk", PATH_NOTHING, "a-disk0", &place, &err), -1);
	assert_contains(err.msg, "root folder");
	disk_place_done(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_root_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
