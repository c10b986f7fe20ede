#include "base/sha256.h"
#include "ops/install/install.h"
#include "ops/publish/netboot.h"
#include "ops_support.h"

static void put_items(struct bench *bench)
{
	autofree char *json = xasprintf("{'kernel': '%s/linux', 'initrd': ['%s/initrd.gz'],"
					"'breed': 'debian', 'os_version': 'bookworm',"
					"'autoinstall': 'debian12.preseed'}",
		bench->folder, bench->folder);

	bench_write(bench, "linux", "kernel");
	bench_write(bench, "initrd.gz", "initrd");
	bench_put(bench, &settings_type, "settings", "{'server': '10.77.0.1'}");
	bench_put(bench, &distro_type, "deb12", json);
	bench_put(bench, &profile_type, "bar",
		"{'distro': 'deb12', 'virt_ram': 1024, 'virt_file_size': [4, 10],"
		"'kernel_options': 'console=ttyS0 debug'}");
	bench_put(bench, &system_type, "web7",
		"{'profile': 'bar', 'hostname': 'web7.example.org', 'interfaces': {'eth0': {"
		"'mac_address': '52:54:00:aa:00:07', 'virt_bridge': 'br7'}}}");
}

static struct system *get_system(struct bench *bench)
{
	struct item *item = NULL;

	MUST(db_item_get(bench->server->db, &system_type, "web7", &item, &why));
	return (struct system *)item;
}

static bool installs_next_time(struct bench *bench)
{
	struct system *system = get_system(bench);
	bool installs = !system->netboot_enabled.set || system->netboot_enabled.value;

	item_free(&system->item);
	return installs;
}

struct seen {
	const char *kind;
	int n;
	char address[46];
};

static int count_event(void *ctx, const struct db_event *event, struct err *err)
{
	struct seen *seen = ctx;

	(void)err;
	if (strcmp(event->kind, seen->kind) == 0) {
		seen->n++;
		snprintf(seen->address, sizeof(seen->address), "%s", event->address);
	}
	return 0;
}

static struct seen events(struct bench *bench, const char *kind)
{
	struct seen seen = {.kind = kind};

	MUST(db_event_list(bench->server->db, -1, 1000, count_event, &seen, &why));
	return seen;
}

static void an_installation_is_recorded(void **state)
{
	struct bench *bench = *state;
	struct db_install install = {.state = NULL};

	put_items(bench);
	MUST(install_report(bench->server, "web7", false, "10.77.0.50", &why));
	MUST(db_install_get(bench->server->db, "web7", &install, &why));
	assert_string_equal(install.state, "started");
	db_install_done(&install);
	assert_true(installs_next_time(bench));
	assert_int_equal(events(bench, "install-start").n, 1);
	assert_string_equal(events(bench, "install-start").address, "10.77.0.50");

	MUST(install_report(bench->server, "web7", true, "10.77.0.50", &why));
	MUST(db_install_get(bench->server->db, "web7", &install, &why));
	assert_string_equal(install.state, "finished");
	db_install_done(&install);
	assert_false(installs_next_time(bench));
	assert_int_equal(events(bench, "install-end").n, 1);
}

static void it_may_install_again_where_it_is_told_to(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	bench_merge(bench, &settings_type, "settings", "{'pxe_just_once': false}");
	MUST(install_report(bench->server, "web7", true, "10.77.0.50", &why));
	assert_true(installs_next_time(bench));
}

static void nobody_reports(void **state)
{
	struct bench *bench = *state;
	struct err err = ERR_INIT;

	assert_int_equal(install_report(bench->server, "nobody", true, "10.77.0.50", &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(events(bench, "install-end").n, 0);
}

static bool answer_says(struct bench *bench, const char *format, const char *mac, const char *text)
{
	struct answer *answer = NULL;
	bool found;

	MUST(netboot_answer(bench->server, format, mac, "", &answer, &why));
	found = strstr(answer->text, text);
	answer_release(answer);
	return found;
}

static void boot_files_by_mac(void **state)
{
	static const char *const formats[] = {"pxelinux", "grub", "ipxe"};
	struct bench *bench = *state;

	put_items(bench);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		assert_true(answer_says(
			bench, formats[i], "52-54-00-AA-00-07", "autoinstall/system/web7"));
		assert_true(answer_says(bench, formats[i], "52:54:00:aa:00:99", "bar"));
		assert_false(answer_says(bench, formats[i], "52:54:00:aa:00:99", "web7"));
		assert_true(answer_says(bench, formats[i], "", "bar"));
	}
	/* the first time of an unknown one, not the others */
	assert_int_equal(events(bench, "unknown-machine").n, 1);
	MUST(install_report(bench->server, "web7", true, "10.77.0.50", &why));
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		assert_false(answer_says(
			bench, formats[i], "52:54:00:aa:00:07", "autoinstall/system/web7"));
}

/* What is kept for an address is another's at once when the address is. */
static void an_address_moves(void **state)
{
	static const char mac[] = "52:54:00:aa:00:07";
	struct bench *bench = *state;

	put_items(bench);
	assert_true(answer_says(bench, "ipxe", mac, "system/web7"));
	bench_merge(bench, &system_type, "web7",
		"{'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:08'}}}");
	assert_false(answer_says(bench, "ipxe", mac, "web7"));
	bench_put(bench, &system_type, "web8",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:07'}}}");
	assert_true(answer_says(bench, "ipxe", mac, "system/web8"));
	assert_true(answer_says(bench, "ipxe", "52:54:00:aa:00:08", "system/web7"));
	bench_put(bench, &profile_type, "other", "{'distro': 'deb12'}");
	assert_true(answer_says(bench, "ipxe", mac, "system/web8"));
}

static void the_menu_follows(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	assert_false(answer_says(bench, "ipxe", "", "another"));
	bench_put(bench, &profile_type, "another", "{'distro': 'deb12'}");
	assert_true(answer_says(bench, "ipxe", "", "another"));
	bench_merge(bench, &profile_type, "another", "{'enable_menu': false}");
	assert_false(answer_says(bench, "ipxe", "", "another"));
}

static void a_loader_that_is_not_wanted_gets_the_menu(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	bench_merge(bench, &system_type, "web7", "{'boot_loaders': ['grub']}");
	assert_true(answer_says(bench, "grub", "52:54:00:aa:00:07", "autoinstall/system/web7"));
	assert_false(answer_says(bench, "ipxe", "52:54:00:aa:00:07", "autoinstall/system/web7"));
}

static void wrong_questions(void **state)
{
	struct bench *bench = *state;
	struct answer *answer = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(netboot_answer(bench->server, "lilo", "", "", &answer, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(netboot_answer(bench->server, "ipxe", "52:54", "", &answer, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
}

/* What koan reads: its own parser has tests of its own. */
static void the_plan_of_a_system(void **state)
{
	struct bench *bench = *state;
	struct answer *answer = NULL;
	autojson json_t *plan = NULL;
	const json_t *virt;
	const json_t *nic;

	put_items(bench);
	MUST(netboot_plan(bench->server, &system_type, "web7", &answer, &why));
	assert_string_equal(answer->type, "application/json");
	plan = json_parse(answer->text, answer->len, NULL);
	answer_release(answer);
	assert_non_null(plan);
	virt = json_object_get(plan, "virt");
	nic = json_array_get(json_object_get(plan, "interfaces"), 0);
	assert_int_equal(json_integer_value(json_object_get(plan, "format")), 1);
	assert_string_equal(json_get_str(plan, "kind"), "system");
	assert_string_equal(json_get_str(plan, "profile"), "bar");
	assert_string_equal(json_get_str(plan, "distro"), "deb12");
	assert_string_equal(json_get_str(plan, "hostname"), "web7.example.org");
	assert_string_equal(json_get_str(plan, "arch"), "x86_64");
	assert_string_equal(json_get_str(json_object_get(plan, "kernel"), "url"),
		"http://10.77.0.1/images/deb12/linux");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(plan, "kernel"), "size")), 6);
	assert_int_equal(json_array_size(json_object_get(plan, "initrd")), 1);
	assert_non_null(strstr(json_get_str(plan, "kernel_options"), "debug"));
	assert_null(strstr(json_get_str(plan, "kernel_options"), "console="));
	assert_string_equal(json_get_str(plan, "consoles"), "console=ttyS0");
	assert_string_equal(
		json_get_str(plan, "autoinstall"), "http://10.77.0.1/autoinstall/system/web7");
	assert_int_equal(json_integer_value(json_object_get(virt, "ram")), 1024);
	assert_int_equal(json_array_size(json_object_get(virt, "file_size")), 2);
	assert_string_equal(json_get_str(virt, "type"), "auto");
	assert_string_equal(json_get_str(nic, "mac_address"), "52:54:00:aa:00:07");
	assert_string_equal(json_get_str(nic, "virt_bridge"), "br7");
}

static void the_plan_of_a_profile(void **state)
{
	struct bench *bench = *state;
	struct answer *answer = NULL;
	autojson json_t *plan = NULL;
	struct err err = ERR_INIT;

	put_items(bench);
	MUST(netboot_plan(bench->server, &profile_type, "bar", &answer, &why));
	plan = json_parse(answer->text, answer->len, NULL);
	answer_release(answer);
	assert_string_equal(json_get_str(plan, "kind"), "profile");
	assert_string_equal(json_get_str(plan, "hostname"), "");
	assert_int_equal(json_array_size(json_object_get(plan, "interfaces")), 0);
	assert_int_equal(netboot_plan(bench->server, &system_type, "nobody", &answer, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

/* An image has one file, measured when the plan is made, and as many cards as it says. */
static void the_plan_of_an_image(void **state)
{
	struct bench *bench = *state;
	struct answer *answer = NULL;
	autojson json_t *plan = NULL;
	autofree char *json = xasprintf(
		"{'file': '%s/win.iso', 'image_type': 'iso', 'network_count': 2}", bench->folder);
	char sum[SHA256_TEXT];
	const json_t *image;

	put_items(bench);
	bench_write(bench, "win.iso", "a CD");
	bench_put(bench, &image_type, "win", json);
	MUST(netboot_plan(bench->server, &image_type, "win", &answer, &why));
	plan = json_parse(answer->text, answer->len, NULL);
	answer_release(answer);
	image = json_object_get(plan, "image");
	sha256_text("a CD", 4, sum);
	assert_string_equal(json_get_str(plan, "kind"), "image");
	assert_string_equal(json_get_str(image, "type"), "iso");
	assert_string_equal(json_get_str(image, "url"), "http://10.77.0.1/disks/win/win.iso");
	assert_string_equal(json_get_str(image, "sha256"), sum);
	assert_int_equal(json_integer_value(json_object_get(image, "size")), 4);
	assert_null(json_object_get(plan, "kernel"));
	assert_int_equal(json_array_size(json_object_get(plan, "interfaces")), 2);
}

/* Addresses for installers without DHCP; what a record keeps for its machine. */
static void what_koan_asks_of_a_system(void **state)
{
	struct bench *bench = *state;
	struct answer *answer = NULL;
	autojson json_t *plan = NULL;
	autojson json_t *files = NULL;
	const json_t *first;

	put_items(bench);
	bench_write(bench, "state/kickstarts/motd", "This is {{ name }}.\n");
	bench_merge(bench, &system_type, "web7",
		"{'gateway': '10.77.0.1', 'name_servers': ['10.77.0.2'], 'virt_pxe_boot': true,"
		"'template_files': 'motd=/etc/motd', 'interfaces': {'eth0': {"
		"'ip_address': '10.77.0.7', 'netmask': '255.255.255.0'}}}");
	MUST(netboot_plan(bench->server, &system_type, "web7", &answer, &why));
	plan = json_parse(answer->text, answer->len, NULL);
	answer_release(answer);
	first = json_array_get(json_object_get(plan, "interfaces"), 0);
	assert_string_equal(json_get_str(first, "ip_address"), "10.77.0.7");
	assert_string_equal(json_get_str(first, "gateway"), "10.77.0.1");
	assert_int_equal(json_array_size(json_object_get(plan, "name_servers")), 1);
	assert_true(json_is_true(json_object_get(json_object_get(plan, "virt"), "pxe_boot")));
	MUST(netboot_kept_files(bench->server, &system_type, "web7", &answer, &why));
	files = json_parse(answer->text, answer->len, NULL);
	answer_release(answer);
	first = json_array_get(json_object_get(files, "files"), 0);
	assert_string_equal(json_get_str(first, "path"), "/etc/motd");
	assert_string_equal(json_get_str(first, "content"), "This is web7.\n");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_installation_is_recorded),
		TEST(it_may_install_again_where_it_is_told_to),
		TEST(nobody_reports),
		TEST(boot_files_by_mac),
		TEST(an_address_moves),
		TEST(the_menu_follows),
		TEST(a_loader_that_is_not_wanted_gets_the_menu),
		TEST(wrong_questions),
		TEST(the_plan_of_a_system),
		TEST(the_plan_of_a_profile),
		TEST(the_plan_of_an_image),
		TEST(what_koan_asks_of_a_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
