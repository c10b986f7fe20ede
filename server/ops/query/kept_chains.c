#include "ops/query/kept_chains.h"

#include <string.h>

enum { SLOTS = 256 };

/* Those that fall into one slot push each other out. */
struct kept_chains {
	pthread_mutex_t lock;
	struct kept_chain *slot[SLOTS];
};

struct kept_chains *kept_chains_new(void)
{
	struct kept_chains *kept = xcalloc(1, sizeof(*kept));

	pthread_mutex_init(&kept->lock, NULL);
	return kept;
}

void kept_chains_free(struct kept_chains *kept)
{
	if (!kept)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		kept_chain_release(kept->slot[i]);
	pthread_mutex_destroy(&kept->lock);
	free(kept);
}

void kept_chain_release(struct kept_chain *kept)
{
	if (!kept || atomic_fetch_sub(&kept->holders, 1) != 1)
		return;
	chain_free(kept->chain);
	free(kept);
}

static size_t slot_of(const struct item_type *type, const char *name)
{
	uint32_t hash = 0x811c9dc5U + type->kind; /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x1000193U;
	return hash % SLOTS;
}

static struct kept_chain *take(
	struct kept_chains *kept, size_t slot, const struct item_type *type, const char *name)
{
	struct kept_chain *chain;

	pthread_mutex_lock(&kept->lock);
	chain = kept->slot[slot];
	if (chain) {
		const struct item *end = chain_end(chain->chain)->item;

		if (end->type == type && strcmp(end->name, name) == 0)
			atomic_fetch_add(&chain->holders, 1);
		else
			chain = NULL;
	}
	pthread_mutex_unlock(&kept->lock);
	return chain;
}

static bool is_as_seen(struct db *db, const struct item *item)
{
	int64_t version;

	return db_item_version(db, item->type, item->name, &version, NULL) == 0 &&
	       version == item->version;
}

/* `now`: the store's revision, read before. */
static bool is_good(struct db *db, struct kept_chain *kept, int64_t now)
{
	const struct chain *chain = kept->chain;

	if (atomic_load(&kept->revision) == now)
		return true;
	for (size_t i = 0; i < chain->n; i++)
		if (!is_as_seen(db, chain->item[i]))
			return false;
	for (size_t i = 0; i < chain->repos; i++)
		if (!is_as_seen(db, chain->repo[i]))
			return false;
	atomic_store(&kept->revision, now);
	return true;
}

static struct kept_chain *keep(
	struct kept_chains *kept, size_t slot, struct chain *chain_taken, int64_t now)
{
	struct kept_chain *chain = xmalloc(sizeof(*chain));
	struct kept_chain *was;

	chain->chain = chain_taken;
	atomic_init(&chain->holders, 2); /* the slot, and who gets it */
	atomic_init(&chain->revision, now);
	pthread_mutex_lock(&kept->lock);
	was = kept->slot[slot];
	kept->slot[slot] = chain;
	pthread_mutex_unlock(&kept->lock);
	kept_chain_release(was);
	return chain;
}

struct kept_chain *kept_chain_get(
	struct server *server, const struct item_type *type, const char *name)
{
	/* read before the items, so that a chain looks older than it is, never younger */
	int64_t now = db_revision(server->db);
	size_t slot = slot_of(type, name);
	AUTO(kept_chain) struct kept_chain *kept = NULL;
	struct chain *chain;

	if (db_is_preview(server->db))
		return NULL;
	kept = take(server->chains, slot, type, name);
	if (kept && is_good(server->db, kept, now))
		return TAKE(kept);
	if (chain_load(server, type, name, &chain, NULL) < 0)
		return NULL;
	return keep(server->chains, slot, chain, now);
}
