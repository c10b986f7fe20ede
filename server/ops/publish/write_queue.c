#include "ops/publish/write_queue.h"

#include "base/file.h"
#include "base/strbuf.h"

#include <pthread.h>
#include <string.h>

/* Two writers: the kernel makes files in different folders, and fills those of one, at the same
 * time. */
enum { BATCH_FILES = 512, WRITERS = 2, BATCHES = WRITERS + 1 };

struct entry {
	int fd;
	mode_t mode;
	size_t name; /* offsets into the batch's text */
	size_t bytes;
	size_t n;
};

enum batch_state { BATCH_FREE, BATCH_FILLING, BATCH_FULL, BATCH_WRITING };

struct batch {
	enum batch_state state;
	struct entry entry[BATCH_FILES];
	size_t n;
	struct strbuf text;
};

struct write_queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread[WRITERS];
	size_t n_threads;
	bool stopping;
	struct batch batch[BATCHES];
	struct batch *filling; /* the caller's alone */
	struct err failed;     /* ERR_NONE: all went well so far */
};

static struct batch *find_batch(struct write_queue *queue, enum batch_state state)
{
	for (size_t i = 0; i < BATCHES; i++)
		if (queue->batch[i].state == state)
			return &queue->batch[i];
	return NULL;
}

/* With the lock, which it gives up while it writes. */
static void write_batch(struct write_queue *queue, struct batch *batch)
{
	struct err err = ERR_INIT;

	batch->state = BATCH_WRITING;
	pthread_mutex_unlock(&queue->lock);
	for (size_t i = 0; i < batch->n; i++) {
		const struct entry *entry = &batch->entry[i];

		if (file_write_new(entry->fd, batch->text.buf + entry->name, entry->mode,
			    batch->text.buf + entry->bytes, entry->n, &err) < 0)
			break;
	}
	pthread_mutex_lock(&queue->lock);
	if (queue->failed.code == ERR_NONE)
		queue->failed = err;
	batch->state = BATCH_FREE;
	batch->n = 0;
	strbuf_reset(&batch->text);
	pthread_cond_broadcast(&queue->changed);
}

static void *run(void *ctx)
{
	struct write_queue *queue = ctx;

	pthread_mutex_lock(&queue->lock);
	while (!queue->stopping) {
		struct batch *full = find_batch(queue, BATCH_FULL);

		if (full)
			write_batch(queue, full);
		else
			pthread_cond_wait(&queue->changed, &queue->lock);
	}
	pthread_mutex_unlock(&queue->lock);
	return NULL;
}

struct write_queue *write_queue_new(void)
{
	struct write_queue *queue = xcalloc(1, sizeof(*queue));

	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->changed, NULL);
	for (size_t i = 0; i < BATCHES; i++)
		queue->batch[i].text = (struct strbuf)STRBUF_INIT;
	queue->filling = &queue->batch[0];
	queue->filling->state = BATCH_FILLING;
	while (queue->n_threads < WRITERS &&
		pthread_create(&queue->thread[queue->n_threads], NULL, run, queue) == 0)
		queue->n_threads++;
	return queue;
}

void write_queue_free(struct write_queue *queue)
{
	if (!queue)
		return;
	pthread_mutex_lock(&queue->lock);
	queue->stopping = true;
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
	for (size_t i = 0; i < queue->n_threads; i++)
		pthread_join(queue->thread[i], NULL);
	for (size_t i = 0; i < BATCHES; i++)
		strbuf_done(&queue->batch[i].text);
	pthread_cond_destroy(&queue->changed);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

static int failure(const struct write_queue *queue, struct err *err)
{
	return queue->failed.code == ERR_NONE
	               ? 0
	               : err_set(err, queue->failed.code, "%s", queue->failed.msg);
}

/* With the lock: the batch that was filled is the writers'; without any, it is written here. */
static void hand_over(struct write_queue *queue)
{
	queue->filling->state = BATCH_FULL;
	if (queue->n_threads)
		pthread_cond_broadcast(&queue->changed);
	else
		write_batch(queue, queue->filling);
}

static int next_batch(struct write_queue *queue, struct err *err)
{
	int result;

	pthread_mutex_lock(&queue->lock);
	hand_over(queue);
	while (!(queue->filling = find_batch(queue, BATCH_FREE)))
		pthread_cond_wait(&queue->changed, &queue->lock);
	queue->filling->state = BATCH_FILLING;
	result = failure(queue, err);
	pthread_mutex_unlock(&queue->lock);
	return result;
}

int write_queue_add(struct write_queue *queue, int fd, const char *name, mode_t mode,
	const char *bytes, size_t n, struct err *err)
{
	struct batch *batch = queue->filling;
	struct entry *entry = &batch->entry[batch->n++];

	*entry = (struct entry){.fd = fd, .mode = mode, .name = batch->text.len, .n = n};
	strbuf_add(&batch->text, name, strlen(name) + 1);
	entry->bytes = batch->text.len;
	strbuf_add(&batch->text, bytes, n);
	return batch->n == BATCH_FILES ? next_batch(queue, err) : 0;
}

int write_queue_end(struct write_queue *queue, struct err *err)
{
	int result;

	if (next_batch(queue, err) < 0)
		return -1;
	pthread_mutex_lock(&queue->lock);
	while (find_batch(queue, BATCH_FULL) || find_batch(queue, BATCH_WRITING))
		pthread_cond_wait(&queue->changed, &queue->lock);
	result = failure(queue, err);
	pthread_mutex_unlock(&queue->lock);
	return result;
}
