/* Chains for many items in a row: what they inherit from is loaded and resolved once and shared, so
 * that each costs only its own last step. For one listing; not thread-safe. */
#ifndef OPS_CHAIN_CACHE_H
#define OPS_CHAIN_CACHE_H

#include "ops/query/chain.h"

struct chain_cache;

struct chain_cache *chain_cache_new(struct server *server);
void chain_cache_free(struct chain_cache *cache);
DEFINE_AUTO(chain_cache, struct chain_cache *, chain_cache_free)
/* The item, which must outlive `ret` as the cache must, resolved on the chain of what it inherits
 * from. Fails as chain_of_take(). */
int chain_cache_resolve(
	struct chain_cache *cache, const struct item *item, struct resolved **ret, struct err *err);

#endif
