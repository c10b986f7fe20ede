/* Machines are told over HTTP what is published, also while the store has more; and what has been
 * published alone is known exactly, whatever order writers come in. */
#include "sync_support.h"

#include "ops/edit/apply.h"
#include "ops/publish/netboot.h"

#include <pthread.h>

#define FILE7 "current/ipxe/52-54-00-aa-00-07.ipxe"

typedef int look_fn(struct server *server, const char *format, const char *mac, struct answer **ret,
	struct err *err);

static bool tells(struct bench *bench, look_fn *look, const char *part)
{
	AUTO(answer) struct answer *answer = NULL;

	MUST(look(bench->server, "ipxe", WEB7, &answer, &why));
	return strstr(answer->text, part) != NULL;
}

static bool is_told(struct bench *bench, const char *part)
{
	return tells(bench, netboot_look, part);
}

static int64_t published_revision(struct bench *bench)
{
	struct manifest manifest;

	MUST(manifest_read(bench->server, &manifest, &why));
	return manifest.revision;
}

static void test_whole_changes_wait(void **state)
{
	struct bench *bench = *state;

	/* nothing is published, so nothing can differ */
	assert_true(is_told(bench, "/images/foo/linux"));
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': 'one'}");
	assert_true(is_told(bench, " one"));
	assert_false(publish_is_behind(bench->server));

	changed_by_sync(bench);
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': 'two'}");
	assert_true(publish_is_behind(bench->server));
	assert_true(is_told(bench, " one") && says(bench, FILE7, " one"));
	assert_true(tells(bench, netboot_stored, " two"));
	changed_by_sync(bench);
	assert_false(publish_is_behind(bench->server));
	assert_true(is_told(bench, " two") && says(bench, FILE7, " two"));
}

static void test_own_changes_follow(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	bench_merge(bench, &system_type, "web7", "{'kernel_options': 'mine'}");
	assert_false(publish_is_behind(bench->server));
	assert_true(is_told(bench, " mine") && says(bench, FILE7, " mine"));
	assert_int_equal(published_revision(bench), db_revision(bench->server->db));
	bench_merge(bench, &system_type, "web7", "{'comment': 'nobody sees it'}");
	assert_false(publish_is_behind(bench->server));
	/* beside a change that waits, too */
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': 'two'}");
	bench_merge(bench, &system_type, "web7", "{'kernel_options': 'again'}");
	assert_true(publish_is_behind(bench->server));
	assert_true(is_told(bench, " again") && says(bench, FILE7, " again"));
	assert_false(is_told(bench, " mine"));
}

/* More than are published one by one. */
static void apply_systems(struct bench *bench, const char *member)
{
	const struct apply_options options = {.prune = false};
	autojson json_t *systems = json_array();
	autojson json_t *document = json_object();

	for (int i = 0; i < 300; i++) {
		autofree char *text =
			xasprintf("{'name': 'm%03d', 'profile': 'bar', %s}", i, member);

		json_array_append_new(systems, parse(text));
	}
	json_object_set(document, "systems", systems);
	MUST(apply_state(bench->server, &tester, document, &options, NULL, &why));
}

static void test_many(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	apply_systems(bench, "'kernel_options': 'one'");
	assert_true(publish_is_behind(bench->server));
	changed_by_sync(bench);
	apply_systems(bench, "'kernel_options': 'one', 'comment': 'nobody sees it'");
	assert_false(publish_is_behind(bench->server));
	assert_int_equal(changed_by_sync(bench), 0);
	/* nothing new beside a change that waits */
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': 'two'}");
	apply_systems(bench, "'kernel_options': 'one', 'comment': 'nobody sees it'");
	assert_true(publish_is_behind(bench->server));
}

static void test_known_after_a_start(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': 'two'}");
	server_close(bench->server);
	bench_open(bench);
	assert_true(publish_is_behind(bench->server));
	assert_false(is_told(bench, " two"));
	changed_by_sync(bench);
	server_close(bench->server);
	bench_open(bench);
	assert_false(publish_is_behind(bench->server));
}

static void test_templates_wait(void **state)
{
	struct bench *bench = *state;

	changed_by_sync(bench);
	bench_write(bench, "state/kickstarts/mine.cfg", "an answer file's");
	assert_false(publish_is_behind(bench->server));
	bench_write(
		bench, "state/boot-templates/ipxe.tpl", "#!ipxe\n# one {{ kernel_arguments }}\n");
	assert_true(publish_is_behind(bench->server));
	assert_false(is_told(bench, "# one") || says(bench, FILE7, "# one"));
	assert_true(tells(bench, netboot_stored, "# one"));
	/* a machine's own change takes its own files along */
	bench_merge(bench, &system_type, "web7", "{'kernel_options': 'mine'}");
	assert_true(is_told(bench, " mine") && says(bench, FILE7, "# one "));
	assert_true(publish_is_behind(bench->server));
	assert_true(changed_by_sync(bench) > 0);
	assert_false(publish_is_behind(bench->server));
	assert_true(is_told(bench, "# one "));

	bench_remove(bench, "state/boot-templates/ipxe.tpl");
	assert_true(publish_is_behind(bench->server));
	assert_true(is_told(bench, "# one"));
	server_close(bench->server);
	bench_open(bench);
	assert_true(publish_is_behind(bench->server));
	assert_true(is_told(bench, "# one"));
	changed_by_sync(bench);
	assert_false(is_told(bench, "# one") || publish_is_behind(bench->server));
}

/* Another writer, who has stored a change of web8 and not published it yet. */
struct writer {
	struct bench *bench;
	struct item *before;
	struct item *after;
	struct db_span write;
};

static void *store(void *ctx)
{
	struct writer *writer = ctx;
	struct db *db = writer->bench->server->db;

	MUST(db_item_get(db, &system_type, "web8", &writer->before, &why));
	writer->after = item_copy(writer->before);
	free(((struct system *)writer->after)->comment);
	((struct system *)writer->after)->comment = xstrdup("changed");
	MUST(db_item_put(db, &tester, writer->after, DB_ANY, &why));
	writer->write = db_last_write(db);
	return NULL;
}

static void store_beside(struct writer *writer)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, store, writer), 0);
	pthread_join(thread, NULL);
	assert_int_equal(writer->write.last - writer->write.after, 1);
}

static void publish(struct writer *writer)
{
	const struct sync_change change = {writer->before, writer->after};
	bool needed = true;

	MUST(sync_items(writer->bench->server, &change, 1, &writer->write, &needed, &why));
	assert_false(needed);
	item_free(writer->before);
	item_free(writer->after);
}

static void test_writers_in_any_order(void **state)
{
	struct bench *bench = *state;
	struct writer writer = {.bench = bench};

	changed_by_sync(bench);
	store_beside(&writer);
	bench_merge(bench, &system_type, "web7", "{'kernel_options': 'later'}");
	assert_true(publish_is_behind(bench->server));
	publish(&writer);
	assert_false(publish_is_behind(bench->server));
	assert_int_equal(published_revision(bench), db_revision(bench->server->db));
	assert_int_equal(changed_by_sync(bench), 0);
}

/* A sync has read the writer's change before the writer comes to publish it; what another one
 * stored meanwhile must not count as published with it. */
static void test_sync_in_between(void **state)
{
	struct bench *bench = *state;
	struct writer writer = {.bench = bench};

	changed_by_sync(bench);
	store_beside(&writer);
	changed_by_sync(bench);
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': 'two'}");
	publish(&writer);
	assert_true(publish_is_behind(bench->server));
	assert_true(changed_by_sync(bench) > 0);
	assert_true(says(bench, FILE7, " two"));
	assert_false(publish_is_behind(bench->server));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole_changes_wait),
		TEST(test_own_changes_follow),
		TEST(test_many),
		TEST(test_known_after_a_start),
		TEST(test_templates_wait),
		TEST(test_writers_in_any_order),
		TEST(test_sync_in_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
