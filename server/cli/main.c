/* The program from its first option to its exit status. */
#include "cli/client.h"
#include "cli/commands.h"

#include <errno.h>
#include <stdlib.h>

#define DEFAULT_SOCKET "/run/bootwright/api.sock"

static const char *first_of(const char *option, const char *variable, const char *fallback)
{
	const char *value = option ? option : getenv(variable);

	return value && *value ? value : fallback;
}

/* An option counts more than the environment, whichever of the two it names. */
int cli_open_client(struct cli *cli, bool patient, struct err *err)
{
	struct client_options options = {
		.socket = first_of(cli->args.socket, "BOOTWRIGHT_SOCKET", DEFAULT_SOCKET),
		.server = cli->args.socket ? cli->args.server
	                                   : first_of(cli->args.server, "BOOTWRIGHT_SERVER", NULL),
		.ca_file = cli->args.ca_file,
		.hurry = !patient,
	};

	if (cli->args.socket && cli->args.server)
		return err_set(err, ERR_USAGE, "give --socket or --server, not both");
	if (options.server)
		options.token_file = first_of(cli->args.token_file, "BOOTWRIGHT_TOKEN_FILE", NULL);
	return client_open(&options, &cli->client, err);
}

/* A full disk is seen at the end, as what is printed is buffered. A reader that went away ends the
 * program by SIGPIPE, as it ends others; where that is ignored, it is an error like any other. */
static int flush_output(struct err *err)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (fflush(stdout) != 0 || (failed && errno))
		return err_sys(err, "standard output");
	if (failed)
		return err_set(err, ERR_IO, "standard output: not all of it could be written");
	return 0;
}

/* What is stored is stored: that it could not be published is no failure of the command. */
static void warn_unpublished(const struct cli *cli)
{
	const char *why = client_unpublished(cli->client);

	if (why)
		fprintf(stderr,
			"bootwright: warning: stored, but not published, and no sync will be until "
			"that is mended: %s\n",
			why);
}

static int run(struct cli *cli, struct err *err)
{
	int result;

	if (cli->args.help) {
		cli_help(cli, stdout);
		return 0;
	}
	if (cli->args.version)
		return run_version(cli, err);
	if (!cli->command->local && cli_open_client(cli, true, err) < 0)
		return -1;
	result = cli->command->run(cli, err);
	warn_unpublished(cli);
	client_close(cli->client);
	return result;
}

/* To what compares, 1 says that something differs, so that a script can tell that from an error. */
static int error_status(const struct cli *cli, const struct err *err)
{
	bool compares = cli->args.dry_run || (cli->command && cli->command->compares);

	return compares ? EXIT_TROUBLE : err_exit_status(err->code);
}

int cli_main(int argc, char *const argv[])
{
	struct err err = ERR_INIT;
	struct cli cli = {0};
	int result = cli_parse(argc, argv, &cli, &err);

	if (result == 0)
		result = run(&cli, &err);
	if (result >= 0 && flush_output(&err) < 0)
		result = -1;
	if (result < 0) {
		fprintf(stderr, "bootwright: %s\n", err.msg);
		result = error_status(&cli, &err);
	}
	cli_done(&cli);
	return result;
}
