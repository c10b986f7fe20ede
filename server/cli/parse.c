/* From argv to a struct cli (cli.h). */
#include "cli/cli.h"
#include "cli/cobbler.h"
#include "cli/commands.h"
#include "cli/options.h"

#include <string.h>

const char *const cli_outputs[] = {
	[CLI_TEXT] = "text",
	[CLI_TABLE] = "table",
	[CLI_JSON] = "json",
};
const size_t n_cli_outputs = ARRAY_SIZE(cli_outputs);

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

void cli_find_words(int argc, char *const argv[], int *before, size_t *n_words)
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
	for (size_t i = 0; i < n_cli_outputs; i++) {
		if (strcmp(cli->args.output, cli_outputs[i]) == 0) {
			cli->output = (enum cli_output)i;
			return 0;
		}
	}
	return err_set(
		err, ERR_USAGE, "--output=%s: must be text, table or json", cli->args.output);
}

/* Of a row's name, where an option of Cobbler's is not there on purpose: no row has such a name. */
static int check_left_out(const struct strv *argv, struct err *err)
{
	strv_for_each (word, argv) {
		autofree char *name = NULL;
		const struct left_out *row;

		if (strcmp(word, "--") == 0)
			return 0;
		if (strncmp(word, "--", 2) != 0)
			continue;
		name = xstrndup(word + 2, strcspn(word + 2, "="));
		row = left_out_option(name);
		if (row)
			return err_set(err, ERR_USAGE, "'--%s' was left out on purpose: %s",
				row->name, row->why);
	}
	return 0;
}

static int make_patch(struct cli *cli, const struct given_fields *fields, struct err *err)
{
	switch (cli->command->fields) {
	case FIELDS_NONE:
		return 0;
	case FIELDS_PATCH:
		return given_patch(cli->type, fields,
			cli->args.in_place && cli->command->run != run_add, &cli->patch,
			&cli->renamed, err);
	case FIELDS_FILTER:
		return given_filter(fields, &cli->patch, err);
	}
	return 0;
}

/* Options after the command's words: where a field has the same name as an option of all commands
 * (--server), it is the field. */
static int parse_options(
	struct cli *cli, int argc, char *const argv[], struct given_fields *fields, struct err *err)
{
	autooption_table table = {0};
	const struct command *command = cli->command;

	strv_add(&cli->argv, "bootwright");
	if (given_parse(cli->type, command->fields, argc, argv, fields, &cli->argv, err) < 0 ||
		check_left_out(&cli->argv, err) < 0)
		return -1;
	option_table_make(command, cli->type, &table);
	if (opt_parse(table.row, table.n, (int)cli->argv.n, cli->argv.v, &cli->args, &cli->words,
		    err) < 0)
		return -1;
	if (cli->words.n > command->max_words)
		return err_set(err, ERR_USAGE, "unexpected word '%s'; see --help",
			cli->words.v[command->max_words]);
	return 0;
}

int cli_parse_given(
	int argc, char *const argv[], struct cli *ret, struct given_fields *fields, struct err *err)
{
	int before;
	size_t n_words;
	size_t used = 0;

	cli_find_words(argc, argv, &before, &n_words);
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
	if (parse_options(ret, argc - before, argv + before, fields, err) < 0)
		return -1;
	return read_output(ret, err);
}

int cli_parse(int argc, char *const argv[], struct cli *ret, struct err *err)
{
	autogiven fields = {0};

	if (cli_parse_given(argc, argv, ret, &fields, err) < 0)
		return -1;
	return ret->command && !ret->args.help ? make_patch(ret, &fields, err) : 0;
}

void cli_done(struct cli *cli)
{
	strv_done(&cli->argv);
	strv_done(&cli->words);
	strv_done(&cli->renamed);
	json_decref(cli->patch);
}
