#include "model/value.h"

#include "base/json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* A JSON value of another type: the message says what is wanted and what came. */
int value_wrong_type(const char *wanted, const json_t *value, struct err *err)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",
		[JSON_INTEGER] = "a number",
		[JSON_REAL] = "a fraction",
		[JSON_TRUE] = "true",
		[JSON_FALSE] = "false",
		[JSON_NULL] = "null",
	};

	return err_set(err, ERR_INVALID, "must be %s, not %s", wanted, names[json_typeof(value)]);
}

/* Control bytes have no place in a name, an option or a path, and NUL would cut it short. A tab or
 * newline would break a line of a boot file. */
int value_check_text(const char *text, size_t len, struct err *err)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return err_set(err, ERR_INVALID, "must not hold control characters");
	return 0;
}

/* string */

static bool string_is_set(const void *at)
{
	return *(char *const *)at != NULL;
}

static void string_clear(void *at)
{
	char **s = at;

	free(*s);
	*s = NULL;
}

static void string_copy(void *to, const void *from)
{
	*(char **)to = xstrdup_null(*(char *const *)from);
}

static bool string_equal(const void *a, const void *b)
{
	const char *x = *(char *const *)a;
	const char *y = *(char *const *)b;

	return x == y || (x && y && strcmp(x, y) == 0);
}

static json_t *string_to_json(const void *at)
{
	const char *s = *(char *const *)at;

	return s ? json_string(s) : json_null();
}

static int string_from_text(void *at, const char *text, struct err *err)
{
	if (value_check_text(text, strlen(text), err) < 0)
		return -1;
	string_clear(at);
	*(char **)at = xstrdup(text);
	return 0;
}

static int string_from_json(void *at, const json_t *value, struct err *err)
{
	if (!json_is_string(value))
		return value_wrong_type("a string", value, err);
	if (value_check_text(json_string_value(value), json_string_length(value), err) < 0)
		return -1;
	return string_from_text(at, json_string_value(value), err);
}

static void string_to_text(const void *at, struct strbuf *ret)
{
	if (string_is_set(at))
		strbuf_adds(ret, *(char *const *)at);
}

/* int */

static bool int_is_set(const void *at)
{
	return ((const struct opt_int *)at)->set;
}

static void int_clear(void *at)
{
	*(struct opt_int *)at = (struct opt_int){.set = false};
}

static void int_copy(void *to, const void *from)
{
	*(struct opt_int *)to = *(const struct opt_int *)from;
}

static bool int_equal(const void *a, const void *b)
{
	const struct opt_int *x = a;
	const struct opt_int *y = b;

	return x->set == y->set && (!x->set || x->value == y->value);
}

static json_t *int_to_json(const void *at)
{
	const struct opt_int *i = at;

	return i->set ? json_integer(i->value) : json_null();
}

static int int_from_text(void *at, const char *text, struct err *err)
{
	long long value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (end == text || *end || errno || text[0] == ' ')
		return err_set(err, ERR_INVALID, "'%.40s' is not a whole number%s", text,
			*text ? "" : "; '<<inherit>>' unsets it");
	*(struct opt_int *)at = (struct opt_int){.set = true, .value = value};
	return 0;
}

static int int_from_json(void *at, const json_t *value, struct err *err)
{
	if (json_is_string(value)) /* "128", as Cobbler's API takes it too */
		return int_from_text(at, json_string_value(value), err);
	if (!json_is_integer(value))
		return value_wrong_type("a whole number", value, err);
	*(struct opt_int *)at = (struct opt_int){.set = true, .value = json_integer_value(value)};
	return 0;
}

static void int_to_text(const void *at, struct strbuf *ret)
{
	if (int_is_set(at))
		strbuf_addf(ret, "%lld", (long long)((const struct opt_int *)at)->value);
}

/* bool */

static bool bool_is_set(const void *at)
{
	return ((const struct opt_bool *)at)->set;
}

static void bool_clear(void *at)
{
	*(struct opt_bool *)at = (struct opt_bool){.set = false};
}

static void bool_copy(void *to, const void *from)
{
	*(struct opt_bool *)to = *(const struct opt_bool *)from;
}

static bool bool_equal(const void *a, const void *b)
{
	const struct opt_bool *x = a;
	const struct opt_bool *y = b;

	return x->set == y->set && (!x->set || x->value == y->value);
}

static json_t *bool_to_json(const void *at)
{
	const struct opt_bool *b = at;

	return b->set ? json_boolean(b->value) : json_null();
}

static int bool_from_text(void *at, const char *text, struct err *err)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{"1", true},
		{"true", true},
		{"yes", true},
		{"y", true},
		{"on", true},
		{"0", false},
		{"false", false},
		{"no", false},
		{"n", false},
		{"off", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(text, words[i].word) == 0) {
			*(struct opt_bool *)at =
				(struct opt_bool){.set = true, .value = words[i].value};
			return 0;
		}
	}
	return err_set(err, ERR_INVALID, "'%.40s' is not true or false", text);
}

static int bool_from_json(void *at, const json_t *value, struct err *err)
{
	if (json_is_string(value))
		return bool_from_text(at, json_string_value(value), err);
	if (json_is_integer(value) &&
		(json_integer_value(value) == 0 || json_integer_value(value) == 1)) {
		*(struct opt_bool *)at =
			(struct opt_bool){.set = true, .value = json_integer_value(value) != 0};
		return 0;
	}
	if (!json_is_boolean(value))
		return value_wrong_type("true or false", value, err);
	*(struct opt_bool *)at = (struct opt_bool){.set = true, .value = json_is_true(value)};
	return 0;
}

static void bool_to_text(const void *at, struct strbuf *ret)
{
	if (bool_is_set(at))
		strbuf_adds(ret, ((const struct opt_bool *)at)->value ? "true" : "false");
}

/* list */

static bool list_is_set(const void *at)
{
	return ((const struct opt_list *)at)->set;
}

static void list_clear(void *at)
{
	struct opt_list *list = at;

	strv_done(&list->items);
	list->set = false;
}

static void list_copy(void *to, const void *from)
{
	const struct opt_list *source = from;
	struct opt_list *list = to;

	strv_copy(&list->items, &source->items);
	list->set = source->set;
}

static bool list_equal(const void *a, const void *b)
{
	const struct opt_list *x = a;
	const struct opt_list *y = b;

	if (x->set != y->set || x->items.n != y->items.n)
		return false;
	for (size_t i = 0; i < x->items.n; i++)
		if (strcmp(x->items.v[i], y->items.v[i]) != 0)
			return false;
	return true;
}

static json_t *list_to_json(const void *at)
{
	const struct opt_list *list = at;
	json_t *array;

	if (!list->set)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < list->items.n; i++)
		json_array_append_new(array, json_string(list->items.v[i]));
	return array;
}

static int list_from_text(void *at, const char *text, struct err *err)
{
	struct opt_list list = {.set = true};

	if (value_check_text(text, strlen(text), err) < 0)
		return -1;
	strv_split(&list.items, text, " ,");
	list_clear(at);
	*(struct opt_list *)at = list;
	return 0;
}

static int list_from_json(void *at, const json_t *value, struct err *err)
{
	struct opt_list list = {.set = true};
	size_t i;
	json_t *item;

	if (json_is_string(value))
		return list_from_text(at, json_string_value(value), err);
	if (!json_is_array(value))
		return value_wrong_type("a list of strings", value, err);
	json_array_foreach (json_mutable(value), i, item) {
		if (!json_is_string(item) || value_check_text(json_string_value(item),
						     json_string_length(item), err) < 0) {
			strv_done(&list.items);
			return err_set(err, ERR_INVALID,
				"element %zu must be a string without control characters", i + 1);
		}
		strv_add(&list.items, json_string_value(item));
	}
	list_clear(at);
	*(struct opt_list *)at = list;
	return 0;
}

static void list_to_text(const void *at, struct strbuf *ret)
{
	strv_join(&((const struct opt_list *)at)->items, ",", ret);
}

/* numbers */

static bool numbers_is_set(const void *at)
{
	return ((const struct opt_numbers *)at)->set;
}

static void numbers_clear(void *at)
{
	struct opt_numbers *numbers = at;

	free(numbers->value);
	*numbers = (struct opt_numbers){.set = false};
}

static void numbers_copy(void *to, const void *from)
{
	const struct opt_numbers *source = from;
	struct opt_numbers *numbers = to;

	*numbers = *source;
	numbers->value = source->n ? xmemdup(source->value, source->n * sizeof(double)) : NULL;
}

static bool numbers_equal(const void *a, const void *b)
{
	const struct opt_numbers *x = a;
	const struct opt_numbers *y = b;

	return x->set == y->set && x->n == y->n &&
	       (x->n == 0 || memcmp(x->value, y->value, x->n * sizeof(double)) == 0);
}

static json_t *number_json(double value)
{
	return value == floor(value) && fabs(value) < 1e15 ? json_integer((json_int_t)value)
	                                                   : json_real(value);
}

static json_t *numbers_to_json(const void *at)
{
	const struct opt_numbers *numbers = at;
	json_t *array;

	if (!numbers->set)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < numbers->n; i++)
		json_array_append_new(array, number_json(numbers->value[i]));
	return array;
}

static void numbers_append(struct opt_numbers *numbers, double value)
{
	numbers->value = xreallocarray(numbers->value, numbers->n + 1, sizeof(double));
	numbers->value[numbers->n++] = value;
}

static int parse_number(const char *text, double *ret, struct err *err)
{
	char *end;

	/* strtod also takes "nan", "inf", hex and blanks: only plain decimals are meant here */
	if (!*text || strspn(text, "0123456789.") != strlen(text))
		return err_set(err, ERR_INVALID, "'%.40s' is not a number", text);
	*ret = strtod(text, &end);
	if (*end)
		return err_set(err, ERR_INVALID, "'%.40s' is not a number", text);
	return 0;
}

static int numbers_from_text(void *at, const char *text, struct err *err)
{
	struct opt_numbers numbers = {.set = true};
	autostrv parts = STRV_INIT;

	strv_split(&parts, text, " ,");
	for (size_t i = 0; i < parts.n; i++) {
		double value;

		if (parse_number(parts.v[i], &value, err) < 0) {
			free(numbers.value);
			return -1;
		}
		numbers_append(&numbers, value);
	}
	numbers_clear(at);
	*(struct opt_numbers *)at = numbers;
	return 0;
}

static int numbers_from_json(void *at, const json_t *value, struct err *err)
{
	struct opt_numbers numbers = {.set = true};
	size_t i;
	json_t *item;

	if (json_is_string(value))
		return numbers_from_text(at, json_string_value(value), err);
	if (json_is_number(value)) {
		numbers_append(&numbers, json_number_value(value));
	} else if (!json_is_array(value)) {
		return value_wrong_type("a number or a list of numbers", value, err);
	}
	json_array_foreach (json_mutable(value), i, item) {
		if (!json_is_number(item)) {
			free(numbers.value);
			return err_set(err, ERR_INVALID, "element %zu must be a number", i + 1);
		}
		numbers_append(&numbers, json_number_value(item));
	}
	numbers_clear(at);
	*(struct opt_numbers *)at = numbers;
	return 0;
}

static void numbers_to_text(const void *at, struct strbuf *ret)
{
	const struct opt_numbers *numbers = at;

	for (size_t i = 0; i < numbers->n; i++)
		strbuf_addf(ret, "%s%.15g", i ? "," : "", numbers->value[i]);
}

/* clang-format off */
static const struct value_ops kinds[] = {
	[VALUE_STRING] = {"string", "string", "TEXT", string_is_set, string_clear, string_copy,
		string_equal, string_to_json, string_from_json, string_from_text, string_to_text},
	[VALUE_INT] = {"whole number", "integer", "INTEGER", int_is_set, int_clear, int_copy,
		int_equal, int_to_json, int_from_json, int_from_text, int_to_text},
	[VALUE_BOOL] = {"true or false", "boolean", "INTEGER", bool_is_set, bool_clear, bool_copy,
		bool_equal, bool_to_json, bool_from_json, bool_from_text, bool_to_text},
	[VALUE_LIST] = {"list", "array", "TEXT", list_is_set, list_clear, list_copy,
		list_equal, list_to_json, list_from_json, list_from_text, list_to_text},
	[VALUE_NUMBERS] = {"numbers", "array", "TEXT", numbers_is_set, numbers_clear, numbers_copy,
		numbers_equal, numbers_to_json, numbers_from_json, numbers_from_text, numbers_to_text},
};
/* clang-format on */

const struct value_ops *value_ops(enum value_kind kind)
{
	if (kind == VALUE_MAP)
		return &map_value_ops;
	return kind == VALUE_TEXT ? &text_value_ops : &kinds[kind];
}
