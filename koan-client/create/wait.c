#include "koan-client/create/creation.h"

#include "base/log.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#define LOOK_MILLISECONDS 1000
/* So often in turn libvirt may not answer: it is being started anew, which the guests survive. */
#define LOOKS_LOST 60

enum stage { INSTALLING, STARTING, DONE, LOST };

/* Not by the host's clock, which may be set meanwhile. */
static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* A second, or until a signal comes. */
static int pause_a_while(const struct interrupt *interrupt, struct err *err)
{
	struct pollfd signals = {.fd = interrupt->fd, .events = POLLIN};

	poll(&signals, 1, LOOK_MILLISECONDS);
	return interrupt_check(interrupt, err);
}

/* Another koan's (--force) has the same name and UUID, and is defined before the one that was
 * waited for is stopped: between its steps it is off, and later its end is not this koan's to
 * judge. */
static int check_still_ours(const struct creation *c, const struct guest *guest, struct err *err)
{
	struct domain_state now = {0};
	automark mark = {0};
	int result = virt_domain_state(c->virt, guest->name, &now, err);

	if (result == 0 && now.next)
		domain_mark_read(now.next, &mark);
	if (result == 0 && (strcmp(now.uuid, guest->uuid) != 0 ||
				   strcmp(mark.run ? mark.run : "", guest->run) != 0))
		result = err_set(err, ERR_CONFLICT,
			"the guest '%s' was replaced by somebody else meanwhile", guest->name);
	domain_state_done(&now);
	return result;
}

/* Its disk has half a system on it, which is not to be started. */
static int check_ended(const struct creation *c, const char *name, struct err *err)
{
	bool crashed;

	if (virt_domain_crashed(c->virt, name, &crashed, err) < 0)
		return -1;
	return crashed ? err_set(err, ERR_UPSTREAM,
				 "the guest '%s' has crashed before its installation ended; its "
				 "host's log says why",
				 name)
	               : 0;
}

/* One that runs while it is being started was: the connection broke before libvirt said so. */
static int look_at(
	const struct creation *c, const struct guest *guest, enum stage *stage, struct err *err)
{
	const char *name = guest->name;
	bool runs;

	if (virt_domain_runs(c->virt, name, &runs, err) < 0)
		return -1;
	if (*stage == INSTALLING && runs)
		return 0;
	if (check_still_ours(c, guest, err) < 0)
		return -1;
	if (*stage == INSTALLING && check_ended(c, name, err) < 0)
		return -1;
	if (*stage == INSTALLING)
		fprintf(c->out, "the installation of '%s' has ended\n", name);
	*stage = STARTING;
	if (!runs && !c->options->noreboot && virt_domain_boot(c->virt, name, err) < 0)
		return -1;
	*stage = DONE;
	return 0;
}

/* Starts those that have stopped; how many still run. What goes wrong with one guest is noted, and
 * the others go on; -1 where libvirt itself is gone. */
static int look(const struct creation *c, enum stage *stages, size_t *running, struct err *err)
{
	*running = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct err *why = &c->jobs[i].err;

		if (c->jobs[i].failed || stages[i] == DONE || stages[i] == LOST)
			continue;
		if (look_at(c, &c->guests[i], &stages[i], why) < 0) {
			if (!virt_is_alive(c->virt))
				return err_set(err, why->code, "%s", why->msg);
			stages[i] = LOST;
		}
		*running += stages[i] != DONE && stages[i] != LOST;
	}
	fflush(c->out);
	return 0;
}

/* The same, where a connection may break and come back. */
static int look_patiently(const struct creation *c, enum stage *stages, size_t *running,
	unsigned *lost, struct err *err)
{
	if (look(c, stages, running, err) == 0) {
		*lost = 0;
		return 0;
	}
	if (++*lost > LOOKS_LOST)
		return -1;
	virt_revive(c->virt, NULL);
	*running = c->n;
	return 0;
}

/* Of one guest its error is the run's; of several, each is told. */
static int collect_lost(const struct creation *c, const enum stage *stages, struct err *err)
{
	size_t lost = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (stages[i] != LOST)
			continue;
		lost++;
		if (c->options->count)
			log_error("guest '%s': %s", c->guests[i].name, c->jobs[i].err.msg);
		else
			err_set(err, c->jobs[i].err.code, "%s", c->jobs[i].err.msg);
	}
	if (lost && c->options->count)
		err_set(err, ERR_UPSTREAM, "%zu of %zu guests could not be started from their disk",
			lost, c->n);
	return lost ? -1 : 0;
}

int creation_wait(struct creation *c, struct err *err)
{
	autofree enum stage *stages = xcalloc(c->n, sizeof(*stages));
	time_t end = now() + (time_t)c->options->wait_minutes * 60;
	size_t running = 1;
	unsigned lost = 0;

	if (!c->options->wait || c->guests[0].start == START_DISK)
		return 0;
	fflush(c->out);
	while (running) {
		if (look_patiently(c, stages, &running, &lost, err) < 0)
			return -1;
		if (running && c->options->wait_minutes && now() >= end)
			return err_set(err, ERR_BUSY,
				"%zu of %zu guests are still being installed after %llu minutes; "
				"they go on, and have to be started by hand when they have stopped",
				running, c->n, (unsigned long long)c->options->wait_minutes);
		if (running && pause_a_while(&c->interrupt, err) < 0)
			return err_wrap(err, "the guests go on");
	}
	return collect_lost(c, stages, err);
}
