/*
 * Filters, as the SQL of a query and the same on items in memory have to understand them. A filter
 * is a condition that holds for a value or does not, and perhaps the contrary of it; a child's
 * field's condition holds where it does for one child.
 */
#ifndef DB_FILTER_H
#define DB_FILTER_H

#include "db/store.h"

enum { FILTER_MAX = 4096 }; /* bytes of text: SQLite's GLOB has a limit, too */

/* The field, which is the name's where none is given. */
const struct field *filter_field(const struct db_filter *filter);
/* The type's own field, or what every item has. */
bool is_field_of(const struct item_type *type, const struct field *field);
/* The condition is that the field is set and not empty. */
bool filter_asks_if_set(const struct db_filter *filter);
/* The filter is the condition's contrary. */
bool filter_negates(const struct db_filter *filter);
/* How the condition compares: never DB_NOT. */
enum db_compare filter_compare(const struct db_filter *filter);

/* -1: it is none. */
int parse_real(const char *text, double *ret);
int parse_bool(const char *text, bool *ret);

#endif
