/* Installations: what counts as a try, how they age, how they end; sums of files. */
#include "support.h"

#include "db/store.h"

static int sign(struct store *store, const char *system, enum install_sign what, struct err *err)
{
	const struct db_install_sign one = {system, what};

	return db_install_signs(store->db, &one, 1, NULL, err);
}

static void must_sign(struct store *store, const char *system, enum install_sign what)
{
	struct err err = ERR_INIT;

	if (sign(store, system, what, &err) < 0)
		fail_msg("%s: %s", system, err.msg);
}

static void assert_install(
	struct store *store, const char *system, const char *state, int64_t tries)
{
	struct db_install install;

	assert_int_equal(db_install_get(store->db, system, &install, NULL), 0);
	assert_string_equal(install.system, system);
	assert_string_equal(install.state, state);
	assert_int_equal(install.tries, tries);
	db_install_done(&install);
}

static double age_of(struct store *store, const char *system)
{
	struct db_install install;
	double age;

	assert_int_equal(db_install_get(store->db, system, &install, NULL), 0);
	age = install.age;
	db_install_done(&install);
	return age;
}

static void sql(struct store *store, const char *text)
{
	struct err err = ERR_INIT;

	if (conn_exec(&store->db->writer, text, &err) < 0)
		fail_msg("%s", err.msg);
}

/* Ends an installation; returns whether the system's boot files have to change. */
static bool end(struct store *store, const struct db_install_end *how, bool *done)
{
	struct item *before, *after;
	struct err err = ERR_INIT;
	bool changed;

	if (db_install_end(store->db, &tester, how, &before, &after, done, &err) < 0)
		fail_msg("%s", err.msg);
	changed = after;
	if (changed) {
		assert_false(((struct system *)after)->netboot_enabled.value);
		assert_int_equal(after->version, before->version + 1);
	}
	item_free(before);
	item_free(after);
	return changed;
}

/* Loader, installer, report; then from the start again, `wait` seconds after the try's begin. */
static void test_tries(void **state)
{
	static const struct {
		enum install_sign sign;
		double wait;
		int64_t tries;
	} rows[] = {
		{INSTALL_LOADED, 0, 1},
		{INSTALL_LOADED, 30, 1}, /* the loader's second file */
		{INSTALL_ANSWERED, 300, 1},
		{INSTALL_REPORTED, 900, 1}, /* late, but later in the same try */
		{INSTALL_REPORTED, 0, 2},   /* two reports are two tries */
		{INSTALL_LOADED, 599, 2},
		{INSTALL_LOADED, 1, 3},
		{INSTALL_LOADED, 599, 3},
		{INSTALL_LOADED, 1, 4},
		{INSTALL_ANSWERED, 10000, 4},
		{INSTALL_ANSWERED, 0, 5},
	};
	struct store *store = *state;

	fill(store);
	assert_install(store, "web1", "", 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(db_install_tick(store->db, rows[i].wait, NULL), 0);
		must_sign(store, "web1", rows[i].sign);
		assert_install(store, "web1", INSTALL_STARTED, rows[i].tries);
	}
	assert_install(store, "web2", "", 0);
}

static void test_who_has_tries(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;

	fill(store);
	must_put(store, &system_type, "web1", "{'profile': 'bar', 'netboot_enabled': false}");
	must_sign(store, "web1", INSTALL_LOADED); /* boots its disk */
	must_sign(store, "web1", INSTALL_ANSWERED);
	assert_install(store, "web1", "", 0);
	must_sign(store, "web1", INSTALL_REPORTED); /* is installed all the same */
	assert_install(store, "web1", INSTALL_STARTED, 1);
	must_sign(store, "nobody", INSTALL_ANSWERED); /* removed just now */
	assert_int_equal(sign(store, "nobody", INSTALL_REPORTED, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_string_equal(err.msg, "no system 'nobody'");
}

static void test_end(void **state)
{
	const struct db_event event = {.kind = "install-end", .subject = "web1", .message = "over"};
	const struct db_install_end over = {.system = "web1",
		.state = INSTALL_FINISHED,
		.why = "",
		.boot_from_disk = true,
		.event = &event};
	const struct db_install_end late = {.system = "web1",
		.state = INSTALL_GAVE_UP,
		.why = "late",
		.if_under_way = true,
		.boot_from_disk = true};
	struct store *store = *state;
	autostrv unpublished = STRV_INIT;
	struct err err = ERR_INIT;
	bool done;

	fill(store);
	must_sign(store, "web1", INSTALL_REPORTED);
	assert_int_equal(
		db_item_rename(store->db, &tester, &system_type, "web1", "web9", DB_ANY, &err), 0);
	assert_install(store, "web9", INSTALL_STARTED, 1);
	assert_int_equal(
		db_item_rename(store->db, &tester, &system_type, "web9", "web1", DB_ANY, &err), 0);
	assert_true(end(store, &over, &done));
	assert_true(done);
	assert_install(store, "web1", INSTALL_FINISHED, 0);
	assert_int_equal(db_install_unpublished(store->db, &unpublished, NULL), 0);
	assert_int_equal(unpublished.n, 1);
	assert_int_equal(db_install_published(store->db, "web1", NULL), 0);
	strv_done(&unpublished);
	unpublished = (struct strv)STRV_INIT;
	assert_int_equal(db_install_unpublished(store->db, &unpublished, NULL), 0);
	assert_int_equal(unpublished.n, 0);
	/* what was decided before the end came is overtaken by it */
	assert_false(end(store, &late, &done));
	assert_false(done);
	assert_install(store, "web1", INSTALL_FINISHED, 0);
	/* armed again: nothing is left of it */
	must_put(store, &system_type, "web1", "{'profile': 'bar', 'netboot_enabled': true}");
	assert_install(store, "web1", "", 0);
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web1", DB_ANY, &err), 0);
	assert_install(store, "web1", "", 0);
}

static void test_giving_up(void **state)
{
	const struct db_install_end last = {
		.system = "web1", .if_under_way = true, .boot_from_disk = true};
	const struct db_install_end late = {.system = "web1",
		.state = INSTALL_GAVE_UP,
		.why = "late",
		.if_under_way = true,
		.boot_from_disk = true};
	struct store *store = *state;
	struct db_install install;
	int64_t n;

	fill(store);
	must_sign(store, "web1", INSTALL_ANSWERED);
	assert_true(end(store, &last, NULL));
	assert_install(store, "web1", INSTALL_STARTED, 1);
	assert_false(end(store, &late, NULL)); /* its files are local already */
	assert_int_equal(db_install_get(store->db, "web1", &install, NULL), 0);
	assert_string_equal(install.state, INSTALL_GAVE_UP);
	assert_string_equal(install.why, "late");
	assert_false(install.armed);
	db_install_done(&install);
	assert_int_equal(db_install_count(store->db, INSTALL_GAVE_UP, &n, NULL), 0);
	assert_int_equal(n, 1);
	must_sign(store, "web1", INSTALL_REPORTED); /* it stays so */
	assert_install(store, "web1", INSTALL_GAVE_UP, 1);
	assert_int_equal(db_install_forget(store->db, "web1", NULL), 0);
	assert_install(store, "web1", "", 0);
}

static void rename_system(struct store *store, const char *from, const char *to)
{
	struct err err = ERR_INIT;

	if (db_item_rename(store->db, &tester, &system_type, from, to, DB_ANY, &err) < 0)
		fail_msg("%s", err.msg);
}

/* Its installer knows the old name, as long as it runs and nobody else has that. */
static void test_renamed(void **state)
{
	struct store *store = *state;
	autofree char *name = NULL;
	struct err err = ERR_INIT;

	fill(store);
	rename_system(store, "web1", "www1");
	assert_int_equal(db_install_renamed(store->db, "web1", &name, &err), 0);
	assert_string_equal(name, "www1");
	free(TAKE(name));
	must_sign(store, "www1", INSTALL_REPORTED);
	sql(store, "UPDATE systems SET netboot_enabled = 0 WHERE name = 'www1'"); /* the last try */
	rename_system(store, "www1", "xyz1");
	assert_int_equal(db_install_renamed(store->db, "web1", &name, &err), 0);
	assert_string_equal(name, "xyz1");
	free(TAKE(name));
	assert_int_equal(db_install_renamed(store->db, "xyz1", &name, &err), -1);
	assert_int_equal(db_install_renamed(store->db, "nobody", &name, &err), -1);
	sql(store, "UPDATE installs SET state = 'finished'");
	assert_int_equal(db_install_renamed(store->db, "web1", &name, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	sql(store, "UPDATE installs SET state = 'started'");
	rename_system(store, "web2", "web1");
	assert_int_equal(db_install_renamed(store->db, "web1", &name, &err), -1);
	rename_system(store, "web1", "web3"); /* both have had it */
	assert_int_equal(db_install_renamed(store->db, "web1", &name, &err), 0);
	assert_string_equal(name, "web3");
}

/* The time is measured: what the clock shows counts only over a restart, and bounded. */
static void test_age(void **state)
{
	struct store *store = *state;

	fill(store);
	must_sign(store, "web1", INSTALL_REPORTED);
	assert_int_equal(db_install_tick(store->db, 100, NULL), 0);
	assert_true(age_of(store, "web1") == 100);
	sql(store, "UPDATE installs SET ticked = ticked + 1e9, started = started + 1e9,"
		   " first = first + 1e9");
	assert_int_equal(db_install_resume(store->db, 3600, NULL), 0); /* set back by years */
	assert_true(age_of(store, "web1") == 100);
	sql(store, "UPDATE installs SET ticked = ticked - 1e9");
	assert_int_equal(db_install_resume(store->db, 3600, NULL), 0); /* set ahead by years */
	assert_true(age_of(store, "web1") == 3700);
	sql(store, "UPDATE installs SET ticked = ticked - 50");
	assert_int_equal(db_install_resume(store->db, 3600, NULL), 0);
	assert_true(age_of(store, "web1") >= 3750 && age_of(store, "web1") < 3800);
	assert_int_equal(db_install_tick(store->db, 100, NULL), 0);
	assert_true(age_of(store, "web1") >= 3850);
}

static int add_name(void *ctx, const struct db_install *install, struct err *err)
{
	(void)err;
	strv_add(ctx, install->system);
	return 0;
}

static void test_lists(void **state)
{
	const struct db_install_query all = {.limit = 10};
	const struct db_install_query after = {.after = "web1", .limit = 10};
	const struct db_install_query finished = {.state = INSTALL_FINISHED};
	struct store *store = *state;
	autostrv names = STRV_INIT;

	fill(store);
	must_sign(store, "web1", INSTALL_REPORTED);
	must_sign(store, "web2", INSTALL_LOADED);
	assert_int_equal(db_install_list(store->db, &all, add_name, &names, NULL), 0);
	assert_int_equal(names.n, 2);
	assert_int_equal(db_install_list(store->db, &after, add_name, &names, NULL), 0);
	assert_int_equal(names.n, 3);
	assert_string_equal(names.v[2], "web2");
	assert_int_equal(db_install_list(store->db, &finished, add_name, &names, NULL), 0);
	assert_int_equal(names.n, 3);
	/* one by its age, the other because its loader was the last that was heard of it */
	assert_int_equal(db_install_under_way(store->db, 60, &names, NULL), 0);
	assert_int_equal(names.n, 4);
	assert_string_equal(names.v[3], "web2");
	assert_int_equal(db_install_tick(store->db, 60, NULL), 0);
	assert_int_equal(db_install_under_way(store->db, 60, &names, NULL), 0);
	assert_int_equal(names.n, 6);
}

static void test_sums(void **state)
{
	struct db_file file = {.device = 1, .inode = 2, .size = 3, .mtime = 4};
	struct store *store = *state;
	autofree char *sum = NULL;

	assert_int_equal(db_file_sum_get(store->db, &file, &sum, NULL), 0);
	assert_null(sum);
	assert_int_equal(db_file_sum_put(store->db, &file, "aa", NULL), 0);
	assert_int_equal(db_file_sum_get(store->db, &file, &sum, NULL), 0);
	assert_string_equal(sum, "aa");
	free(TAKE(sum));
	file.mtime++;
	assert_int_equal(db_file_sum_get(store->db, &file, &sum, NULL), 0);
	assert_null(sum);
	assert_int_equal(db_file_sum_put(store->db, &file, "bb", NULL), 0);
	assert_int_equal(db_file_sum_get(store->db, &file, &sum, NULL), 0);
	assert_string_equal(sum, "bb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tries, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_who_has_tries, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_end, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_giving_up, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_renamed, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_age, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_lists, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_sums, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
