/* The chains of all items of a type, in the order of their names. */
#ifndef OPS_CHAIN_LIST_H
#define OPS_CHAIN_LIST_H

#include "ops/query/chain.h"

struct chain_list {
	struct chain **chain;
	size_t n;
};
#define CHAIN_LIST_INIT                                                                            \
	{                                                                                          \
		.n = 0                                                                             \
	}

/* Adds those of the type. On failure the list holds what it came to. */
int chain_list_add(struct server *server, const struct item_type *type, struct chain_list *list,
	struct err *err);
void chain_list_done(struct chain_list *list);
static inline void auto_chain_list(struct chain_list *list)
{
	chain_list_done(list);
}
#define autochains AUTO(chain_list) struct chain_list

#endif
