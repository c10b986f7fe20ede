/*
 * The command line of an operator: a client of bootwrightd's API that keeps no state of its own.
 * commands.c has the table of commands, one row each; parse.c turns a command line into a struct
 * cli; a row's function asks the server and prints. Options that are fields come from the item
 * tables, so that a new field needs nothing here.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/json.h"
#include "base/opt.h"
#include "model/item.h"

#include <stdbool.h>

struct client;

enum cli_output {
	CLI_TEXT,  /* for people and for cut(1) */
	CLI_TABLE, /* columns with a heading */
	CLI_JSON,  /* what the server said */
};

/* Everything that an option other than a field can say; parse.c has the rows. Unset: NULL. */
struct cli_args {
	const char *socket, *server, *token_file, *ca_file; /* which server */
	const char *output;
	bool help, version;
	const char *name, *newname;
	bool in_place, recursive;
	const char *fields; /* columns of a list */
	const char *path, *arch, *breed, *os_version, *autoinstall, *available_as;
	bool dry_run;
	bool follow;
	const char *limit;
	const char *role, *expires;
};

struct command;

struct cli {
	const struct command *command;
	const struct item_type *type; /* of a command about items; else NULL */
	struct cli_args args;
	enum cli_output output;
	struct strv words;     /* after the command's own */
	struct strv argv;      /* what `args` points into */
	json_t *patch;         /* the fields given, as a merge patch (RFC 7396) or as filters */
	struct client *client; /* NULL for a local command */
};

/* Which options a command has besides its own rows. */
enum command_fields {
	FIELDS_NONE,
	FIELDS_PATCH,  /* the type's, with --interface=NAME and its fields: values to set */
	FIELDS_FILTER, /* the type's and its children's: what must be found */
};

struct command {
	const char *words; /* "system add"; TYPE stands for distro, profile and system */
	const char *synopsis;
	const char *help;    /* one line */
	const char *example; /* lines for --help; NULL: none */
	enum command_fields fields;
	const struct opt *options;
	size_t n_options;
	size_t max_words; /* accepted after the command's own */
	bool local;       /* needs no server */
	/* 0, or -1 with an error, or another exit status. */
	int (*run)(struct cli *cli, struct err *err);
};

extern const struct command commands[];
extern const size_t n_commands;
/* The command that argv[0] … begins with; `used`: how many words it has. ERR_USAGE names the
 * nearest. `type` is set where the first word is an item type's name. */
const struct command *command_find(size_t n, char *const words[], size_t *used,
	const struct item_type **type, struct err *err);

/* Fills `ret` (zeroed) from argv; free it with cli_done(). ERR_USAGE, or ERR_INVALID for a value;
 * with --help only the command is set. */
int cli_parse(int argc, char *const argv[], struct cli *ret, struct err *err);
void cli_done(struct cli *cli);
/* --help: of all, or of the command in `cli`. */
void cli_help(const struct cli *cli, FILE *out);

/* The whole program: its exit status. */
int cli_main(int argc, char *const argv[]);

#endif
