/*
 * Command-line options as a table: each row names its option, where its value goes and its help.
 * --help is printed from the rows. `--virt-name=x`, `--virt-name x` and `--virt_name=x` are the
 * same option; an unknown one is an error that names the nearest.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include "base/err.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum opt_kind {
	OPT_FLAG,   /* bool: set to true; `--no-NAME` sets it to false */
	OPT_STRING, /* const char *: points into argv; the last one counts */
	OPT_LIST,   /* struct strv: every one counts */
	OPT_HEADING /* no option: `help` is a title in --help */
};

struct opt {
	const char *name; /* with '-', without the leading "--" */
	enum opt_kind kind;
	size_t offset;   /* of the member that receives it */
	const char *arg; /* what --help calls the value: "HOST[:PORT]" */
	const char *help;
	char letter; /* a flag's second name, "-q"; 0: it has none */
};

/* OPT(struct koan_options, virt_name, "N", "…") → row for --virt-name; the member's type picks the
 * kind, so a member of another type does not compile. */
#define OPT_KIND(member)                                                                           \
	_Generic((member), bool : OPT_FLAG, const char * : OPT_STRING, struct strv : OPT_LIST)
#define OPT(type, member, option, argument, text)                                                  \
	{                                                                                          \
		.name = (option), .kind = OPT_KIND(((type *)0)->member),                           \
		.offset = offsetof(type, member), .arg = (argument), .help = (text)                \
	}
#define OPT_TITLE(text)                                                                            \
	{                                                                                          \
		.kind = OPT_HEADING, .help = (text)                                                \
	}

/*
 * Fills `into` from argv[1] on. Words that are no options go to `words` (NULL: such a word is an
 * error). A lone "--" ends the options. ERR_USAGE.
 */
int opt_parse(const struct opt *table, size_t n, int argc, char *const argv[], void *into,
	struct strv *words, struct err *err);
/*
 * The same from a file of lines `key = value`, where a key is an option's name; '#' begins a
 * comment, a flag is yes or no. `texts` gets what the values point into, so it must live as long.
 * Errors name the file and the line.
 */
int opt_read_file(const struct opt *table, size_t n, const char *path, void *into,
	struct strv *texts, struct err *err);
/* The rows, aligned, wrapped at 80 columns. */
void opt_print_help(const struct opt *table, size_t n, FILE *out);

#endif
