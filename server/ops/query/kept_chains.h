/*
 * What systems inherit from, kept between requests: a thousand machines of a profile that ask at
 * the same time cost one loading of it. A chain is good while no item of it has changed: the
 * store's revision tells most of the time that none can have, else the items' versions are
 * compared. A fixed number of them, whatever there is. Thread-safe.
 */
#ifndef OPS_KEPT_CHAINS_H
#define OPS_KEPT_CHAINS_H

#include "ops/query/chain.h"

struct kept_chains *kept_chains_new(void);
void kept_chains_free(struct kept_chains *kept);

/* A chain that several others continue. */
struct kept_chain {
	struct chain *chain;
	atomic_int holders;
	_Atomic(int64_t) revision; /* of the store, when it was last known to be good */
};
/* Held; NULL: it cannot be loaded (chain_load() says why), or this is a preview. */
struct kept_chain *kept_chain_get(
	struct server *server, const struct item_type *type, const char *name);
void kept_chain_release(struct kept_chain *kept);
DEFINE_AUTO(kept_chain, struct kept_chain *, kept_chain_release)

#endif
