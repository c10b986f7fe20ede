/* complete: what may stand in the place of the last word, one on a line with its help behind a tab.
 * It knows what the tables know and asks the server for names; where that does not answer, it says
 * nothing, as the person is in the middle of a line. */
#include "cli/complete.h"

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/out.h"

#include <string.h>

void complete_add(const struct completing *c, const char *value, const char *help)
{
	autofree char *word = xasprintf("%s%s", c->before, value);

	if (strncmp(value, c->part, strlen(c->part)) != 0)
		return;
	out_text(word, c->out);
	if (help) {
		fputc('\t', c->out);
		out_text(help, c->out);
	}
	fputc('\n', c->out);
}

/* Command words */

/* True where the row's first `n` words are these: TYPE is any type's name, in one or many. */
static bool begins_with(const struct strv *row, char *const words[], size_t n)
{
	if (row->n <= n)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct item_type *type = item_type_find(words[i]);
		bool any = strcmp(row->v[i], "TYPE") == 0;

		if (any ? !type || !item_type_is_listed(type) : strcmp(row->v[i], words[i]) != 0)
			return false;
	}
	return true;
}

/* A first word that several commands have is shown once. */
static void add_once(struct completing *c, struct strv *seen, const char *word, const char *help)
{
	if (strv_has(seen, word))
		return;
	strv_add(seen, word);
	complete_add(c, word, help);
}

static void add_types(struct completing *c, struct strv *seen)
{
	for (size_t i = 0; i < ITEM_KINDS; i++)
		if (item_type_is_listed(item_types[i]))
			add_once(c, seen, item_types[i]->name, item_types[i]->help);
}

void complete_command(struct completing *c, char *const words[], size_t n)
{
	autostrv seen = STRV_INIT;
	const struct command *command;

	for (size_t i = 0; (command = command_at(i)); i++) {
		autostrv row = STRV_INIT;

		strv_split(&row, command->words, " ");
		if (command->group == GROUP_HIDDEN || !begins_with(&row, words, n))
			continue;
		if (strcmp(row.v[n], "TYPE") == 0)
			add_types(c, &seen);
		else
			add_once(c, &seen, row.v[n], row.n == n + 1 ? command->help : NULL);
	}
}

/* Options */

/* As the person writes them: once there is a '_', all have it. */
static void add_option(struct completing *c, const struct opt *row)
{
	autofree char *option = xasprintf("--%s%s", row->name, row->kind == OPT_FLAG ? "" : "=");

	for (char *p = option + 2; strchr(c->part, '_') && *p; p++)
		if (*p == '-')
			*p = '_';
	complete_add(c, option, row->help);
}

static void complete_options(struct completing *c, const struct opt *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].kind != OPT_HEADING)
			add_option(c, &rows[i]);
}

/* True where the word is an option whose value is the word after it. */
static bool wants_value(const struct option_table *table, const char *word)
{
	if (strncmp(word, "--", 2) != 0 || strchr(word, '='))
		return false;
	for (size_t i = 0; i < table->n; i++)
		if (table->row[i].kind == OPT_STRING && strcmp(table->row[i].name, word + 2) == 0)
			return true;
	return false;
}

static void complete_words(struct completing *c, const struct option_table *table)
{
	const struct strv *words = c->words;
	const char *last = words->n ? words->v[words->n - 1] : "";
	const char *equals = strchr(c->part, '=');

	if (*c->part == '-' && equals) {
		autofree char *option = xstrndup(c->part + 2, (size_t)(equals - c->part) - 2);

		free(c->before);
		c->before = xstrndup(c->part, (size_t)(equals - c->part) + 1);
		c->part = equals + 1;
		complete_value(c, option);
	} else if (wants_value(table, last) && *c->part != '-') {
		complete_value(c, last + 2);
	} else if (*c->part == '-') {
		complete_options(c, table->row, table->n);
	} else {
		complete_argument(c);
	}
}

/* The line so far, parsed as far as it can be. */
static void complete_line(struct completing *c)
{
	autooption_table table = {0};
	autostrv argv = STRV_INIT;
	autogiven fields = {0};
	struct err ignored = ERR_INIT;
	size_t n_words;
	int before;

	strv_add(&argv, "bootwright");
	strv_for_each (word, c->words)
		strv_add(&argv, word);
	cli_parse_given((int)argv.n, argv.v, &c->cli, &fields, &ignored);
	c->before = xstrdup("");
	cli_find_words((int)argv.n, argv.v, &before, &n_words);
	if (*c->part != '-') /* a command may begin another: sync, sync status */
		complete_command(c, argv.v + before, n_words);
	if (c->cli.command) {
		option_table_make(c->cli.command, c->cli.type, &table);
		complete_words(c, &table);
	} else if (*c->part == '-') {
		complete_options(c, common_options, n_common_options);
	}
}

int run_complete(struct cli *cli, struct err *err)
{
	struct completing c = {.words = &cli->words, .out = stdout};
	autofree char *part = NULL;

	(void)err;
	if (!cli->words.n)
		return EXIT_DONE;
	cli->words.n--;
	part = TAKE(cli->words.v[cli->words.n]);
	c.part = part;
	complete_line(&c);
	client_close(c.cli.client);
	cli_done(&c.cli);
	free(c.before);
	return EXIT_DONE;
}
