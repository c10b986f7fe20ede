/*
 * Writes many small new files in two threads of its own, while the caller makes the next ones: most
 * of a full sync's time is the kernel's, and it needs no waiting for. Files are gathered in
 * batches, one that is filled and one for each thread; in which order they are written is not said.
 */
#ifndef OPS_WRITE_QUEUE_H
#define OPS_WRITE_QUEUE_H

#include "base/err.h"

#include <stddef.h>
#include <sys/types.h>

struct write_queue;

struct write_queue *write_queue_new(void);
/* Ends the thread; what waits is dropped. */
void write_queue_free(struct write_queue *queue);
/* Takes a copy. `fd`, the folder, must stay open until write_queue_end(); no name twice. Fails with
 * the error of an earlier file, which names it. */
int write_queue_add(struct write_queue *queue, int fd, const char *name, mode_t mode,
	const char *bytes, size_t n, struct err *err);
/* Waits until all is written. */
int write_queue_end(struct write_queue *queue, struct err *err);

#endif
