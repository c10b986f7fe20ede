/* Publishing without being asked: that it comes is waited for as long as it takes. */
#include "ops_support.h"

#include "ops/publish/autosync.h"
#include "ops/publish/publish.h"
#include "ops/publish/sync.h"

#include <unistd.h>

static int setup(void **state)
{
	struct bench *bench;
	autofree char *distro = NULL;

	if (bench_setup(state) < 0)
		return -1;
	bench = *state;
	distro = xasprintf("{'kernel': '%s/files/linux', 'initrd': ['%s/files/initrd.gz']}",
		bench->folder, bench->folder);
	bench_write(bench, "files/linux", "a kernel");
	bench_write(bench, "files/initrd.gz", "an initrd");
	bench_put(bench, &distro_type, "foo", distro);
	bench_put(bench, &profile_type, "bar", "{'distro': 'foo', 'enable_menu': true}");
	return 0;
}

static void publish(struct bench *bench)
{
	autojson json_t *result = NULL;

	MUST(sync_all(bench->server, false, NULL, &result, &why));
}

static int64_t published_revision(struct bench *bench)
{
	struct manifest manifest = {.revision = 0};

	manifest_read(bench->server, &manifest, NULL);
	return manifest.revision;
}

static void wait_until_published(struct bench *bench, int64_t revision)
{
	for (int i = 0; i < 6000 && published_revision(bench) < revision; i++)
		usleep(10000);
	assert_int_equal(published_revision(bench), revision);
}

static void test_after_a_change(void **state)
{
	struct bench *bench = *state;

	publish(bench);
	MUST(autosync_start(bench->server, &why));
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': 'one'}");
	wait_until_published(bench, db_revision(bench->server->db));
}

/* Stored, and then the server was killed before it was published. */
static void test_after_a_crash(void **state)
{
	struct bench *bench = *state;

	publish(bench);
	bench_merge(bench, &profile_type, "bar", "{'kernel_options': 'two'}");
	server_close(bench->server);
	bench_open(bench);
	MUST(autosync_start(bench->server, &why));
	wait_until_published(bench, db_revision(bench->server->db));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_after_a_change, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_after_a_crash, setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
