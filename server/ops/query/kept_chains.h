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

/* A chain that others continue. */
struct kept_chain {
	struct chain *chain;
	atomic_int holders;
	_Atomic(int64_t) revision; /* of the store, when it was last known to be good */
};
/* Held. Fails as chain_load(). In a preview it is loaded, and not kept. */
int kept_chain_get(struct server *server, const struct item_type *type, const char *name,
	struct kept_chain **ret, struct err *err);
void kept_chain_release(struct kept_chain *kept);
DEFINE_AUTO(kept_chain, struct kept_chain *, kept_chain_release)

/* An item resolved on what it inherits from, for who needs no more of it than that. */
struct kept_resolved {
	struct kept_chain *above;
	struct resolved *resolved; /* NULL before anything is */
};
/* The item must outlive `ret`. Fails as chain_of_take(). */
int kept_resolve(
	struct server *server, const struct item *item, struct kept_resolved *ret, struct err *err);
void kept_resolved_done(struct kept_resolved *kept);
static inline void auto_kept_resolved(struct kept_resolved *kept)
{
	kept_resolved_done(kept);
}

#endif
