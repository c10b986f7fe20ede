/* The `attribute` argument of filters: "name", "address.city", 0, "items.0.name". */
#ifndef TEMPLATE_ATTRIBUTE_H
#define TEMPLATE_ATTRIBUTE_H

#include "template/render.h"

/* Follows the path (a string, an integer, or none: the item itself). */
int attribute_get(struct render *r, const struct value *path, struct value item, struct value *ret);
/* The same; text in lower case where the filter ignores case. */
int attribute_key(struct render *r, const struct value *path, struct value item, bool ignore_case,
	struct value *ret);

struct sort_item {
	struct value key;
	struct value value;
};
/* Stable. Fails where two keys have no order. */
int sort_items(struct render *r, struct sort_item *v, size_t n, bool reverse);

#endif
