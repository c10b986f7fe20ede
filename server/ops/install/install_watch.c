#include "ops/install/install_watch.h"

#include "ops/install/install.h"
#include "ops/install/served.h"

#include <time.h>

enum { FLUSH_SECONDS = 5, TICK_SECONDS = 60 };

struct install_watch {
	struct server *server;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stop;
	bool hurry;
	double ticked; /* of now() */
};

/* Time that passed, whatever the clock on the wall was set to; also while the machine slept. */
static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* False: until the end. */
static bool wait_a_while(struct install_watch *watch)
{
	struct timespec until;
	bool go_on;
	int result = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += FLUSH_SECONDS;
	pthread_mutex_lock(&watch->lock);
	while (!watch->stop && !watch->hurry && result == 0)
		result = pthread_cond_timedwait(&watch->changed, &watch->lock, &until);
	watch->hurry = false;
	go_on = !watch->stop;
	pthread_mutex_unlock(&watch->lock);
	return go_on;
}

/* What is new every few seconds, all that there is with every tick. */
static void look(struct install_watch *watch)
{
	double passed = now() - watch->ticked;
	bool ticks = passed >= TICK_SECONDS;

	served_flush(watch->server, ticks);
	if (!ticks)
		return;
	watch->ticked += passed;
	install_tick(watch->server, passed);
}

static void *run(void *ctx)
{
	struct install_watch *watch = ctx;

	install_resume(watch->server);
	while (wait_a_while(watch))
		look(watch);
	served_flush(watch->server, true);
	return NULL;
}

int install_watch_start(struct server *server, struct err *err)
{
	struct install_watch *watch = xcalloc(1, sizeof(*watch));
	pthread_condattr_t monotonic;

	watch->server = server;
	watch->ticked = now();
	pthread_mutex_init(&watch->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&watch->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&watch->thread, NULL, run, watch) != 0) {
		free(watch);
		return err_set(
			err, ERR_INTERNAL, "cannot start the thread that watches installations");
	}
	server->install_watch = watch;
	return 0;
}

void install_watch_stop(struct install_watch *watch)
{
	if (!watch)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->stop = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
	pthread_cond_destroy(&watch->changed);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

void install_watch_hurry(struct server *server)
{
	struct install_watch *watch = server->install_watch;

	if (!watch)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->hurry = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->lock);
}
