/* Publishing without being asked: that it comes is waited for as long as it takes. */
#include "ops_support.h"

#include "ops/check/check.h"
#include "ops/publish/autosync.h"
#include "ops/publish/publish.h"
#include "ops/publish/sync.h"

#include <fcntl.h>
#include <sys/stat.h>
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

static uint64_t generation(struct bench *bench)
{
	uint64_t number = 0;

	MUST(generation_current(bench->server->tftp_fd, &number, &why));
	return number;
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

#define MANIFEST "current/manifest.json"
#define OWN_FILE "current/ipxe/52-54-00-aa-00-07.ipxe"

/* As the host's power cut leaves it on a file system that writes a file's bytes late. */
static void cut_power(struct bench *bench, const char *emptied)
{
	autostrbuf manifest = STRBUF_INIT;
	autofree char *kept = NULL;
	char *boot;

	MUST(file_read(bench->server->tftp_fd, MANIFEST, 4096, &manifest, &why));
	kept = xstrdup(manifest.buf);
	boot = strstr(kept, "\"boot\": \"");
	assert_non_null(boot); /* what is not on the disk yet is noted */
	boot[9] = boot[9] == '0' ? '1' : '0';
	server_close(bench->server);
	{
		autofree char *folder = xasprintf("%s/current/.", bench->tftp);
		autoclose int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		MUST(file_replace(fd, "manifest.json", 0644, kept, strlen(kept), &why));
		MUST(file_replace(fd, emptied, 0644, "", 0, &why));
	}
	bench_open(bench);
}

static void change_a_system(struct bench *bench)
{
	bench_put(bench, &system_type, "web7",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': "
		"'52:54:00:aa:00:07'}}}");
	publish(bench);
	bench_merge(bench, &system_type, "web7", "{'kernel_options': 'three'}");
}

static size_t size_of(struct bench *bench, const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(bench->server->tftp_fd, path, &st, 0), 0);
	return (size_t)st.st_size;
}

/* True where check tells of damage. */
static bool check_tells(struct bench *bench)
{
	autojson json_t *found = check_run(bench->server);
	autofree char *text = json_dumps(found, 0);

	return strstr(text, "or damaged") != NULL;
}

/* The store has nothing new, and yet all is written again, once. */
static void test_after_a_power_cut(void **state)
{
	struct bench *bench = *state;

	change_a_system(bench);
	cut_power(bench, &OWN_FILE[strlen("current/")]);
	assert_int_equal(size_of(bench, OWN_FILE), 0);
	assert_true(check_tells(bench));
	publish(bench);
	assert_false(check_tells(bench));
	assert_true(size_of(bench, OWN_FILE) > 0);
	assert_int_equal(generation(bench), 2);
	publish(bench);
	assert_int_equal(generation(bench), 2);
}

static void test_by_itself_after_a_power_cut(void **state)
{
	static const char *const emptied[] = {OWN_FILE, MANIFEST};
	struct bench *bench = *state;

	change_a_system(bench);
	for (size_t i = 0; i < ARRAY_SIZE(emptied); i++) {
		uint64_t before = generation(bench);

		bench_merge(bench, &system_type, "web7",
			i ? "{'kernel_options': 'four'}" : "{'kernel_options': 'five'}");
		cut_power(bench, emptied[i] + strlen("current/"));
		MUST(autosync_start(bench->server, &why));
		for (int j = 0; j < 6000 && generation(bench) == before; j++)
			usleep(10000);
		assert_int_equal(generation(bench), before + 1);
		assert_true(size_of(bench, OWN_FILE) > 0);
	}
}

/* A server that ends says first that all is on the disk, so that the next boot has no doubts. */
static void test_after_a_clean_end(void **state)
{
	struct bench *bench = *state;
	autostrbuf manifest = STRBUF_INIT;

	change_a_system(bench);
	server_close(bench->server);
	bench_open(bench);
	MUST(file_read(bench->server->tftp_fd, MANIFEST, 4096, &manifest, &why));
	assert_null(strstr(manifest.buf, "\"boot\""));
	publish(bench);
	assert_int_equal(generation(bench), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_after_a_change, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_after_a_crash, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_after_a_power_cut, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(
			test_by_itself_after_a_power_cut, setup, bench_teardown),
		cmocka_unit_test_setup_teardown(test_after_a_clean_end, setup, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
