#include "ops/publish/autosync.h"

#include "base/json.h"
#include "model/types.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback.h"
#include "ops/publish/sync.h"

#include <time.h>

enum { QUIET_MS = 1000, LATEST_MS = 10000, AGAIN_MS = 5000, DOUBLED_MOST = 9 };

struct autosync {
	struct server *server;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stop;
	bool wanted;
	struct timespec due;    /* of what is wanted: QUIET_MS after the last change, */
	struct timespec latest; /* but LATEST_MS after the first */
	unsigned failed;        /* one after the other, that may go through by themselves */
};

static struct timespec now_plus(long ms)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now.tv_sec += ms / 1000;
	now.tv_nsec += ms % 1000 * 1000000;
	if (now.tv_nsec >= 1000000000) {
		now.tv_sec++;
		now.tv_nsec -= 1000000000;
	}
	return now;
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

bool autosync_is_on(struct server *server)
{
	autoitem struct item *settings = NULL;
	const struct opt_bool *on;

	if (!server->autosync ||
		db_item_get(server->db, &settings_type, settings_type.name, &settings, NULL) < 0)
		return false;
	on = &((const struct settings *)settings)->auto_sync;
	return !on->set || on->value;
}

static bool is_published(struct server *server)
{
	struct manifest manifest;
	struct err err = ERR_INIT;

	return manifest_read(server, &manifest, &err) == 0 || err.code != ERR_NOT_FOUND;
}

bool autosync_may_pass(const struct err *err)
{
	return err->code == ERR_NO_SPACE || err->code == ERR_IO || err->code == ERR_BUSY;
}

/* False where it has failed and may go through another time, though nobody changes anything. */
static bool sync_now(struct server *server)
{
	autojson json_t *result = NULL;
	struct err err = ERR_INIT;

	if (!autosync_is_on(server) || rollback_is_held(server) || !is_published(server) ||
		sync_all(server, false, NULL, &result, &err) == 0)
		return true;
	server_event(server, "error", "", "", "automatic sync: %s", err.msg);
	return !autosync_may_pass(&err);
}

/* Each time later than before: what has no room fills up the disk until it fails. */
static void try_again(struct autosync *autosync)
{
	long wait = (long)AGAIN_MS << autosync->failed;

	if (autosync->failed < DOUBLED_MOST)
		autosync->failed++;
	if (autosync->wanted)
		return;
	autosync->wanted = true;
	autosync->due = autosync->latest = now_plus(wait);
}

/* Waits, with the lock, until something is wanted and due; false: until the end. */
static bool wait_until_due(struct autosync *autosync)
{
	struct timespec now;

	while (!autosync->stop) {
		now = now_plus(0);
		if (!autosync->wanted)
			pthread_cond_wait(&autosync->changed, &autosync->lock);
		else if (is_before(&now, &autosync->due))
			pthread_cond_timedwait(&autosync->changed, &autosync->lock, &autosync->due);
		else
			return true;
	}
	return false;
}

static void *run(void *ctx)
{
	struct autosync *autosync = ctx;
	bool done;

	pthread_mutex_lock(&autosync->lock);
	while (wait_until_due(autosync)) {
		autosync->wanted = false;
		pthread_mutex_unlock(&autosync->lock);
		done = sync_now(autosync->server);
		pthread_mutex_lock(&autosync->lock);
		if (done)
			autosync->failed = 0;
		else
			try_again(autosync);
	}
	pthread_mutex_unlock(&autosync->lock);
	return NULL;
}

int autosync_start(struct server *server, struct err *err)
{
	struct autosync *autosync = xcalloc(1, sizeof(*autosync));
	pthread_condattr_t monotonic;

	autosync->server = server;
	pthread_mutex_init(&autosync->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&autosync->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&autosync->thread, NULL, run, autosync) != 0) {
		free(autosync);
		return err_set(err, ERR_INTERNAL, "cannot start the thread that publishes");
	}
	server->autosync = autosync;
	/* What was stored in the second before it was killed; what came with a new version. */
	if (publish_is_behind(server) || atomic_load(&server->publisher->unsure))
		autosync_want(server);
	return 0;
}

void autosync_stop(struct autosync *autosync)
{
	if (!autosync)
		return;
	pthread_mutex_lock(&autosync->lock);
	autosync->stop = true;
	pthread_cond_signal(&autosync->changed);
	pthread_mutex_unlock(&autosync->lock);
	pthread_join(autosync->thread, NULL);
	pthread_cond_destroy(&autosync->changed);
	pthread_mutex_destroy(&autosync->lock);
	free(autosync);
}

void autosync_want(struct server *server)
{
	struct autosync *autosync = server->autosync;

	if (!autosync)
		return;
	pthread_mutex_lock(&autosync->lock);
	if (!autosync->wanted)
		autosync->latest = now_plus(LATEST_MS);
	autosync->wanted = true;
	autosync->due = now_plus(QUIET_MS);
	if (is_before(&autosync->latest, &autosync->due))
		autosync->due = autosync->latest;
	pthread_cond_signal(&autosync->changed);
	pthread_mutex_unlock(&autosync->lock);
}
