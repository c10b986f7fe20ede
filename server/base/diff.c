#include "base/diff.h"

#include <stdint.h>
#include <string.h>

enum {
	CONTEXT = 3,
	CELLS_MAX = 4 << 20, /* of the table: 4 bytes each */
};

struct line {
	const char *text;
	size_t len; /* with its newline */
};

struct lines {
	struct line *line;
	size_t n;
};

static void split(const struct diff_text *text, struct lines *ret)
{
	const char *end = text->bytes + text->len;
	size_t room = 0;

	for (const char *p = text->bytes; p < end; p += ret->line[ret->n - 1].len) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));

		if (ret->n == room) {
			room = room ? room * 2 : 64;
			ret->line = xreallocarray(ret->line, room, sizeof(*ret->line));
		}
		ret->line[ret->n++] = (struct line){
			.text = p, .len = (size_t)((newline ? newline + 1 : end) - p)};
	}
}

static bool same(const struct line *a, const struct line *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* One line of the diff: kept, removed or added. */
struct step {
	char sign;
	const struct line *line;
};

struct steps {
	struct step *step;
	size_t n;
};

static void add_step(struct steps *steps, char sign, const struct line *line)
{
	steps->step[steps->n++] = (struct step){.sign = sign, .line = line};
}

/* The longest common subsequence of a[0..n) and b[0..m), by the textbook's table:
 * length[i][j] is that of what follows a[i] and b[j]. */
static void compare_middle(
	const struct line *a, size_t n, const struct line *b, size_t m, struct steps *steps)
{
	uint32_t *length = xcalloc((n + 1) * (m + 1), sizeof(*length));
	size_t i = 0;
	size_t j = 0;

#define LENGTH(i, j) length[(i) * (m + 1) + (j)]
	for (size_t x = n; x-- > 0;)
		for (size_t y = m; y-- > 0;)
			if (same(&a[x], &b[y]))
				LENGTH(x, y) = LENGTH(x + 1, y + 1) + 1;
			else if (LENGTH(x + 1, y) >= LENGTH(x, y + 1))
				LENGTH(x, y) = LENGTH(x + 1, y);
			else
				LENGTH(x, y) = LENGTH(x, y + 1);
	while (i < n || j < m) {
		if (i < n && j < m && same(&a[i], &b[j])) {
			add_step(steps, ' ', &a[i++]);
			j++;
		} else if (j == m || (i < n && LENGTH(i + 1, j) >= LENGTH(i, j + 1))) {
			add_step(steps, '-', &a[i++]);
		} else {
			add_step(steps, '+', &b[j++]);
		}
	}
#undef LENGTH
	free(length);
}

/* Where the hunk that begins at or after `from` ends: a run of changes with at most two contexts
 * of kept lines between them. */
static bool find_hunk(const struct steps *steps, size_t from, size_t *begin, size_t *end)
{
	size_t first = from;
	size_t last;

	while (first < steps->n && steps->step[first].sign == ' ')
		first++;
	if (first == steps->n)
		return false;
	last = first;
	for (size_t i = first; i < steps->n && i <= last + CONTEXT + CONTEXT + 1; i++)
		if (steps->step[i].sign != ' ')
			last = i;
	*begin = first > from + CONTEXT ? first - CONTEXT : from;
	*end = last + 1 + CONTEXT < steps->n ? last + 1 + CONTEXT : steps->n;
	return true;
}

static size_t count(const struct steps *steps, size_t begin, size_t end, char other)
{
	size_t n = 0;

	for (size_t i = begin; i < end; i++)
		n += steps->step[i].sign == ' ' || steps->step[i].sign == other;
	return n;
}

static void add_range(struct strbuf *ret, char sign, size_t before, size_t n)
{
	strbuf_addf(ret, "%c%zu", sign, n ? before + 1 : before);
	if (n != 1)
		strbuf_addf(ret, ",%zu", n);
}

static void add_hunks(const struct steps *steps, struct strbuf *ret)
{
	size_t begin;
	size_t end;

	for (size_t from = 0; find_hunk(steps, from, &begin, &end); from = end) {
		strbuf_adds(ret, "@@ ");
		add_range(ret, '-', count(steps, 0, begin, '-'), count(steps, begin, end, '-'));
		strbuf_addc(ret, ' ');
		add_range(ret, '+', count(steps, 0, begin, '+'), count(steps, begin, end, '+'));
		strbuf_adds(ret, " @@\n");
		for (size_t i = begin; i < end; i++) {
			const struct line *line = steps->step[i].line;

			strbuf_addc(ret, steps->step[i].sign);
			strbuf_add(ret, line->text, line->len);
			if (line->text[line->len - 1] != '\n')
				strbuf_adds(ret, "\n\\ No newline at end of file\n");
		}
	}
}

static void add_heading(
	const struct diff_text *before, const struct diff_text *after, struct strbuf *ret)
{
	strbuf_addf(ret, "--- %s\n+++ %s\n", before->name ? before->name : "/dev/null",
		after->name ? after->name : "/dev/null");
}

static void compare_lines(const struct diff_text *before, const struct diff_text *after,
	const struct lines *a, const struct lines *b, struct strbuf *ret)
{
	struct steps steps = {.step = xcalloc(a->n + b->n + 1, sizeof(*steps.step))};
	size_t head = 0;
	size_t tail = 0;

	while (head < a->n && head < b->n && same(&a->line[head], &b->line[head]))
		head++;
	while (tail < a->n - head && tail < b->n - head &&
		same(&a->line[a->n - 1 - tail], &b->line[b->n - 1 - tail]))
		tail++;
	add_heading(before, after, ret);
	if ((a->n - head - tail + 1) * (b->n - head - tail + 1) > CELLS_MAX) {
		strbuf_adds(ret, "the files differ\n");
	} else {
		for (size_t i = 0; i < head; i++)
			add_step(&steps, ' ', &a->line[i]);
		compare_middle(a->line + head, a->n - head - tail, b->line + head,
			b->n - head - tail, &steps);
		for (size_t i = a->n - tail; i < a->n; i++)
			add_step(&steps, ' ', &a->line[i]);
		add_hunks(&steps, ret);
	}
	free(steps.step);
}

static bool is_binary(const struct diff_text *text)
{
	return text->len && memchr(text->bytes, '\0', text->len);
}

void diff_unified(const struct diff_text *before, const struct diff_text *after, struct strbuf *ret)
{
	struct lines a = {.n = 0};
	struct lines b = {.n = 0};

	if (before->len == after->len &&
		(!before->len || memcmp(before->bytes, after->bytes, before->len) == 0) &&
		!before->name == !after->name)
		return;
	if (is_binary(before) || is_binary(after)) {
		add_heading(before, after, ret);
		strbuf_adds(ret, "the files differ\n");
		return;
	}
	split(before, &a);
	split(after, &b);
	compare_lines(before, after, &a, &b, ret);
	free(a.line);
	free(b.line);
}
