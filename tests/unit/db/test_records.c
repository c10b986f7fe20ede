/* What the store keeps beside items: history, events, tokens. */
#include "support.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const char *text_of(const json_t *list, size_t at, const char *key)
{
	return json_get_str(json_array_get(list, at), key);
}

static void test_history(void **state)
{
	struct store *store = *state;
	autojson json_t *list = NULL;
	autojson json_t *all = NULL;
	json_t *first;

	fill(store);
	must_put(store, &system_type, "web1", "{'profile': 'bar', 'comment': 'x'}");
	assert_int_equal(
		db_item_rename(store->db, &tester, &system_type, "web1", "web9", DB_ANY, NULL), 0);
	assert_int_equal(db_item_delete(store->db, &tester, &system_type, "web9", DB_ANY, NULL), 0);
	assert_int_equal(db_history(store->db,
				 &(struct db_history_query){
					 .type = &system_type, .name = "web9", .limit = 0},
				 &list, NULL),
		0);
	assert_int_equal(json_array_size(list), 4);
	assert_string_equal(text_of(list, 0, "action"), "delete");
	assert_string_equal(text_of(list, 1, "action"), "rename");
	assert_string_equal(text_of(list, 2, "action"), "put");
	assert_string_equal(text_of(list, 3, "name"), "web1");
	assert_true(json_is_null(json_object_get(json_array_get(list, 0), "after")));
	assert_true(json_is_null(json_object_get(json_array_get(list, 3), "before")));
	first = json_array_get(list, 2);
	assert_string_equal(json_get_str(first, "who"), "tester");
	assert_string_equal(json_get_str(first, "from"), "test");
	assert_null(json_get_str(json_object_get(first, "before"), "comment"));
	assert_string_equal(json_get_str(json_object_get(first, "after"), "comment"), "x");
	assert_int_equal(db_history(store->db,
				 &(struct db_history_query){.type = NULL, .name = NULL, .limit = 3},
				 &all, NULL),
		0);
	assert_int_equal(json_array_size(all), 3);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(all, 0), "revision")),
		db_revision(store->db));
}

static void test_history_hides_secrets(void **state)
{
	struct store *store = *state;
	autojson json_t *list = NULL;
	autostrbuf text = STRBUF_INIT;

	must_put(store, &settings_type, "settings", "{'default_password_crypted': '$6$geheim'}");
	must_put(store, &settings_type, "settings", "{'default_password_crypted': '$6$anders'}");
	assert_int_equal(db_history(store->db,
				 &(struct db_history_query){
					 .type = &settings_type, .name = NULL, .limit = 0},
				 &list, NULL),
		0);
	json_print(list, false, &text);
	assert_null(strstr(text.buf, "geheim"));
	assert_null(strstr(text.buf, "anders"));
	assert_non_null(strstr(text.buf, "\"***\""));
}

/* The revision goes on after a restart, and a write that fails does not move it. */
static void test_revision(void **state)
{
	struct store *store = *state;
	int64_t revision;

	assert_int_equal(db_revision(store->db), 0);
	fill(store);
	revision = db_revision(store->db);
	assert_int_equal(revision, 5);
	assert_int_equal(put(store, &system_type, "web3", "{'profile': 'none'}", NULL), -1);
	assert_int_equal(db_revision(store->db), revision);
	db_close(TAKE(store->db));
	store_open(store);
	assert_int_equal(db_revision(store->db), revision);
	must_put(store, &system_type, "web3", "{'profile': 'bar'}");
	assert_int_equal(db_revision(store->db), revision + 1);
}

struct events {
	int64_t first, last;
	size_t n;
};

static int note_event(void *ctx, const struct db_event *event, struct err *err)
{
	struct events *events = ctx;

	(void)err;
	if (!events->n)
		events->first = event->id;
	else
		assert_int_equal(event->id, events->last + 1);
	events->last = event->id;
	events->n++;
	assert_string_equal(event->kind, "sync");
	assert_string_equal(event->subject, "");
	assert_true(event->time > 1e9);
	return 0;
}

static struct events list_events(struct store *store, int64_t after, size_t limit)
{
	struct events events = {.n = 0};

	assert_int_equal(db_event_list(store->db, after, limit, note_event, &events, NULL), 0);
	return events;
}

static void test_events(void **state)
{
	const struct db_event event = {.kind = "sync", .message = "done"};
	struct store *store = *state;
	struct events events = list_events(store, -1, 5);

	assert_int_equal(events.n, 0);
	for (int i = 0; i < 30; i++)
		assert_int_equal(db_event_add(store->db, &event, NULL), 0);
	events = list_events(store, -1, 5);
	assert_int_equal(events.n, 5);
	assert_int_equal(events.first, 26);
	assert_int_equal(events.last, 30);
	events = list_events(store, 10, 5);
	assert_int_equal(events.first, 11);
	assert_int_equal(events.n, 5);
	events = list_events(store, 30, 5);
	assert_int_equal(events.n, 0);
	events = list_events(store, 0, 100);
	assert_int_equal(events.n, 30);
}

static void test_tokens(void **state)
{
	struct store *store = *state;
	struct err err = ERR_INIT;
	enum role role = ROLE_NONE;
	autofree char *name = NULL;
	autojson json_t *list = NULL;
	autostrbuf text = STRBUF_INIT;

	assert_int_equal(db_token_add(store->db, "ansible", SHA_A, ROLE_OPERATE, 0, &err), 0);
	assert_int_equal(db_token_add(store->db, "old", SHA_B, ROLE_ADMIN, 1000, &err), 0);
	assert_int_equal(db_token_add(store->db, "ansible", SHA_A, ROLE_ADMIN, 0, &err), -1);
	assert_string_equal(err.msg, "token 'ansible' exists already");
	assert_int_equal(db_token_find(store->db, SHA_A, &role, &name, &err), 0);
	assert_int_equal(role, ROLE_OPERATE);
	assert_string_equal(name, "ansible");
	free(TAKE(name));
	assert_int_equal(db_token_find(store->db, SHA_B, &role, &name, &err), -1);
	assert_int_equal(err.code, ERR_DENIED);
	assert_non_null(strstr(err.msg, "expired"));
	assert_int_equal(db_token_list(store->db, &list, &err), 0);
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(text_of(list, 0, "role"), "operate");
	json_print(list, false, &text);
	assert_null(strstr(text.buf, "aaaa"));
	assert_int_equal(db_token_revoke(store->db, "ansible", &err), 0);
	assert_int_equal(db_token_revoke(store->db, "ansible", &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(db_token_find(store->db, SHA_A, &role, &name, &err), -1);
	assert_int_equal(err.code, ERR_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_history, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(
			test_history_hides_secrets, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_revision, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_events, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_tokens, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
