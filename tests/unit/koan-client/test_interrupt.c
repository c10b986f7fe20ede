/* Signals that wait, and those that nohup has told us to ignore. */
#include "support.h"

#include "koan-client/interrupt.h"

#include <signal.h>
#include <unistd.h>

static void test_waits(void **state)
{
	struct interrupt interrupt;
	struct err err = ERR_INIT;

	(void)state;
	signal(SIGHUP, SIG_IGN); /* nohup koan */
	assert_int_equal(interrupt_begin(&interrupt, &err), 0);
	kill(getpid(), SIGHUP);
	assert_int_equal(interrupt_check(&interrupt, &err), 0);
	kill(getpid(), SIGTERM);
	assert_int_equal(interrupt_check(&interrupt, &err), -1);
	assert_int_equal(err.code, ERR_BUSY);
	assert_string_equal(err.msg, "interrupted");
	close(interrupt.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
