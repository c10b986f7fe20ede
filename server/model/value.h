/*
 * The kinds of value a field can have. Each kind is a C type for the member and one row of
 * functions in value.c; everything else (JSON, text, comparison, copying) goes through that row.
 * Every kind has an unset state, which means "inherit"; an own empty value is something else.
 */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strv.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A string is a `char *` member: NULL is unset. */

/* Text of several lines, such as a template's: tabs and line ends are part of it. */
struct opt_text {
	char *text; /* NULL: unset */
};

struct opt_int {
	bool set;
	int64_t value;
};

struct opt_bool {
	bool set;
	bool value;
};

struct opt_list {
	bool set;
	struct strv items;
};

/* Numbers, such as the sizes of disks in GiB. */
struct opt_numbers {
	bool set;
	size_t n;
	double *value;
};

/*
 * Ordered keys with text: kernel options, template variables. A key may repeat (console=tty0
 * console=ttyS0); `value` NULL is a key alone (quiet). In an item's own map a key "!quiet" removes
 * an inherited one.
 */
struct map_entry {
	char *key;
	char *value;
};

struct opt_map {
	bool set;
	size_t n;
	struct map_entry *entry;
};

enum value_kind {
	VALUE_STRING,
	VALUE_TEXT,
	VALUE_INT,
	VALUE_BOOL,
	VALUE_LIST,
	VALUE_NUMBERS,
	VALUE_MAP,
};

/* The kind of a member, by its C type. */
#define VALUE_KIND(member)                                                                         \
	_Generic((member),                                                                         \
		char *: VALUE_STRING,                                                              \
		struct opt_text: VALUE_TEXT,                                                       \
		struct opt_int: VALUE_INT,                                                         \
		struct opt_bool: VALUE_BOOL,                                                       \
		struct opt_list: VALUE_LIST,                                                       \
		struct opt_numbers: VALUE_NUMBERS,                                                 \
		struct opt_map: VALUE_MAP)

/* What a kind can do. `at` points at the member. */
struct value_ops {
	const char *name;        /* as errors and documents call it */
	const char *json_type;   /* JSON Schema's word */
	const char *column_type; /* SQLite's word in a STRICT table */
	bool (*is_set)(const void *at);
	void (*clear)(void *at);                  /* frees; then it is unset */
	void (*copy)(void *to, const void *from); /* `to` must be unset */
	bool (*equal)(const void *a, const void *b);
	json_t *(*to_json)(const void *at); /* a new reference; null where unset */
	/* From a JSON value of this kind, or from text as the command line writes it. On failure
	 * the member is as it was; the message does not name the field. */
	int (*from_json)(void *at, const json_t *value, struct err *err);
	int (*from_text)(void *at, const char *text, struct err *err);
	/* As the command line writes it and `report` shows it. */
	void (*to_text)(const void *at, struct strbuf *ret);
};

const struct value_ops *value_ops(enum value_kind kind);

/* For the kinds' own files: refuse control characters; say that a JSON value has the wrong type. */
int value_check_text(const char *text, size_t len, struct err *err);
/* The same for text of several lines, which is UTF-8 of at most TEXT_MAX bytes. */
enum { TEXT_MAX = 1 << 20 };
int value_check_lines(const char *text, size_t len, struct err *err);
int value_wrong_type(const char *wanted, const json_t *value, struct err *err);
extern const struct value_ops map_value_ops;
extern const struct value_ops text_value_ops;

void map_add(struct opt_map *map, const char *key, const char *value);
/* "a=b c 'd=e f'": words as a shell would split them; ERR_INVALID for an open quote. */
int map_parse(struct opt_map *map, const char *text, struct err *err);
void map_clear(struct opt_map *map);
/* The first value of a key, or NULL. */
const char *map_get(const struct opt_map *map, const char *key);
/* What an item's own map makes of the inherited one: keys of `own` replace all of that key in
 * `below`, "!key" removes, order is kept, new keys come last. `ret` must be unset. */
void map_merge(const struct opt_map *below, const struct opt_map *own, struct opt_map *ret);

#endif
