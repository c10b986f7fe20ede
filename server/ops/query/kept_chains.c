#include "ops/query/kept_chains.h"

#include "model/types.h"

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

static struct kept_chain *kept_chain_of(struct chain *chain_taken, int64_t now)
{
	struct kept_chain *kept = xmalloc(sizeof(*kept));

	kept->chain = chain_taken;
	atomic_init(&kept->holders, 1);
	atomic_init(&kept->revision, now);
	return kept;
}

static void put(struct kept_chains *kept, size_t slot, struct kept_chain *chain)
{
	struct kept_chain *was;

	atomic_fetch_add(&chain->holders, 1);
	pthread_mutex_lock(&kept->lock);
	was = kept->slot[slot];
	kept->slot[slot] = chain;
	pthread_mutex_unlock(&kept->lock);
	kept_chain_release(was);
}

int kept_chain_get(struct server *server, const struct item_type *type, const char *name,
	struct kept_chain **ret, struct err *err)
{
	/* read before the items, so that a chain looks older than it is, never younger */
	int64_t now = db_revision(server->db);
	bool is_preview = db_is_preview(server->db);
	size_t slot = slot_of(type, name);
	AUTO(kept_chain) struct kept_chain *kept = NULL;
	struct chain *chain;

	if (!is_preview)
		kept = take(server->chains, slot, type, name);
	if (kept && is_good(server->db, kept, now)) {
		*ret = TAKE(kept);
		return 0;
	}
	if (chain_load(server, type, name, &chain, err) < 0)
		return -1;
	*ret = kept_chain_of(chain, now);
	if (!is_preview)
		put(server->chains, slot, *ret);
	return 0;
}

/* Resolving */

void kept_resolved_done(struct kept_resolved *kept)
{
	resolved_free(kept->resolved);
	kept_chain_release(kept->above);
}

int kept_resolve(
	struct server *server, const struct item *item, struct kept_resolved *ret, struct err *err)
{
	struct kept_chain *above = NULL;
	enum item_kind kind = ITEM_SETTINGS;
	const char *name = settings_type.name;

	item_parent(item, &kind, &name);
	if (item->type->kind != ITEM_SETTINGS &&
		kept_chain_get(server, item_types[kind], name, &above, err) < 0)
		return err_wrap(err, "%s '%s'", item->type->name, item->name);
	*ret = (struct kept_resolved){.above = above,
		.resolved =
			resolve(server->fallbacks, above ? chain_end(above->chain) : NULL, item)};
	return 0;
}
