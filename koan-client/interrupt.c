#include "koan-client/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

/* One that is ignored, as nohup has it, would come all the same once it is held back. */
static void hold_back(sigset_t *set, int number)
{
	struct sigaction now;

	if (sigaction(number, NULL, &now) < 0 || now.sa_handler != SIG_IGN)
		sigaddset(set, number);
}

int interrupt_begin(struct interrupt *ret, struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	hold_back(&set, SIGINT);
	hold_back(&set, SIGTERM);
	hold_back(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_sys(err, "cannot hold signals back");
	ret->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return ret->fd < 0 ? err_sys(err, "cannot wait for signals") : 0;
}

bool interrupt_pending(const struct interrupt *interrupt)
{
	struct pollfd poll_fd = {.fd = interrupt->fd, .events = POLLIN};

	/* Never read: the signal stays in the descriptor, and later checks see it too. A negative
	 * descriptor (not begun) is ignored by poll(2). */
	return poll(&poll_fd, 1, 0) > 0;
}

int interrupt_check(const struct interrupt *interrupt, struct err *err)
{
	return interrupt_pending(interrupt) ? err_set(err, ERR_BUSY, "interrupted") : 0;
}
