#include "http/repeat.h"
#include "http/tables.h"
#include "ops/import/import.h"
#include "ops/publish/sync.h"
#include "ops/task.h"

#include <inttypes.h>
#include <string.h>

enum { WAIT_MAX = 30 /* seconds */ };

/* What a task needs after its request is gone. */
struct job {
	struct server *server;
	char *who, *from;
	struct db_author author;
	json_t *body; /* keeps the texts of `import` */
	struct import_options import;
	bool dry_run;
	struct strv systems; /* of a sync: these alone */
};

static struct job *job_new(const struct request *request)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->server = request->server;
	job->who = xstrdup(request->author.who);
	job->from = xstrdup(request->author.from);
	job->author = (struct db_author){.who = job->who, .from = job->from};
	job->body = request->body ? json_deep_copy(request->body) : json_object();
	return job;
}

static void job_free(void *ctx)
{
	struct job *job = ctx;

	json_decref(job->body);
	strv_done(&job->systems);
	free(job->who);
	free(job->from);
	free(job);
}
DEFINE_AUTO(job, struct job *, job_free)

/* 202 with the task's number; with `wait` and a task that ends in time, 200 with the task. */
static int answer_task(const struct request *request, int64_t id, int64_t wait,
	struct response *response, struct err *err)
{
	autojson json_t *task = NULL;
	const char *state;
	bool ended;

	if (task_wait(request->server->tasks, id, (unsigned)wait, &task, err) < 0)
		return -1;
	state = json_get_str(task, "state");
	ended = state && (strcmp(state, "done") == 0 || strcmp(state, "failed") == 0);
	json_object_set_new(task, "task", json_integer(id));
	response_header(response, "Location", "/api/v1/tasks/%" PRId64, id);
	response_json_take(response, wait && ended ? 200 : 202, TAKE(task));
	return 0;
}

/* Queues the task, unless the request's key has started it before. Takes the job. */
static int start_take(struct request *request, const char *kind, const char *what,
	int (*run)(void *ctx, struct task *task, json_t **result, struct err *err), struct job *job,
	int64_t wait, struct response *response, struct err *err)
{
	AUTO(job) struct job *owned = job;
	int64_t id;
	int result;

	if (task_keys_begin(request, &id, err) < 0)
		return -1;
	if (id) {
		response_header(response, "Idempotency-Replayed", "true");
		return answer_task(request, id, wait, response, err);
	}
	result = task_start(
		request->server->tasks, kind, what, run, job_free, TAKE(owned), &id, err);
	task_keys_end(request, result < 0 ? 0 : id);
	return result < 0 ? -1 : answer_task(request, id, wait, response, err);
}

static int wait_of(const json_t *body, int64_t *ret, struct err *err)
{
	const json_t *wait = json_object_get(body, "wait");

	*ret = 0;
	if (!wait || json_is_null(wait) || json_is_false(wait))
		return 0;
	if (json_is_true(wait))
		*ret = WAIT_MAX;
	else if (json_is_integer(wait) && json_integer_value(wait) >= 0)
		*ret = json_integer_value(wait) < WAIT_MAX ? json_integer_value(wait) : WAIT_MAX;
	else
		return err_field(err, ERR_INVALID, "wait", "must be a number of seconds");
	return 0;
}

static int run_import(void *ctx, struct task *task, json_t **result, struct err *err)
{
	struct job *job = ctx;

	return import_tree(job->server, &job->author, &job->import, task, result, err);
}

static int read_import(json_t *body, struct import_options *ret, struct err *err)
{
	static const char *const members[] = {"path", "name", "arch", "breed", "os_version",
		"autoinstall", "available_as", "wait"};

	*ret = (struct import_options){
		.arch = "",
		.breed = "",
		.os_version = "",
		.autoinstall = "",
		.available_as = "",
	};
	if (request_only(body, members, ARRAY_SIZE(members), err) < 0 ||
		request_text(body, "path", &ret->path, err) < 0 ||
		request_text(body, "name", &ret->name, err) < 0 ||
		request_text(body, "arch", &ret->arch, err) < 0 ||
		request_text(body, "breed", &ret->breed, err) < 0 ||
		request_text(body, "os_version", &ret->os_version, err) < 0 ||
		request_text(body, "autoinstall", &ret->autoinstall, err) < 0 ||
		request_text(body, "available_as", &ret->available_as, err) < 0)
		return -1;
	if (!ret->path || !*ret->path)
		return err_field(err, ERR_INVALID, "path", "is missing: the tree's folder");
	if (!ret->name || !*ret->name)
		return err_field(err, ERR_INVALID, "name", "is missing: what to call the distro");
	return 0;
}

static int post_import(struct request *request, struct response *response, struct err *err)
{
	AUTO(job) struct job *job = job_new(request);
	autofree char *what = NULL;
	int64_t wait;
	json_t *body;

	if (request_object(request, &body, err) < 0 ||
		read_import(job->body, &job->import, err) < 0 || wait_of(job->body, &wait, err) < 0)
		return -1;
	what = xasprintf("import %s", job->import.name);
	return start_take(request, "import", what, run_import, TAKE(job), wait, response, err);
}

static int run_sync(void *ctx, struct task *task, json_t **result, struct err *err)
{
	struct job *job = ctx;

	if (job->systems.n)
		return sync_systems(job->server, &job->systems, job->dry_run, result, err);
	return sync_all(job->server, job->dry_run, task, result, err);
}

static int take_systems(struct job *job, struct err *err)
{
	const json_t *systems = json_object_get(job->body, "systems");
	size_t i;
	json_t *name;

	if (systems && !json_array_size(systems))
		return err_field(err, ERR_INVALID, "systems", "must be a list of systems");
	json_array_foreach (json_mutable(systems), i, name) {
		if (!json_is_string(name))
			return err_field(err, ERR_INVALID, "systems", "must be a list of systems");
		strv_add(&job->systems, json_string_value(name));
	}
	return 0;
}

static int post_sync(struct request *request, struct response *response, struct err *err)
{
	static const char *const members[] = {"dry_run", "systems", "wait"};
	AUTO(job) struct job *job = job_new(request);
	const json_t *dry = json_object_get(job->body, "dry_run");
	const char *what;
	int64_t wait;

	if (!json_is_object(job->body))
		return err_set(err, ERR_INVALID, "the body must be a JSON object");
	if (request_only(job->body, members, ARRAY_SIZE(members), err) < 0 ||
		wait_of(job->body, &wait, err) < 0)
		return -1;
	if (dry && !json_is_boolean(dry))
		return err_field(err, ERR_INVALID, "dry_run", "must be true or false");
	job->dry_run = json_is_true(dry);
	if (take_systems(job, err) < 0)
		return -1;
	if (request_flag(request, "dry_run", &job->dry_run, err) < 0)
		return -1;
	what = job->dry_run ? "sync --dry-run" : "sync";
	return start_take(request, "sync", what, run_sync, TAKE(job), wait, response, err);
}

static int list_tasks(struct request *request, struct response *response, struct err *err)
{
	(void)err;
	response_json_take(
		response, 200, json_pack("{s:o}", "items", tasks_json(request->server->tasks)));
	return 0;
}

static int get_task(struct request *request, struct response *response, struct err *err)
{
	const char *text = request_param(request, "id");
	size_t digits = strspn(text, "0123456789");
	int64_t wait = 0;
	json_t *task;

	if (digits == 0 || digits > 18 || text[digits])
		return err_set(err, ERR_NOT_FOUND, "there is no task '%s'", text);
	if (request_number(request, "wait", &wait, err) < 0 ||
		task_wait(request->server->tasks, strtoll(text, NULL, 10), (unsigned)wait, &task,
			err) < 0)
		return -1;
	response_json_take(response, 200, task);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_POST, "/api/v1/import", ROLE_OPERATE, post_import, "import",
		"Imports a distribution's tree: a task. With \"wait\" the answer is 200 and the "
		"task as it ended, where it ends in time.",
		.body = "Import", .answer = "Task", .status = 202, .flags = ROUTE_KEYED),
	API_ROUTE(HTTP_POST, "/api/v1/sync", ROLE_OPERATE, post_sync, "sync",
		"Publishes boot files: a task.",
		.args = ARGS(FLAG("dry_run", "only tell what would change")), .body = "Sync",
		.answer = "Task", .status = 202, .flags = ROUTE_KEYED | ROUTE_BODY_FREE),
	API_ROUTE(HTTP_GET, "/api/v1/tasks", ROLE_READ, list_tasks, "listTasks",
		"The last tasks, newest first.", .answer = "TaskList"),
	API_ROUTE(HTTP_GET, "/api/v1/tasks/{id}", ROLE_READ, get_task, "getTask", "A task.",
		.args = ARGS(NUMBER("wait", 0, WAIT_MAX, "seconds to wait for its end")),
		.answer = "Task"),
};
const struct route_table api_task_routes = {rows, ARRAY_SIZE(rows)};
