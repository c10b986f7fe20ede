/*
 * Inheritance: what an item's fields come to, and where each value comes from. A chain is resolved
 * from its top: settings, distro, profile, sub-profile …, system; each step adds one item, so that
 * a thousand systems of a profile share all but the last step. The items must outlive what was
 * resolved from them, and each step the steps below it.
 *
 *	resolve(NULL, settings) → resolve(that, distro) → resolve(that, profile) → resolve(that,
 *system)
 *
 * Own value first, else the value from above, else the field's fallback. Maps merge key by key.
 *Fields without FIELD_INHERIT end with their own item.
 */
#ifndef MODEL_RESOLVE_H
#define MODEL_RESOLVE_H

#include "model/item.h"

struct resolved_value {
	const struct field *field;
	const void *at;                   /* of field->kind; NULL: nobody says anything */
	const struct item *origin;        /* who said it; NULL: the fallback, or nobody */
	const struct field *origin_field; /* the row in origin's table */
};

struct resolved {
	const struct resolved *above; /* NULL at the top */
	const struct item *item;
	struct resolved_value *value; /* sorted by field name */
	size_t n;
	struct opt_map *merged; /* the merged maps, owned */
	size_t n_merged;
};

/* The values that stand for «nobody says anything», parsed once: make one for all resolving. */
struct fallbacks;
struct fallbacks *fallbacks_new(void);
void fallbacks_free(struct fallbacks *fallbacks);
DEFINE_AUTO(fallbacks, struct fallbacks *, fallbacks_free)

struct resolved *resolve(
	const struct fallbacks *fallbacks, const struct resolved *above, const struct item *item);
void resolved_free(struct resolved *resolved);
DEFINE_AUTO(resolved, struct resolved *, resolved_free)
#define autoresolved AUTO(resolved)

/* By exact name; NULL: no such field in the chain. */
const struct resolved_value *resolved_get(const struct resolved *resolved, const char *name);
/* The nearest item of a kind in the chain, or NULL. */
const struct item *resolved_item(const struct resolved *resolved, enum item_kind kind);

/* Typed reading: the value, or "" / 0 / false / an empty one where nobody says anything. */
const char *resolved_str(const struct resolved *resolved, const char *name);
int64_t resolved_int(const struct resolved *resolved, const char *name);
bool resolved_bool(const struct resolved *resolved, const char *name);
const struct strv *resolved_list(const struct resolved *resolved, const char *name);
const struct opt_numbers *resolved_numbers(const struct resolved *resolved, const char *name);
const struct opt_map *resolved_map(const struct resolved *resolved, const char *name);

/*
 * {"name": …, every field with its value or null, "interfaces": …}. With `explain`, a member
 * "origins": {"virt_ram": {"from": "profile bar", "overrides": [{"from": …, "value": …}]}}.
 * `flags` as for item_to_json().
 */
json_t *resolved_to_json(const struct resolved *resolved, unsigned flags, bool explain);

#endif
