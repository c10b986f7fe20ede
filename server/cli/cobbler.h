/*
 * What the users of Cobbler 3.3 and their scripts write: other spellings of options that are
 * accepted, and what was left out on purpose, with the reason and the way that there is instead.
 */
#ifndef CLI_COBBLER_H
#define CLI_COBBLER_H

#include "model/item.h"

/* The name of the field that an option is another spelling of, beside the field's own alias; NULL:
 * none. '-' counts as '_'. */
const char *cobbler_field(const char *option);

/* The pairs one by one; false past the last. */
bool cobbler_spelling(size_t i, const char **option, const char **field);

struct left_out {
	const char *name; /* "mgmt-classes", without "--"; of a command its first word, or last */
	bool command;     /* a command or verb, else an option */
	const char *why;  /* and what to do instead; a sentence without its end */
};
extern const struct left_out left_out[];
extern const size_t n_left_out;

/* The row for an option ("mgmt_classes", with '_' or '-') or for the words of a command; NULL. */
const struct left_out *left_out_option(const char *option);
const struct left_out *left_out_command(size_t n, char *const words[]);

#endif
