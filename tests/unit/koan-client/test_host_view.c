/* Whose disk or address it is: by every name that a disk can have on this host. */
#include "support.h"

#include "koan-client/disk/storage_xml.h"
#include "koan-client/virt/virt.h"

#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

/* A domain over a volume that is known by its pool, and one over a layer of a file. */
#define DOMAIN(name, disks)                                                                        \
	"<domain type='test'><name>" name "</name>"                                                \
	"<uuid>c0ffee00-0000-4000-8000-000000000001</uuid><memory>65536</memory>"                  \
	"<os><type>hvm</type></os><devices>" disks "</devices></domain>"
#define BY_POOL                                                                                    \
	"<disk type='volume'><source pool='default-pool' volume='a'/><target dev='vda'/></disk>"   \
	"<interface type='bridge'><mac address='52:54:00:aa:00:01'/><source bridge='br0'/>"        \
	"</interface>"

#define BY_PATH(path) "<disk type='file'><source file='" path "'/><target dev='vdb'/></disk>"

static void define(struct virt *virt, const char *xml)
{
	struct err err = ERR_INIT;

	if (virt_domain_define(virt, xml, &err) < 0)
		fail_msg("%s", err.msg);
}

static void test_volumes_are_known_by_their_paths(void **state)
{
	autovirt struct virt *virt = NULL;
	autoview view = {0};
	autofree char *xml = volume_xml("a", 1 << 20, "dir", "raw", false);
	autofree char *path = NULL;

	(void)state;
	assert_int_equal(virt_open("test:///default", &virt, NULL), 0);
	assert_int_equal(virt_volume_make(virt, "default-pool", xml, false, &path, NULL), 0);
	define(virt, DOMAIN("lord", BY_POOL));
	assert_int_equal(virt_look(virt, &view, NULL), 0);
	assert_string_equal(host_view_owner(&view, path, false), "lord");
	assert_null(host_view_owner(&view, "/default-pool/b", false));
	assert_string_equal(host_view_mac_owner(&view, "52:54:00:aa:00:01"), "lord");
	assert_null(host_view_mac_owner(&view, "52:54:00:aa:00:02"));
	/* Of a volume that is gone, the path that it had. */
	assert_int_equal(virt_volume_remove(virt, "default-pool", "a", NULL), 0);
	host_view_done(&view);
	view = (struct host_view){0};
	assert_int_equal(virt_look(virt, &view, NULL), 0);
	assert_string_equal(host_view_owner(&view, path, false), "lord");
}

/* A disk and a card that a domain gets at its next start are not free until then. */
static void test_what_a_running_domain_will_have(void **state)
{
	autovirt struct virt *virt = NULL;
	autoview view = {0};

	(void)state;
	assert_int_equal(virt_open("test:///default", &virt, NULL), 0);
	define(virt, DOMAIN("lord", BY_PATH("/srv/now")));
	assert_int_equal(virt_domain_boot(virt, "lord", NULL), 0);
	define(virt, DOMAIN("lord", BY_PATH("/srv/next") BY_POOL));
	assert_int_equal(virt_look(virt, &view, NULL), 0);
	assert_string_equal(host_view_owner(&view, "/srv/now", false), "lord");
	assert_string_equal(host_view_owner(&view, "/srv/next", false), "lord");
	assert_string_equal(host_view_mac_owner(&view, "52:54:00:aa:00:01"), "lord");
}

static void test_other_names_of_a_file(void **state)
{
	char folder[] = "/tmp/host-view.XXXXXX";
	autoview view = {0};
	autofree char *file = NULL;
	autofree char *link = NULL;
	autofree char *other = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	file = xasprintf("%s/disk", folder);
	link = xasprintf("%s/link", folder);
	other = xasprintf("%s/other", folder);
	assert_int_equal(file_write_new(AT_FDCWD, file, 0600, "x", 1, NULL), 0);
	assert_int_equal(file_write_new(AT_FDCWD, other, 0600, "x", 1, NULL), 0);
	assert_int_equal(symlink("disk", link), 0);
	strv_add(&view.disks, "nbd://host/disk");
	strv_add(&view.owners, "lady");
	strv_add(&view.disks, file);
	strv_add(&view.owners, "lord");
	assert_string_equal(host_view_owner(&view, link, true), "lord");
	assert_null(host_view_owner(&view, link, false)); /* the host is another */
	assert_null(host_view_owner(&view, other, true));
	assert_string_equal(host_view_owner(&view, "nbd://host/disk", true), "lady");
	unlink(file);
	assert_null(host_view_owner(&view, link, true)); /* nothing is there any more */
	unlink(link);
	unlink(other);
	rmdir(folder);
}

static void test_layers(void **state)
{
	autostrv disks = STRV_INIT;

	(void)state;
	domain_xml_disks(
		DOMAIN("lord",
			"<disk type='file'><source file='/srv/top'/><backingStore type='file'>"
			"<source file='/srv/middle'/><backingStore type='block'>"
			"<source dev='/dev/vg0/base'/><backingStore/></backingStore></backingStore>"
			"</disk><disk type='file' device='cdrom'><source file='/srv/cd'/></disk>"),
		&disks);
	assert_int_equal(disks.n, 3);
	assert_true(strv_has(&disks, "/srv/top") && strv_has(&disks, "/srv/middle") &&
		    strv_has(&disks, "/dev/vg0/base"));
}

/* On another host: one that is off does not say itself what its disks are layers over. */
static void test_layers_of_another_host(void **state)
{
	static const char *const volumes[][2] = {
		{"middle", "/default-pool/base"},
		{"top", "/default-pool/middle"},
	};
	autovirt struct virt *virt = NULL;
	autoview view = {0};

	(void)state;
	assert_int_equal(virt_open("test:///default", &virt, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(volumes); i++) {
		autofree char *path = NULL;
		autofree char *xml = xasprintf(
			"<volume><name>%s</name><capacity>1048576</capacity><target><format "
			"type='qcow2'/></target><backingStore><path>%s</path></backingStore>"
			"</volume>",
			volumes[i][0], volumes[i][1]);

		assert_int_equal(
			virt_volume_make(virt, "default-pool", xml, false, &path, NULL), 0);
	}
	define(virt,
		DOMAIN("lord", "<disk type='volume'><driver name='qemu' type='qcow2'/><source "
			       "pool='default-pool' volume='top'/><target dev='vda'/></disk>"));
	assert_int_equal(virt_look(virt, &view, NULL), 0);
	assert_string_equal(host_view_owner(&view, "/default-pool/top", false), "lord");
	assert_string_equal(host_view_owner(&view, "/default-pool/middle", false), "lord");
	assert_string_equal(host_view_owner(&view, "/default-pool/base", false), "lord");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_volumes_are_known_by_their_paths),
		cmocka_unit_test(test_what_a_running_domain_will_have),
		cmocka_unit_test(test_other_names_of_a_file),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_layers_of_another_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
