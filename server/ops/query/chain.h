/* Loads an item with all that it inherits from, resolved: settings, distro, profiles, system. */
#ifndef OPS_CHAIN_H
#define OPS_CHAIN_H

#include "ops/server.h"

enum { CHAIN_MAX = 24 }; /* items, so at most 21 levels of sub-profiles */

struct kept_chain;

struct chain {
	size_t n; /* from settings (0) to the item itself (n - 1) */
	struct item *item[CHAIN_MAX];
	struct resolved *resolved[CHAIN_MAX];
	struct boot_site site; /* made from the settings; points into the chain and `base` */
	char *base;
	struct item **repo; /* those that the end of the chain names */
	struct resolved **repo_resolved;
	size_t repos;
	struct kept_chain *kept; /* held; all but the last item are its, and its `repo` may be */
};

/* ERR_NOT_FOUND names the item; ERR_INVALID: the profiles form a cycle or are too deep. */
int chain_load(struct server *server, const struct item_type *type, const char *name,
	struct chain **ret, struct err *err);
/* The same for an item that is not stored (yet): the chain takes it. */
int chain_of_take(struct server *server, struct item *item, struct chain **ret, struct err *err);
void chain_free(struct chain *chain);
DEFINE_AUTO(chain, struct chain *, chain_free)

static inline const struct resolved *chain_end(const struct chain *chain)
{
	return chain->resolved[chain->n - 1];
}

#endif
