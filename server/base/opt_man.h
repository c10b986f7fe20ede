/*
 * Manual pages from the tables that a program is made from, so that no page can miss an option. The
 * source is mdoc(7), which man(1) and mandoc(1) read; every text given here is plain, what mdoc
 * would take for a request is escaped.
 */
#ifndef BASE_OPT_MAN_H
#define BASE_OPT_MAN_H

#include "base/opt.h"

struct man_page {
	const char *name; /* "koan" */
	int section;
	const char *about;    /* for whatis(1): a few words without a full stop */
	const char *synopsis; /* after the name, one line for each form; NULL: no program's page */
};

/* The page's head, up to and with its synopsis. */
void man_begin(const struct man_page *page, FILE *out);
void man_section(const char *title, FILE *out); /* in capitals: "EXIT STATUS" */
void man_subsection(const char *title, FILE *out);
/* Paragraphs, with an empty line between them. */
void man_text(const char *text, FILE *out);
/* Lines as they are, such as commands. */
void man_lines(const char *lines, FILE *out);

/* A list: each entry a term and what there is to say of it. */
void man_list_begin(FILE *out);
void man_list_entry(const char *term, const char *text, FILE *out);
void man_list_end(FILE *out);
/* The rows as such lists; a title becomes a subsection. */
void man_options(const struct opt *table, size_t n, FILE *out);

/* "koan(1) bootwrightd(8)", in the order of their sections. */
void man_see_also(const char *pages, FILE *out);

#endif
