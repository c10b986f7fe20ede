/* Dictionaries: entries in the order of insertion, and an index by hash when there are many. */
#include "template/value.h"

#include <string.h>

#define INDEX_FROM 8

static uint64_t hash_bytes(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
	return h;
}

/* Equal values have equal hashes: 1, 1.0 and true are one key. */
static uint64_t hash_value(const struct value *v)
{
	if (v->kind == VALUE_STRING)
		return hash_bytes(v->s, v->len);
	if (value_is_number(v)) {
		double f = value_to_double(v);

		if (f == 0)
			f = 0; /* -0.0 */
		return hash_bytes((const char *)&f, sizeof(f));
	}
	if (v->kind == VALUE_TUPLE) {
		uint64_t h = 1;

		list_open(v->list);
		for (size_t i = 0; i < v->list->n; i++)
			h = h * 31 + hash_value(&v->list->v[i]);
		return h;
	}
	return (uint64_t)v->kind;
}

struct dict *dict_new(struct arena *a)
{
	struct dict *dict = arena_zalloc(a, sizeof(*dict));

	dict->arena = a;
	return dict;
}

struct value value_dict(struct dict *dict)
{
	return (struct value){.kind = VALUE_DICT, .dict = dict};
}

static void index_add(struct dict *dict, size_t element)
{
	size_t i = dict->v[element].hash & (dict->index_size - 1);

	while (dict->index[i])
		i = (i + 1) & (dict->index_size - 1);
	dict->index[i] = (uint32_t)element + 1;
}

static void index_build(struct dict *dict, size_t room)
{
	size_t size = 32;

	if (room <= INDEX_FROM) {
		dict->index = NULL;
		return;
	}
	while (size < room * 2)
		size *= 2;
	if (!dict->index || dict->index_size < size) {
		dict->index = arena_alloc(dict->arena, size * sizeof(*dict->index));
		dict->index_size = size;
	}
	memset(dict->index, 0, dict->index_size * sizeof(*dict->index));
	for (size_t i = 0; i < dict->n; i++)
		index_add(dict, i);
}

static void dict_grow(struct dict *dict, size_t room)
{
	dict->v = arena_regrow(dict->arena, dict->v, dict->n, room, sizeof(*dict->v));
	dict->alloc = room;
	index_build(dict, room);
}

/* A key that is not there yet. */
static void dict_append_hashed(
	struct dict *dict, struct value key, uint64_t hash, struct value value)
{
	if (dict->n == dict->alloc)
		dict_grow(dict, dict->alloc ? dict->alloc * 2 : 4);
	dict->v[dict->n++] = (struct dict_entry){.key = key, .value = value, .hash = hash};
	if (dict->index)
		index_add(dict, dict->n - 1);
}

void dict_take_json(struct dict *dict)
{
	json_t *json = dict->json;
	const char *key;
	json_t *member;

	dict->json = NULL;
	dict_grow(dict, json_object_size(json));
	json_object_foreach (json, key, member) {
		struct value k = value_cstr(key);

		dict_append_hashed(dict, k, hash_value(&k), value_json(dict->arena, member));
	}
}

static struct dict_entry *dict_find(struct dict *dict, const struct value *key, uint64_t hash)
{
	dict_open(dict);
	if (!dict->index) {
		for (size_t i = 0; i < dict->n; i++)
			if (dict->v[i].hash == hash && value_equal(&dict->v[i].key, key))
				return &dict->v[i];
		return NULL;
	}
	for (size_t i = hash & (dict->index_size - 1); dict->index[i];
		i = (i + 1) & (dict->index_size - 1)) {
		struct dict_entry *e = &dict->v[dict->index[i] - 1];

		if (e->hash == hash && value_equal(&e->key, key))
			return e;
	}
	return NULL;
}

/* A member of a JSON object that was not opened, if it is no container: those are made once. */
static struct value *json_member(struct dict *dict, const struct value *key)
{
	json_t *member = json_object_getn(dict->json, key->s, key->len);
	struct value *v;

	if (!member || json_is_object(member) || json_is_array(member))
		return NULL;
	v = arena_alloc(dict->arena, sizeof(*v));
	*v = value_json(dict->arena, member);
	return v;
}

struct value *dict_get(struct dict *dict, const struct value *key)
{
	struct value *v = dict->json && key->kind == VALUE_STRING ? json_member(dict, key) : NULL;
	struct dict_entry *e;

	if (v)
		return v;
	e = dict_find(dict, key, hash_value(key));
	return e ? &e->value : NULL;
}

struct value *dict_get_str(struct dict *dict, const char *key, size_t len)
{
	struct value k = value_str(key, len);

	return dict_get(dict, &k);
}

void dict_set(struct dict *dict, struct value key, struct value value)
{
	uint64_t hash = hash_value(&key);
	struct dict_entry *e = dict_find(dict, &key, hash);

	if (e) {
		e->value = value;
		return;
	}
	dict_append_hashed(dict, key, hash, value);
}

bool dict_remove(struct dict *dict, const struct value *key, struct value *ret)
{
	struct dict_entry *e = dict_find(dict, key, hash_value(key));

	if (!e)
		return false;
	*ret = e->value;
	dict->n--;
	memmove(e, e + 1, (size_t)(dict->v + dict->n - e) * sizeof(*e));
	index_build(dict, dict->alloc);
	return true;
}
