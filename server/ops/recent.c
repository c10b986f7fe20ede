#include "ops/recent.h"

#include <pthread.h>
#include <stdint.h>
#include <time.h>

enum { SLOTS = 1024 };

struct recent {
	pthread_mutex_t lock;
	struct slot {
		uint64_t hash;
		time_t when;
	} slot[SLOTS];
};

struct recent *recent_new(void)
{
	struct recent *recent = xcalloc(1, sizeof(*recent));

	pthread_mutex_init(&recent->lock, NULL);
	return recent;
}

void recent_free(struct recent *recent)
{
	if (!recent)
		return;
	pthread_mutex_destroy(&recent->lock);
	free(recent);
}

static uint64_t hash_of(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
	return hash;
}

bool recent_first(struct recent *recent, const char *text, unsigned seconds)
{
	uint64_t hash = hash_of(text);
	struct slot *slot = &recent->slot[hash % SLOTS];
	struct timespec now;
	bool first;

	clock_gettime(CLOCK_MONOTONIC, &now);
	pthread_mutex_lock(&recent->lock);
	first = slot->hash != hash || now.tv_sec - slot->when >= (time_t)seconds;
	if (first)
		*slot = (struct slot){.hash = hash, .when = now.tv_sec};
	pthread_mutex_unlock(&recent->lock);
	return first;
}
