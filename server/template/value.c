#include "template/value.h"

#include <math.h>
#include <string.h>

#define KEY_DEPTH 16
#define KEY_PARTS 256

struct value value_cstr(const char *s)
{
	return value_str(s, strlen(s));
}

struct value value_undefined(struct arena *a, const char *name, const struct dict *among)
{
	struct undefined *u = arena_zalloc(a, sizeof(*u));

	u->name = name;
	u->among = among;
	return (struct value){.kind = VALUE_UNDEFINED, .undefined = u};
}

struct value value_undefined_hint(struct arena *a, const char *hint)
{
	struct undefined *u = arena_zalloc(a, sizeof(*u));

	u->hint = hint;
	return (struct value){.kind = VALUE_UNDEFINED, .undefined = u};
}

bool value_is_lenient(const struct value *v)
{
	return v->kind == VALUE_UNDEFINED && v->undefined->lenient;
}

struct list *list_new(struct arena *a, size_t room)
{
	struct list *list = arena_alloc(a, sizeof(*list));

	*list = (struct list){.arena = a, .alloc = room};
	if (room)
		list->v = arena_regrow(a, NULL, 0, room, sizeof(*list->v));
	return list;
}

struct value value_list(struct list *list)
{
	return (struct value){.kind = VALUE_LIST, .list = list};
}

struct value value_tuple(struct list *list)
{
	return (struct value){.kind = VALUE_TUPLE, .list = list};
}

struct value value_iterator(struct list *list, const char *label)
{
	list->label = label;
	return (struct value){.kind = VALUE_ITERATOR, .list = list};
}

struct value value_pair(struct arena *a, struct value first, struct value second)
{
	struct list *list = list_new(a, 2);

	list_add(list, first);
	list_add(list, second);
	return value_tuple(list);
}

void list_take_json(struct list *list)
{
	json_t *json = list->json;
	size_t n;

	list->json = NULL;
	n = json_array_size(json);
	list->v = arena_regrow(list->arena, NULL, 0, n, sizeof(*list->v));
	list->alloc = list->n = n;
	for (size_t i = 0; i < n; i++)
		list->v[i] = value_json(list->arena, json_array_get(json, i));
}

void list_insert(struct list *list, size_t at, struct value v)
{
	list_open(list);
	if (list->n == list->alloc) {
		list->alloc = list->alloc ? list->alloc * 2 : 4;
		list->v =
			arena_regrow(list->arena, list->v, list->n, list->alloc, sizeof(*list->v));
	}
	if (at < list->n)
		memmove(list->v + at + 1, list->v + at, (list->n - at) * sizeof(*list->v));
	list->v[at] = v;
	list->n++;
}

void list_add_growing(struct list *list, struct value v)
{
	list_open(list);
	list_insert(list, list->n, v);
}

void list_remove(struct list *list, size_t at)
{
	list->n--;
	memmove(list->v + at, list->v + at + 1, (list->n - at) * sizeof(*list->v));
}

static struct value json_text(const json_t *json)
{
	size_t len = json_string_length(json);

	return value_str(json_string_value(json), len < TEXT_MAX ? len : TEXT_MAX);
}

struct value value_json(struct arena *a, json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT: {
		struct dict *dict = dict_new(a);

		dict->json = json;
		return value_dict(dict);
	}
	case JSON_ARRAY: {
		struct list *list = list_new(a, 0);

		list->json = json;
		return value_list(list);
	}
	case JSON_STRING:
		return json_text(json);
	case JSON_INTEGER:
		return value_int(json_integer_value(json));
	case JSON_REAL:
		return value_float(json_real_value(json));
	case JSON_TRUE:
	case JSON_FALSE:
		return value_bool(json_is_true(json));
	case JSON_NULL:
		break;
	}
	return value_none();
}

/* Tuples share parts, so that a small one can take for ever to walk; keys are small. */
static bool hashable(const struct value *v, int depth, int *budget)
{
	if (--*budget < 0 || depth > KEY_DEPTH)
		return false;
	if (v->kind == VALUE_TUPLE) {
		list_open(v->list);
		for (size_t i = 0; i < v->list->n; i++)
			if (!hashable(&v->list->v[i], depth + 1, budget))
				return false;
	}
	return v->kind != VALUE_LIST && v->kind != VALUE_DICT && v->kind != VALUE_UNDEFINED;
}

bool value_hashable(const struct value *v)
{
	int budget = KEY_PARTS;

	return hashable(v, 0, &budget);
}

bool value_is_number(const struct value *v)
{
	return v->kind == VALUE_BOOL || v->kind == VALUE_INT || v->kind == VALUE_FLOAT;
}

double value_to_double(const struct value *v)
{
	if (v->kind == VALUE_FLOAT)
		return v->f;
	return v->kind == VALUE_INT ? (double)v->i : (double)v->b;
}

static int64_t to_int(const struct value *v)
{
	return v->kind == VALUE_INT ? v->i : v->b;
}

static bool tuple_equal(struct list *a, struct list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!value_equal(&a->v[i], &b->v[i]))
			return false;
	return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (value_is_number(a) && value_is_number(b)) {
		if (a->kind == VALUE_FLOAT || b->kind == VALUE_FLOAT)
			return value_to_double(a) == value_to_double(b);
		return to_int(a) == to_int(b);
	}
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_STRING)
		return a->len == b->len && !memcmp(a->s, b->s, a->len);
	if (a->kind == VALUE_NONE || a->kind == VALUE_UNDEFINED)
		return true;
	if (a->kind == VALUE_TUPLE)
		return a->list == b->list || tuple_equal(a->list, b->list);
	if (a->kind == VALUE_RANGE)
		return a->range->n == b->range->n &&
		       (!a->range->n ||
			       (a->range->start == b->range->start &&
				       (a->range->n == 1 || a->range->step == b->range->step)));
	return a->list == b->list; /* the rest: the same object */
}

const char *value_type_name(const struct value *v)
{
	static const char *const names[] = {
		[VALUE_ABSENT] = "nothing",
		[VALUE_UNDEFINED] = "undefined",
		[VALUE_NONE] = "none",
		[VALUE_BOOL] = "bool",
		[VALUE_INT] = "int",
		[VALUE_FLOAT] = "float",
		[VALUE_STRING] = "string",
		[VALUE_LIST] = "list",
		[VALUE_TUPLE] = "tuple",
		[VALUE_DICT] = "dict",
		[VALUE_VIEW] = "dict view",
		[VALUE_ITERATOR] = "iterator",
		[VALUE_RANGE] = "range",
		[VALUE_NAMESPACE] = "namespace",
		[VALUE_LOOP] = "loop",
		[VALUE_MACRO] = "macro",
		[VALUE_METHOD] = "method",
		[VALUE_FUNCTION] = "function",
		[VALUE_MODULE] = "template module",
		[VALUE_BLOCK] = "block",
		[VALUE_SELF] = "self",
		[VALUE_CYCLER] = "cycler",
		[VALUE_JOINER] = "joiner",
	};

	return names[v->kind];
}
