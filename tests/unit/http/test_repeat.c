/* Requests that are sent again with their Idempotency-Key. */
#include "wire.h"

#include "ops/task.h"

#include <pthread.h>
#include <sqlite3.h>

static void fill(struct wire *wire)
{
	autofree char *distro = NULL;

	bench_write(wire->bench, "linux", "kernel");
	bench_write(wire->bench, "initrd", "initrd");
	distro = xasprintf("{'arch': 'x86_64', 'kernel': '%s/linux', 'initrd': ['%s/initrd']}",
		wire->bench->folder, wire->bench->folder);
	bench_put(wire->bench, &distro_type, "foo", distro);
	bench_put(wire->bench, &profile_type, "bar", "{'distro': 'foo'}");
}

/* A request with a key; the answer without its Date. */
static void ask(struct wire *wire, const char *key, const char *what, const char *body, int status,
	struct strbuf *ret)
{
	autofree char *header = xasprintf("Idempotency-Key: %s\r\n", key);
	autofree char *text = body ? xstrdup(body) : NULL;

	for (char *p = text; p && *p; p++)
		if (*p == '\'')
			*p = '"';
	strbuf_reset(ret);
	wire_ask(wire, UNIX, what, header, text, ret);
	assert_status(ret, status, what);
}

static const char *body_of(const struct strbuf *answer)
{
	const char *end = strstr(answer->buf, "\r\n\r\n");

	return end ? end + 4 : "";
}

static const char *etag_of(const struct strbuf *answer)
{
	const char *etag = strstr(answer->buf, "ETag: ");

	return etag ? etag : "";
}

/* Each is asked twice, and answered twice the same. */
static const struct row {
	const char *what, *body;
	int status;
} rows[] = {
	{"POST /api/v1/profiles", "{'name': 'a', 'distro': 'foo'}", 201},
	{"PUT /api/v1/profiles/b", "{'distro': 'foo'}", 201},
	{"PATCH /api/v1/profiles/b", "{'virt_ram': 1024}", 200},
	{"POST /api/v1/profiles/b:copy", "{'name': 'c'}", 201},
	{"POST /api/v1/profiles/c:rename", "{'name': 'd'}", 200},
	{"DELETE /api/v1/profiles/d", NULL, 204},
	{"PATCH /api/v1/settings", "{'server': '192.0.2.1'}", 200},
	{"POST /api/v1/systems", "{'name': 's', 'profile': 'b', 'power_pass': 'secret'}", 201},
	{"DELETE /api/v1/profiles/b?recursive=1", NULL, 200},
	{"POST /api/v1/apply",
		"{'profiles': [{'name': 'bar', 'distro': 'foo'}, {'name': 'x', 'distro': 'foo'}]}",
		200},
	{"POST /api/v1/history/3:revert?force=1", "{}", 200},
};

static void again(void **state)
{
	struct wire *wire = *state;
	autostrbuf first = STRBUF_INIT;
	autostrbuf second = STRBUF_INIT;

	fill(wire);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *key = xasprintf("key-%zu", i);
		int64_t revision;

		ask(wire, key, rows[i].what, rows[i].body, rows[i].status, &first);
		if (strstr(first.buf, "Idempotency-Replayed"))
			fail_msg("%s: again at once", rows[i].what);
		revision = db_revision(wire->bench->server->db);
		ask(wire, key, rows[i].what, rows[i].body, rows[i].status, &second);
		assert_answer(&second, "Idempotency-Replayed: true\r\n", rows[i].what);
		assert_int_equal(db_revision(wire->bench->server->db), revision);
		if (!strstr(rows[i].what, "apply")) /* its diff is not kept */
			assert_string_equal(body_of(&second), body_of(&first));
		if (*etag_of(&first))
			assert_memory_equal(etag_of(&second), etag_of(&first), 12);
		if (strstr(second.buf, "secret\""))
			fail_msg("%s shows a secret", rows[i].what);
	}
	/* Also when the item has changed since. */
	bench_merge(wire->bench, &profile_type, "a", "{'virt_ram': 2048}");
	ask(wire, "key-0", rows[0].what, rows[0].body, rows[0].status, &second);
	assert_answer(&second, "\"version\":1", "as it was then");
}

static void keys_are_for_one_thing(void **state)
{
	struct wire *wire = *state;
	autofree char *long_key = xmalloc(257);
	autostrbuf answer = STRBUF_INIT;

	fill(wire);
	memset(long_key, 'k', 256);
	long_key[256] = '\0';
	ask(wire, "k", "PATCH /api/v1/profiles/bar", "{'virt_ram': 1024}", 200, &answer);
	ask(wire, "k", "PATCH /api/v1/profiles/bar", "{'virt_ram': 1025}", 422, &answer);
	assert_answer(&answer, "\"status\":422", "another body");
	ask(wire, "k", "PATCH /api/v1/profiles/bar?confirm=1", "{'virt_ram': 1024}", 422, &answer);
	ask(wire, "k", "PATCH /api/v1/profiles/foo", "{'virt_ram': 1024}", 422, &answer);
	ask(wire, "k", "POST /api/v1/profiles", "{'virt_ram': 1024}", 422, &answer);
	ask(wire, "a b", "PATCH /api/v1/profiles/bar", "{'virt_ram': 1026}", 400, &answer);
	ask(wire, "\"\xc3\xa4\"", "PATCH /api/v1/profiles/bar", "{}", 400, &answer);
	ask(wire, long_key, "PATCH /api/v1/profiles/bar", "{}", 400, &answer);
	ask(wire, long_key + 1, "PATCH /api/v1/profiles/bar", "{'virt_ram': 1027}", 200, &answer);
	/* A dry run and a failure leave nothing, so the key is still free. */
	ask(wire, "l", "PATCH /api/v1/profiles/bar?dry_run=1", "{'virt_ram': 1}", 400, &answer);
	ask(wire, "l", "PATCH /api/v1/profiles/bar?dry_run=1", "{'virt_ram': 64}", 200, &answer);
	assert_answer(&answer, "\"dry_run\":true", "dry run");
	ask(wire, "l", "PATCH /api/v1/profiles/bar", "{'virt_ram': 65}", 200, &answer);
	/* Another caller's key is another key. */
	MUST(db_item_rename(wire->bench->server->db,
		&(struct db_author){.who = "else", .from = "", .key = "m", .request = "x"},
		&profile_type, "bar", "baz", DB_ANY, &why));
	ask(wire, "m", "PATCH /api/v1/profiles/baz", "{'virt_ram': 66}", 200, &answer);
	if (strstr(answer.buf, "Replayed"))
		fail_msg("another's key was taken");
}

/* Sent at once by several: one writes, all hear the same. */

enum { AT_ONCE = 8 };

struct sender {
	pthread_t thread;
	struct wire *wire;
	const struct row *row;
	struct strbuf answer;
};

static void *send_one(void *ctx)
{
	struct sender *sender = ctx;
	autofree char *text = xstrdup(sender->row->body);

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	wire_ask(sender->wire, UNIX, sender->row->what, "Idempotency-Key: race\r\n", text,
		&sender->answer);
	return NULL;
}

static void several_at_once(void **state)
{
	static const struct row copies = {"POST /api/v1/profiles/bar:copy", "{'name': 'c'}", 201};
	struct sender sender[AT_ONCE];
	struct wire *wire = *state;

	fill(wire);
	for (size_t i = 0; i < AT_ONCE; i++) {
		sender[i] = (struct sender){.wire = wire, .row = &copies, .answer = STRBUF_INIT};
		assert_int_equal(pthread_create(&sender[i].thread, NULL, send_one, &sender[i]), 0);
	}
	for (size_t i = 0; i < AT_ONCE; i++)
		pthread_join(sender[i].thread, NULL);
	for (size_t i = 0; i < AT_ONCE; i++) {
		assert_status(&sender[i].answer, 201, copies.what);
		assert_string_equal(body_of(&sender[i].answer), body_of(&sender[0].answer));
	}
	for (size_t i = 0; i < AT_ONCE; i++)
		strbuf_done(&sender[i].answer);
}

/* A key is good for a day of time that passes, and no less when the clock on the wall is set
 * forward. What is older than the server's start: tests/e2e/clock.sh. */
static void clock_is_set(void **state)
{
	struct wire *wire = *state;
	autofree char *path = xasprintf("%s/bootwright.db", wire->bench->state);
	autostrbuf answer = STRBUF_INIT;
	sqlite3 *store;

	fill(wire);
	ask(wire, "k", "PATCH /api/v1/profiles/bar", "{'virt_ram': 1024}", 200, &answer);
	ask(wire, "k", "PATCH /api/v1/profiles/bar", "{'virt_ram': 1025}", 422, &answer);
	assert_int_equal(sqlite3_open(path, &store), SQLITE_OK);
	sqlite3_busy_timeout(store, 10000);
	assert_int_equal(
		sqlite3_exec(store, "UPDATE revisions SET time = time - 90000", NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(store);
	ask(wire, "k", "PATCH /api/v1/profiles/bar", "{'virt_ram': 1024}", 200, &answer);
	assert_answer(&answer, "Idempotency-Replayed: true\r\n", "the clock is set");
	ask(wire, "k", "PATCH /api/v1/profiles/bar", "{'virt_ram': 1025}", 422, &answer);
}

static void tasks(void **state)
{
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;

	ask(wire, "t", "POST /api/v1/import", "{'path': '/nowhere', 'name': 'x'}", 202, &answer);
	assert_answer(&answer, "\"task\":1", "import");
	ask(wire, "t", "POST /api/v1/import", "{'path': '/nowhere', 'name': 'x'}", 202, &answer);
	assert_answer(&answer, "\"task\":1", "import again");
	assert_answer(&answer, "Idempotency-Replayed: true\r\n", "import again");
	ask(wire, "t", "POST /api/v1/import", "{'path': '/nowhere', 'name': 'y'}", 422, &answer);
	ask(wire, "u", "POST /api/v1/import", "{'path': '/nowhere', 'name': 'x'}", 202, &answer);
	assert_answer(&answer, "\"task\":2", "another key");
	ask(wire, "v", "POST /api/v1/import", "{'path': '/nowhere'}", 400, &answer);
	ask(wire, "v", "POST /api/v1/sync?dry_run=1", "{}", 202, &answer);
	assert_answer(&answer, "\"task\":3", "what failed has no key");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(again, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(keys_are_for_one_thing, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(several_at_once, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(clock_is_set, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(tasks, wire_setup, wire_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
