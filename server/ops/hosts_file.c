#include "ops/hosts_file.h"

#include <string.h>

/* What a card's lines begin with: with the comma none of them begins another's. */
static void collect_keys(const struct strv *macs, const struct strv *lines, struct strv *ret)
{
	strv_for_each (mac, macs)
		strv_addf(ret, "%s,", mac);
	strv_for_each (line, lines)
		strv_addf(ret, "%.*s,", (int)strcspn(line, ","), line);
	strv_sort(ret);
}

static size_t line_end(const struct strbuf *text, size_t at)
{
	const char *newline = memchr(text->buf + at, '\n', text->len - at);

	return newline ? (size_t)(newline - text->buf) + 1 : text->len;
}

/* Where the first line begins that does not come before the key; `from` begins a line. */
static size_t find(const struct strbuf *text, size_t from, const char *key)
{
	size_t low = from;
	size_t high = text->len;

	while (low < high) {
		size_t line = low + (high - low) / 2;

		while (line > low && text->buf[line - 1] != '\n')
			line--;
		if (strncmp(text->buf + line, key, strlen(key)) < 0)
			low = line_end(text, line);
		else
			high = line;
	}
	return low;
}

static size_t after(const struct strbuf *text, size_t at, const char *key)
{
	while (at < text->len && strncmp(text->buf + at, key, strlen(key)) == 0)
		at = line_end(text, at);
	return at;
}

void hosts_file_replace(const struct strbuf *was, const struct strv *macs, const struct strv *lines,
	struct strbuf *ret)
{
	autostrv keys = STRV_INIT;
	autostrv sorted = STRV_INIT; /* each once */
	const char *last = "";
	size_t from = 0;

	collect_keys(macs, lines, &keys);
	strv_for_each (line, lines)
		if (!strv_has(&sorted, line))
			strv_add(&sorted, line);
	strv_sort(&sorted);
	strbuf_grow(ret, was->len + 1);
	strv_for_each (key, &keys) {
		size_t at = find(was, from, key);

		if (strcmp(key, last) == 0)
			continue;
		last = key;
		strbuf_add(ret, was->buf + from, at - from);
		if (ret->len && ret->buf[ret->len - 1] != '\n')
			strbuf_addc(ret, '\n');
		strv_for_each (line, &sorted)
			if (strncmp(line, key, strlen(key)) == 0)
				strbuf_addf(ret, "%s\n", line);
		from = after(was, at, key);
	}
	strbuf_add(ret, was->buf + from, was->len - from);
}
