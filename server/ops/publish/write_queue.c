#include "ops/publish/write_queue.h"

#include "base/file.h"
#include "base/strbuf.h"

#include <pthread.h>
#include <string.h>

enum { BATCH_FILES = 512 };

struct entry {
	int fd;
	mode_t mode;
	size_t name; /* offsets into the batch's text */
	size_t bytes;
	size_t n;
};

struct batch {
	struct entry entry[BATCH_FILES];
	size_t n;
	struct strbuf text;
};

struct write_queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool has_thread;
	bool stopping;
	struct batch batch[2];
	struct batch *filling; /* the caller's alone */
	struct batch *full;    /* NULL: nothing waits or is being written */
	struct err failed;     /* ERR_NONE: all went well so far */
};

static void write_batch(struct write_queue *queue, const struct batch *batch)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < batch->n; i++) {
		const struct entry *entry = &batch->entry[i];

		if (file_write_new(entry->fd, batch->text.buf + entry->name, entry->mode,
			    batch->text.buf + entry->bytes, entry->n, &err) < 0)
			break;
	}
	pthread_mutex_lock(&queue->lock);
	if (queue->failed.code == ERR_NONE)
		queue->failed = err;
	pthread_mutex_unlock(&queue->lock);
}

static void *run(void *ctx)
{
	struct write_queue *queue = ctx;

	pthread_mutex_lock(&queue->lock);
	while (true) {
		while (!queue->full && !queue->stopping)
			pthread_cond_wait(&queue->changed, &queue->lock);
		if (queue->stopping)
			break;
		pthread_mutex_unlock(&queue->lock);
		write_batch(queue, queue->full);
		pthread_mutex_lock(&queue->lock);
		queue->full = NULL;
		pthread_cond_broadcast(&queue->changed);
	}
	pthread_mutex_unlock(&queue->lock);
	return NULL;
}

struct write_queue *write_queue_new(void)
{
	struct write_queue *queue = xcalloc(1, sizeof(*queue));

	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->changed, NULL);
	for (size_t i = 0; i < 2; i++)
		queue->batch[i].text = (struct strbuf)STRBUF_INIT;
	queue->filling = &queue->batch[0];
	queue->has_thread = pthread_create(&queue->thread, NULL, run, queue) == 0;
	return queue;
}

void write_queue_free(struct write_queue *queue)
{
	if (!queue)
		return;
	if (queue->has_thread) {
		pthread_mutex_lock(&queue->lock);
		queue->stopping = true;
		pthread_cond_broadcast(&queue->changed);
		pthread_mutex_unlock(&queue->lock);
		pthread_join(queue->thread, NULL);
	}
	for (size_t i = 0; i < 2; i++)
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

/* Waits for the other batch and hands over the one that was filled. */
static int hand_over(struct write_queue *queue, struct err *err)
{
	struct batch *next =
		queue->filling == &queue->batch[0] ? &queue->batch[1] : &queue->batch[0];
	int result;

	if (!queue->has_thread) {
		write_batch(queue, queue->filling);
		next = queue->filling;
	}
	pthread_mutex_lock(&queue->lock);
	while (queue->full)
		pthread_cond_wait(&queue->changed, &queue->lock);
	if (queue->has_thread)
		queue->full = queue->filling;
	pthread_cond_broadcast(&queue->changed);
	result = failure(queue, err);
	pthread_mutex_unlock(&queue->lock);
	queue->filling = next;
	next->n = 0;
	strbuf_reset(&next->text);
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
	return batch->n == BATCH_FILES ? hand_over(queue, err) : 0;
}

int write_queue_end(struct write_queue *queue, struct err *err)
{
	/* The second one waits until the first one's batch is written. */
	for (int round = 0; round < 2; round++)
		if (hand_over(queue, err) < 0)
			return -1;
	return 0;
}
