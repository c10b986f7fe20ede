#include "ops/task.h"

#include "base/json.h"
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { KEPT_LIMIT = 100, WAITING_LIMIT = 100 };

enum task_state { TASK_WAITING, TASK_RUNNING, TASK_DONE, TASK_FAILED };

static const char *const state_names[] = {
	[TASK_WAITING] = "waiting",
	[TASK_RUNNING] = "running",
	[TASK_DONE] = "done",
	[TASK_FAILED] = "failed",
};

struct task {
	struct task *older; /* the list goes from the newest to the oldest */
	struct tasks *tasks;
	int64_t id;
	char *kind;
	char *what;
	int (*run)(void *ctx, struct task *task, json_t **result, struct err *err);
	void (*done)(void *ctx);
	void *ctx;

	/* Below: under the lock of `tasks`. */
	enum task_state state;
	double started;
	double ended;
	uint64_t finished;
	uint64_t total;
	const char *unit;
	struct err err;
	json_t *result;
};

struct tasks {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* something waits, something has ended, or it is time to stop */
	pthread_t worker;
	atomic_bool stopping;
	struct task *newest;
	size_t n;
	size_t waiting;
	int64_t last_id;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void task_free(struct task *task)
{
	if (task->ctx && task->done)
		task->done(task->ctx);
	json_decref(task->result);
	free(task->kind);
	free(task->what);
	free(task);
}

static struct task *oldest_waiting(const struct tasks *tasks)
{
	struct task *found = NULL;

	for (struct task *task = tasks->newest; task; task = task->older)
		if (task->state == TASK_WAITING)
			found = task;
	return found;
}

static struct task *find(const struct tasks *tasks, int64_t id)
{
	struct task *task = tasks->newest;

	while (task && task->id != id)
		task = task->older;
	return task;
}

/* Drops the oldest of those that have ended. */
static void forget_old(struct tasks *tasks)
{
	while (tasks->n > KEPT_LIMIT) {
		struct task **victim = NULL;
		struct task *task;

		for (struct task **at = &tasks->newest; *at; at = &(*at)->older)
			if ((*at)->state == TASK_DONE || (*at)->state == TASK_FAILED)
				victim = at;
		if (!victim)
			return;
		task = *victim;
		*victim = task->older;
		tasks->n--;
		task_free(task);
	}
}

/* Called and left with the lock held; the run itself goes without it. */
static void do_task(struct tasks *tasks, struct task *task)
{
	struct err err = ERR_INIT;
	json_t *result = NULL;
	int status;

	task->state = TASK_RUNNING;
	task->started = now();
	tasks->waiting--;
	pthread_mutex_unlock(&tasks->lock);

	status = task->run(task->ctx, task, &result, &err);
	if (task->done)
		task->done(task->ctx);
	if (status < 0)
		log_error("%s: %s", task->what, err.msg);

	pthread_mutex_lock(&tasks->lock);
	task->ctx = NULL;
	task->err = err;
	task->result = result;
	task->ended = now();
	task->state = status < 0 ? TASK_FAILED : TASK_DONE;
	forget_old(tasks);
	pthread_cond_broadcast(&tasks->changed);
}

static void *work(void *arg)
{
	struct tasks *tasks = arg;

	pthread_mutex_lock(&tasks->lock);
	while (!atomic_load(&tasks->stopping)) {
		struct task *task = oldest_waiting(tasks);

		if (task)
			do_task(tasks, task);
		else
			pthread_cond_wait(&tasks->changed, &tasks->lock);
	}
	pthread_mutex_unlock(&tasks->lock);
	return NULL;
}

struct tasks *tasks_new(void)
{
	struct tasks *tasks = xcalloc(1, sizeof(*tasks));
	pthread_condattr_t monotonic;

	pthread_mutex_init(&tasks->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC); /* for task_wait() */
	pthread_cond_init(&tasks->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&tasks->worker, NULL, work, tasks) != 0)
		abort(); /* at start, without room for one thread: as good as out of memory */
	return tasks;
}

void tasks_free(struct tasks *tasks)
{
	if (!tasks)
		return;
	pthread_mutex_lock(&tasks->lock);
	atomic_store(&tasks->stopping, true);
	pthread_cond_broadcast(&tasks->changed);
	pthread_mutex_unlock(&tasks->lock);
	pthread_join(tasks->worker, NULL);
	while (tasks->newest) {
		struct task *task = tasks->newest;

		tasks->newest = task->older;
		task_free(task);
	}
	pthread_cond_destroy(&tasks->changed);
	pthread_mutex_destroy(&tasks->lock);
	free(tasks);
}

static bool enqueue(struct tasks *tasks, struct task *task)
{
	if (tasks->waiting >= WAITING_LIMIT || atomic_load(&tasks->stopping))
		return false;
	task->id = ++tasks->last_id;
	task->older = tasks->newest;
	tasks->newest = task;
	tasks->n++;
	tasks->waiting++;
	forget_old(tasks);
	pthread_cond_broadcast(&tasks->changed);
	return true;
}

int task_start(struct tasks *tasks, const char *kind, const char *what,
	int (*run)(void *ctx, struct task *task, json_t **result, struct err *err),
	void (*done)(void *ctx), void *ctx, int64_t *ret, struct err *err)
{
	struct task *task = xcalloc(1, sizeof(*task));
	bool queued;

	*task = (struct task){.tasks = tasks,
		.kind = xstrdup(kind),
		.what = xstrdup(what),
		.run = run,
		.done = done,
		.ctx = ctx,
		.unit = ""};
	pthread_mutex_lock(&tasks->lock);
	queued = enqueue(tasks, task);
	if (queued)
		*ret = task->id;
	pthread_mutex_unlock(&tasks->lock);
	if (queued)
		return 0;
	task_free(task);
	return err_set(err, ERR_BUSY, "%d tasks wait already; try again when some have ended",
		WAITING_LIMIT);
}

void task_progress(struct task *task, uint64_t finished, uint64_t total, const char *unit)
{
	if (!task)
		return;
	pthread_mutex_lock(&task->tasks->lock);
	task->finished = finished;
	task->total = total;
	task->unit = unit;
	pthread_mutex_unlock(&task->tasks->lock);
}

bool task_cancelled(const struct task *task)
{
	return task && atomic_load(&task->tasks->stopping);
}

static json_t *error_json(const struct err *err)
{
	json_t *object = json_object();

	json_set_str(object, "code", err_title(err->code));
	json_object_set_new(object, "status", json_integer(err_http_status(err->code)));
	json_set_str(object, "detail", err->msg);
	if (*err->field)
		json_set_str(object, "field", err->field);
	return object;
}

static json_t *time_or_null(double time)
{
	return time > 0 ? json_real(time) : json_null();
}

static json_t *to_json(const struct task *task)
{
	json_t *object = json_object();
	json_t *progress = json_object();

	json_object_set_new(object, "id", json_integer(task->id));
	json_set_str(object, "kind", task->kind);
	json_set_str(object, "what", task->what);
	json_set_str(object, "state", state_names[task->state]);
	json_object_set_new(progress, "finished", json_integer((json_int_t)task->finished));
	json_object_set_new(progress, "total", json_integer((json_int_t)task->total));
	json_set_str(progress, "unit", task->unit);
	json_object_set_new(object, "progress", progress);
	json_object_set_new(object, "started", time_or_null(task->started));
	json_object_set_new(object, "ended", time_or_null(task->ended));
	json_object_set_new(
		object, "error", task->state == TASK_FAILED ? error_json(&task->err) : json_null());
	/* A copy: jansson's values may not be shared by threads that print them. */
	json_object_set_new(
		object, "result", task->result ? json_deep_copy(task->result) : json_null());
	return object;
}

static int no_such_task(int64_t id, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "there is no task %lld; the last %d are kept",
		(long long)id, KEPT_LIMIT);
}

int task_json(struct tasks *tasks, int64_t id, json_t **ret, struct err *err)
{
	return task_wait(tasks, id, 0, ret, err);
}

json_t *tasks_json(struct tasks *tasks)
{
	json_t *list = json_array();

	pthread_mutex_lock(&tasks->lock);
	for (const struct task *task = tasks->newest; task; task = task->older)
		json_array_append_new(list, to_json(task));
	pthread_mutex_unlock(&tasks->lock);
	return list;
}

int task_wait(struct tasks *tasks, int64_t id, unsigned seconds, json_t **ret, struct err *err)
{
	struct timespec until;
	const struct task *task;
	int waited = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&tasks->lock);
	/* Looked up anew each time: it may have been forgotten meanwhile. */
	while ((task = find(tasks, id)) && task->state != TASK_DONE && task->state != TASK_FAILED &&
		seconds && waited == 0 && !atomic_load(&tasks->stopping))
		waited = pthread_cond_timedwait(&tasks->changed, &tasks->lock, &until);
	if (task)
		*ret = to_json(task);
	pthread_mutex_unlock(&tasks->lock);
	return task ? 0 : no_such_task(id, err);
}
