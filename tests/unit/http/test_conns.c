#include "support.h"

#include "http/conns.h"

#include <arpa/inet.h>
#include <unistd.h>

struct line {
	struct conns *conns;
	int ours, theirs;
	struct conn *conn;
};

static int line_setup(void **state)
{
	static struct line line;
	int pair[2];

	assert_int_equal(conns_new(2, &line.conns, NULL), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	line.ours = pair[0];
	line.theirs = pair[1];
	line.conn = conn_begin(line.conns, line.ours, NULL);
	*state = &line;
	return 0;
}

static int line_teardown(void **state)
{
	struct line *line = *state;

	conn_end(line->conns, line->conn);
	conns_free(line->conns);
	close(line->ours);
	close(line->theirs);
	return 0;
}

/* read() returns when the reaper has cut the line; if it never does, the runner's limit fails. */
static void a_late_connection_is_cut(void **state)
{
	struct line *line = *state;
	char byte;

	conn_deadline(line->conn, 0);
	assert_int_equal(read(line->theirs, &byte, 1), 0);
}

static void one_without_deadline_is_left(void **state)
{
	struct line *line = *state;
	int pair[2];
	struct conn *late;
	char byte;

	conn_no_deadline(line->conn);
	/* When the reaper has cut the other one, it has looked at this one, too. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	late = conn_begin(line->conns, pair[0], NULL);
	conn_deadline(late, 0);
	assert_int_equal(read(pair[1], &byte, 1), 0);
	assert_int_equal(recv(line->theirs, &byte, 1, MSG_DONTWAIT), -1);
	conn_end(line->conns, late);
	close(pair[0]);
	close(pair[1]);
}

static void past_the_limit_is_cut_at_once(void **state)
{
	struct line *line = *state;
	int pair[2], third[2];
	struct conn *second;
	char byte;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, third), 0);
	second = conn_begin(line->conns, pair[0], NULL);
	assert_non_null(second);
	assert_null(conn_begin(line->conns, third[0], NULL));
	assert_int_equal(read(third[1], &byte, 1), 0);
	conn_end(line->conns, second);
	/* Its place is free again. */
	second = conn_begin(line->conns, pair[0], NULL);
	assert_non_null(second);
	conn_end(line->conns, second);
	for (size_t i = 0; i < 2; i++) {
		close(pair[i]);
		close(third[i]);
	}
}

static void peers_are_described(void **state)
{
	static const struct {
		int family;
		const char *text;
		const char *shown;
		bool loopback;
	} rows[] = {
		{AF_INET, "192.0.2.7", "192.0.2.7", false},
		{AF_INET, "127.0.0.5", "127.0.0.5", true},
		{AF_INET6, "2001:db8::1", "2001:db8::1", false},
		{AF_INET6, "::1", "::1", true},
		{AF_INET6, "::ffff:192.0.2.7", "192.0.2.7", false},
		{AF_INET6, "::ffff:127.0.0.1", "127.0.0.1", true},
	};
	struct line *line = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sockaddr_in6 six = {.sin6_family = AF_INET6};
		struct sockaddr_in four = {.sin_family = AF_INET};
		bool is_six = rows[i].family == AF_INET6;
		struct conn *conn;

		inet_pton(rows[i].family, rows[i].text,
			is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr);
		conn = conn_begin(line->conns, line->ours,
			is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four);
		assert_string_equal(conn->address, rows[i].shown);
		assert_int_equal(conn->loopback, rows[i].loopback);
		conn_end(line->conns, conn);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_late_connection_is_cut, line_setup, line_teardown),
		cmocka_unit_test_setup_teardown(
			one_without_deadline_is_left, line_setup, line_teardown),
		cmocka_unit_test_setup_teardown(
			past_the_limit_is_cut_at_once, line_setup, line_teardown),
		cmocka_unit_test_setup_teardown(peers_are_described, line_setup, line_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
