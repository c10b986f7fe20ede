#include "ops/publish.h"

struct publisher *publisher_new(void)
{
	struct publisher *publisher = xcalloc(1, sizeof(*publisher));

	pthread_mutex_init(&publisher->lock, NULL);
	return publisher;
}

void publisher_free(struct publisher *publisher)
{
	if (!publisher)
		return;
	generation_trash_wait(&publisher->trash);
	pthread_mutex_destroy(&publisher->lock);
	free(publisher);
}
