/* What a list is filtered by: conditions on an item's fields, its children's, or what every item
 * has. Part of query.c. */
#ifndef OPS_QUERY_FILTER_H
#define OPS_QUERY_FILTER_H

#include "ops/query/query.h"

enum { FILTERS_MAX = 32 };

struct filters {
	size_t n;
	struct filter {
		struct db_filter is;
		char *text;    /* owned, where it is not the caller's */
		bool resolved; /* asks for what the item comes to, which is not in its row */
	} filter[FILTERS_MAX];
	struct db_filter stored[FILTERS_MAX]; /* those that the store can tell */
	size_t n_stored;
};

/* ERR_INVALID names an unknown field, or a value that cannot be one of the field's. */
int filters_parse(const struct query_list *query, struct filters *ret, struct err *err);
void filters_done(struct filters *filters);
static inline void auto_filters(struct filters *filters)
{
	filters_done(filters);
}
/* True where the item fits: all filters, or those that the store cannot tell. `resolved` is needed
 * only where there are such. */
bool filters_fit(const struct filters *filters, const struct item *item,
	const struct resolved *resolved, bool all);

#endif
