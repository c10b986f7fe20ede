/* The order of a list, and where a page of it begins. Part of query.c. */
#ifndef OPS_QUERY_PAGE_H
#define OPS_QUERY_PAGE_H

#include "ops/query/query.h"

struct order {
	const struct field *field; /* NULL: the name alone */
	bool descending;
	bool stored;       /* the store lists in this order */
	char *after;       /* the name of the last item of the page before; NULL: the first page */
	char *after_value; /* its value of the field, as text; NULL: unset */
};

/* ERR_INVALID: an unknown field, one of a kind that has no order, or a cursor that is none. */
int order_parse(const struct query_list *query, struct order *ret, struct err *err);
void order_done(struct order *order);
/* The cursor that continues after the item; yours. */
char *order_cursor(
	const struct order *order, const struct item *item, const struct resolved *resolved);

/* Items to be sorted here: their names and what they are sorted by. */
struct rows {
	struct row {
		char *name;
		char *value; /* NULL: unset */
	} * row;
	size_t n;
	size_t alloc;
};
void rows_add(struct rows *rows, const struct order *order, const struct item *item,
	const struct resolved *resolved);
void rows_sort(struct rows *rows, const struct order *order);
/* The place of the first one that comes after the order's cursor. */
size_t rows_after(const struct rows *rows, const struct order *order);
void rows_done(struct rows *rows);

#endif
