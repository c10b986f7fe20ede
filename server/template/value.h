/*
 * A value of the template language: small, passed by copy. Strings are borrowed from the template,
 * the variables or the arena of the rendering; lists and dictionaries live in the arena and are
 * shared by reference, as in Python. JSON arrays and objects become lists and dictionaries one
 * level at a time, when something looks into them. Values without a step or output bound of their
 * own are made through render.h, which counts.
 */
#ifndef TEMPLATE_VALUE_H
#define TEMPLATE_VALUE_H

#include "template/arena.h"
#include "template/place.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind {
	VALUE_ABSENT, /* an argument that was not given */
	VALUE_UNDEFINED,
	VALUE_NONE,
	VALUE_BOOL,
	VALUE_INT,
	VALUE_FLOAT,
	VALUE_STRING,
	VALUE_LIST,
	VALUE_TUPLE,
	VALUE_DICT,
	VALUE_VIEW,     /* dict.keys(), .values(), .items() */
	VALUE_ITERATOR, /* what map, select … give: read once, no length */
	VALUE_RANGE,
	VALUE_NAMESPACE,
	VALUE_LOOP,
	VALUE_MACRO,
	VALUE_METHOD,
	VALUE_FUNCTION,
	VALUE_MODULE,
	VALUE_BLOCK, /* super, self.name */
	VALUE_SELF,
	VALUE_CYCLER,
	VALUE_JOINER,
};
#define VALUE_KIND_LAST VALUE_JOINER

struct list;
struct dict;
struct range;
struct undefined;
struct scope;

struct value {
	enum value_kind kind : 8;
	bool safe;    /* a string that escape must leave alone (Markup) */
	uint32_t len; /* of a string: bytes, at most TEXT_MAX */
	union {
		bool b;
		int64_t i;
		double f;
		const char *s;
		struct list *list; /* list, tuple, view, iterator */
		struct dict *dict; /* dict, namespace */
		const struct range *range;
		struct undefined *undefined;
		struct loop *loop;
		struct macro *macro;
		struct method *method;
		const struct builtin *function;
		struct module *module;
		struct block_ref *block;
		struct context *context; /* self */
		struct cycler *cycler;
		struct joiner *joiner;
	};
};

struct list {
	struct arena *arena;
	json_t *json; /* elements not taken over yet */
	struct value *v;
	size_t n;
	size_t alloc;
	size_t pos;        /* iterator: how far it was read */
	const char *label; /* view: "dict_items" …; iterator: the filter that made it */
};

struct dict_entry {
	struct value key;
	struct value value;
	uint64_t hash;
};

struct dict {
	struct arena *arena;
	json_t *json;
	struct dict_entry *v; /* in the order of insertion */
	size_t n;
	size_t alloc;
	uint32_t *index; /* open addressing, element + 1; only when n is past a few */
	size_t index_size;
};

struct range {
	int64_t start, stop, step;
	size_t n;
};

struct undefined {
	const char *name;  /* 'name' is not defined */
	const char *hint;  /* or this sentence */
	const char *where; /* the template that has the expression, or NULL */
	struct place at;
	const struct scope *scope; /* where a name was looked for, NULL for a member */
	bool lenient;              /* an inline if without else: prints nothing, is false */
	const struct dict *among;  /* what the name was looked up in, for «did you mean» */
};

/* The longest text, in bytes: variables are cut there, templates and what they make end before. */
#define TEXT_MAX ((size_t)1 << 30)

#define VALUE_INIT ((struct value){.kind = VALUE_ABSENT})

static inline struct value value_none(void)
{
	return (struct value){.kind = VALUE_NONE};
}
static inline struct value value_bool(bool b)
{
	return (struct value){.kind = VALUE_BOOL, .b = b};
}
static inline struct value value_int(int64_t i)
{
	return (struct value){.kind = VALUE_INT, .i = i};
}
static inline struct value value_size(size_t n)
{
	return value_int((int64_t)n);
}
static inline struct value value_float(double f)
{
	return (struct value){.kind = VALUE_FLOAT, .f = f};
}
static inline struct value value_str(const char *s, size_t len)
{
	return (struct value){.kind = VALUE_STRING, .s = s, .len = (uint32_t)len};
}
struct value value_cstr(const char *s);
/* Takes no reference: `json` must live as long as the arena. */
struct value value_json(struct arena *a, json_t *json);
struct value value_undefined(struct arena *a, const char *name, const struct dict *among);
struct value value_undefined_hint(struct arena *a, const char *hint);
bool value_is_lenient(const struct value *v);

struct list *list_new(struct arena *a, size_t room);
struct value value_list(struct list *list);
struct value value_tuple(struct list *list);
struct value value_iterator(struct list *list, const char *label);
struct value value_pair(struct arena *a, struct value first, struct value second);
void list_insert(struct list *list, size_t at, struct value v);
void list_add_growing(struct list *list, struct value v);
static inline void list_add(struct list *list, struct value v)
{
	if (list->json || list->n == list->alloc)
		list_add_growing(list, v);
	else
		list->v[list->n++] = v;
}
void list_remove(struct list *list, size_t at);
/* Takes over the JSON elements, if that has not happened; before any look at v and n. */
void list_take_json(struct list *list);
static inline void list_open(struct list *list)
{
	if (list->json)
		list_take_json(list);
}

struct dict *dict_new(struct arena *a);
struct value value_dict(struct dict *dict);
void dict_take_json(struct dict *dict);
static inline void dict_open(struct dict *dict)
{
	if (dict->json)
		dict_take_json(dict);
}
/* NULL where the key is not there. The pointer is good until the next change. */
struct value *dict_get(struct dict *dict, const struct value *key);
struct value *dict_get_str(struct dict *dict, const char *key, size_t len);
void dict_set(struct dict *dict, struct value key, struct value value);
bool dict_remove(struct dict *dict, const struct value *key, struct value *ret);

/* Whether a value can be a key: not a list, dict … nor a huge tuple. */
bool value_hashable(const struct value *v);
/* Equal as Python's == is, for values that can be keys; rd_equal() is for all. */
bool value_equal(const struct value *a, const struct value *b);
bool value_is_number(const struct value *v); /* bool, int, float */
double value_to_double(const struct value *v);
/* "str", "int", "dict" …, for messages. */
const char *value_type_name(const struct value *v);

#endif
