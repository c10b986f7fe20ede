/* A word of a command line that is being written: what is known of it, and what may stand there. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/cli.h"
#include "cli/client.h"

struct completing {
	const struct strv *words; /* the words before it */
	const char *part;         /* what is there of it: of an option's value, only that */
	char *before;   /* what stands in front of `part` in the same word: "--profile=" */
	struct cli cli; /* the line, as far as it could be parsed */
	FILE *out;
};

/* Prints a candidate for `part`, where it begins with that; `help` may be NULL. */
void complete_add(const struct completing *c, const char *value, const char *help);
/* The next word of a command that begins with these (complete.c). */
void complete_command(struct completing *c, char *const words[], size_t n);
/* The value of an option, without its "--" (complete_value.c). */
void complete_value(struct completing *c, const char *option);
/* A word that is no option: the name of an item, of one of its fields … */
void complete_argument(struct completing *c);

#endif
