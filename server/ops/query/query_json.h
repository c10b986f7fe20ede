/* Items as JSON, whole or the members that were asked for. Part of query.c. */
#ifndef OPS_QUERY_JSON_H
#define OPS_QUERY_JSON_H

#include "ops/query/query.h"

struct members {
	struct strv item;  /* names of members; none: all */
	struct strv child; /* of each child; none: all */
	unsigned json;     /* enum item_json_flag */
	bool resolved;
	bool explain;
};

/* ERR_INVALID names an unknown field. */
int members_parse(const struct item_type *type, const struct query_options *options,
	struct members *ret, struct err *err);
void members_done(struct members *members);
static inline void auto_members(struct members *members)
{
	members_done(members);
}
/* A new reference. `resolved` ends in the item, or is NULL for what it says itself. */
json_t *members_json(
	const struct members *members, const struct item *item, const struct resolved *resolved);
/* The same as text. */
void members_print(const struct members *members, const struct item *item,
	const struct resolved *resolved, struct strbuf *ret);

#endif
