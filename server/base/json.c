#include "base/json.h"

#include <stdbool.h>
#include <string.h>

#define DEPTH_LIMIT 64

/* jansson allows 2 048 levels and allocates as it goes; this look at the text costs nothing. */
static bool too_deep(const char *text, size_t len)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '[' || c == '{') {
			if (++depth > DEPTH_LIMIT)
				return true;
		} else if ((c == ']' || c == '}') && depth) {
			depth--;
		}
	}
	return false;
}

json_t *json_parse(const char *text, size_t len, struct err *err)
{
	json_error_t why;
	json_t *value;

	if (too_deep(text, len)) {
		err_set(err, ERR_INVALID, "JSON is nested deeper than %d levels", DEPTH_LIMIT);
		return NULL;
	}
	value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!value)
		err_set(err, ERR_INVALID, "not valid JSON, line %d column %d: %s", why.line,
			why.column, why.text);
	return value;
}

static int append(const char *bytes, size_t n, void *ctx)
{
	strbuf_add(ctx, bytes, n);
	return 0;
}

void json_print(const json_t *value, bool pretty, struct strbuf *ret)
{
	size_t flags = JSON_ENCODE_ANY | (pretty ? JSON_INDENT(2) | JSON_SORT_KEYS : JSON_COMPACT);

	json_dump_callback(value, append, ret, flags);
}

json_t *json_mutable(const json_t *value)
{
	union {
		const json_t *in;
		json_t *out;
	} same = {.in = value};

	return same.out;
}

const char *json_get_str(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_t *string_of(const char *text)
{
	json_t *string = json_string(text);

	if (!string) { /* not UTF-8: keep what is ASCII, so that the member is never lost */
		autofree char *repaired = xstrdup(text);

		for (char *p = repaired; *p; p++)
			if ((unsigned char)*p >= 0x80)
				*p = '?';
		string = json_string(repaired);
	}
	return string;
}

void json_set_str(json_t *object, const char *key, const char *value)
{
	json_object_set_new(object, key, string_of(value));
}

static bool needs_no_escape(char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

void json_print_str(const char *text, struct strbuf *ret)
{
	autojson json_t *string = NULL;
	size_t plain = 0;

	while (needs_no_escape(text[plain]))
		plain++;
	if (!text[plain]) { /* nearly always */
		strbuf_addc(ret, '"');
		strbuf_add(ret, text, plain);
		strbuf_addc(ret, '"');
		return;
	}
	string = string_of(text);
	json_print(string, false, ret);
}
