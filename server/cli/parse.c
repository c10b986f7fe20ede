/* From argv to a struct cli (cli.h). */
#include "cli/cli.h"
#include "cli/options.h"

#include <string.h>

static const char *const outputs[] = {
	[CLI_TEXT] = "text",
	[CLI_TABLE] = "table",
	[CLI_JSON] = "json",
};

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

/* True where the option of all commands at `word` takes the next word as its value. */
static bool takes_next(const char *word)
{
	if (strchr(word, '='))
		return false;
	for (size_t i = 0; i < n_common_options; i++)
		if (common_options[i].kind == OPT_STRING &&
			strcmp(word + 2, common_options[i].name) == 0)
			return true;
	return false;
}

/* Options may stand before the command's words: `before` counts them, then come `n_words` words. */
static void find_words(int argc, char *const argv[], int *before, size_t *n_words)
{
	int i = 1;

	while (i < argc && is_option(argv[i]))
		i += takes_next(argv[i]) ? 2 : 1;
	*before = i < argc ? i : argc;
	*n_words = 0;
	for (; i < argc && !is_option(argv[i]); i++)
		(*n_words)++;
}

static bool asks_for(const char *option, int argc, char *const argv[])
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], option) == 0)
			return true;
	return false;
}

static int read_output(struct cli *cli, struct err *err)
{
	if (!cli->args.output)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
		if (strcmp(cli->args.output, outputs[i]) == 0) {
			cli->output = (enum cli_output)i;
			return 0;
		}
	}
	return err_set(
		err, ERR_USAGE, "--output=%s: must be text, table or json", cli->args.output);
}

/* Options after the command's words: where a field has the same name as an option of all commands
 * (--server), it is the field. */
static int parse_options(struct cli *cli, int argc, char *const argv[], struct err *err)
{
	__attribute__((cleanup(auto_option_table))) struct option_table table = {0};
	__attribute__((cleanup(auto_given))) struct given_fields fields = {0};
	const struct command *command = cli->command;

	strv_add(&cli->argv, "bootwright");
	if (given_parse(cli->type, command->fields, argc, argv, &fields, &cli->argv, err) < 0)
		return -1;
	option_table_make(command, cli->type, &table);
	if (opt_parse(table.row, table.n, (int)cli->argv.n, cli->argv.v, &cli->args, &cli->words,
		    err) < 0)
		return -1;
	if (cli->words.n > command->max_words)
		return err_set(err, ERR_USAGE, "unexpected word '%s'; see --help",
			cli->words.v[command->max_words]);
	if (command->fields == FIELDS_NONE || cli->args.help)
		return 0;
	return given_patch(cli->type, &fields, cli->args.in_place, &cli->patch, err);
}

int cli_parse(int argc, char *const argv[], struct cli *ret, struct err *err)
{
	int before;
	size_t n_words;
	size_t used = 0;

	find_words(argc, argv, &before, &n_words);
	if (opt_parse(common_options, n_common_options, before, argv, &ret->args, NULL, err) < 0)
		return -1;
	if (n_words)
		ret->command = command_find(n_words, argv + before, &used, &ret->type, err);
	if (!ret->command) {
		ret->args.help = asks_for("--help", argc, argv);
		if (ret->args.help || ret->args.version)
			return 0;
		return n_words ? -1
		               : err_set(err, ERR_USAGE,
					 "what is to be done? bootwright help lists the commands");
	}
	before += (int)used;
	if (parse_options(ret, argc - before, argv + before, err) < 0)
		return -1;
	return read_output(ret, err);
}

void cli_done(struct cli *cli)
{
	strv_done(&cli->argv);
	strv_done(&cli->words);
	json_decref(cli->patch);
}
