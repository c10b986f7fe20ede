/*
 * Tasks: what takes longer than a request may (imports, syncs). One worker thread does them in
 * order; each has progress that anybody can read. The last 100 are kept in memory.
 */
#ifndef OPS_TASK_H
#define OPS_TASK_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct task;
struct tasks;

struct tasks *tasks_new(void);
/* Asks the running task to stop, waits for it, drops those that have not begun. */
void tasks_free(struct tasks *tasks);

/*
 * Queues `run(ctx, task, &result, err)`; `done(ctx)` frees ctx afterwards, also when it never ran.
 * `result` is a new reference that the task keeps. `what` is a line for people: "import scotland".
 * ERR_BUSY: too many wait.
 */
int task_start(struct tasks *tasks, const char *kind, const char *what,
	int (*run)(void *ctx, struct task *task, json_t **result, struct err *err),
	void (*done)(void *ctx), void *ctx, int64_t *ret, struct err *err);

/* From inside run(): how far it is. total 0: not known. */
void task_progress(struct task *task, uint64_t finished, uint64_t total, const char *unit);
/* From inside run(): true when it should give up. `task` may be NULL. */
bool task_cancelled(const struct task *task);

/* {"id": 3, "kind": "import", "what": …, "state": "waiting|running|done|failed", "progress":
 * {"finished": …, "total": …, "unit": "bytes"}, "started": …, "ended": …, "error": {"code": …,
 * "detail": …}, "result": …}; ERR_NOT_FOUND. */
int task_json(struct tasks *tasks, int64_t id, json_t **ret, struct err *err);
/* Newest first. */
json_t *tasks_json(struct tasks *tasks);
/* Waits until the task has ended or `seconds` have passed; returns task_json(). */
int task_wait(struct tasks *tasks, int64_t id, unsigned seconds, json_t **ret, struct err *err);

#endif
