/* The whole sequence on libvirt's test driver, seen from inside one connection. */
#include "test_driver.h"

#include "koan-client/disk/disks.h"
#include "koan-client/disk/storage_xml.h"

static const char *const types[] = {"kvm", "qemu", "xenpv", "xenpvh", "xenhvm"};

/* It runs the installer now and its own disk next time. */
static void test_two_configurations(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		autofree char *line =
			xasprintf("--nogfx --virt-name=%s --virt-type=%s", types[i], types[i]);
		autofree char *now = NULL;
		autofree char *next = NULL;

		must(f, line);
		assert_int_equal(virt_domain_xml(f->virt, types[i], false, &now, NULL), 0);
		assert_int_equal(virt_domain_xml(f->virt, types[i], true, &next, NULL), 0);
		assert_contains(now, "<kernel>");
		assert_contains(now, "console=");
		assert_contains(now, "<on_reboot>destroy</on_reboot>");
		assert_null(strstr(next, "<kernel>"));
		assert_contains(next, "<on_reboot>restart</on_reboot>");
		assert_contains(next, "urn:bootwright:koan:1");
		assert_true(strstr(next, "<boot dev='hd'/>") ||
			    strstr(next, "<bootloader>pygrub</bootloader>"));
	}
}

static void test_disks_are_made(void **state)
{
	struct fixture *f = *state;

	must(f, "--virt-path=/default-pool/,/srv/koan-nowhere/a.qcow2,vg0,vg0:root,/dev/vg9/lv "
		"--virt-file-size=1 --virt-disk-driver=raw,qcow2,raw");
	assert_true(has_volume(f, "default-pool", "web7-disk0"));
	assert_true(has_volume(f, "koan-nowhere", "a.qcow2"));
	assert_true(has_volume(f, "vg0", "web7-disk2"));
	assert_true(has_volume(f, "vg0", "root"));
	assert_contains(f->printed, "/default-pool/web7-disk0, 1 GiB, raw");
	assert_contains(f->printed, "/dev/vg9/lv\n");
}

static void test_existing_domain(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	autofree char *first = NULL;
	autofree char *second = NULL;

	must(f, "--virt-file-size=0");
	assert_int_equal(virt_domain_xml(f->virt, "web7", true, &first, NULL), 0);
	assert_int_equal(koan(f, "--virt-ram=2048", &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_contains(err.msg, "there is a domain 'web7' already");
	assert_int_equal(virt_domain_xml(f->virt, "web7", true, &second, NULL), 0);
	assert_string_equal(first, second);
	assert_false(has_pool(f, "default"));
}

static void test_force(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	struct domain_state first = {0};
	autofree char *xml = NULL;

	must(f, "--virt-auto-boot");
	assert_int_equal(virt_domain_state(f->virt, "web7", &first, NULL), 0);
	must(f, "--force --virt-ram=2048");
	assert_contains(f->printed, "replaced the domain 'web7'");
	assert_contains(f->printed, "removed the disk '/var/lib/libvirt/images/web7-disk0'");
	assert_int_equal(virt_domain_xml(f->virt, "web7", false, &xml, NULL), 0);
	assert_contains(xml, ">2097152</memory>");
	/* The same machine, installed anew. */
	assert_contains(xml, first.uuid);
	domain_state_done(&first);
	assert_int_equal(virt_domain_state(f->virt, "web7", &first, NULL), 0);
	assert_false(first.autostart);
	domain_state_done(&first);
	/* The old disk stayed until then, so the new one has another name; the next one has its. */
	assert_false(has_volume(f, "default", "web7-disk0"));
	assert_true(has_volume(f, "default", "web7-disk0-2"));
	must(f, "--force");
	assert_true(has_volume(f, "default", "web7-disk0"));
	assert_false(has_volume(f, "default", "web7-disk0-2"));
	/* Another domain's disk stays its own even with --force. */
	assert_int_equal(koan(f,
				 "--virt-name=other --force --force-path "
				 "--virt-path=/var/lib/libvirt/images/web7-disk0",
				 &err),
		-1);
	assert_contains(err.msg, "is a disk of the domain 'web7'");
	assert_true(has_volume(f, "default", "web7-disk0"));
}

/* A disk by its name, for the new guest what it was for the old one. */
static void test_force_and_names(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;

	must(f, "--virt-path=/default-pool/a.img,vg0:b --virt-file-size=1");
	assert_int_equal(koan(f, "--force --virt-path=/default-pool/a.img", &err), -1);
	assert_contains(err.msg, "is a disk of the guest that is replaced");
	must(f, "--force --force-path --virt-path=/default-pool/a.img");
	assert_contains(f->printed, "removed the old disk '/default-pool/a.img' (--force-path)");
	assert_true(has_volume(f, "default-pool", "a.img"));
	assert_false(has_volume(f, "vg0", "b"));
	/* What the new guest only gets is not removed with the old one. */
	must(f, "--force --import --virt-path=/default-pool/a.img");
	assert_true(has_volume(f, "default-pool", "a.img"));
	must(f, "--force");
	assert_true(has_volume(f, "default-pool", "a.img"));
}

/* The whole of a domain, as text. */
static char *state_of(struct fixture *f, const char *name)
{
	struct domain_state state = {0};
	char *text;

	assert_int_equal(virt_domain_state(f->virt, name, &state, NULL), 0);
	text = xasprintf("%s\n%s\n%s\nautostart %d\n", state.uuid, state.next ? state.next : "",
		state.now ? state.now : "off", state.autostart);
	domain_state_done(&state);
	return text;
}

/* Each step's failure leaves the old guest as it was, whether it runs or not. */
static void test_force_that_fails(void **state)
{
	static const struct {
		const char *line;
		const char *msg;
	} rows[] = {
		/* a new pool of the test driver's has 100 GiB */
		{"--virt-path=/srv/koan-nowhere/,/srv/koan-other/ --virt-file-size=1,200 "
		 "--preallocate",
			"koan-other/web7-disk1'"},
		{"--virt-path=vg0 --virt-file-size=60000", "need 60000.0 GiB"},
		{"--virt-file-size=5000", "before: koan --undo --virt-name=web7"},
		{"--virt-type=xenpv", "libvirt does not accept the guest"},
	};
	struct fixture *f = *state;

	for (int runs = 0; runs < 2; runs++) {
		autofree char *before = NULL;

		must(f, "--force --virt-type=kvm --virt-auto-boot");
		if (!runs)
			assert_int_equal(virt_domain_stop(f->virt, "web7", NULL), 0);
		before = state_of(f, "web7");
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			autofree char *line = xasprintf("--force %s", rows[i].line);
			autofree char *after = NULL;
			struct err err = ERR_INIT;

			free(f->cache.plan.arch);
			f->cache.plan.arch = xstrdup(strstr(line, "xenpv") ? "aarch64" : "x86_64");
			assert_int_equal(koan(f, line, &err), -1);
			assert_contains(err.msg, rows[i].msg);
			after = state_of(f, "web7");
			assert_string_equal(after, before);
			assert_true(has_volume(f, "default",
				strstr(before, "web7-disk0-2") ? "web7-disk0-2" : "web7-disk0"));
			assert_false(has_pool(f, "koan-nowhere"));
		}
	}
}

static void test_existing_disk(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;

	must(f, "");
	assert_int_equal(virt_domain_remove(f->virt, "web7", NULL), 0);
	assert_int_equal(koan(f, "", &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_contains(err.msg, "disk '/var/lib/libvirt/images/web7-disk0' already exists");
	/* The domain that it was made for is gone, so nobody says any more that koan made it. */
	assert_int_equal(koan(f, "--force", &err), -1);
	assert_contains(err.msg, "disk '/var/lib/libvirt/images/web7-disk0' already exists");
	assert_true(has_volume(f, "default", "web7-disk0"));
	assert_false(has_domain(f, "web7"));
	must(f, "--force-path");
}

/* Which file is replaced is never the server's choice alone. */
/* --force-path is for what was seen: what another koan makes there meanwhile is its guest's. */
static void test_disk_that_comes_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	autofree char *xml = volume_xml("a.img", 1 << 20, "dir", "raw", false);
	autofree char *path = NULL;
	autoguest guest = {.name = xstrdup("web7"), .n_disks = 1};
	autoview view = {0};
	struct strv freed = STRV_INIT;
	const struct disk_rules rules = {&view, &freed, false, true};
	struct undo undo = {0};

	guest.disks[0] = (struct guest_disk){.wanted = xstrdup("/default-pool/a.img"),
		.explicit = true,
		.size = 1 << 20,
		.format = xstrdup("raw")};
	assert_int_equal(guest_place_disks(&guest, "/default-pool", NULL, NULL), 0);
	assert_int_equal(disks_check(f->virt, &guest, &rules, NULL), 0);
	assert_int_equal(virt_volume_make(f->virt, "default-pool", xml, false, &path, NULL), 0);
	assert_int_equal(disks_pools(f->virt, &guest, 1, &undo, NULL), 0);
	assert_int_equal(disks_make(f->virt, &guest, false, &undo, stdout, &err), -1);
	assert_contains(err.msg, "was made by somebody else meanwhile");
	assert_true(has_volume(f, "default-pool", "a.img"));
	undo_forget(&undo);
	assert_int_equal(disks_check_owners(f->virt, &guest, &rules, NULL), 0);
	strv_add(&view.disks, "/default-pool/a.img");
	strv_add(&view.owners, "lord");
	assert_int_equal(disks_check_owners(f->virt, &guest, &rules, &err), -1);
	assert_contains(err.msg, "is a disk of the domain 'lord'");
}

static void test_servers_file_is_not_replaced(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;

	strv_add(&f->cache.plan.virt.path, "/srv/koan-nowhere/precious.img");
	must(f, "");
	assert_int_equal(virt_domain_remove(f->virt, "web7", NULL), 0);
	assert_int_equal(koan(f, "--force-path", &err), -1);
	assert_contains(err.msg, "only the server names it");
	assert_true(has_volume(f, "koan-nowhere", "precious.img"));
	must(f, "--force-path --virt-path=/srv/koan-nowhere/precious.img");
}

/* Nor where this host keeps its own files, nor a device that nobody has looked at. */
static void test_servers_path_is_bounded(void **state)
{
	static const struct {
		const char *path;
		const char *msg; /* a part of it; NULL: fine */
	} rows[] = {
		{"/etc/cron.d/job", "folder of this host's system"},
		{"/etc", "folder of this host's system"},
		{"/usr/local/bin/ls", "folder of this host's system"},
		{"/var/lib/dpkg/info/x.postinst", "folder of this host's system"},
		{"/home/me/.ssh/authorized_keys", "hidden folder"},
		{"/dev/vg9/lv", "only the server names the block device"},
		{"/var/lib/libvirt/images/", NULL},
		{"/etcetera/", NULL},
	};
	struct fixture *f = *state;

	strv_add(&f->cache.plan.virt.path, "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;

		free(f->cache.plan.virt.path.v[0]);
		f->cache.plan.virt.path.v[0] = xstrdup(rows[i].path);
		if (!rows[i].msg) {
			must(f, "--force");
			continue;
		}
		assert_int_equal(koan(f, "--force", &err), -1);
		assert_contains(err.msg, rows[i].msg);
		assert_false(has_domain(f, "web7"));
	}
	free(f->cache.plan.virt.path.v[0]);
	f->cache.plan.virt.path.v[0] = xstrdup("/etc/");
	must(f, "--force --virt-path=/etc/");
}

/* The second disk fails: the test driver's pools have 100 GiB. */
static void test_failing_disk_is_undone(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;

	assert_int_equal(koan(f,
				 "--virt-path=/srv/koan-nowhere/,/srv/koan-other/ "
				 "--virt-file-size=1,200 --preallocate",
				 &err),
		-1);
	assert_contains(err.msg, "disk '/srv/koan-other/web7-disk1'");
	assert_false(has_domain(f, "web7"));
	assert_false(has_pool(f, "koan-nowhere"));
	assert_false(has_pool(f, "koan-other"));
}

/* Of a volume group that has no pool yet, too, the room is known before the first disk is made. */
static void test_full_volume_group(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;

	assert_int_equal(koan(f, "--virt-path=vg0 --virt-file-size=60,41", &err), -1);
	assert_int_equal(err.code, ERR_NO_SPACE);
	assert_contains(err.msg, "the disks in '/dev/vg0' need 101.0 GiB, and 100.0 GiB are free");
	assert_false(has_pool(f, "vg0"));
	must(f, "--virt-path=vg0 --virt-file-size=60,40");
	/* A pool in which somebody has volumes stays: to stop it would deactivate them. */
	assert_int_equal(virt_domain_remove(f->virt, "web7", NULL), 0);
	assert_true(has_volume(f, "vg0", "web7-disk1"));
}

/* libvirt's schema knows no such Xen guest; the disks are made by then. */
static void test_failing_define_is_undone(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;

	free(f->cache.plan.arch);
	f->cache.plan.arch = xstrdup("aarch64");
	assert_int_equal(koan(f, "--virt-type=xenpv --virt-path=/default-pool/", &err), -1);
	assert_contains(err.msg, "libvirt does not accept the guest");
	assert_false(has_domain(f, "web7"));
	assert_false(has_volume(f, "default-pool", "web7-disk0"));
	assert_true(has_pool(f, "default-pool"));
}

/* Files come before anything that changes the host, even what --force may remove. */
static void test_missing_kernel_changes_nothing(void **state)
{
	struct fixture *f = *state;
	autofree char *before = NULL;
	autofree char *after = NULL;
	struct err err = ERR_INIT;

	must(f, "");
	assert_int_equal(virt_domain_xml(f->virt, "web7", true, &before, NULL), 0);
	memcpy(f->cache.plan.kernel.sha256, GOOD_SHA256, SHA256_TEXT);
	assert_int_equal(koan(f, "--force", &err), -1);
	assert_contains(err.msg, "kernel: http://127.0.0.1:1/linux");
	assert_int_equal(virt_domain_xml(f->virt, "web7", true, &after, NULL), 0);
	assert_string_equal(before, after);
	assert_true(has_volume(f, "default", "web7-disk0"));
}

/* A hundred at once: names, addresses and disks of their own; the host is asked once. */
static void test_count(void **state)
{
	struct fixture *f = *state;
	autoview view = {0};

	free(f->cache.plan.kind);
	f->cache.plan.kind = xstrdup("profile");
	f->cache.plan.nics[0].has_mac = false;
	must(f, "--count=100 --virt-file-size=0.5 --summary");
	assert_true(has_domain(f, "web7-1") && has_domain(f, "web7-100"));
	assert_false(has_domain(f, "web7"));
	assert_true(has_volume(f, "default", "web7-100-disk0"));
	assert_contains(f->printed, "summary: 100 of 100 guests made, 100 disks made");
	assert_int_equal(virt_look(f->virt, &view, NULL), 0);
	for (size_t i = 0; i < view.macs.n; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(view.macs.v[i], view.macs.v[j]);
	/* Numbers that are free. */
	must(f, "--count=2 --virt-file-size=0.5");
	assert_true(has_domain(f, "web7-101") && has_domain(f, "web7-102"));
}

/* Names that were asked for, and everything else, are checked for all before the first is made. */
static void test_count_is_checked_first(void **state)
{
	static const struct {
		const char *line;
		const char *msg;
	} rows[] = {
		{"--virt-name=a --count=3", "guest 'a-2': there is a domain 'a-2' already"},
		{"--count=3 --virt-path=/srv/koan-nowhere/x.img", "all guests would have the disk"},
		{"--count=30 --virt-file-size=4", "need 120.0 GiB"},
		{"--virt-file-size=5000", "need 5000.0 GiB"},
	};
	struct fixture *f = *state;

	free(f->cache.plan.kind);
	f->cache.plan.kind = xstrdup("profile");
	f->cache.plan.nics[0].has_mac = false;
	must(f, "--virt-name=a-2");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(koan(f, rows[i].line, &err), -1);
		assert_contains(err.msg, rows[i].msg);
		assert_false(has_domain(f, "a-1") || has_domain(f, "web7-1"));
		assert_false(has_volume(f, "default", "web7-1-disk0"));
	}
	must(f, "--count=30 --virt-file-size=4 --overcommit");
}

/* One that fails is undone; the others stay. */
static void test_count_each_by_itself(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	int made = 0;

	free(f->cache.plan.kind);
	f->cache.plan.kind = xstrdup("profile");
	f->cache.plan.nics[0].has_mac = false;
	/* A new pool of the test driver's has room for three, which nobody can know before. */
	assert_int_equal(koan(f, "--count=4 --virt-file-size=30 --preallocate", &err), -1);
	assert_string_equal(err.msg, "1 of 4 guests could not be made");
	for (unsigned i = 1; i <= 4; i++) {
		autofree char *name = xasprintf("web7-%u", i);
		autofree char *disk = xasprintf("%s-disk0", name);

		made += has_domain(f, name);
		assert_int_equal(has_domain(f, name), has_volume(f, "default", disk));
	}
	assert_int_equal(made, 3);
	assert_int_equal(
		koan(f, "--count=2 --virt-file-size=30 --preallocate --overcommit", &err), -1);
	assert_contains(err.msg, "need 60.0 GiB, and 10.0 GiB are free");
}

/* What is there stays as it is, and the guest starts from it. */
static void test_import(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	autofree char *xml = NULL;

	assert_int_equal(koan(f, "--import --virt-path=/default-pool/", &err), -1);
	assert_contains(err.msg, "there is no disk '/default-pool/web7-disk0'");
	must(f, "--virt-path=/default-pool/");
	assert_int_equal(virt_domain_remove(f->virt, "web7", NULL), 0);
	must(f, "--import --virt-path=/default-pool/");
	assert_contains(f->printed, "guest 'web7' runs");
	assert_int_equal(virt_domain_xml(f->virt, "web7", false, &xml, NULL), 0);
	assert_null(strstr(xml, "<kernel>"));
	assert_null(strstr(xml, "koan:disk"));
}

/* Volumes by their names, and disks that libvirt reaches over the network. */
static void test_other_disks(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	autofree char *xml = NULL;

	must(f, "--virt-name=first --virt-path=/default-pool/");
	assert_int_equal(virt_domain_remove(f->virt, "first", NULL), 0);
	assert_int_equal(koan(f, "--virt-path=vol=default-pool/nosuch", &err), -1);
	assert_contains(err.msg, "no volume 'nosuch' in the storage pool 'default-pool'");
	assert_int_equal(koan(f, "--virt-path=vol=default-pool/first-disk0", &err), -1);
	assert_contains(err.msg, "--force-path");
	must(f, "--force-path --virt-file-size=1 "
		"--virt-path=vol=default-pool/first-disk0,nbd://10.77.0.2/a");
	assert_int_equal(virt_domain_xml(f->virt, "web7", true, &xml, NULL), 0);
	assert_contains(xml, "first-disk0");
	assert_contains(xml, "protocol='nbd'");
	assert_int_equal(koan(f, "--virt-name=other --virt-path=nbd://10.77.0.2/a", &err), -1);
	assert_contains(err.msg, "is a disk of the domain 'web7'");
}

static void test_profile_names_are_numbered(void **state)
{
	struct fixture *f = *state;

	free(f->cache.plan.kind);
	f->cache.plan.kind = xstrdup("profile");
	must(f, "");
	must(f, "");
	must(f, "");
	assert_true(has_domain(f, "web7") && has_domain(f, "web7-2") && has_domain(f, "web7-3"));
	assert_true(has_volume(f, "default", "web7-3-disk0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_two_configurations, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disks_are_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_existing_domain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_force, setup, teardown),
		cmocka_unit_test_setup_teardown(test_force_and_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_force_that_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_volume_group, setup, teardown),
		cmocka_unit_test_setup_teardown(test_existing_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disk_that_comes_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_servers_file_is_not_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(test_servers_path_is_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failing_disk_is_undone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failing_define_is_undone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_missing_kernel_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_profile_names_are_numbered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_count, setup, teardown),
		cmocka_unit_test_setup_teardown(test_count_is_checked_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_count_each_by_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(test_import, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_disks, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
