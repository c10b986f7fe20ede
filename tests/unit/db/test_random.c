/*
 * Random writes of every sort, one and several at once, previewed and real. What fails or is
 * previewed changes nothing, what is stored is whole, and what was can be read as of its revision.
 */
#include "support.h"

#include "db/store.h"

enum { ROUNDS = 2000, NAMES = 6, SNAPSHOTS = 100 };

static uint32_t next_random(uint32_t below)
{
	static uint32_t seed = 7;

	seed = seed * 1103515245U + 12345U;
	return (seed >> 16) % below;
}

static const struct item_type *const types[] = {
	&distro_type, &profile_type, &system_type, &group_type, &network_type};

static const struct item_type *random_type(void)
{
	return types[next_random(ARRAY_SIZE(types))];
}

static char *random_name(void)
{
	return xasprintf("n%u", next_random(NAMES));
}

/* Names, addresses and references are few, so that they get in each other's way. */
static struct item *random_item(void)
{
	const struct item_type *type = random_type();
	autofree char *name = random_name();
	uint32_t a = next_random(NAMES);
	uint32_t b = next_random(NAMES);
	autofree char *json = NULL;

	if (type == &distro_type)
		json = xasprintf("{'kernel': '/k%u', 'initrd': ['/i']}", a);
	else if (type == &profile_type && next_random(2))
		json = xasprintf("{'distro': 'n%u', 'virt_ram': 10%u}", a, b);
	else if (type == &profile_type)
		json = xasprintf("{'parent': 'n%u'}", a);
	else if (type == &system_type)
		json = xasprintf("{'profile': 'n%u', 'groups': ['n%u', 'n%u'], 'interfaces': {"
				 "'eth0': {'mac_address': '52:54:00:00:00:0%u'}}}",
			a, b, next_random(NAMES), next_random(NAMES));
	else if (type == &group_type)
		json = xasprintf("{'comment': '%u'}", a);
	else
		json = xasprintf("{'address': '10.%u.0.0/16'}", a);
	return make_item(type, name, json);
}

static int add_item(void *ctx, struct item *item, struct err *err)
{
	autojson json_t *json = item_to_json(item, ITEM_JSON_SECRETS);

	(void)err;
	json_print(json, false, ctx);
	strbuf_addc(ctx, '\n');
	return 0;
}

/* All items as they are, or as they were. */
static char *dump(struct store *store, int64_t revision)
{
	autostrbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;

	strbuf_adds(&text, "");
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct db_query query = {.type = types[i]};
		int result = revision < 0 ? db_item_list(store->db, &query, add_item, &text, &err)
		                          : db_item_list_at(store->db, types[i], revision, add_item,
						    &text, &err);

		if (result < 0)
			fail_msg("%s", err.msg);
	}
	return strbuf_take(&text);
}

static int write_several(struct store *store, struct err *err)
{
	struct db_write write[6] = {{.put = NULL}};
	char *names[ARRAY_SIZE(write)] = {NULL};
	size_t n = 1 + next_random(ARRAY_SIZE(write));
	int result;

	for (size_t i = 0; i < n; i++) {
		write[i].expect = DB_ANY;
		if (next_random(3)) {
			write[i].put = random_item();
		} else {
			write[i].type = random_type();
			write[i].name = names[i] = random_name();
		}
	}
	result = db_write_all(store->db, &tester, write, n, err);
	for (size_t i = 0; i < n; i++) {
		item_free(write[i].put);
		free(names[i]);
	}
	return result;
}

static int write_one(struct store *store, struct err *err)
{
	const struct item_type *type = random_type();
	autofree char *name = random_name();
	autofree char *other = random_name();
	autoitem struct item *item = random_item();

	switch (next_random(5)) {
	case 0:
		return db_item_delete(store->db, &tester, type, name, DB_ANY, err);
	case 1:
		if (strcmp(name, other) == 0)
			return 0;
		return db_item_rename(store->db, &tester, type, name, other, DB_ANY, err);
	case 2:
		return db_item_put(store->db, &tester, item, DB_NEW, err);
	default:
		return db_item_put(store->db, &tester, item, DB_ANY, err);
	}
}

static int write_something(void *ctx, struct err *err)
{
	return next_random(2) ? write_one(ctx, err) : write_several(ctx, err);
}

/* What a person can understand and do something about. */
static void assert_explained(const struct err *err)
{
	if (err->code != ERR_CONFLICT && err->code != ERR_INVALID && err->code != ERR_NOT_FOUND)
		fail_msg("%d: %s", (int)err->code, err->msg);
}

/* Returns whether it was stored. */
static bool one_round(struct store *store)
{
	autofree char *before = dump(store, -1);
	bool preview = next_random(3) == 0;
	struct err err = ERR_INIT;
	autofree char *after = NULL;
	int result;

	result = preview ? db_preview(store->db, write_something, store, &err)
	                 : write_something(store, &err);
	if (result < 0)
		assert_explained(&err);
	after = dump(store, -1);
	if (result < 0 || preview)
		assert_string_equal(before, after);
	return result == 0 && !preview;
}

static void assert_whole(struct store *store)
{
	autonewstmt *stmt = stmt_new(&store->db->writer, "PRAGMA integrity_check", NULL);
	autonewstmt *keys = stmt_new(&store->db->writer, "PRAGMA foreign_key_check", NULL);

	assert_int_equal(stmt_step(stmt, NULL), 1);
	assert_string_equal(stmt_text(stmt, 0), "ok");
	assert_int_equal(stmt_step(keys, NULL), 0);
}

struct snapshot {
	int64_t revision;
	char *text;
};

static void test_random_writes(void **state)
{
	struct store *store = *state;
	struct snapshot snapshot[SNAPSHOTS];
	size_t stored = 0;

	assert_int_equal(
		conn_exec(&store->db->writer, "PRAGMA synchronous = OFF", NULL), 0); /* for speed */
	for (size_t i = 0; i < ROUNDS; i++) {
		stored += one_round(store);
		if (i % (ROUNDS / SNAPSHOTS) == 0)
			snapshot[i / (ROUNDS / SNAPSHOTS)] =
				(struct snapshot){db_revision(store->db), dump(store, -1)};
	}
	assert_in_range(stored, ROUNDS / 10, ROUNDS);
	assert_whole(store);
	for (size_t i = 0; i < SNAPSHOTS; i++) {
		autofree char *then = dump(store, snapshot[i].revision);

		assert_string_equal(then, snapshot[i].text);
		free(snapshot[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_random_writes, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
