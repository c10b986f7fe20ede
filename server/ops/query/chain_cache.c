#include "ops/query/chain_cache.h"

#include "model/types.h"

#include <string.h>

struct chain_cache {
	struct server *server;
	struct chain **chain; /* by kind and name of their last item */
	size_t n;
};

struct chain_cache *chain_cache_new(struct server *server)
{
	struct chain_cache *cache = xcalloc(1, sizeof(*cache));

	cache->server = server;
	return cache;
}

void chain_cache_free(struct chain_cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < cache->n; i++)
		chain_free(cache->chain[i]);
	free(cache->chain);
	free(cache);
}

static int compare(const struct chain *chain, enum item_kind kind, const char *name)
{
	const struct item *item = chain_end(chain)->item;

	if (item->type->kind != kind)
		return item->type->kind < kind ? -1 : 1;
	return strcmp(item->name, name);
}

/* The place of a chain, or where it would go. */
static size_t find(
	const struct chain_cache *cache, enum item_kind kind, const char *name, bool *found)
{
	size_t low = 0;
	size_t high = cache->n;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(cache->chain[middle], kind, name);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int load(struct chain_cache *cache, enum item_kind kind, const char *name,
	const struct chain **ret, struct err *err)
{
	bool found;
	size_t at = find(cache, kind, name, &found);
	struct chain *chain;

	if (!found) {
		if (chain_load(cache->server, item_types[kind], name, &chain, err) < 0)
			return -1;
		cache->chain = xreallocarray(cache->chain, cache->n + 1, sizeof(struct chain *));
		memmove(cache->chain + at + 1, cache->chain + at,
			(cache->n++ - at) * sizeof(struct chain *));
		cache->chain[at] = chain;
	}
	*ret = cache->chain[at];
	return 0;
}

int chain_cache_resolve(
	struct chain_cache *cache, const struct item *item, struct resolved **ret, struct err *err)
{
	const struct chain *above = NULL;
	enum item_kind kind = ITEM_SETTINGS;
	const char *name = settings_type.name;

	item_parent(item, &kind, &name);
	if (item->type->kind != ITEM_SETTINGS && load(cache, kind, name, &above, err) < 0)
		return err_wrap(err, "%s '%s'", item->type->name, item->name);
	*ret = resolve(cache->server->fallbacks, above ? chain_end(above) : NULL, item);
	return 0;
}
