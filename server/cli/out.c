#include "cli/out.h"

#include <string.h>
#include <time.h>

/* The length of the control character that `s` begins with, or 0: C0 and DEL are one byte, C1 in
 * UTF-8 is C2 80 … C2 9F. */
static size_t control_length(const char *s)
{
	unsigned char first = (unsigned char)s[0];
	unsigned char second = first ? (unsigned char)s[1] : 0;

	if (first < 0x20 || first == 0x7f)
		return 1;
	return first == 0xc2 && second >= 0x80 && second <= 0x9f ? 2 : 0;
}

static void put_visible(const char *text, const char *kept, FILE *out)
{
	while (*text) {
		size_t control = control_length(text);

		if (control && !strchr(kept, *text)) {
			fputc('?', out);
			text += control;
		} else {
			fputc(*text++, out);
		}
	}
}

void out_text(const char *text, FILE *out)
{
	put_visible(text, "", out);
}

void out_lines(const char *text, FILE *out)
{
	put_visible(text, "\n\t", out);
}

void out_json(const json_t *value, FILE *out)
{
	autostrbuf text = STRBUF_INIT;

	json_print(value, true, &text);
	/* jansson escapes C0; what is left can only stand inside a string */
	for (const char *p = text.buf; *p; p++) {
		size_t control = *p == '\n' ? 0 : control_length(p);

		if (control)
			fprintf(out, "\\u00%02x", (unsigned char)p[control - 1]);
		else
			fputc(*p, out);
		p += control == 2;
	}
	fputc('\n', out);
}

static void add_map_word(const char *key, const json_t *value, struct strbuf *ret)
{
	size_t i;
	json_t *item;

	if (json_is_array(value)) {
		json_array_foreach (json_mutable(value), i, item)
			add_map_word(key, item, ret);
		return;
	}
	if (ret->len)
		strbuf_addc(ret, ' ');
	strbuf_adds(ret, key);
	if (!json_is_true(value)) {
		autostrbuf text = STRBUF_INIT;

		out_value(value, &text);
		strbuf_addc(ret, '=');
		if (strpbrk(text.buf, " \"'\\"))
			strbuf_add_shell(ret, text.buf);
		else
			strbuf_adds(ret, text.buf);
	}
}

static void add_list(const json_t *list, struct strbuf *ret)
{
	size_t i;
	json_t *item;

	json_array_foreach (json_mutable(list), i, item) {
		if (i)
			strbuf_addc(ret, ',');
		out_value(item, ret);
	}
}

static void add_map(const json_t *map, struct strbuf *ret)
{
	autostrbuf words = STRBUF_INIT;
	const char *key;
	json_t *item;

	json_object_foreach (json_mutable(map), key, item)
		add_map_word(key, item, &words);
	strbuf_add(ret, words.buf, words.len);
}

void out_value(const json_t *value, struct strbuf *ret)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		strbuf_adds(ret, json_string_value(value));
		break;
	case JSON_INTEGER:
		strbuf_addf(ret, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		strbuf_addf(ret, "%.15g", json_real_value(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		strbuf_adds(ret, json_is_true(value) ? "true" : "false");
		break;
	case JSON_ARRAY:
		add_list(value, ret);
		break;
	case JSON_OBJECT:
		add_map(value, ret);
		break;
	case JSON_NULL:
		break;
	}
}

void out_time(double seconds, struct strbuf *ret)
{
	time_t when = (time_t)seconds;
	char text[32];
	struct tm parts;

	if (!localtime_r(&when, &parts) || !strftime(text, sizeof(text), "%F %T", &parts))
		return;
	strbuf_adds(ret, text);
}

void out_count(double n, const char *unit, struct strbuf *ret)
{
	static const char *const larger[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	size_t i = 0;

	if (strcmp(unit, "bytes") != 0) {
		size_t len = strlen(unit);

		if (n == 1 && len > 1 && unit[len - 1] == 's')
			len--;
		strbuf_addf(ret, "%.0f %.*s", n, (int)len, unit);
		return;
	}
	for (; n >= 1024 && i + 1 < ARRAY_SIZE(larger); i++)
		n /= 1024;
	strbuf_addf(ret, i ? "%.1f %s" : "%.0f %s", n, larger[i]);
}

enum { LABEL_WIDTH = 24 };

void out_field(
	const char *indent, const char *label, const char *value, const char *note, FILE *out)
{
	int width = LABEL_WIDTH - (int)(strlen(indent) + strlen(label));

	fputs(indent, out);
	out_text(label, out);
	fprintf(out, "%*s : ", width > 0 ? width : 0, "");
	out_text(value, out);
	if (note) {
		fputs("  (", out);
		out_text(note, out);
		fputc(')', out);
	}
	fputc('\n', out);
}

void table_add(struct table *table, const char *cell)
{
	strv_add(&table->cells, cell);
}

void table_add_value(struct table *table, const json_t *value)
{
	autostrbuf text = STRBUF_INIT;

	if (value)
		out_value(value, &text);
	table_add(table, text.buf);
}

void table_done(struct table *table)
{
	strv_done(&table->cells);
}

/* Code points, which is columns for all that names and numbers are made of. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

void table_print(const struct table *table, FILE *out)
{
	autofree size_t *width = xcalloc(table->columns, sizeof(*width));

	for (size_t i = 0; i < table->cells.n; i++) {
		size_t column = i % table->columns;
		size_t wanted = width_of(table->cells.v[i]);

		if (wanted > width[column])
			width[column] = wanted;
	}
	for (size_t row = 0; row < table->cells.n; row += table->columns) {
		size_t pending = 0; /* blanks before the next cell, so that no line ends in one */

		for (size_t i = 0; i < table->columns && row + i < table->cells.n; i++) {
			const char *cell = table->cells.v[row + i];

			if (*cell) {
				fprintf(out, "%*s", (int)pending, "");
				out_text(cell, out);
				pending = 0;
			}
			pending += width[i] - width_of(cell) + 2;
		}
		fputc('\n', out);
	}
}
