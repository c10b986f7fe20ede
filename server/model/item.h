/*
 * Items: what every one has, and what can be done with one of any type through its type's table.
 * An item owns its members and its children (a system's interfaces). Struct members that nobody set
 * are zero, which is "unset" for every kind.
 */
#ifndef MODEL_ITEM_H
#define MODEL_ITEM_H

#include "model/field.h"

struct item_type;

struct item {
	const struct item_type *type;
	char *name;
	char *uid;       /* 32 hex digits, given once, kept over a rename */
	int64_t version; /* counts this item's writes; 0: not stored yet */
	double ctime;    /* seconds since 1970 */
	double mtime;
	struct item **child; /* by name */
	size_t children;
};

struct item_type {
	enum item_kind kind;
	const char *name;   /* "system" */
	const char *plural; /* "systems": the URL, the export */
	const char *help;
	size_t size; /* of its struct, which begins with a struct item */
	const struct field *fields;
	size_t n_fields;
	int (*check_name)(const char *text, char **ret, struct err *err);
	enum item_kind child;       /* 0: it has no children */
	const char *children_field; /* "interfaces": in JSON an object keyed by the child's name */
	/* What one field alone cannot tell; NULL: nothing. */
	int (*validate)(const struct item *item, struct err *err);
};

/* THE table: item_types[ITEM_SYSTEM] … */
extern const struct item_type *const item_types[ITEM_KINDS];
/* By name, plural, or NULL. */
const struct item_type *item_type_find(const char *name);
/* True for a type that has items of its own in the API (not settings, not a child). */
bool item_type_is_listed(const struct item_type *type);

struct item *item_new(const struct item_type *type, const char *name);
void item_free(struct item *item);
struct item *item_copy(const struct item *item);
/* The same name, fields and children; uid, version and times do not count. */
bool item_equal(const struct item *a, const struct item *b);
DEFINE_AUTO(item, struct item *, item_free)
#define autoitem AUTO(item)

/* By name or alias; NULL: no such field. */
const struct field *item_field(const struct item_type *type, const char *name);
/* As item_field(), with an error that names the nearest field. */
const struct field *item_field_checked(
	const struct item_type *type, const char *name, struct err *err);
static inline void *item_at(struct item *item, const struct field *field)
{
	return (char *)item + field->offset;
}
static inline const void *item_at_const(const struct item *item, const struct field *field)
{
	return (const char *)item + field->offset;
}

struct item *item_child(const struct item *item, const char *name);
/* Finds or makes. */
int item_child_add(struct item *item, const char *name, struct item **ret, struct err *err);
void item_child_add_take(struct item *item, struct item *child);
void item_child_remove(struct item *item, const char *name);

#define SECRET_MASK "***"
enum item_json_flag {
	ITEM_JSON_SECRETS = 1 << 0, /* else a secret that is set shows as "***" */
	ITEM_JSON_PLAIN = 1 << 1,   /* no uid, version and times: for export and comparison */
};
/* {"name": …, "uid": …, "version": …, fields that are set, "interfaces": {…}}; a new reference. */
json_t *item_to_json(const struct item *item, unsigned flags);
/* Appends the same as text: a page of items costs half without the objects in between. */
void item_print_json(const struct item *item, unsigned flags, struct strbuf *ret);
/*
 * Merges `patch` into the item (RFC 7396): null unsets a field or removes a child. Unknown members
 * are refused by name; "name" must be the item's own; uid, version and times are ignored, so that
 * what GET gave can be PUT back; so is a secret's "***". Read-only fields are refused unless
 * `trusted`.
 */
int item_merge_json(struct item *item, const json_t *patch, bool trusted, struct err *err);
/* Everything that must hold before it is stored: required fields, the type's own rules. */
int item_validate(const struct item *item, struct err *err);

/* The item that this one inherits from directly: its type and name; false where it is the last. */
bool item_parent(const struct item *item, enum item_kind *kind, const char **name);

#endif
