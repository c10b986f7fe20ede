/* The server's questions to the supervisor of its services. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "ops/supervise.h"

#include "base/json.h"
#include "ops/supervise_wire.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_reply(int socket, int pid)
{
	struct supervise_reply reply = {.error = ""};

	reply.service[SERVICE_DNSMASQ].pid = pid;
	assert_int_equal(send(socket, &reply, sizeof(reply), 0), sizeof(reply));
}

static void *answer_one(void *ctx)
{
	const int *socket = ctx;
	char verb;

	if (recv(*socket, &verb, 1, 0) == 1)
		send_reply(*socket, 222);
	return NULL;
}

/* One that came too late must not answer the next question, and so on for ever. */
static void test_late_answer(void **state)
{
	autojson json_t *status = NULL;
	struct err err = ERR_INIT;
	pthread_t supervisor;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	send_reply(pair[1], 111);
	assert_int_equal(pthread_create(&supervisor, NULL, answer_one, &pair[1]), 0);
	if (supervise_status(pair[0], &status, &err) < 0)
		fail_msg("%s", err.msg);
	pthread_join(supervisor, NULL);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(status, "dnsmasq"), "pid")),
		222);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_late_answer)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
