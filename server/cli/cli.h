/*
 * The command line of an operator: a client of bootwrightd's API that keeps no state of its own.
 * commands.c and item_commands.c have the commands, one row each; parse.c turns a command line into
 * a struct cli; a row's function asks the server and prints. Options that are fields come from the
 * item tables, so that a new field needs nothing here.
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
	bool in_place, clobber, recursive;
	bool dry_run, confirm, cancel, wait;
	const char *fields, *sort, *as_of; /* of what is listed */
	bool resolved;
	const char *path, *arch, *breed, *os_version, *autoinstall, *available_as;
	bool follow;
	const char *type, *limit, *before; /* of what has happened */
	const char *state;                 /* of installations */
	bool all, force;                   /* of revert */
	bool prune, secrets;               /* of apply and export */
	const char *generation;            /* of sync rollback */
	const char *role, *expires;
	const char *firmware, *user_class, *network, *choose; /* of a machine that boots */
	bool secure_boot;
	bool missing;                               /* of loaders */
	const char *format;                         /* of dhcp show */
	const char *interface;                      /* of discovered add */
	const char *vars, *system, *profile, *file; /* of templates */
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
	struct strv renamed;   /* interfaces that get another name: old, new, old, new … */
	struct client *client; /* NULL for a local command */
};

/* Which options a command has besides its own rows. */
enum command_fields {
	FIELDS_NONE,
	FIELDS_PATCH,  /* the type's, with --interface=NAME and its fields: values to set */
	FIELDS_FILTER, /* the type's and its children's: what must be found */
};

/* Where the general help shows a command. */
enum command_group {
	GROUP_ITEM_WRITE,
	GROUP_ITEM_READ,
	GROUP_TEMPLATE,
	GROUP_SETTINGS,
	GROUP_STATE,
	GROUP_BOOT,
	GROUP_CHAIN,
	GROUP_DISCOVERED,
	GROUP_SERVER,
	GROUP_HELP,
	GROUP_HIDDEN,
	COMMAND_GROUPS,
};

struct command {
	const char *words; /* "system add"; TYPE stands for each type that has items */
	enum command_group group;
	const char *synopsis;
	const char *help;    /* one line */
	const char *example; /* lines for --help; NULL: none */
	enum command_fields fields;
	const struct opt *options;
	size_t n_options;
	size_t max_words; /* accepted after the command's own */
	bool local;       /* needs no server */
	bool compares;    /* exits as diff(1) does; with --dry-run every command does */
	/* 0, or -1 with an error, or another exit status. */
	int (*run)(struct cli *cli, struct err *err);
};

/* The tables (templates' is in cli/template.h); the rows of all in their order by command_at(),
 * NULL past the last. */
extern const struct command item_commands[];
extern const size_t n_item_commands;
extern const struct command commands[];
extern const size_t n_commands;
const struct command *command_at(size_t i);
/* The words of the row with `type` (may be NULL) in the place of TYPE, yours to free. */
char *command_words(const struct command *command, const struct item_type *type);
/* True where TYPE of the row may be this type, or the row is about this type alone. */
bool command_is_of(const struct command *command, const struct item_type *type);
/* The command that argv[0] … begins with; `used`: how many words it has. ERR_USAGE names the
 * nearest. `type` is set where the first word is an item type's name. */
const struct command *command_find(size_t n, char *const words[], size_t *used,
	const struct item_type **type, struct err *err);

/* Fills `ret` (zeroed) from argv; free it with cli_done(). ERR_USAGE, or ERR_INVALID for a value;
 * with --help only the command is set. */
int cli_parse(int argc, char *const argv[], struct cli *ret, struct err *err);
struct given_fields;
/* The same, but the fields are left as they were given (options.h), and no file is read. */
int cli_parse_given(int argc, char *const argv[], struct cli *ret, struct given_fields *fields,
	struct err *err);
void cli_done(struct cli *cli);
/* --help: of all, of the type or of the command in `cli`. */
void cli_help(const struct cli *cli, FILE *out);
/* What help and the manual page say of groups: a title (NULL: not shown) and "TYPE add|edit …". */
extern const char *const command_group_titles[COMMAND_GROUPS];
void command_group_words(enum command_group group, struct strbuf *ret);
/* "distro, profile, …" */
void type_names(const char *between, struct strbuf *ret);
extern const char *const exit_status_help[];
extern const size_t n_exit_status_help;

/* Options may stand before the command's words: `before` counts them and argv[0], then come
 * `n_words` words. */
void cli_find_words(int argc, char *const argv[], int *before, size_t *n_words);
extern const char *const cli_outputs[]; /* by enum cli_output */
extern const size_t n_cli_outputs;

/* Sets cli->client by the options and the environment; `patient`: waits longer for a server that is
 * far away. */
int cli_open_client(struct cli *cli, bool patient, struct err *err);
/* The whole program: its exit status. */
int cli_main(int argc, char *const argv[]);

#endif
