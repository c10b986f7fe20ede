/* The keys of tasks: a task leaves no revision, so they are kept as long as it is listed. */
#include "http/repeat.h"

#include "ops/server.h"
#include "ops/task.h"

#include <pthread.h>
#include <string.h>

enum { KEPT = 100 /* as many as tasks */ };

struct task_key {
	char *who;
	char *key;
	char sum[SHA256_TEXT];
	int64_t task;
};

struct task_keys {
	pthread_mutex_t lock;
	struct task_key kept[KEPT]; /* a ring */
	size_t next;
};

struct task_keys *task_keys_new(void)
{
	struct task_keys *keys = xcalloc(1, sizeof(*keys));

	pthread_mutex_init(&keys->lock, NULL);
	return keys;
}

static void clear(struct task_key *key)
{
	free(key->who);
	free(key->key);
	*key = (struct task_key){.task = 0};
}

void task_keys_free(struct task_keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < KEPT; i++)
		clear(&keys->kept[i]);
	pthread_mutex_destroy(&keys->lock);
	free(keys);
}

static struct task_key *find(const struct request *request)
{
	for (size_t i = 0; i < KEPT; i++) {
		struct task_key *key = &request->task_keys->kept[i];

		if (key->task && strcmp(key->key, request->repeat.key) == 0 &&
			strcmp(key->who, request->author.who) == 0)
			return key;
	}
	return NULL;
}

static bool is_listed(const struct request *request, int64_t task)
{
	autojson json_t *json = NULL;

	return task_json(request->server->tasks, task, &json, NULL) == 0;
}

int task_keys_begin(struct request *request, int64_t *ret, struct err *err)
{
	struct task_key *key;
	int result = 0;

	*ret = 0;
	if (!request->repeat.key)
		return 0;
	pthread_mutex_lock(&request->task_keys->lock);
	key = find(request);
	if (key && !is_listed(request, key->task)) {
		clear(key);
		key = NULL;
	}
	if (!key)
		return 0;
	if (strcmp(key->sum, request->repeat.sum) == 0)
		*ret = key->task;
	else
		result = err_set(err, ERR_KEY_USED,
			"this Idempotency-Key was used for another request (task %lld); use a new "
			"key for each",
			(long long)key->task);
	pthread_mutex_unlock(&request->task_keys->lock);
	return result;
}

void task_keys_end(struct request *request, int64_t task)
{
	struct task_keys *keys = request->task_keys;
	struct task_key *key;

	if (!request->repeat.key)
		return;
	if (task) {
		key = &keys->kept[keys->next++ % KEPT];
		clear(key);
		key->who = xstrdup(request->author.who);
		key->key = xstrdup(request->repeat.key);
		memcpy(key->sum, request->repeat.sum, sizeof(key->sum));
		key->task = task;
	}
	pthread_mutex_unlock(&keys->lock);
}
