/*
 * What reaches a terminal or a pipe. Text from the server may hold anything, so every function here
 * replaces control characters (C0, DEL and C1) with '?': no name can move a cursor or forge a line.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"

#include <stdio.h>

/* One line's worth of text, without its end; newlines and tabs are control characters, too. */
void out_text(const char *text, FILE *out);
/* Several lines (a diff): newlines and tabs stay. */
void out_lines(const char *text, FILE *out);
/* Indented JSON and a newline; control characters are escaped, so the JSON stays the same. */
void out_json(const json_t *value, FILE *out);

/* A field's value as the command line writes it: lists with commas, maps as key=value words;
 * nothing for null. */
void out_value(const json_t *value, struct strbuf *ret);
/* "2026-11-21 08:00:01", local time; seconds since 1970. */
void out_time(double seconds, struct strbuf *ret);
/* "3 files", "1 file", "44.7 MiB" (unit "bytes"). */
void out_count(double n, const char *unit, struct strbuf *ret);

/* "label            : value  (note)" in a line of its own; `note` may be NULL. */
void out_field(
	const char *indent, const char *label, const char *value, const char *note, FILE *out);

/* Columns, aligned when they are printed. */
struct table {
	size_t columns;
	struct strv cells; /* row by row; the heading is the first row, if there is one */
};
#define TABLE_INIT(n)                                                                              \
	{                                                                                          \
		.columns = (n)                                                                     \
	}
void table_add(struct table *table, const char *cell);
void table_add_value(struct table *table, const json_t *value);
void table_print(const struct table *table, FILE *out);
void table_done(struct table *table);
static inline void auto_table(struct table *table)
{
	table_done(table);
}
#define autotable AUTO(table) struct table

#endif
