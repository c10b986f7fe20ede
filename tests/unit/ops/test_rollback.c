/* Going back to an older generation: what comes back, what does not, how long it stays. */
#include "ops_support.h"

#include "ops/check/check.h"
#include "ops/publish/netboot.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback.h"
#include "ops/publish/sync.h"

#include <sys/syscall.h>
#include <unistd.h>

#define WEB7  "52:54:00:aa:00:07"
#define WEB8  "52:54:00:aa:00:08"
#define FILE7 "current/ipxe/52-54-00-aa-00-07.ipxe"
#define FILE8 "current/ipxe/52-54-00-aa-00-08.ipxe"

static int syncs;

/* Instead of the C library's. */
int syncfs(int fd)
{
	syncs++;
	return (int)syscall(SYS_syncfs, fd);
}

static void publish(struct bench *bench)
{
	autojson json_t *result = NULL;

	MUST(sync_all(bench->server, false, NULL, &result, &why));
}

/* Generation 1: both install, with "one" among the kernel's arguments; generation 2: "two". */
static int setup(void **state)
{
	struct bench *bench;
	autofree char *distro = NULL;

	if (bench_setup(state) < 0)
		return -1;
	bench = *state;
	distro = xasprintf("{'breed': 'debian', 'kernel': '%s/files/linux', 'initrd':"
			   " ['%s/files/initrd.gz'], 'kernel_options': 'one'}",
		bench->folder, bench->folder);
	bench_write(bench, "files/linux", "a kernel");
	bench_write(bench, "files/initrd.gz", "an initrd");
	bench_put(bench, &distro_type, "foo", distro);
	bench_put(bench, &profile_type, "bar", "{'distro': 'foo'}");
	bench_put(bench, &system_type, "web7",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '" WEB7 "'}}}");
	bench_put(bench, &system_type, "web8",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '" WEB8 "'}}}");
	publish(bench);
	bench_merge(bench, &distro_type, "foo", "{'kernel_options': {'one': null, 'two': true}}");
	publish(bench);
	return 0;
}

static bool says(struct bench *bench, const char *path, const char *part)
{
	autostrbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (file_read(bench->server->tftp_fd, path, 1 << 20, &text, &err) < 0)
		fail_msg("%s", err.msg);
	return strstr(text.buf, part) != NULL;
}

static bool http_says(struct bench *bench, const char *mac, const char *part)
{
	AUTO(answer) struct answer *answer = NULL;

	MUST(netboot_answer(bench->server, "ipxe", mac, "", &answer, &why));
	return strstr(answer->text, part) != NULL;
}

/* What check says of files that are older than the store. */
static bool check_says(struct bench *bench, const char *part)
{
	autojson json_t *found = check_run(bench->server);
	size_t i;
	json_t *row;

	json_array_foreach (found, i, row)
		if (strstr(json_get_str(row, "problem"), part))
			return true;
	return false;
}

static void test_back_and_forth(void **state)
{
	struct bench *bench = *state;
	autojson json_t *result = NULL;
	struct err err = ERR_INIT;

	assert_true(says(bench, FILE7, "two") && http_says(bench, WEB7, "two"));
	MUST(rollback_to(bench->server, 0, false, &result, &why));
	assert_int_equal(json_integer_value(json_object_get(result, "generation")), 1);
	assert_true(rollback_is_held(bench->server));
	assert_true(check_says(bench, "since a rollback only systems' own changes are"));
	assert_true(says(bench, FILE7, "one") && http_says(bench, WEB7, "one"));
	assert_true(http_says(bench, "52:54:00:ff:ff:ff", "menu"));
	assert_int_equal(rollback_to(bench->server, 1, false, &result, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(rollback_to(bench->server, 9, false, &result, &err), -1);
	assert_string_equal(err.msg, "there is no generation 9; there is 2, 1");
	publish(bench);
	assert_false(rollback_is_held(bench->server));
	assert_false(check_says(bench, "older than what is stored"));
	assert_true(says(bench, FILE7, "two") && http_says(bench, WEB7, "two"));
}

/* As `diff` would: from what is published to what would be; nothing changes meanwhile. */
static void test_dry_run(void **state)
{
	struct bench *bench = *state;
	autojson json_t *look = NULL;
	autojson json_t *again = NULL;
	autojson json_t *result = NULL;
	const char *diff;

	bench_merge(bench, &system_type, "web8", "{'netboot_enabled': false}");
	MUST(rollback_to(bench->server, 0, true, &look, &why));
	diff = json_get_str(look, "diff");
	assert_true(says(bench, FILE7, "two") && !rollback_is_held(bench->server));
	assert_int_equal(json_integer_value(json_object_get(look, "generation")), 1);
	assert_int_equal(json_integer_value(json_object_get(look, "local")), 1);
	assert_non_null(strstr(diff, "--- a/ipxe/52-54-00-aa-00-07.ipxe\n"));
	assert_non_null(strstr(diff, " one"));
	assert_null(strstr(diff, "52-54-00-aa-00-08")); /* it has finished: it does not go back */
	/* what it said comes, and the way back is the same difference */
	MUST(rollback_to(bench->server, 0, false, &result, &why));
	assert_true(says(bench, FILE7, "one") && says(bench, FILE8, "its own disk"));
	MUST(rollback_to(bench->server, 2, true, &again, &why));
	assert_int_equal(json_integer_value(json_object_get(again, "changed")),
		json_integer_value(json_object_get(look, "changed")));
	assert_true(rollback_is_held(bench->server));
}

/* A file that only one of them has. */
static void test_dry_run_other_files(void **state)
{
	struct bench *bench = *state;
	autojson json_t *back = NULL;
	autojson json_t *forth = NULL;
	autojson json_t *result = NULL;

	bench_put(bench, &system_type, "web9",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:09'}}}");
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': 'three'}");
	publish(bench);
	MUST(rollback_to(bench->server, 1, true, &back, &why));
	assert_non_null(strstr(
		json_get_str(back, "diff"), "--- a/ipxe/52-54-00-aa-00-09.ipxe\n+++ /dev/null\n"));
	MUST(rollback_to(bench->server, 1, false, &result, &why));
	MUST(rollback_to(bench->server, 3, true, &forth, &why));
	assert_non_null(strstr(
		json_get_str(forth, "diff"), "--- /dev/null\n+++ b/ipxe/52-54-00-aa-00-09.ipxe\n"));
}

/* Its installation is over: the older generation's installer must not come back for it. */
static void test_no_reinstallation(void **state)
{
	struct bench *bench = *state;
	autojson json_t *result = NULL;

	bench_merge(bench, &system_type, "web8", "{'netboot_enabled': false}");
	assert_true(says(bench, FILE8, "its own disk"));
	syncs = 0;
	MUST(rollback_to(bench->server, 1, false, &result, &why));
	assert_int_equal(syncs, 1); /* what it wrote survives a power cut */
	assert_int_equal(json_integer_value(json_object_get(result, "local")), 1);
	assert_true(says(bench, FILE8, "its own disk") && http_says(bench, WEB8, "its own disk"));
	assert_true(says(bench, FILE7, "one"));
	/* and one that finishes now */
	bench_merge(bench, &system_type, "web7", "{'netboot_enabled': false}");
	assert_true(says(bench, FILE7, "its own disk") && http_says(bench, WEB7, "its own disk"));
}

/* Nor may one that was removed find an installer whose answer file is gone. */
static void test_removed(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&system_type, "web8");
	struct manifest is;
	autojson json_t *look = NULL;
	autojson json_t *result = NULL;

	MUST(edit_delete(bench->server, &edit, &why));
	publish(bench);
	MUST(rollback_to(bench->server, 1, true, &look, &why));
	assert_null(strstr(json_get_str(look, "diff"), "52-54-00-aa-00-08"));
	MUST(rollback_to(bench->server, 1, false, &result, &why));
	assert_int_equal(json_integer_value(json_object_get(result, "local")), 0);
	assert_true(says(bench, FILE7, "one"));
	assert_true(faccessat(bench->server->tftp_fd, FILE8, F_OK, 0) < 0);
	assert_true(http_says(bench, WEB8, "menu"));
	MUST(manifest_read(bench->server, &is, &why));
	assert_int_equal(json_integer_value(json_object_get(look, "files")), is.files + 3);
	assert_int_equal(json_integer_value(json_object_get(result, "files")), is.files);
}

static void test_restart(void **state)
{
	struct bench *bench = *state;
	autojson json_t *result = NULL;
	autojson json_t *list = NULL;

	MUST(rollback_to(bench->server, 1, false, &result, &why));
	server_close(bench->server);
	bench_open(bench);
	assert_true(rollback_is_held(bench->server));
	assert_true(http_says(bench, WEB7, "one"));
	MUST(rollback_list(bench->server, &list, &why));
	assert_true(json_is_true(
		json_object_get(json_array_get(list, json_array_size(list) - 1), "held")));
	/* the way back, too */
	json_decref(TAKE(result));
	MUST(rollback_to(bench->server, 2, false, &result, &why));
	assert_true(says(bench, FILE7, "two"));
	publish(bench);
	server_close(bench->server);
	bench_open(bench);
	assert_false(rollback_is_held(bench->server));
}

static int count_rollback(void *ctx, const struct db_event *event, struct err *err)
{
	int *n = ctx;

	(void)err;
	*n += strcmp(event->kind, "rollback") == 0;
	return 0;
}

/* It has happened, whatever dnsmasq says to it. */
static void test_dhcp_fails(void **state)
{
	struct bench *bench = *state;
	json_t *result = NULL;
	struct err err = ERR_INIT;
	int n = 0;

	bench_merge(bench, &settings_type, "settings", "{'dhcp_range': '10.0.0.50,10.0.0.99'}");
	publish(bench);
	bench->server->config.restart_dhcp = "false";
	assert_int_equal(rollback_to(bench->server, 1, false, &result, &err), -1);
	assert_non_null(strstr(err.msg, "published, but the DHCP server"));
	assert_true(rollback_is_held(bench->server));
	MUST(db_event_list(bench->server->db, -1, 100, count_rollback, &n, &why));
	assert_int_equal(n, 1);
}

/* In another TFTP folder the numbers begin again, and none of its generations was ever held. */
static void test_another_folder(void **state)
{
	struct bench *bench = *state;
	autofree char *old = xasprintf("%s/gen", bench->tftp);
	autofree char *link = xasprintf("%s/current", bench->tftp);
	autojson json_t *result = NULL;

	MUST(rollback_to(bench->server, 1, false, &result, &why));
	server_close(bench->server);
	MUST(file_remove_tree(AT_FDCWD, old, &why));
	MUST(file_remove_tree(AT_FDCWD, link, &why));
	bench_open(bench);
	assert_false(rollback_is_held(bench->server));
	publish(bench);
	server_close(bench->server);
	bench_open(bench);
	assert_false(rollback_is_held(bench->server));
}

/* What was published before stays, and is held as it was. */
static void test_switch_fails(void **state)
{
	struct bench *bench = *state;
	autojson json_t *result = NULL;
	struct err err = ERR_INIT;

	MUST(file_mkdirs(bench->server->tftp_fd, ".current", 0755, &why)); /* is in the way */
	assert_int_equal(rollback_to(bench->server, 1, false, &result, &err), -1);
	assert_non_null(strstr(err.msg, "'.current'"));
	assert_false(rollback_is_held(bench->server));
	assert_true(says(bench, FILE7, "two") && http_says(bench, WEB7, "two"));
	unlinkat(bench->server->tftp_fd, ".current", AT_REMOVEDIR);
	publish(bench);
	bench_merge(bench, &distro_type, "foo", "{'kernel_options': 'three'}");
	publish(bench);
	MUST(rollback_to(bench->server, 2, false, &result, &why));
	MUST(file_mkdirs(bench->server->tftp_fd, ".current", 0755, &why));
	assert_int_equal(rollback_to(bench->server, 1, false, &result, &err), -1);
	unlinkat(bench->server->tftp_fd, ".current", AT_REMOVEDIR);
	server_close(bench->server);
	bench_open(bench);
	assert_true(rollback_is_held(bench->server));
	assert_true(says(bench, FILE7, "two"));
}

static void test_nothing_older(void **state)
{
	struct bench *bench = *state;
	autojson json_t *result = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(rollback_to(bench->server, 0, false, &result, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND); /* nothing was ever published */
	publish(bench);
	err = ERR_INIT;
	assert_int_equal(rollback_to(bench->server, 0, false, &result, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "generations_kept"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_back_and_forth, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_dry_run, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_dry_run_other_files, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_no_reinstallation, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_removed, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_dhcp_fails, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_another_folder, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_restart, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_switch_fails, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_nothing_older, bench_setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
