/* Values as templates see them: empty, not undefined, where nobody says anything. */
#ifndef BOOT_VARS_VALUE_H
#define BOOT_VARS_VALUE_H

#include "model/item.h"

/* `at` is NULL where nobody says anything: "", null for a number, false, [] or {}, so that
 * `if proxy` works in a template. A new reference. */
json_t *vars_value(const struct field *field, const void *at);
/* {"name": …, every field of the item itself}: a new reference. */
json_t *vars_item(const struct item *item);

#endif
