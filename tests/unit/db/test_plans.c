/*
 * What happens often costs the same with ten items and with a hundred thousand: no statement that
 * the store has really prepared scans a table or sorts one.
 */
#include "support.h"

#include "db/store.h"

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static void explain(struct conn *conn, const char *sql, struct strbuf *ret)
{
	autofree char *text = xasprintf("EXPLAIN QUERY PLAN %s", sql);
	autonewstmt *stmt = stmt_new(conn, text, NULL);

	assert_non_null(stmt);
	while (stmt_step(stmt, NULL) > 0) {
		const char *step = stmt_text(stmt, 3);

		/* no table at all, and the few rows of a list of references, which come from its
		 * index in their order */
		if (!starts_with(step, "SCAN CONSTANT ROW") &&
			!starts_with(step, "SCAN (subquery-"))
			strbuf_addf(ret, "%s; ", step);
	}
}

static void assert_no_scan(struct conn *conn, const char *sql)
{
	autostrbuf plan = STRBUF_INIT;

	explain(conn, sql, &plan);
	if (strstr(plan.buf, "SCAN") || strstr(plan.buf, "TEMP B-TREE"))
		fail_msg("%s\n  %s", sql, plan.buf);
}

static int ignore_event(void *ctx, const struct db_event *event, struct err *err)
{
	(void)ctx, (void)event, (void)err;
	return 0;
}

static int ignore_item(void *ctx, struct item *item, struct err *err)
{
	(void)ctx, (void)item, (void)err;
	return 0;
}

static void read_items(struct store *store)
{
	const struct db_query page = {.type = &system_type, .limit = 1};
	autofree char *by_mac = NULL;
	autofree char *by_ip = NULL;
	autoitem struct item *item = must_get(store, &system_type, "web1");
	autoitem struct item *then = NULL;
	int64_t version;

	assert_non_null(item);
	assert_int_equal(db_item_version(store->db, &system_type, "web1", &version, NULL), 0);
	assert_int_equal(db_system_by_mac(store->db, "52:54:00:00:00:01", &by_mac, NULL), 0);
	assert_int_equal(db_system_by_ip(store->db, "10.0.0.1", &by_ip, NULL), 0);
	assert_int_equal(db_item_list(store->db, &page, ignore_item, NULL, NULL), 0);
	assert_int_equal(db_item_get(store->db, &system_type, "wbe1", &then, NULL), -1);
	assert_int_equal(db_item_get_at(store->db, &system_type, "web1", 4, &then, NULL), 0);
	assert_int_equal(db_item_list_at(store->db, &system_type, 5, ignore_item, NULL, NULL), 0);
}

static void read_revisions(struct store *store)
{
	struct db_revision revision = {.revision = 0};
	autofree int64_t *numbers = NULL;
	autofree char *request = NULL;
	int64_t found;
	size_t n;

	assert_int_equal(db_revision_get(store->db, 4, &revision, NULL), 0);
	db_revision_done(&revision);
	assert_int_equal(db_revision_get(store->db, 99, &revision, NULL), -1);
	assert_int_equal(db_revision_change(store->db, 4, &numbers, &n, NULL), 0);
	assert_int_equal(db_revision_at(store->db, 1e12, &found, NULL), 0);
	assert_int_equal(db_revision_by_key(store->db, "who", "key", &found, &request, NULL), -1);
}

static void write_records(struct store *store)
{
	const struct db_event event = {.kind = "k", .subject = "s", .message = "m"};
	enum role role;
	char *name;

	assert_int_equal(db_event_add(store->db, &event, NULL), 0);
	assert_int_equal(db_event_list(store->db, 0, 10, ignore_event, NULL, NULL), 0);
	assert_int_equal(db_event_list(store->db, -1, 10, ignore_event, NULL, NULL), 0);
	assert_int_equal(db_token_find(store->db, "sha", &role, &name, NULL), -1);
}

static int ignore_install(void *ctx, const struct db_install *install, struct err *err)
{
	(void)ctx, (void)install, (void)err;
	return 0;
}

static void write_installs(struct store *store)
{
	const struct db_install_sign sign = {"web1", INSTALL_REPORTED};
	const struct db_install_end end = {
		.system = "web1", .state = INSTALL_FINISHED, .why = "", .boot_from_disk = true};
	const struct db_install_query all = {.limit = 1};
	const struct db_install_query finished = {.state = INSTALL_FINISHED};
	const struct db_served served = {
		.system = "web1", .what = "plan", .sha256 = "a", .address = ""};
	const struct db_file file = {.device = 1};
	struct db_install install;
	struct item *before, *after;
	autostrv names = STRV_INIT;
	autofree char *sum = NULL;
	struct db *db = store->db;

	assert_int_equal(db_install_signs(db, &sign, 1, NULL, NULL), 0);
	assert_int_equal(db_install_tick(db, 1, NULL), 0);
	assert_int_equal(db_install_resume(db, 1, NULL), 0);
	assert_int_equal(db_install_under_way(db, 0, &names, NULL), 0);
	assert_int_equal(db_install_end(db, &tester, &end, &before, &after, NULL, NULL), 0);
	item_free(before);
	item_free(after);
	assert_int_equal(db_install_published(db, "web1", NULL), 0);
	assert_int_equal(db_install_get(db, "web1", &install, NULL), 0);
	db_install_done(&install);
	assert_int_equal(db_install_list(db, &all, ignore_install, NULL, NULL), 0);
	assert_int_equal(db_install_list(db, &finished, ignore_install, NULL, NULL), 0);
	assert_int_equal(db_install_forget(db, "web1", NULL), 0);
	assert_int_equal(db_served_add(db, &served, 1, NULL), 0);
	assert_int_equal(db_file_sum_get(db, &file, &sum, NULL), 0);
}

/* Put, changed, renamed and removed: an item of each type that can be. */
static void write_items(struct store *store)
{
	static const struct {
		const struct item_type *type;
		const char *json;
	} rows[] = {
		{&group_type, "{'comment': 'x'}"},
		{&repo_type, "{'mirror': 'http://192.0.2.1/'}"},
		{&menu_type, "{'display_name': 'x'}"},
		{&network_type, "{'address': '10.1.0.0/24'}"},
		{&distro_type, "{'kernel': '/k', 'initrd': ['/i']}"},
		{&image_type, "{'file': '/f', 'menu': 'x'}"},
		{&profile_type, "{'distro': 'x', 'menu': 'x', 'repos': ['x']}"},
		{&template_type, "{'content': 'x'}"},
		{&snippet_type, "{'content': 'x'}"},
		{&system_type, "{'profile': 'x', 'groups': ['x'], 'interfaces': {'e': {}}}"},
	};
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		must_put(store, rows[i].type, "x", rows[i].json);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (db_item_rename(store->db, &tester, rows[i].type, "x", "y", DB_ANY, &err) < 0)
			fail_msg("%s", err.msg);
	must_put(store, &system_type, "y", "{'profile': 'y', 'groups': []}");
	for (size_t i = ARRAY_SIZE(rows); i-- > 0;)
		if (db_item_delete(store->db, &tester, rows[i].type, "y", DB_ANY, &err) < 0)
			fail_msg("%s", err.msg);
}

static size_t assert_none_scans(struct conn *conn)
{
	for (size_t i = 0; i < conn->n_cached; i++)
		assert_no_scan(conn, sqlite3_sql(conn->cached[i].stmt));
	return conn->n_cached;
}

static void test_no_table_is_scanned(void **state)
{
	struct store *store = *state;
	size_t seen;

	fill(store);
	read_items(store);
	read_revisions(store);
	write_records(store);
	write_installs(store);
	write_items(store);
	seen = assert_none_scans(&store->db->writer);
	for (struct conn *conn = store->db->idle; conn; conn = conn->next)
		seen += assert_none_scans(conn);
	assert_true(seen > 100);
}

/* The one that was prepared last. */
static const char *last_select(const struct conn *conn)
{
	const char *last = NULL;

	for (size_t i = 0; i < conn->n_cached; i++) {
		const char *sql = sqlite3_sql(conn->cached[i].stmt);

		if (starts_with(sql, "SELECT"))
			last = sql;
	}
	return last;
}

/* A page of the history looks at the revisions that it is about; sorting the numbers of those few
 * is no scan. */
static void test_history_uses_indexes(void **state)
{
	static const struct {
		struct db_history_query query;
		const char *index;
	} rows[] = {
		{{.limit = 10}, "USING INTEGER PRIMARY KEY"},
		{{.type = &system_type, .limit = 10}, "USING COVERING INDEX revisions_type"},
		{{.type = &system_type, .name = "web1", .limit = 10},
			"USING COVERING INDEX revisions_uid"},
	};
	struct store *store = *state;

	fill(store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autojson json_t *history = NULL;
		autostrbuf plan = STRBUF_INIT;
		struct conn *conn;

		assert_int_equal(db_history(store->db, &rows[i].query, &history, NULL), 0);
		conn = store->db->idle;
		explain(conn, last_select(conn), &plan);
		if (strstr(plan.buf, "SCAN") || !strstr(plan.buf, rows[i].index) ||
			(i < 2 && strstr(plan.buf, "TEMP")))
			fail_msg("%s", plan.buf);
	}
}

/* Finding by address, by profile, by group, and a page of all. */
static void test_filters_use_indexes(void **state)
{
	static const struct {
		const struct item_type *type;
		const char *field;
		enum db_compare compare;
		const char *index;
	} rows[] = {
		{&interface_type, "mac_address", DB_EQUAL, "interfaces_mac_address"},
		{&interface_type, "ip_address", DB_EQUAL, "interfaces_ip_address"},
		{&interface_type, "ipv6_address", DB_EQUAL, "interfaces_ipv6_address"},
		{&system_type, "profile", DB_EQUAL, "systems_profile (profile=? AND name>?)"},
		{&system_type, "image", DB_EQUAL, "systems_image (image=? AND name>?)"},
		{&system_type, "hostname", DB_EQUAL, "systems_hostname (hostname=? AND name>?)"},
		{&system_type, "virt_host", DB_EQUAL, "systems_virt_host (virt_host=? AND name>?)"},
		{&system_type, "groups", DB_EQUAL, "systems_groups_value (value=?)"},
		{&system_type, "groups", DB_NOT, "systems_groups_value (value=?)"},
		{NULL, NULL, DB_EQUAL, "(name=?)"},
		{NULL, NULL, DB_GREATER, "(name>?)"},
	};
	struct store *store = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct db_filter filter = {
			rows[i].type ? item_field(rows[i].type, rows[i].field) : NULL,
			rows[i].compare, "x"};
		const struct db_query query = {
			.type = &system_type, .filter = &filter, .filters = 1, .limit = 10};
		autostrbuf sql = STRBUF_INIT;
		autostrbuf plan = STRBUF_INIT;

		query_sql(store->db, &query, &sql);
		assert_no_scan(&store->db->writer, sql.buf);
		explain(&store->db->writer, sql.buf, &plan);
		if (!strstr(plan.buf, rows[i].index))
			fail_msg("%s: %s", rows[i].field, plan.buf);
	}
}

/* Each page is found where it begins, also backwards. */
static void test_pages_use_indexes(void **state)
{
	static const struct {
		struct db_query query;
		const char *index;
	} rows[] = {
		{{.type = &system_type}, "(name>?)"},
		{{.type = &system_type, .after = "x"}, "(name>?)"},
		{{.type = &system_type, .after = "x", .descending = true}, "(name<?)"},
	};
	struct store *store = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf sql = STRBUF_INIT;
		autostrbuf plan = STRBUF_INIT;

		query_sql(store->db, &rows[i].query, &sql);
		assert_no_scan(&store->db->writer, sql.buf);
		explain(&store->db->writer, sql.buf, &plan);
		if (!strstr(plan.buf, rows[i].index))
			fail_msg("%s: %s", sql.buf, plan.buf);
	}
}

/* Ordered by an indexed field, the index finds the page's ids; only the page itself is sorted. */
static void test_order_uses_index(void **state)
{
	static const char index[] =
		"USING COVERING INDEX systems_hostname ((hostname,name)>(?,?));";
	struct store *store = *state;
	const struct db_query query = {.type = &system_type,
		.after = "x",
		.sort = item_field(&system_type, "hostname"),
		.after_value = "h"};
	autostrbuf sql = STRBUF_INIT;
	autostrbuf plan = STRBUF_INIT;
	const char *sorts;

	query_sql(store->db, &query, &sql);
	explain(&store->db->writer, sql.buf, &plan);
	sorts = strstr(plan.buf, "TEMP B-TREE");
	if (strstr(plan.buf, "SCAN") || !strstr(plan.buf, index) ||
		(sorts && strstr(sorts + 1, "TEMP B-TREE")))
		fail_msg("%s", plan.buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_no_table_is_scanned, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(
			test_history_uses_indexes, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(
			test_filters_use_indexes, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(
			test_pages_use_indexes, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_order_uses_index, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
