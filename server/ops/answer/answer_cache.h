/*
 * Answers by what they are for, the ones used last kept, up to 128 MiB. An entry says what its
 * answer was made from; whether that is still so is for who asks (answer.c). Thread-safe.
 */
#ifndef OPS_ANSWER_CACHE_H
#define OPS_ANSWER_CACHE_H

#include "ops/answer/answer.h"
#include "ops/answer/templates.h"

struct answer_key {
	const struct answer_kind *kind;
	const struct item_type *type;
	const char *text; /* the item's name, or what kind->find() knows it by */
	uint64_t hash;
};
struct answer_key answer_key_of(
	const struct answer_kind *kind, const struct item_type *type, const char *text);

/* An item as it was. */
struct item_seen {
	const struct item_type *type;
	char *name;
	int64_t version;
};

struct answer_entry {
	struct answer_entry *next; /* in its bucket; this and the next two are the cache's */
	struct answer_entry *newer;
	struct answer_entry *older;
	atomic_uint holders;
	const char *kind; /* the name and arg of its sort */
	const void *arg;
	const struct item_type *type;
	char *text; /* of its key */
	uint64_t hash;
	struct answer *answer;
	_Atomic(int64_t) revision; /* of the store, when it was last known to be good */
	struct templates_state templates;
	struct item_seen *item;
	size_t items;
};
/* Holds the answer; `items` of it are to be filled with names of their own. */
struct answer_entry *answer_entry_new(
	const struct answer_key *key, struct answer *answer, size_t items);
void answer_entry_release(struct answer_entry *entry);
DEFINE_AUTO(answer_entry, struct answer_entry *, answer_entry_release)

struct answer_cache *answer_cache_new(void);
void answer_cache_free(struct answer_cache *cache);
/* Held; NULL: there is none. */
struct answer_entry *answer_cache_get(struct answer_cache *cache, const struct answer_key *key);
/* Takes over who holds the entry, and drops what was there for the same. */
void answer_cache_put_take(
	struct answer_cache *cache, const struct answer_key *key, struct answer_entry *entry);
void answer_cache_drop(struct answer_cache *cache, const struct answer_key *key);

#endif
