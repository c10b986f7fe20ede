/*
 * What the rows of the command table do. Each function gets the parsed command line, asks the
 * server and prints; it returns 0, -1 with an error, or another exit status.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

/* What bootwright exits with; help.c tells, by the same names. An error is err_exit_status(). */
enum {
	EXIT_DONE = 0,
	EXIT_PROBLEMS = 1, /* an error; check found what stops provisioning */
	EXIT_USAGE = 2,    /* the command line is wrong */
	/* Of what compares (--dry-run, template diff), as of diff(1): */
	EXIT_CHANGES = 1, /* something would change */
	EXIT_TROUBLE = 2, /* an error */
};

/* item_edit.c */
int run_add(struct cli *cli, struct err *err);
int run_edit(struct cli *cli, struct err *err);
int run_copy(struct cli *cli, struct err *err);
int run_rename(struct cli *cli, struct err *err);
int run_remove(struct cli *cli, struct err *err);
int run_settings_edit(struct cli *cli, struct err *err);

/* item_list.c */
int run_list(struct cli *cli, struct err *err);
int run_list_all(struct cli *cli, struct err *err);
int run_find(struct cli *cli, struct err *err);

/* item_report.c */
int run_report(struct cli *cli, struct err *err);
int run_report_all(struct cli *cli, struct err *err);
int run_settings_report(struct cli *cli, struct err *err);

/* item_explain.c */
int run_explain(struct cli *cli, struct err *err);
int run_dumpvars(struct cli *cli, struct err *err);

/* history.c */
int run_history(struct cli *cli, struct err *err);
int run_history_all(struct cli *cli, struct err *err);
int run_diff(struct cli *cli, struct err *err);
int run_revert(struct cli *cli, struct err *err);

/* state.c */
int run_export(struct cli *cli, struct err *err);
int run_apply(struct cli *cli, struct err *err);

/* task.c */
int run_import(struct cli *cli, struct err *err);
int run_sync(struct cli *cli, struct err *err);
int run_sync_status(struct cli *cli, struct err *err); /* generation.c, with the next */
int run_sync_rollback(struct cli *cli, struct err *err);
int run_task_list(struct cli *cli, struct err *err);

/* server.c */
int run_check(struct cli *cli, struct err *err);
int run_status(struct cli *cli, struct err *err);
int run_event_list(struct cli *cli, struct err *err);

/* boot.c */
int run_boot_explain(struct cli *cli, struct err *err);

/* loaders.c */
int run_loaders(struct cli *cli, struct err *err);

/* dhcp.c */
int run_dhcp_show(struct cli *cli, struct err *err);

/* token.c */
int run_discovered_list(struct cli *cli, struct err *err); /* discovered.c */
int run_discovered_add(struct cli *cli, struct err *err);
int run_discovered_remove(struct cli *cli, struct err *err);
int run_token_add(struct cli *cli, struct err *err);
int run_token_list(struct cli *cli, struct err *err);
int run_token_revoke(struct cli *cli, struct err *err);

/* install.c */
int run_reinstall(struct cli *cli, struct err *err);
int run_served(struct cli *cli, struct err *err);
int run_install_list(struct cli *cli, struct err *err);

/* completion.c, complete.c */
int run_completion(struct cli *cli, struct err *err);
int run_complete(struct cli *cli, struct err *err);

/* man.c */
int run_man(struct cli *cli, struct err *err);

/* help.c */
int run_version(struct cli *cli, struct err *err);
int run_help(struct cli *cli, struct err *err);

#endif
