/*
 * What sync is made of: where the pieces of a generation come from and go to. A publisher holds
 * what publishing needs over time: one lock, so that two never publish at once, and the removal of
 * old generations in the background.
 */
#ifndef OPS_PUBLISH_H
#define OPS_PUBLISH_H

#include "base/generation.h"
#include "ops/server.h"

#include <pthread.h>

struct publisher {
	pthread_mutex_t lock;
	struct generation_trash trash;
};

/* server_open() and server_close() call these. Freeing waits for what is being removed. */
struct publisher *publisher_new(void);
void publisher_free(struct publisher *publisher);

#endif
