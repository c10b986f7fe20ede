#include "koan-client/create/creation.h"

#include <poll.h>
#include <time.h>

#define LOOK_MILLISECONDS 1000

/* A second, or until a signal comes. */
static int pause_a_while(const struct interrupt *interrupt, struct err *err)
{
	struct pollfd signals = {.fd = interrupt->fd, .events = POLLIN};

	poll(&signals, 1, LOOK_MILLISECONDS);
	return interrupt_check(interrupt, err);
}

/* Starts those that have stopped; how many still run. */
static int look(struct creation *c, bool *stopped, size_t *running, struct err *err)
{
	*running = 0;
	for (size_t i = 0; i < c->n; i++) {
		bool runs;

		if (c->jobs[i].failed || stopped[i])
			continue;
		if (virt_domain_runs(c->virt, c->guests[i].name, &runs, err) < 0)
			return -1;
		*running += runs;
		stopped[i] = !runs;
		if (runs)
			continue;
		fprintf(c->out, "the installation of '%s' has ended\n", c->guests[i].name);
		if (!c->options->noreboot && virt_domain_boot(c->virt, c->guests[i].name, err) < 0)
			return -1;
		fflush(c->out);
	}
	return 0;
}

int creation_wait(struct creation *c, struct err *err)
{
	autofree bool *stopped = xcalloc(c->n, sizeof(*stopped));
	time_t end = time(NULL) + (time_t)c->options->wait_minutes * 60;
	size_t running = 1;

	if (!c->options->wait || c->guests[0].start == START_DISK)
		return 0;
	fflush(c->out);
	while (running) {
		if (look(c, stopped, &running, err) < 0)
			return -1;
		if (running && c->options->wait_minutes && time(NULL) >= end)
			return err_set(err, ERR_BUSY,
				"%zu of %zu guests are still being installed after %llu minutes; "
				"they go on, and have to be started by hand when they have stopped",
				running, c->n, (unsigned long long)c->options->wait_minutes);
		if (running && pause_a_while(&c->interrupt, err) < 0)
			return err_wrap(err, "the guests go on");
	}
	return 0;
}
