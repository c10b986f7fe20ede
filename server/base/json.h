/* Small helpers on jansson, which stays visible: json_t is the project's JSON value. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/err.h"
#include "base/mem.h"
#include "base/strbuf.h"

#include <jansson.h>
#include <stdbool.h>

DEFINE_AUTO(json, json_t *, json_decref)
#define autojson AUTO(json)

/*
 * Parses one JSON text. Duplicate keys and anything after the value are refused; nesting is
 * bounded at 64 by a look at the text before jansson allocates. Returns a new reference or NULL
 * (ERR_INVALID, with line and column).
 */
json_t *json_parse(const char *text, size_t len, struct err *err);
/* Appends the value: compact, or indented by two and with sorted keys where `pretty`. */
void json_print(const json_t *value, bool pretty, struct strbuf *ret);

/* Appends text as a JSON string, in quotes. What is no UTF-8 is repaired as json_set_str() does. */
void json_print_str(const char *text, struct strbuf *ret);

/* For jansson's loops, which take no const although they change nothing. */
json_t *json_mutable(const json_t *value);

/* The member's text, or NULL where it is missing or no string; borrowed. */
const char *json_get_str(const json_t *object, const char *key);
/* Sets object[key], ignoring nothing: a refused value (bad UTF-8) becomes "?"-repaired text. */
void json_set_str(json_t *object, const char *key, const char *value);

#endif
