/* Ordered maps with repeated keys (value.h). */
#include "model/value.h"

#include "base/json.h"

#include <string.h>

enum { ENTRIES_MAX = 1000 }; /* looking for a key walks them all */

void map_clear(struct opt_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		free(map->entry[i].key);
		free(map->entry[i].value);
	}
	free(map->entry);
	*map = (struct opt_map){.set = false};
}

void map_add(struct opt_map *map, const char *key, const char *value)
{
	map->entry = xreallocarray(map->entry, map->n + 1, sizeof(*map->entry));
	map->entry[map->n++] =
		(struct map_entry){.key = xstrdup(key), .value = xstrdup_null(value)};
	map->set = true;
}

const char *map_get(const struct opt_map *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->entry[i].key, key) == 0)
			return map->entry[i].value;
	return NULL;
}

static void add_word(struct opt_map *map, char *word)
{
	char *equals = strchr(word, '=');

	if (equals)
		*equals = '\0';
	map_add(map, word, equals ? equals + 1 : NULL);
}

int map_parse(struct opt_map *map, const char *text, struct err *err)
{
	autostrbuf word = STRBUF_INIT;
	bool in_word = false;
	char quote = '\0';

	map->set = true;
	for (; *text; text++) {
		if (quote && *text == quote) {
			quote = '\0';
		} else if (!quote && (*text == '\'' || *text == '"')) {
			quote = *text;
			in_word = true;
		} else if (*text == '\\' && quote != '\'' && text[1]) {
			strbuf_addc(&word, *++text);
			in_word = true;
		} else if (!quote && *text == ' ') {
			if (in_word)
				add_word(map, word.buf);
			strbuf_reset(&word);
			in_word = false;
		} else {
			strbuf_addc(&word, *text);
			in_word = true;
		}
	}
	if (quote)
		return err_set(err, ERR_INVALID, "a quote (%c) is not closed", quote);
	if (in_word)
		add_word(map, word.len ? word.buf : (char[1]){""});
	return 0;
}

static bool is_removed(const struct opt_map *own, const char *key)
{
	for (size_t i = 0; i < own->n; i++)
		if (own->entry[i].key[0] == '!' && strcmp(own->entry[i].key + 1, key) == 0)
			return true;
	return false;
}

static bool has_key(const struct opt_map *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->entry[i].key, key) == 0)
			return true;
	return false;
}

static void add_all_of(struct opt_map *ret, const struct opt_map *from, const char *key)
{
	for (size_t i = 0; i < from->n; i++)
		if (strcmp(from->entry[i].key, key) == 0)
			map_add(ret, key, from->entry[i].value);
}

void map_merge(const struct opt_map *below, const struct opt_map *own, struct opt_map *ret)
{
	ret->set = true;
	for (size_t i = 0; i < below->n; i++) {
		const char *key = below->entry[i].key;

		if (!has_key(own, key)) {
			if (!is_removed(own, key))
				map_add(ret, key, below->entry[i].value);
		} else if (!has_key(ret, key)) { /* its place is the first one's */
			add_all_of(ret, own, key);
		}
	}
	for (size_t i = 0; i < own->n; i++) {
		const char *key = own->entry[i].key;

		if (key[0] != '!' && !has_key(below, key))
			map_add(ret, key, own->entry[i].value);
	}
}

/* The kind: map_value_ops in the table of value.c. */

static bool map_is_set(const void *at)
{
	return ((const struct opt_map *)at)->set;
}

static void map_clear_at(void *at)
{
	map_clear(at);
}

static void map_copy(void *to, const void *from)
{
	const struct opt_map *source = from;
	struct opt_map *map = to;

	for (size_t i = 0; i < source->n; i++)
		map_add(map, source->entry[i].key, source->entry[i].value);
	map->set = source->set;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool map_equal(const void *a, const void *b)
{
	const struct opt_map *x = a;
	const struct opt_map *y = b;

	if (x->set != y->set || x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (strcmp(x->entry[i].key, y->entry[i].key) != 0 ||
			!same_text(x->entry[i].value, y->entry[i].value))
			return false;
	return true;
}

/* {"console": ["tty0", "ttyS0"], "quiet": true, "ip": "dhcp"} */
static json_t *map_to_json(const void *at)
{
	const struct opt_map *map = at;
	json_t *object;

	if (!map->set)
		return json_null();
	object = json_object();
	for (size_t i = 0; i < map->n; i++) {
		const char *key = map->entry[i].key;
		json_t *was = json_object_get(object, key);
		json_t *value =
			map->entry[i].value ? json_string(map->entry[i].value) : json_true();

		if (!was) {
			json_object_set_new(object, key, value);
		} else if (json_is_array(was)) {
			json_array_append_new(was, value);
		} else {
			json_t *both = json_array();

			json_array_append(both, was);
			json_array_append_new(both, value);
			json_object_set_new(object, key, both);
		}
	}
	return object;
}

static int map_add_json(struct opt_map *map, const char *key, const json_t *value, struct err *err)
{
	size_t i;
	json_t *item;

	if (json_is_string(value)) {
		if (value_check_text(json_string_value(value), json_string_length(value), err) < 0)
			return -1;
		map_add(map, key, json_string_value(value));
	} else if (json_is_true(value)) {
		map_add(map, key, NULL);
	} else if (json_is_integer(value)) {
		autofree char *text = xasprintf("%lld", (long long)json_integer_value(value));

		map_add(map, key, text);
	} else if (json_is_array(value)) {
		json_array_foreach (json_mutable(value), i, item) {
			if (json_is_array(item) || map_add_json(map, key, item, err) < 0)
				return err_set(
					err, ERR_INVALID, "'%.60s' must be strings or true", key);
		}
	} else {
		return err_set(err, ERR_INVALID, "'%.60s' must be a string, true or a list", key);
	}
	return 0;
}

static bool map_key_is_valid(const char *key)
{
	return *key && strcmp(key, "!") != 0 && !strpbrk(key, " \"'=\\") &&
	       value_check_text(key, strlen(key), NULL) == 0;
}

static int map_check_keys(const struct opt_map *map, struct err *err)
{
	if (map->n > ENTRIES_MAX)
		return err_set(
			err, ERR_TOO_BIG, "has %zu entries; %d are the most", map->n, ENTRIES_MAX);
	for (size_t i = 0; i < map->n; i++)
		if (!map_key_is_valid(map->entry[i].key))
			return err_set(err, ERR_INVALID,
				"'%.60s' is not a key: no blanks, quotes, '=' or '\\'",
				map->entry[i].key);
	return 0;
}

/* Moves the values of a key to its first one, where JSON and inheritance have them, too: what is
 * written as text and read as JSON stays the same map. */
static void group_keys(struct opt_map *map)
{
	struct opt_map grouped = {.set = true};

	for (size_t i = 0; i < map->n; i++)
		if (!has_key(&grouped, map->entry[i].key))
			add_all_of(&grouped, map, map->entry[i].key);
	map_clear(map);
	*map = grouped;
}

static int map_from_text(void *at, const char *text, struct err *err)
{
	struct opt_map map = {.set = true};

	if (value_check_text(text, strlen(text), err) < 0 || map_parse(&map, text, err) < 0 ||
		map_check_keys(&map, err) < 0) {
		map_clear(&map);
		return -1;
	}
	group_keys(&map);
	map_clear(at);
	*(struct opt_map *)at = map;
	return 0;
}

static int map_from_json(void *at, const json_t *value, struct err *err)
{
	struct opt_map map = {.set = true};
	const char *key;
	json_t *item;

	if (json_is_string(value))
		return map_from_text(at, json_string_value(value), err);
	if (!json_is_object(value))
		return value_wrong_type("an object", value, err);
	json_object_foreach (json_mutable(value), key, item) {
		if (map_add_json(&map, key, item, err) < 0) {
			map_clear(&map);
			return -1;
		}
	}
	if (map_check_keys(&map, err) < 0) {
		map_clear(&map);
		return -1;
	}
	map_clear(at);
	*(struct opt_map *)at = map;
	return 0;
}

static void map_to_text(const void *at, struct strbuf *ret)
{
	const struct opt_map *map = at;

	for (size_t i = 0; i < map->n; i++) {
		const char *value = map->entry[i].value;

		if (i)
			strbuf_addc(ret, ' ');
		strbuf_adds(ret, map->entry[i].key);
		if (value) {
			strbuf_addc(ret, '=');
			if (strpbrk(value, " \"'\\"))
				strbuf_add_shell(ret, value);
			else
				strbuf_adds(ret, value);
		}
	}
}

/* clang-format off */
const struct value_ops map_value_ops = {"map", "object", "TEXT", map_is_set, map_clear_at, map_copy,
	map_equal, map_to_json, map_from_json, map_from_text, map_to_text};
/* clang-format on */
