#include "ops/answer_cache.h"

#include <string.h>

enum {
	BUCKETS = 1 << 14,
	BYTES_MAX = 64 << 20,
	ITEM_BYTES = 32, /* about what an item's name costs */
};

struct answer_cache {
	pthread_mutex_t lock;
	struct answer_entry *bucket[BUCKETS];
	struct answer_entry *newest; /* used last */
	struct answer_entry *oldest;
	size_t bytes;
};

struct answer_key answer_key_of(
	const struct answer_kind *kind, const struct item_type *type, const char *name)
{
	const char *const parts[] = {kind->name, type->name, name};
	uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (const char *p = parts[i]; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 0x100000001b3U;
	return (struct answer_key){.kind = kind, .type = type, .name = name, .hash = hash};
}

/* Entries */

struct answer_entry *answer_entry_new(
	const struct answer_key *key, struct answer *answer, size_t items)
{
	struct answer_entry *entry = xcalloc(1, sizeof(*entry));

	*entry = (struct answer_entry){
		.kind = key->kind->name,
		.arg = key->kind->arg,
		.whole = key->kind->whole,
		.type = key->type,
		.name = xstrdup(key->name),
		.hash = key->hash,
		.answer = answer_hold(answer),
		.item = xcalloc(items, sizeof(*entry->item)),
		.items = items,
	};
	atomic_init(&entry->holders, 1);
	return entry;
}

void answer_entry_release(struct answer_entry *entry)
{
	if (!entry || atomic_fetch_sub(&entry->holders, 1) != 1)
		return;
	for (size_t i = 0; i < entry->items; i++)
		free(entry->item[i].name);
	free(entry->item);
	free(entry->name);
	answer_release(entry->answer);
	free(entry);
}

static size_t bytes_of(const struct answer_entry *entry)
{
	return sizeof(*entry) + sizeof(*entry->answer) + entry->answer->len +
	       entry->items * (sizeof(*entry->item) + ITEM_BYTES);
}

/* The table. All below is called with the lock held. */

static bool is_for(const struct answer_entry *entry, const struct answer_key *key)
{
	return entry->hash == key->hash && entry->type == key->type &&
	       entry->arg == key->kind->arg && strcmp(entry->kind, key->kind->name) == 0 &&
	       strcmp(entry->name, key->name) == 0;
}

/* Where the entry hangs, or would. */
static struct answer_entry **find(struct answer_cache *cache, const struct answer_key *key)
{
	struct answer_entry **at = &cache->bucket[key->hash % BUCKETS];

	while (*at && !is_for(*at, key))
		at = &(*at)->next;
	return at;
}

static void unlink_used(struct answer_cache *cache, struct answer_entry *entry)
{
	*(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
	entry->newer = NULL;
	entry->older = NULL;
}

static void link_used(struct answer_cache *cache, struct answer_entry *entry)
{
	entry->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
	cache->newest = entry;
}

static void drop(struct answer_cache *cache, struct answer_entry **at)
{
	struct answer_entry *entry = *at;

	*at = entry->next;
	unlink_used(cache, entry);
	cache->bytes -= bytes_of(entry);
	answer_entry_release(entry);
}

static void drop_oldest(struct answer_cache *cache)
{
	struct answer_entry **at = &cache->bucket[cache->oldest->hash % BUCKETS];

	while (*at != cache->oldest)
		at = &(*at)->next;
	drop(cache, at);
}

static void insert(
	struct answer_cache *cache, const struct answer_key *key, struct answer_entry *entry)
{
	struct answer_entry **at = find(cache, key);

	if (*at)
		drop(cache, at);
	at = &cache->bucket[entry->hash % BUCKETS];
	entry->next = *at;
	*at = entry;
	link_used(cache, entry);
	cache->bytes += bytes_of(entry);
	while (cache->bytes > BYTES_MAX && cache->oldest)
		drop_oldest(cache);
}

/* The door */

struct answer_cache *answer_cache_new(void)
{
	struct answer_cache *cache = xcalloc(1, sizeof(*cache));

	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

void answer_cache_free(struct answer_cache *cache)
{
	if (!cache)
		return;
	while (cache->oldest)
		drop_oldest(cache);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

struct answer_entry *answer_cache_get(struct answer_cache *cache, const struct answer_key *key)
{
	struct answer_entry *entry;

	pthread_mutex_lock(&cache->lock);
	entry = *find(cache, key);
	if (entry) {
		unlink_used(cache, entry);
		link_used(cache, entry);
		atomic_fetch_add(&entry->holders, 1);
	}
	pthread_mutex_unlock(&cache->lock);
	return entry;
}

void answer_cache_put_take(
	struct answer_cache *cache, const struct answer_key *key, struct answer_entry *entry)
{
	pthread_mutex_lock(&cache->lock);
	insert(cache, key, entry);
	pthread_mutex_unlock(&cache->lock);
}

void answer_cache_drop(struct answer_cache *cache, const struct answer_key *key)
{
	struct answer_entry **at;

	pthread_mutex_lock(&cache->lock);
	at = find(cache, key);
	if (*at)
		drop(cache, at);
	pthread_mutex_unlock(&cache->lock);
}
