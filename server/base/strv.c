#include "base/strv.h"

#include "base/strbuf.h"

#include <string.h>

void strv_done(struct strv *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct strv)STRV_INIT;
}

void strv_add_take(struct strv *list, char *s)
{
	if (list->n + 2 > list->alloc) {
		list->alloc = list->alloc ? list->alloc * 2 : 8;
		list->v = xreallocarray(list->v, list->alloc, sizeof(*list->v));
	}
	list->v[list->n++] = s;
	list->v[list->n] = NULL;
}

void strv_add(struct strv *list, const char *s)
{
	strv_add_take(list, xstrdup(s));
}

void strv_addf(struct strv *list, const char *fmt, ...)
{
	struct strbuf b = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&b, fmt, ap);
	va_end(ap);
	strv_add_take(list, strbuf_take(&b));
}

void strv_copy(struct strv *to, const struct strv *from)
{
	for (size_t i = 0; i < from->n; i++)
		strv_add(to, from->v[i]);
}

void strv_split(struct strv *list, const char *s, const char *separators)
{
	while (*s) {
		size_t len = strcspn(s, separators);

		if (len)
			strv_add_take(list, xstrndup(s, len));
		s += len;
		if (*s)
			s++;
	}
}

void strv_join(const struct strv *list, const char *between, struct strbuf *ret)
{
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			strbuf_adds(ret, between);
		strbuf_adds(ret, list->v[i]);
	}
}

bool strv_has(const struct strv *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], s) == 0)
			return true;
	return false;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(struct strv *list)
{
	if (list->n > 1)
		qsort(list->v, list->n, sizeof(*list->v), by_bytes);
}

/* Levenshtein's distance; words past 63 bytes are nobody's typing mistake. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64];
	size_t la = strlen(a);
	size_t lb = strlen(b);

	if (la > 63 || lb > 63)
		return 64;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb];
}

const char *nearest_word(const char *word, const char *const *candidates, size_t n)
{
	size_t limit = strlen(word) / 3 + 1;
	const char *best = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, candidates[i]);

		if (d <= limit) {
			best = candidates[i];
			limit = d ? d - 1 : 0;
			if (d == 0)
				break;
		}
	}
	return best;
}
