/* Option rows that several commands have; for the tables of commands only. */
#ifndef CLI_COMMAND_ROWS_H
#define CLI_COMMAND_ROWS_H

#include "cli/commands.h"

#define ROW(member, name, arg, help) OPT(struct cli_args, member, name, arg, help)
#define OPTIONS(rows)                .options = (rows), .n_options = ARRAY_SIZE(rows)

#define ROW_NAME    ROW(name, "name", "NAME", "Which one; may also be given as a word.")
#define ROW_NEWNAME ROW(newname, "newname", "NAME", "The new name; may also be given as a word.")
/* Of all that changes something. */
#define ROWS_CHANGE                                                                                \
	ROW(dry_run, "dry-run", NULL,                                                              \
		"Change nothing; print how published files would change, as a diff. Exit status "  \
		"0: not at all, 1: so, 2: error."),                                                \
		ROW(confirm, "confirm", NULL, "Also where a system is protected.")
#define ROW_FIELDS                                                                                 \
	ROW(fields, "fields", "A[,B…]",                                                            \
		"Which fields, beside the name: columns of the table, words of the text (between " \
		"tabs), members of the JSON.")
#define ROW_SORT                                                                                   \
	ROW(sort, "sort", "[-]FIELD", "Order by this field instead of the name; - is downwards.")
#define ROW_AS_OF                                                                                  \
	ROW(as_of, "as-of", "REV|TIME",                                                            \
		"As it was then: a revision's number, or a time such as 2026-11-21T08:00.")
#define ROW_RESOLVED                                                                               \
	ROW(resolved, "resolved", NULL,                                                            \
		"With what is inherited; needs --fields or "                                       \
		"--output=json to be seen.")

#define ROWS_HISTORY                                                                               \
	ROW(limit, "limit", "N", "How many changes, the newest first (100)."),                     \
		ROW(before, "before", "REV", "Only changes before this one: the next page.")

#endif
