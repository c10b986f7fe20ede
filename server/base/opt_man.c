#include "base/opt_man.h"

#include <ctype.h>
#include <string.h>

/* Of the manual, not of the build: a build from the same source gives the same bytes. */
#define MAN_DATE "November 21, 2026"

/* In running text only the backslash is special; a '-' would become a hyphen that nobody can paste
 * into a shell. */
static void put_char(char c, FILE *out)
{
	switch (c) {
	case '\\':
		fputs("\\e", out);
		break;
	case '-':
		fputs("\\-", out);
		break;
	case '"':
		fputs("\\(dq", out);
		break;
	default:
		fputc(c, out);
	}
}

/* Where a sentence ends in the text: mdoc wants the next one on a line of its own. */
static size_t sentence_length(const char *text, size_t len)
{
	for (size_t i = 1; i + 1 < len; i++)
		if (strchr(".!?", text[i]) && text[i + 1] == ' ')
			return i + 1;
	return len;
}

/* A line of text; at its start . and ' would begin a request. */
static void put_line(const char *text, size_t len, FILE *out)
{
	do {
		size_t sentence = sentence_length(text, len);

		if (len && strchr(".'", *text))
			fputs("\\&", out);
		for (size_t i = 0; i < sentence; i++)
			put_char(text[i], out);
		fputc('\n', out);
		sentence += sentence < len; /* the blank */
		text += sentence;
		len -= sentence;
	} while (len);
}

/* Lines as they are. */
static void put_literal(const char *text, size_t len, FILE *out)
{
	if (len && strchr(".'", *text))
		fputs("\\&", out);
	for (size_t i = 0; i < len; i++)
		put_char(text[i], out);
	fputc('\n', out);
}

/* One argument of a macro; "\&" keeps it from being the name of another. */
static void put_argument(const char *text, FILE *out)
{
	fputs(" \"\\&", out);
	for (; *text; text++)
		put_char(*text, out);
	fputc('"', out);
}

static void put_upper(const char *text, FILE *out)
{
	for (; *text; text++)
		fputc(toupper((unsigned char)*text), out);
}

void man_begin(const struct man_page *page, FILE *out)
{
	const char *line = page->synopsis;

	fputs(".Dd " MAN_DATE "\n.Dt ", out);
	put_upper(page->name, out);
	fprintf(out, " %d\n.Os Bootwright\n.Sh NAME\n.Nm %s\n.Nd ", page->section, page->name);
	put_line(page->about, strlen(page->about), out);
	if (!line)
		return;
	fputs(".Sh SYNOPSIS\n", out);
	while (*line) {
		size_t len = strcspn(line, "\n");

		fputs(".Nm\n", out);
		put_line(line, len, out);
		line += len + (line[len] == '\n');
	}
}

void man_section(const char *title, FILE *out)
{
	fprintf(out, ".Sh %s\n", title);
}

void man_subsection(const char *title, FILE *out)
{
	fputs(".Ss", out);
	put_argument(title, out);
	fputc('\n', out);
}

void man_text(const char *text, FILE *out)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len)
			put_line(text, len, out);
		else
			fputs(".Pp\n", out);
		text += len + (text[len] == '\n');
	}
}

void man_lines(const char *lines, FILE *out)
{
	fputs(".Bd -literal -offset indent\n", out);
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		put_literal(lines, len, out);
		lines += len + (lines[len] == '\n');
	}
	fputs(".Ed\n", out);
}

void man_list_begin(FILE *out)
{
	fputs(".Bl -tag -width Ds\n", out);
}

void man_list_entry(const char *term, const char *text, FILE *out)
{
	fputs(".It Cm", out);
	put_argument(term, out);
	fputc('\n', out);
	man_text(text, out);
}

void man_list_end(FILE *out)
{
	fputs(".El\n", out);
}

static void put_option(const struct opt *opt, FILE *out)
{
	fputs(".It Fl", out);
	fputs(" \\-", out);
	for (const char *p = opt->name; *p; p++)
		put_char(*p, out);
	if (opt->arg) {
		fputs(" Ns = Ns Ar", out);
		put_argument(opt->arg, out);
	}
	fputc('\n', out);
	man_text(opt->help, out);
}

void man_options(const struct opt *table, size_t n, FILE *out)
{
	bool open = false;

	for (size_t i = 0; i < n; i++) {
		bool is_title = table[i].kind == OPT_HEADING;

		if (is_title && open)
			man_list_end(out);
		if (is_title)
			man_subsection(table[i].help, out);
		else if (!open)
			man_list_begin(out);
		open = !is_title;
		if (open)
			put_option(&table[i], out);
	}
	if (open)
		man_list_end(out);
}

void man_see_also(const char *pages, FILE *out)
{
	man_section("SEE ALSO", out);
	while (*pages) {
		size_t name = strcspn(pages, "(");
		size_t all = strcspn(pages, " ");

		fprintf(out, ".Xr %.*s %.*s%s\n", (int)name, pages, (int)(all - name - 2),
			pages + name + 1, pages[all] ? " ," : "");
		pages += all + (pages[all] == ' ');
	}
}
