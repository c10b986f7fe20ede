#include "ops/answer/answer_cache.h"

#include <string.h>

enum {
	SHARDS = 16, /* so that threads seldom wait for each other */
	BUCKETS = 1 << 13,
	BYTES_MAX = 128 << 20, /* what 100,000 machines are told to boot */
	TEXT_BYTES = 32,       /* about what an item's name costs */
};

struct shard {
	pthread_mutex_t lock;
	struct answer_entry *bucket[BUCKETS];
	struct answer_entry *newest; /* used last */
	struct answer_entry *oldest;
	size_t bytes;
};

struct answer_cache {
	struct shard shard[SHARDS];
};

struct answer_key answer_key_of(
	const struct answer_kind *kind, const struct item_type *type, const char *text)
{
	const char *const parts[] = {kind->name, type->name, text};
	uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (const char *p = parts[i]; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 0x100000001b3U;
	return (struct answer_key){.kind = kind, .type = type, .text = text, .hash = hash};
}

/* Entries */

struct answer_entry *answer_entry_new(
	const struct answer_key *key, struct answer *answer, size_t items)
{
	struct answer_entry *entry = xcalloc(1, sizeof(*entry));

	*entry = (struct answer_entry){
		.kind = key->kind->name,
		.arg = key->kind->arg,
		.type = key->type,
		.text = xstrdup(key->text),
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
	free(entry->text);
	answer_release(entry->answer);
	free(entry);
}

static size_t bytes_of(const struct answer_entry *entry)
{
	return sizeof(*entry) + sizeof(*entry->answer) + entry->answer->len +
	       (size_t)2 * TEXT_BYTES + entry->items * (sizeof(*entry->item) + TEXT_BYTES);
}

/* The table of a shard. All below is called with its lock held. */

static bool is_for(const struct answer_entry *entry, const struct answer_key *key)
{
	return entry->hash == key->hash && entry->type == key->type &&
	       entry->arg == key->kind->arg && strcmp(entry->kind, key->kind->name) == 0 &&
	       strcmp(entry->text, key->text) == 0;
}

/* Where the entry hangs, or would. */
static struct answer_entry **find(struct shard *shard, const struct answer_key *key)
{
	struct answer_entry **at = &shard->bucket[key->hash / SHARDS % BUCKETS];

	while (*at && !is_for(*at, key))
		at = &(*at)->next;
	return at;
}

static void unlink_used(struct shard *shard, struct answer_entry *entry)
{
	*(entry->newer ? &entry->newer->older : &shard->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &shard->oldest) = entry->newer;
	entry->newer = NULL;
	entry->older = NULL;
}

static void link_used(struct shard *shard, struct answer_entry *entry)
{
	entry->older = shard->newest;
	*(shard->newest ? &shard->newest->newer : &shard->oldest) = entry;
	shard->newest = entry;
}

static void drop(struct shard *shard, struct answer_entry **at)
{
	struct answer_entry *entry = *at;

	*at = entry->next;
	unlink_used(shard, entry);
	shard->bytes -= bytes_of(entry);
	answer_entry_release(entry);
}

static void drop_oldest(struct shard *shard)
{
	struct answer_entry **at = &shard->bucket[shard->oldest->hash / SHARDS % BUCKETS];

	while (*at != shard->oldest)
		at = &(*at)->next;
	drop(shard, at);
}

static void insert(struct shard *shard, const struct answer_key *key, struct answer_entry *entry)
{
	struct answer_entry **at = find(shard, key);

	if (*at)
		drop(shard, at);
	at = &shard->bucket[entry->hash / SHARDS % BUCKETS];
	entry->next = *at;
	*at = entry;
	link_used(shard, entry);
	shard->bytes += bytes_of(entry);
	while (shard->bytes > BYTES_MAX / SHARDS && shard->oldest)
		drop_oldest(shard);
}

/* The door */

struct answer_cache *answer_cache_new(void)
{
	struct answer_cache *cache = xcalloc(1, sizeof(*cache));

	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_init(&cache->shard[i].lock, NULL);
	return cache;
}

void answer_cache_free(struct answer_cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < SHARDS; i++) {
		while (cache->shard[i].oldest)
			drop_oldest(&cache->shard[i]);
		pthread_mutex_destroy(&cache->shard[i].lock);
	}
	free(cache);
}

static struct shard *shard_of(struct answer_cache *cache, const struct answer_key *key)
{
	return &cache->shard[key->hash % SHARDS];
}

struct answer_entry *answer_cache_get(struct answer_cache *cache, const struct answer_key *key)
{
	struct shard *shard = shard_of(cache, key);
	struct answer_entry *entry;

	pthread_mutex_lock(&shard->lock);
	entry = *find(shard, key);
	if (entry) {
		unlink_used(shard, entry);
		link_used(shard, entry);
		atomic_fetch_add(&entry->holders, 1);
	}
	pthread_mutex_unlock(&shard->lock);
	return entry;
}

void answer_cache_put_take(
	struct answer_cache *cache, const struct answer_key *key, struct answer_entry *entry)
{
	struct shard *shard = shard_of(cache, key);

	pthread_mutex_lock(&shard->lock);
	insert(shard, key, entry);
	pthread_mutex_unlock(&shard->lock);
}

void answer_cache_drop(struct answer_cache *cache, const struct answer_key *key)
{
	struct shard *shard = shard_of(cache, key);
	struct answer_entry **at;

	pthread_mutex_lock(&shard->lock);
	at = find(shard, key);
	if (*at)
		drop(shard, at);
	pthread_mutex_unlock(&shard->lock);
}
