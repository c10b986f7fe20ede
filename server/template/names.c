#include "template/names.h"

#include "template/builtin.h"

#include <pthread.h>
#include <string.h>

#define FIRST_SIZE 256 /* a power of two */

const struct name names_fixed[NAME_FUNCTIONS] = {
	[NAME_LOOP] = {"loop", 4, NAME_LOOP},
	[NAME_CALLER] = {"caller", 6, NAME_CALLER},
	[NAME_VARARGS] = {"varargs", 7, NAME_VARARGS},
	[NAME_KWARGS] = {"kwargs", 6, NAME_KWARGS},
	[NAME_SUPER] = {"super", 5, NAME_SUPER},
	[NAME_SELF] = {"self", 4, NAME_SELF},
};

struct entry {
	char *s; /* NULL: the number is free */
	size_t len;
	uint32_t hash;
	uint32_t next; /* with the same bucket, or free */
	size_t uses;
};

struct names {
	pthread_mutex_t lock;
	struct entry *v; /* by number; 0 is none */
	size_t n;
	size_t size;       /* of v and of the buckets, a power of two */
	uint32_t *buckets; /* 0: empty */
	uint32_t free;     /* numbers that were given back */
};

static uint32_t hash_of(const char *s, size_t len)
{
	uint32_t h = 0x811c9dc5u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 0x01000193u;
	return h;
}

static void resize(struct names *names, size_t size)
{
	names->v = xreallocarray(names->v, size, sizeof(*names->v));
	names->buckets = xreallocarray(names->buckets, size, sizeof(*names->buckets));
	names->size = size;
	memset(names->buckets, 0, size * sizeof(*names->buckets));
	for (size_t i = 1; i < names->n; i++) {
		uint32_t *bucket = &names->buckets[names->v[i].hash & (size - 1)];

		names->v[i].next = *bucket;
		*bucket = (uint32_t)i;
	}
}

static uint32_t find(const struct names *names, const char *s, size_t len, uint32_t hash)
{
	uint32_t id = names->buckets[hash & (names->size - 1)];

	while (id && (names->v[id].hash != hash || names->v[id].len != len ||
			     memcmp(names->v[id].s, s, len) != 0))
		id = names->v[id].next;
	return id;
}

static uint32_t add(struct names *names, const char *s, size_t len, uint32_t hash)
{
	uint32_t id = names->free;
	uint32_t *bucket;

	if (id) {
		names->free = names->v[id].next;
	} else {
		if (names->n == names->size) /* none is free, so all are in buckets */
			resize(names, names->size * 2);
		id = (uint32_t)names->n++;
	}
	bucket = &names->buckets[hash & (names->size - 1)];
	names->v[id] =
		(struct entry){.s = xstrndup(s, len), .len = len, .hash = hash, .next = *bucket};
	*bucket = id;
	return id;
}

static void drop(struct names *names, uint32_t id)
{
	uint32_t *link = &names->buckets[names->v[id].hash & (names->size - 1)];

	if (--names->v[id].uses)
		return;
	while (*link != id)
		link = &names->v[*link].next;
	*link = names->v[id].next;
	free(names->v[id].s);
	names->v[id] = (struct entry){.next = names->free};
	names->free = id;
}

struct names *names_new(void)
{
	struct names *names = xcalloc(1, sizeof(*names));

	pthread_mutex_init(&names->lock, NULL);
	names->n = 1;
	resize(names, FIRST_SIZE);
	for (size_t i = 1; i < NAME_FUNCTIONS; i++)
		names_take(names, names_fixed[i].s, names_fixed[i].len);
	for (const struct builtin *f = functions_all; f->name; f++)
		names_take(names, f->name, strlen(f->name));
	return names;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	for (size_t i = 1; i < names->n; i++)
		free(names->v[i].s);
	free(names->v);
	free(names->buckets);
	pthread_mutex_destroy(&names->lock);
	free(names);
}

uint32_t names_take(struct names *names, const char *s, size_t len)
{
	uint32_t hash = hash_of(s, len);
	uint32_t id;

	pthread_mutex_lock(&names->lock);
	id = find(names, s, len, hash);
	if (!id)
		id = add(names, s, len, hash);
	names->v[id].uses++;
	pthread_mutex_unlock(&names->lock);
	return id;
}

void names_drop(struct names *names, const uint32_t *ids, size_t n)
{
	pthread_mutex_lock(&names->lock);
	for (size_t i = 0; i < n; i++)
		drop(names, ids[i]);
	pthread_mutex_unlock(&names->lock);
}

uint32_t names_find(struct names *names, const char *s, size_t len)
{
	uint32_t id;

	pthread_mutex_lock(&names->lock);
	id = find(names, s, len, hash_of(s, len));
	pthread_mutex_unlock(&names->lock);
	return id;
}
