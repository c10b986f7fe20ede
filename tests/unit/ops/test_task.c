#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/json.h"
#include "base/log.h"
#include "ops/task.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { PATIENCE = 60 }; /* seconds, for what must come */

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool entered;
	bool open;
};

static struct gate gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false};
static atomic_int freed;
static int order[8];
static int n_order;

static void count_free(void *ctx)
{
	(void)ctx;
	atomic_fetch_add(&freed, 1);
}

static int append(void *ctx, struct task *task, json_t **result, struct err *err)
{
	(void)task;
	(void)err;
	order[n_order++] = *(const int *)ctx;
	*result = json_pack("{s:i}", "number", *(const int *)ctx);
	return 0;
}

static int fail_with_field(void *ctx, struct task *task, json_t **result, struct err *err)
{
	(void)ctx;
	(void)task;
	(void)result;
	return err_field(err, ERR_INVALID, "path", "is no tree");
}

/* Says where it is and stays there until the gate opens or the server stops. */
static int wait_at_gate(void *ctx, struct task *task, json_t **result, struct err *err)
{
	(void)ctx;
	(void)result;
	task_progress(task, 3, 10, "bytes");
	pthread_mutex_lock(&gate.lock);
	gate.entered = true;
	pthread_cond_broadcast(&gate.moved);
	while (!gate.open)
		pthread_cond_wait(&gate.moved, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
	return task_cancelled(task) ? err_set(err, ERR_BUSY, "given up") : 0;
}

static void gate_move(bool open)
{
	pthread_mutex_lock(&gate.lock);
	gate.open = open;
	gate.entered = gate.entered && open;
	pthread_cond_broadcast(&gate.moved);
	pthread_mutex_unlock(&gate.lock);
}

static void gate_wait_entered(void)
{
	pthread_mutex_lock(&gate.lock);
	while (!gate.entered)
		pthread_cond_wait(&gate.moved, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

static int64_t start(struct tasks *tasks,
	int (*run)(void *ctx, struct task *task, json_t **result, struct err *err), void *ctx)
{
	int64_t id = 0;

	assert_int_equal(task_start(tasks, "test", "a test", run, count_free, ctx, &id, NULL), 0);
	return id;
}

static json_t *wait_for(struct tasks *tasks, int64_t id)
{
	json_t *json = NULL;

	assert_int_equal(task_wait(tasks, id, PATIENCE, &json, NULL), 0);
	return json;
}

static void tasks_run_in_order(void **state)
{
	static int numbers[] = {1, 2, 3};
	struct tasks *tasks = tasks_new();
	int64_t id = 0;
	autojson json_t *json = NULL;
	autojson json_t *all = NULL;

	(void)state;
	n_order = 0;
	for (size_t i = 0; i < 3; i++)
		id = start(tasks, append, &numbers[i]);
	json = wait_for(tasks, id);
	assert_string_equal(json_get_str(json, "state"), "done");
	assert_true(json_is_null(json_object_get(json, "error")));
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(json, "result"), "number")), 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(order[i], i + 1);
	all = tasks_json(tasks);
	assert_int_equal(json_array_size(all), 3);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(all, 0), "id")), id);
	tasks_free(tasks);
}

static void a_failure_is_told(void **state)
{
	struct tasks *tasks = tasks_new();
	autojson json_t *json = wait_for(tasks, start(tasks, fail_with_field, NULL));
	const json_t *error = json_object_get(json, "error");

	(void)state;
	assert_string_equal(json_get_str(json, "state"), "failed");
	assert_string_equal(json_get_str(error, "detail"), "path: is no tree");
	assert_string_equal(json_get_str(error, "field"), "path");
	assert_int_equal(
		json_integer_value(json_object_get(error, "status")), err_http_status(ERR_INVALID));
	tasks_free(tasks);
}

static void progress_is_seen(void **state)
{
	struct tasks *tasks = tasks_new();
	autojson json_t *json = NULL;
	autojson json_t *after = NULL;
	const json_t *progress;
	int64_t id;

	(void)state;
	gate_move(false);
	id = start(tasks, wait_at_gate, NULL);
	gate_wait_entered();
	assert_int_equal(task_json(tasks, id, &json, NULL), 0);
	progress = json_object_get(json, "progress");
	assert_string_equal(json_get_str(json, "state"), "running");
	assert_int_equal(json_integer_value(json_object_get(progress, "finished")), 3);
	assert_int_equal(json_integer_value(json_object_get(progress, "total")), 10);
	assert_string_equal(json_get_str(progress, "unit"), "bytes");
	gate_move(true);
	after = wait_for(tasks, id);
	assert_string_equal(json_get_str(after, "state"), "done");
	tasks_free(tasks);
}

static void an_unknown_task(void **state)
{
	struct tasks *tasks = tasks_new();
	json_t *json = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(task_json(tasks, 7, &json, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_false(task_cancelled(NULL));
	tasks_free(tasks);
}

/* 1 runs, 100 wait; and what has ended is forgotten after 100. */
static void both_lists_are_bounded(void **state)
{
	static int number = 1;
	struct tasks *tasks = tasks_new();
	struct err err = ERR_INIT;
	autojson json_t *all = NULL;
	int64_t id = 0;
	int freed_before = atomic_load(&freed);

	(void)state;
	n_order = 0;
	gate_move(false);
	start(tasks, wait_at_gate, NULL);
	gate_wait_entered();
	for (int i = 0; i < 100; i++)
		id = start(tasks, fail_with_field, NULL);
	assert_int_equal(
		task_start(tasks, "test", "too much", append, count_free, &number, &id, &err), -1);
	assert_int_equal(err.code, ERR_BUSY);
	assert_int_equal(atomic_load(&freed), freed_before + 1);
	gate_move(true);
	json_decref(wait_for(tasks, id));
	all = tasks_json(tasks);
	assert_int_equal(json_array_size(all), 100);
	tasks_free(tasks);
}

static void *free_tasks(void *tasks)
{
	tasks_free(tasks);
	return NULL;
}

static void the_end_stops_the_running_and_drops_the_waiting(void **state)
{
	static int number = 9;
	struct tasks *tasks = tasks_new();
	int freed_before = atomic_load(&freed);
	pthread_t thread;

	(void)state;
	n_order = 0;
	gate_move(false);
	start(tasks, wait_at_gate, &number);
	gate_wait_entered();
	start(tasks, append, &number);
	assert_int_equal(pthread_create(&thread, NULL, free_tasks, tasks), 0);
	gate_move(true);
	pthread_join(thread, NULL);
	assert_int_equal(atomic_load(&freed), freed_before + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_run_in_order),
		cmocka_unit_test(a_failure_is_told),
		cmocka_unit_test(progress_is_seen),
		cmocka_unit_test(an_unknown_task),
		cmocka_unit_test(both_lists_are_bounded),
		cmocka_unit_test(the_end_stops_the_running_and_drops_the_waiting),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
