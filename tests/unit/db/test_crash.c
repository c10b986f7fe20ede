/* SIGKILL while the store is written: what was acknowledged is there, and the file is whole. */
#include "support.h"

#include "db/store.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 25 };

/* Adds systems for ever and says each name on the pipe once it is stored. */
static void write_for_ever(const char *folder, int pipe, int round)
{
	struct db *db = NULL;

	if (db_open(folder, &db, NULL) < 0)
		_exit(1);
	for (uint32_t i = 0;; i++) {
		autofree char *name = xasprintf("r%d-%u", round, i);
		autofree char *mac = xasprintf("02:54:%02x:%02x:%02x:%02x", round, i >> 16 & 0xff,
			i >> 8 & 0xff, i & 0xff);
		autoitem struct item *item = item_new(&system_type, name);
		struct item *child = NULL;

		((struct system *)item)->profile = xstrdup("bar");
		if (item_child_add(item, "eth0", &child, NULL) < 0)
			_exit(2);
		((struct interface *)child)->mac_address = xstrdup(mac);
		if (db_item_put(db, &tester, item, DB_NEW, NULL) < 0 ||
			write(pipe, &i, sizeof(i)) != sizeof(i))
			_exit(3);
	}
}

static pid_t start_writer(const char *folder, int round, int *ret)
{
	int fds[2];
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0)
		write_for_ever(folder, fds[1], round);
	close(fds[1]);
	*ret = fds[0];
	return child;
}

/* Reads what the writer acknowledged until it is dead; after the first it has `microseconds` to
 * live. */
static uint32_t kill_writer(pid_t child, int fd, long microseconds)
{
	const struct timespec delay = {.tv_nsec = microseconds * 1000};
	uint32_t acknowledged = 0;
	uint32_t number;
	int status;

	assert_int_equal(read(fd, &number, sizeof(number)), sizeof(number));
	nanosleep(&delay, NULL);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	do
		acknowledged = number;
	while (read(fd, &number, sizeof(number)) == sizeof(number));
	close(fd);
	return acknowledged + 1;
}

static void assert_whole(struct store *store)
{
	autonewstmt *stmt = stmt_new(&store->db->writer, "PRAGMA integrity_check", NULL);
	autonewstmt *keys = stmt_new(&store->db->writer, "PRAGMA foreign_key_check", NULL);

	assert_int_equal(stmt_step(stmt, NULL), 1);
	assert_string_equal(stmt_text(stmt, 0), "ok");
	assert_int_equal(stmt_step(keys, NULL), 0);
}

static void test_sigkill(void **state)
{
	struct store *store = *state;

	fill(store);
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t acknowledged;
		int64_t count;
		int64_t before;
		pid_t child;
		int fd;

		assert_int_equal(db_count(store->db, &system_type, &before, NULL), 0);
		db_close(TAKE(store->db));
		child = start_writer(store->folder, round, &fd);
		acknowledged = kill_writer(child, fd, round * 337L);
		store_open(store);
		assert_whole(store);
		for (uint32_t i = 0; i < acknowledged; i++) {
			autofree char *name = xasprintf("r%d-%u", round, i);
			autoitem struct item *item = must_get(store, &system_type, name);

			assert_int_equal(item->children, 1);
		}
		/* one more may have been stored and not said any more */
		assert_int_equal(db_count(store->db, &system_type, &count, NULL), 0);
		assert_in_range(count, before + acknowledged, before + acknowledged + 1);
		assert_int_equal(db_revision(store->db), count + 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sigkill, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
