/*
 * The commands about templates. Whatever names a local file is one: a word that such a file has, or
 * one with a slash that does not begin with "snippets/"; all else is a name on the server.
 */
#ifndef CLI_TEMPLATE_H
#define CLI_TEMPLATE_H

#include "cli/cli.h"

/* Their rows, in template_commands.c. */
extern const struct command template_commands[];
extern const size_t n_template_commands;

int run_template_render(struct cli *cli, struct err *err);
int run_template_check(struct cli *cli, struct err *err);
int run_template_diff(struct cli *cli, struct err *err);
int run_template_convert(struct cli *cli, struct err *err);

/* Says on standard error what `template check` finds in the stored template or snippet of this
 * name, which was just written. */
void template_warn(struct cli *cli, const char *name);

bool template_is_file(const char *word);
/* The text of a file, or of standard input ("-"); at most 1 MiB. */
int template_read_file(const char *path, struct strbuf *ret, struct err *err);
/* Renders a local file with the variables of a JSON object, without a server. What it includes is
 * looked for beside it and in the folder "snippets" there. */
int template_render_file(const char *path, json_t *vars, struct strbuf *ret, struct err *err);
/* The syntax of a local file: as template_check(). */
int template_check_file(const char *path, struct err *err);

#endif
