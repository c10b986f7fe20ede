/* --help and help: made from the table of commands and the tables of options. */
#include "cli/commands.h"
#include "cli/options.h"

#include <string.h>

#define VERSION_TEXT "0.1"

int run_version(struct cli *cli, struct err *err)
{
	(void)cli;
	(void)err;
	puts("bootwright " VERSION_TEXT);
	return 0;
}

static void print_example(const char *lines, FILE *out)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		fprintf(out, "  %.*s\n", (int)len, lines);
		lines += len;
		lines += *lines == '\n';
	}
}

/* The command's words, with the type's name where it is known. */
static void add_words(
	const struct command *command, const struct item_type *type, struct strbuf *ret)
{
	if (type && strncmp(command->words, "TYPE", 4) == 0)
		strbuf_addf(ret, "%s%s", type->name, command->words + 4);
	else
		strbuf_adds(ret, command->words);
}

static void command_help(const struct command *command, const struct item_type *type, FILE *out)
{
	__attribute__((cleanup(auto_option_table))) struct option_table table = {0};
	autostrbuf words = STRBUF_INIT;

	add_words(command, type, &words);
	fprintf(out, "bootwright %s%s%s\n\n%s: %s.\n", words.buf, *command->synopsis ? " " : "",
		command->synopsis, words.buf, command->help);
	if (command->example) {
		fputs("\nFor example:\n", out);
		print_example(command->example, out);
	}
	option_table_make(command, type, &table);
	opt_print_help(table.row, table.n, out);
}

static bool is_of_type(const struct command *command, const struct item_type *type)
{
	size_t len = strlen(type->name);

	if (strncmp(command->words, "TYPE", 4) == 0)
		return item_type_is_listed(type);
	return strncmp(command->words, type->name, len) == 0 && command->words[len] == ' ';
}

static void print_commands(const struct item_type *type, FILE *out)
{
	for (size_t i = 0; i < n_commands; i++) {
		autostrbuf words = STRBUF_INIT;

		if (type && !is_of_type(&commands[i], type))
			continue;
		add_words(&commands[i], type, &words);
		fprintf(out, "  %-18s %s\n", words.buf, commands[i].help);
	}
}

static void general_help(const struct item_type *type, FILE *out)
{
	fputs("bootwright COMMAND [--OPTION=VALUE …]: asks bootwrightd, the provisioning server.\n",
		out);
	if (!type)
		fputs("\nFrom a DVD to a machine that installs itself:\n"
		      "  bootwright settings edit --server=10.0.0.1 --next-server-v4=10.0.0.1\n"
		      "  bootwright import --path=/mnt/dvd --name=scotland\n"
		      "  bootwright profile add --name=bar --distro=scotland --virt-ram=1024\n"
		      "  bootwright system add --name=web7 --profile=bar --interface=eth0 "
		      "--mac-address=52:54:00:aa:00:07\n"
		      "  bootwright check\n"
		      "  bootwright sync\n",
			out);
	fputs("\nCommands", out);
	if (!type)
		fputs("; TYPE is distro, profile or system", out);
	fputs(":\n", out);
	print_commands(type, out);
	opt_print_help(common_options, n_common_options, out);
	fputs("\nbootwright COMMAND --help shows a command's options, with examples. Exit status: "
	      "0, "
	      "2 for a wrong\ncommand line, else 1.\n",
		out);
}

void cli_help(const struct cli *cli, FILE *out)
{
	if (cli->command)
		command_help(cli->command, cli->type, out);
	else
		general_help(cli->type, out);
}

int run_help(struct cli *cli, struct err *err)
{
	struct cli about = {0};
	size_t used;

	if (cli->words.n)
		about.command = command_find(cli->words.n, cli->words.v, &used, &about.type, err);
	if (cli->words.n && !about.command && !(cli->words.n == 1 && about.type))
		return -1;
	cli_help(&about, stdout);
	return 0;
}
