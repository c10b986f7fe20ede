/* --help and help: made from the table of commands and the tables of options. */
#include "cli/commands.h"
#include "cli/options.h"

#include <ctype.h>
#include <string.h>

#define VERSION_TEXT "0.1"

int run_version(struct cli *cli, struct err *err)
{
	(void)cli;
	(void)err;
	puts("bootwright " VERSION_TEXT);
	return EXIT_DONE;
}

const char *const exit_status_help[] = {
	"0: done",
	"1: an error; check: something stops provisioning; --dry-run: something would change",
	"2: a wrong command line; --dry-run: an error",
};
const size_t n_exit_status_help = ARRAY_SIZE(exit_status_help);

const char *const command_group_titles[COMMAND_GROUPS] = {
	[GROUP_ITEM_WRITE] = "change items",
	[GROUP_ITEM_READ] = "look at items",
	[GROUP_TEMPLATE] = "try templates",
	[GROUP_SETTINGS] = "settings",
	[GROUP_STATE] = "everything",
	[GROUP_BOOT] = "boot machines",
	[GROUP_CHAIN] = "how they boot",
	[GROUP_DISCOVERED] = "new machines",
	[GROUP_SERVER] = "the server",
	[GROUP_HELP] = "this program",
};

/* The length of the first word where both begin with it and go on; else 0. */
static size_t same_first_word(const char *a, const char *b)
{
	size_t len = strcspn(a, " ");

	return a[len] && strncmp(a, b, len) == 0 && b[len] == ' ' ? len : 0;
}

void command_group_words(enum command_group group, struct strbuf *ret)
{
	const struct command *command;
	const char *last = NULL;

	for (size_t i = 0; (command = command_at(i)); i++) {
		size_t same = last ? same_first_word(command->words, last) : 0;

		if (command->group != group)
			continue;
		if (same)
			strbuf_addf(ret, "|%s", command->words + same + 1);
		else
			strbuf_addf(ret, "%s%s", last ? ", " : "", command->words);
		last = command->words;
	}
}

void type_names(const char *between, struct strbuf *ret)
{
	for (size_t i = 0; i < ITEM_KINDS; i++)
		if (item_type_is_listed(item_types[i]))
			strbuf_addf(ret, "%s%s", ret->len ? between : "", item_types[i]->name);
}

static void print_groups(FILE *out)
{
	autostrbuf types = STRBUF_INIT;

	for (size_t i = 0; i < COMMAND_GROUPS; i++) {
		autostrbuf words = STRBUF_INIT;

		command_group_words((enum command_group)i, &words);
		if (command_group_titles[i] && words.len)
			fprintf(out, "  %-14s %s\n", command_group_titles[i], words.buf);
	}
	type_names("|", &types);
	fprintf(out, "TYPE is %s.\n", types.buf);
}

static void general_help(FILE *out)
{
	fputs("bootwright COMMAND [--OPTION=VALUE …]: asks bootwrightd, a provisioning server.\n"
	      "\nFrom a DVD to a machine that installs itself:\n"
	      "  bootwright settings edit --server=10.0.0.1 --next-server-v4=10.0.0.1\n"
	      "  bootwright import --path=/mnt/dvd --name=scotland\n"
	      "  bootwright profile add bar --distro=scotland --virt-ram=1024\n"
	      "  bootwright system add db1 --profile=bar --interface=e0 "
	      "--mac=52:54:00:aa:00:07\n"
	      "  bootwright check && bootwright sync\n"
	      "\nCommands:\n",
		out);
	print_groups(out);
	fputs("bootwright COMMAND --help tells its options, bootwright help TYPE its\n"
	      "commands; man bootwright and man bootwright-fields tell it all.\n"
	      "Exit status: 0 done, 1 error, 2 wrong usage; of --dry-run: 1 changes, 2 error.\n",
		out);
}

static void type_help(const struct item_type *type, FILE *out)
{
	const struct command *command;

	fprintf(out, "bootwright %s COMMAND [--OPTION=VALUE …]\n  %s\n\nCommands:\n", type->name,
		type->help);
	for (size_t i = 0; (command = command_at(i)); i++) {
		autofree char *words = command_words(command, type);

		if (command_is_of(command, type))
			fprintf(out, "  %-18s %s\n", words, command->help);
	}
	fprintf(out,
		"\nbootwright %s COMMAND --help has a command's options, with examples; man "
		"bootwright-fields\neach field.\n",
		type->name);
}

/* The lines about the type where there are any, else all of them. */
static void print_examples(const char *lines, const struct item_type *type, FILE *out)
{
	autofree char *about = type ? xasprintf("bootwright %s ", type->name) : xstrdup("");
	autostrv all = STRV_INIT;
	bool any = false;

	strv_split(&all, lines, "\n");
	strv_for_each (line, &all)
		any |= strstr(line, about) != NULL;
	fputs("\nFor example:\n", out);
	strv_for_each (line, &all)
		if (!any || strstr(line, about))
			fprintf(out, "  %s\n", line);
}

static void command_help(const struct command *command, const struct item_type *type, FILE *out)
{
	autooption_table table = {0};
	autofree char *words = command_words(command, type);
	bool of_items = type && strncmp(command->words, "TYPE", 4) == 0;

	fprintf(out, "bootwright %s%s%s\n  %c%s%s%s.\n", words, *command->synopsis ? " " : "",
		command->synopsis, toupper((unsigned char)command->help[0]), command->help + 1,
		of_items ? "; an item here is " : "", of_items ? type->help : "");
	if (command->example)
		print_examples(command->example, type, out);
	option_table_make(command, type, &table);
	opt_print_help(table.row, table.n, out);
}

void cli_help(const struct cli *cli, FILE *out)
{
	if (cli->command)
		command_help(cli->command, cli->type, out);
	else if (cli->type)
		type_help(cli->type, out);
	else
		general_help(out);
}

/* True where a first word begins commands, though it is none itself: "token". */
static bool begins_commands(const char *word)
{
	const struct command *command;

	for (size_t i = 0; (command = command_at(i)); i++)
		if (strncmp(command->words, word, strlen(word)) == 0 &&
			command->words[strlen(word)] == ' ')
			return true;
	return false;
}

static void family_help(const char *word, FILE *out)
{
	const struct command *command;

	for (size_t i = 0; (command = command_at(i)); i++)
		if (strncmp(command->words, word, strlen(word)) == 0 &&
			command->words[strlen(word)] == ' ')
			fprintf(out, "bootwright %s %s\n  %s\n", command->words, command->synopsis,
				command->help);
}

int run_help(struct cli *cli, struct err *err)
{
	struct cli about = {0};
	size_t used;

	if (cli->words.n)
		about.command = command_find(cli->words.n, cli->words.v, &used, &about.type, err);
	if (cli->words.n == 1 && !about.command && !about.type &&
		begins_commands(cli->words.v[0])) {
		family_help(cli->words.v[0], stdout);
		return EXIT_DONE;
	}
	if (cli->words.n && !about.command && !(cli->words.n == 1 && about.type))
		return -1;
	cli_help(&about, stdout);
	return EXIT_DONE;
}
