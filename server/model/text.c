/* Text of several lines (value.h). The member is a pointer, as a string's is. */
#include "model/value.h"

#include "base/json.h"

#include <string.h>

static bool text_is_set(const void *at)
{
	return ((const struct opt_text *)at)->text != NULL;
}

static void text_clear(void *at)
{
	struct opt_text *text = at;

	free(text->text);
	text->text = NULL;
}

static void text_copy(void *to, const void *from)
{
	((struct opt_text *)to)->text = xstrdup_null(((const struct opt_text *)from)->text);
}

static bool text_equal(const void *a, const void *b)
{
	const char *x = ((const struct opt_text *)a)->text;
	const char *y = ((const struct opt_text *)b)->text;

	return x == y || (x && y && strcmp(x, y) == 0);
}

static json_t *text_to_json(const void *at)
{
	const char *text = ((const struct opt_text *)at)->text;

	return text ? json_string(text) : json_null();
}

int value_check_lines(const char *text, size_t len, struct err *err)
{
	if (len > TEXT_MAX)
		return err_set(err, ERR_TOO_BIG, "has %zu bytes; the most is %d", len, TEXT_MAX);
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < 0x20 && !strchr("\t\n\r\f", text[i])) || !text[i])
			return err_set(err, ERR_INVALID,
				"must be text; it holds the byte 0x%02x at offset %zu",
				(unsigned char)text[i], i);
	return 0;
}

static int text_from_text(void *at, const char *text, struct err *err)
{
	autojson json_t *utf8 = NULL;

	if (value_check_lines(text, strlen(text), err) < 0)
		return -1;
	utf8 = json_string(text); /* NULL: what JSON could not carry */
	if (!utf8)
		return err_set(err, ERR_INVALID, "must be UTF-8 text");
	text_clear(at);
	((struct opt_text *)at)->text = xstrdup(text);
	return 0;
}

static int text_from_json(void *at, const json_t *value, struct err *err)
{
	if (!json_is_string(value))
		return value_wrong_type("a string", value, err);
	if (value_check_lines(json_string_value(value), json_string_length(value), err) < 0)
		return -1;
	return text_from_text(at, json_string_value(value), err);
}

static void text_to_text(const void *at, struct strbuf *ret)
{
	if (text_is_set(at))
		strbuf_adds(ret, ((const struct opt_text *)at)->text);
}

const struct value_ops text_value_ops = {
	.name = "text",
	.json_type = "string",
	.column_type = "TEXT",
	.is_set = text_is_set,
	.clear = text_clear,
	.copy = text_copy,
	.equal = text_equal,
	.to_json = text_to_json,
	.from_json = text_from_json,
	.from_text = text_from_text,
	.to_text = text_to_text,
};
