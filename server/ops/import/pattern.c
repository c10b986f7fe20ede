#include "ops/import/pattern.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The end of the literal text of `len` bytes at `at`, or NULL where it does not stand there. */
static const char *literal_at(const char *literal, size_t len, const char *at, const char *line_end)
{
	for (size_t i = 0; i < len; i++) {
		if (is_blank(literal[i])) {
			if (at == line_end || !is_blank(*at))
				return NULL;
			while (at < line_end && is_blank(*at))
				at++;
		} else if (at == line_end || *at++ != literal[i]) {
			return NULL;
		}
	}
	return at;
}

/* Where the literal begins at or after `from`; `end` gets where it ends. NULL: nowhere. */
static const char *literal_find(
	const char *literal, size_t len, const char *from, const char *line_end, const char **end)
{
	for (const char *at = from; at <= line_end; at++) {
		*end = literal_at(literal, len, at, line_end);
		if (*end)
			return at;
	}
	return NULL;
}

static bool match_line(
	const char *pattern, const char *line, const char *line_end, struct opt_map *found)
{
	size_t len = strcspn(pattern, "{");
	const char *at;

	if (!literal_find(pattern, len, line, line_end, &at))
		return false;
	pattern += len;
	while (*pattern == '{') {
		size_t name_len = strcspn(pattern, "}");
		autofree char *name = xstrndup(pattern + 1, name_len - 1);
		autofree char *value = NULL;
		const char *value_end = line_end;
		const char *next = line_end;

		pattern += name_len + (pattern[name_len] == '}');
		len = strcspn(pattern, "{");
		if (at == line_end)
			return false;
		if (*pattern)
			value_end = literal_find(pattern, len, at + 1, line_end, &next);
		if (!value_end)
			return false;
		value = xstrndup(at, (size_t)(value_end - at));
		map_add(found, name, value);
		at = next;
		pattern += len;
	}
	return true;
}

static void add_new(struct opt_map *to, const struct opt_map *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (!map_get(to, from->entry[i].key))
			map_add(to, from->entry[i].key, from->entry[i].value);
}

bool pattern_match(const char *pattern, const char *text, struct opt_map *found)
{
	bool matched = false;

	while (*text && !matched) {
		const char *end = text + strcspn(text, "\n");
		const char *line_end = end;
		struct opt_map values = {.set = false};

		while (line_end > text && is_blank(line_end[-1]))
			line_end--;
		matched = match_line(pattern, text, line_end, &values);
		if (matched)
			add_new(found, &values);
		map_clear(&values);
		text = *end ? end + 1 : end;
	}
	return matched;
}

bool pattern_expand(
	const char *pattern, const struct opt_map *values, struct strbuf *ret, const char **missing)
{
	size_t start = ret->len;

	while (*pattern) {
		size_t len = strcspn(pattern, "{");
		autofree char *name = NULL;
		const char *value;

		strbuf_add(ret, pattern, len);
		pattern += len;
		if (!*pattern)
			break;
		len = strcspn(pattern, "}");
		name = xstrndup(pattern + 1, len - 1);
		value = map_get(values, name);
		if (!value) {
			strbuf_truncate(ret, start);
			if (missing)
				*missing = pattern;
			return false;
		}
		strbuf_adds(ret, value);
		pattern += len + (pattern[len] == '}');
	}
	return true;
}
