/* Installations that end, that do not, and what the published files say then. */
#include "ops/install/install.h"
#include "ops/install/served.h"
#include "ops/publish/netboot.h"
#include "ops/publish/sync.h"
#include "ops_support.h"

#include <signal.h>
#include <sys/resource.h>

#define MAC     "52:54:00:aa:00:07"
#define FILE_OF "ipxe/52-54-00-aa-00-07.ipxe"
enum { HOUR = 3600 };

static void fill(struct bench *bench, const char *settings)
{
	autojson json_t *result = NULL;
	autofree char *distro = xasprintf(
		"{'kernel': '%s/linux', 'initrd': ['%s/initrd.gz']}", bench->folder, bench->folder);

	bench_write(bench, "linux", "a kernel");
	bench_write(bench, "initrd.gz", "an initrd");
	bench_put(bench, &distro_type, "foo", distro);
	bench_put(
		bench, &profile_type, "bar", "{'distro': 'foo', 'autoinstall': 'debian.preseed'}");
	bench_put(bench, &system_type, "web7",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '" MAC "'}}}");
	bench_merge(bench, &settings_type, "settings", settings);
	MUST(sync_all(bench->server, false, NULL, &result, &why));
}

/* Whether the published file and the one over HTTP install the machine. */
static bool installs(struct bench *bench)
{
	autofree char *path = xasprintf("%s/current/" FILE_OF, bench->tftp);
	autostrbuf file = STRBUF_INIT;
	struct answer *answer;
	bool same;

	MUST(file_read(AT_FDCWD, path, 1 << 16, &file, &why));
	MUST(netboot_answer(bench->server, "ipxe", MAC, "10.0.0.9", &answer, &why));
	same = answer->len == file.len && memcmp(answer->text, file.buf, file.len) == 0;
	answer_release(answer);
	assert_true(same);
	return strstr(file.buf, "images/foo/linux");
}

static void sign(struct bench *bench, enum install_sign what)
{
	const struct db_install_sign one = {"web7", what};

	MUST(install_signs(bench->server, &one, 1, &why));
}

static void report(struct bench *bench, bool end)
{
	MUST(install_report(bench->server, "web7", end, "10.0.0.7", &why));
}

static void assert_state(struct bench *bench, const char *state, const char *reason)
{
	struct db_install install;

	MUST(db_install_get(bench->server->db, "web7", &install, &why));
	assert_string_equal(install.state, state);
	assert_string_equal(install.why, reason);
	assert_false(install.unpublished);
	db_install_done(&install);
}

struct count {
	const char *kind;
	int n;
};

static int count_event(void *ctx, const struct db_event *event, struct err *err)
{
	struct count *count = ctx;

	(void)err;
	count->n += strcmp(event->kind, count->kind) == 0;
	return 0;
}

static int events(struct bench *bench, const char *kind)
{
	struct count count = {.kind = kind};

	MUST(db_event_list(bench->server->db, -1, 1000, count_event, &count, &why));
	return count.n;
}

static void reinstall(struct bench *bench, bool cancel)
{
	struct edit edit = edit_of(&system_type, "web7");
	autojson json_t *item = NULL;

	MUST(install_reinstall(bench->server, &edit, cancel, &item, &why));
}

static void the_last_try_leaves_a_local_boot(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'install_tries': 2}");
	report(bench, false);
	assert_true(installs(bench));
	report(bench, false);
	assert_false(installs(bench));
	assert_state(bench, INSTALL_STARTED, "");
	assert_int_equal(events(bench, "install-last-try"), 1);
	report(bench, true);
	assert_state(bench, INSTALL_FINISHED, "");
	assert_false(installs(bench));
	assert_int_equal(events(bench, "install-gave-up"), 0);
}

static void one_more_than_that_is_given_up(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'install_tries': 2}");
	for (int i = 0; i < 3; i++)
		report(bench, false);
	assert_state(bench, INSTALL_GAVE_UP, "it began 3 times and never reported its end");
	assert_false(installs(bench));
	assert_int_equal(events(bench, "install-gave-up"), 1);
	install_tick(bench->server, 100 * HOUR);
	assert_int_equal(events(bench, "install-gave-up"), 1);
	reinstall(bench, false);
	assert_state(bench, "", "");
	assert_true(installs(bench));
	report(bench, false);
	assert_state(bench, INSTALL_STARTED, "");
	assert_true(installs(bench));
}

/* A loader's file is still needed while its try begins; what never asks for more has its bound. */
static void loaders_alone(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'install_tries': 1}");
	sign(bench, INSTALL_LOADED);
	assert_true(installs(bench));
	install_tick(bench->server, INSTALL_TRY_SECONDS - 1);
	assert_true(installs(bench));
	install_tick(bench->server, 1);
	assert_false(installs(bench));
	sign(bench, INSTALL_LOADED);
	assert_state(bench, INSTALL_GAVE_UP, "it began 2 times and never reported its end");
}

static void an_answer_file_is_a_try(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'install_tries': 1}");
	sign(bench, INSTALL_LOADED);
	sign(bench, INSTALL_ANSWERED);
	assert_false(installs(bench));
	assert_state(bench, INSTALL_STARTED, "");
}

static void hours(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'install_hours': 2}");
	report(bench, false);
	install_tick(bench->server, 2 * HOUR - 1);
	assert_state(bench, INSTALL_STARTED, "");
	assert_true(installs(bench));
	install_tick(bench->server, 1);
	assert_state(bench, INSTALL_GAVE_UP,
		"2 hours after its first start it has not reported its end");
	assert_false(installs(bench));
	/* its end is an end all the same */
	report(bench, true);
	assert_state(bench, INSTALL_FINISHED, "");
}

static void no_bounds(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'install_hours': 0, 'install_tries': 0}");
	for (int i = 0; i < 20; i++)
		report(bench, false);
	install_tick(bench->server, 100000.0 * HOUR);
	assert_state(bench, INSTALL_STARTED, "");
	assert_true(installs(bench));
	/* the system's own bound comes before what it inherits */
	bench_merge(bench, &system_type, "web7", "{'install_hours': 1}");
	install_tick(bench->server, 0);
	assert_state(
		bench, INSTALL_GAVE_UP, "1 hour after its first start it has not reported its end");
}

/* A machine that is to be installed at each start is, but not for ever without an end. */
static void not_just_once(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'pxe_just_once': false, 'install_tries': 1}");
	for (int i = 0; i < 3; i++) {
		report(bench, false);
		report(bench, true);
		assert_true(installs(bench));
	}
	report(bench, false);
	assert_true(installs(bench));
	report(bench, false);
	assert_false(installs(bench));
}

static void cobblers_way_arms_it_anew(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'install_tries': 1}");
	report(bench, false);
	assert_false(installs(bench));
	bench_merge(bench, &system_type, "web7", "{'netboot_enabled': true}");
	assert_state(bench, "", "");
	assert_true(installs(bench));
	bench_merge(bench, &system_type, "web7", "{'install_tries': 5}");
	report(bench, false);
	reinstall(bench, true);
	assert_state(bench, "", "");
	assert_false(installs(bench));
}

static void a_protected_one(void **state)
{
	struct bench *bench = *state;
	struct edit edit = edit_of(&system_type, "web7");
	struct err err = ERR_INIT;
	autostrbuf diff = STRBUF_INIT;
	json_t *item = NULL;

	fill(bench, "{'install_tries': 1}");
	bench_merge(bench, &system_type, "web7", "{'protected': true}");
	report(bench, false);
	assert_false(installs(bench));
	assert_int_equal(install_reinstall(bench->server, &edit, false, &item, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	edit.confirm = true;
	edit.preview = &diff;
	MUST(install_reinstall(bench->server, &edit, false, &item, &why));
	json_decref(item);
	assert_non_null(strstr(diff.buf, "+"));
	assert_false(installs(bench));
	assert_state(bench, INSTALL_STARTED, ""); /* only tried */
	edit.preview = NULL;
	MUST(install_reinstall(bench->server, &edit, false, &item, &why));
	json_decref(item);
	assert_true(installs(bench));
}

static bool is_unpublished(struct bench *bench)
{
	struct db_install install;
	bool unpublished;

	MUST(db_install_get(bench->server->db, "web7", &install, &why));
	unpublished = install.unpublished;
	db_install_done(&install);
	return unpublished;
}

/* Files that cannot be written keep the record waiting, and it does not wait for a sync. */
static void what_could_not_be_published(void **state)
{
	struct bench *bench = *state;
	autofree char *file = xasprintf("%s/current/" FILE_OF, bench->tftp);
	autofree char *in_the_way = xasprintf("%s/x", file);

	fill(bench, "{'install_tries': 3}");
	assert_int_equal(unlink(file), 0);
	MUST(file_mkdirs(AT_FDCWD, in_the_way, 0755, &why));
	report(bench, true);
	assert_true(is_unpublished(bench));
	assert_int_equal(events(bench, "error"), 1);
	install_tick(bench->server, 60);
	assert_true(is_unpublished(bench));
	assert_int_equal(events(bench, "error"), 1);
	MUST(file_remove_tree(AT_FDCWD, file, &why));
	server_close(bench->server);
	bench_open(bench); /* as after a crash between the two */
	install_resume(bench->server);
	assert_false(is_unpublished(bench));
	assert_false(installs(bench));
	assert_state(bench, INSTALL_FINISHED, "");
}

static bool is_published(struct bench *bench)
{
	autofree char *path = xasprintf("%s/current/" FILE_OF, bench->tftp);

	return access(path, F_OK) == 0;
}

/* Stored, and killed before it was published. */
static void store_end(struct bench *bench)
{
	const struct db_install_end how = {
		.system = "web7", .state = INSTALL_FINISHED, .why = "", .boot_from_disk = true};
	autoitem struct item *before = NULL;
	autoitem struct item *after = NULL;

	MUST(db_install_end(bench->server->db, &tester, &how, &before, &after, NULL, &why));
	assert_true(installs(bench));
}

/* Where there is no room for a local boot, the installer's files go all the same. */
static void what_finds_no_room(void **state)
{
	struct bench *bench = *state;
	struct rlimit was;

	fill(bench, "{'install_tries': 3}");
	store_end(bench);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){10, was.rlim_max}), 0);
	install_tick(bench->server, 60);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_true(is_unpublished(bench));
	assert_false(is_published(bench));
	install_tick(bench->server, 60);
	assert_true(is_published(bench));
	assert_false(installs(bench));
	assert_state(bench, INSTALL_FINISHED, "");
}

/* Nor does a boot template that is wrong keep an installer. */
static void what_cannot_be_rendered(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'install_tries': 3}");
	bench_write(bench, "state/boot-templates/ipxe.tpl", "{% if %}");
	report(bench, true);
	assert_true(is_unpublished(bench));
	assert_false(is_published(bench));
	bench_remove(bench, "state/boot-templates/ipxe.tpl");
	install_tick(bench->server, 60);
	assert_true(is_published(bench));
	assert_false(installs(bench));
	assert_state(bench, INSTALL_FINISHED, "");
}

/* Who sees that makes sure of it, which must not end the waiting. */
static void what_is_cancelled_meanwhile(void **state)
{
	struct bench *bench = *state;
	autofree char *file = xasprintf("%s/current/" FILE_OF, bench->tftp);
	autofree char *in_the_way = xasprintf("%s/x", file);

	fill(bench, "{'install_tries': 3}");
	assert_int_equal(unlink(file), 0);
	MUST(file_mkdirs(AT_FDCWD, in_the_way, 0755, &why));
	report(bench, true);
	reinstall(bench, true);
	assert_true(is_unpublished(bench));
	MUST(file_remove_tree(AT_FDCWD, file, &why));
	install_tick(bench->server, 60);
	assert_state(bench, "", "");
	assert_false(installs(bench));
}

static void store_armed(struct bench *bench, bool armed)
{
	autoitem struct item *item = NULL;

	MUST(db_item_get(bench->server->db, &system_type, "web7", &item, &why));
	((struct system *)item)->netboot_enabled = (struct opt_bool){.set = true, .value = armed};
	MUST(db_item_put(bench->server->db, &tester, item, DB_ANY, &why));
	assert_true(installs(bench) == !armed);
}

/* Who asks for the same again has it, though it is stored already. */
static void what_a_crash_left(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'auto_sync': false}");
	store_end(bench);
	report(bench, true);
	assert_false(installs(bench));
	assert_state(bench, INSTALL_FINISHED, "");
	store_armed(bench, true);
	reinstall(bench, false);
	assert_true(installs(bench));
	store_armed(bench, false);
	reinstall(bench, true);
	assert_false(installs(bench));
	reinstall(bench, false);
	store_armed(bench, false);
	server_close(bench->server);
	bench_open(bench);
	assert_true(installs(bench));
	install_resume(bench->server);
	assert_false(installs(bench));
}

/* What is fetched is on record, and a sign of an installation. */
static void what_was_served(void **state)
{
	struct bench *bench = *state;
	autojson json_t *page = NULL;
	const json_t *first;

	fill(bench, "{'install_tries': 1}");
	for (int i = 0; i < 3; i++)
		assert_true(installs(bench)); /* asks for it */
	MUST(served_list(bench->server, "web7", 0, 10, &page, &why));
	assert_int_equal(json_array_size(json_object_get(page, "items")), 1);
	first = json_array_get(json_object_get(page, "items"), 0);
	assert_string_equal(json_get_str(first, "what"), "boot/ipxe");
	assert_string_equal(json_get_str(first, "address"), "10.0.0.9");
	assert_int_equal(json_integer_value(json_object_get(first, "times")), 3);
	assert_int_equal(strlen(json_get_str(first, "sha256")), 64);
	assert_state(bench, INSTALL_STARTED, "");
	install_tick(bench->server, INSTALL_TRY_SECONDS);
	assert_false(installs(bench));
	json_decref(TAKE(page));
	MUST(served_list(bench->server, "web7", 0, 10, &page, &why));
	assert_int_equal(json_array_size(json_object_get(page, "items")), 2);
	assert_state(bench, INSTALL_GAVE_UP, "it began 2 times and never reported its end");
}

/* What was fetched before an installation began or ended is written later, and no sign of another.
 */
static void signs_of_before(void **state)
{
	struct bench *bench = *state;

	fill(bench, "{'install_tries': 1, 'pxe_just_once': false}");
	assert_true(installs(bench)); /* asks for it */
	report(bench, true);
	served_flush(bench->server, true);
	assert_state(bench, INSTALL_FINISHED, "");
	bench_merge(bench, &system_type, "web7", "{'netboot_enabled': false}");
	bench_merge(bench, &settings_type, "settings", "{'pxe_just_once': true}");
	assert_false(installs(bench));
	bench_merge(bench, &system_type, "web7", "{'netboot_enabled': true}");
	served_flush(bench->server, true);
	assert_state(bench, "", "");
	bench_merge(bench, &system_type, "web7", "{'netboot_enabled': false}");
	assert_false(installs(bench));
	reinstall(bench, false);
	served_flush(bench->server, true);
	assert_state(bench, "", "");
	assert_true(installs(bench));
	served_flush(bench->server, true);
	assert_state(bench, INSTALL_STARTED, "");
}

/* Nothing is installed there, so there is no last try and no end that would stop it. */
static void what_is_not_installed_starts_for_ever(void **state)
{
	static const char *const profiles[] = {"{'root': 'initrd'}",
		"{'root': 'nfs:10.77.0.1:/srv/root'}", "{'root': null, 'rescue': true}"};
	struct bench *bench = *state;
	autojson json_t *after = NULL;

	fill(bench, "{'install_tries': 2}");
	bench_merge(bench, &distro_type, "foo", "{'breed': 'debian'}");
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++) {
		autojson json_t *result = NULL;

		bench_merge(bench, &profile_type, "bar", profiles[i]);
		MUST(sync_all(bench->server, false, NULL, &result, &why));
		for (int try = 0; try < 4; try++)
			report(bench, false);
		install_tick(bench->server, 100 * HOUR);
		assert_true(installs(bench));
		report(bench, true);
		assert_true(installs(bench));
	}
	bench_merge(bench, &profile_type, "bar", "{'rescue': false, 'autoinstall': ''}");
	MUST(sync_all(bench->server, false, NULL, &after, &why));
	for (int try = 0; try < 4; try++)
		report(bench, false);
	assert_true(installs(bench));
	report(bench, true); /* who says that it has ended is believed */
	assert_false(installs(bench));
	assert_int_equal(events(bench, "install-gave-up"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_installed_starts_for_ever),
		TEST(the_last_try_leaves_a_local_boot),
		TEST(one_more_than_that_is_given_up),
		TEST(loaders_alone),
		TEST(an_answer_file_is_a_try),
		TEST(hours),
		TEST(no_bounds),
		TEST(not_just_once),
		TEST(cobblers_way_arms_it_anew),
		TEST(a_protected_one),
		TEST(what_could_not_be_published),
		TEST(what_finds_no_room),
		TEST(what_cannot_be_rendered),
		TEST(what_is_cancelled_meanwhile),
		TEST(what_a_crash_left),
		TEST(what_was_served),
		TEST(signs_of_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
