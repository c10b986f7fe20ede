/*
 * bootwrightd's options: from the command line, which wins, and a configuration file with the same
 * names; see the table in daemon_options.c for what each means and what it is without.
 */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include "base/opt.h"

struct daemon_options {
	const char *config;
	const char *state_dir;
	const char *tftp_dir;
	const char *share_dir;
	const char *boot_listen; /* NULL: port 80 of all addresses */
	const char *api_listen;
	const char *api_socket;
	const char *services;
	const char *reload_dhcp;
	const char *restart_dhcp;
	const char *tftp_address;
	const char *dhcp_leases;
	const char *user;
	const char *log_level;
	bool openapi;
	bool version;
	bool help;
	bool man;
	struct strv texts; /* that the others point into */
};

/* Fills an empty struct: all other texts are set afterwards, folders are absolute (unless help,
 * version or openapi was asked for). Sets the log level. ERR_USAGE; ERR_INVALID with file and line.
 */
int daemon_options_read(struct daemon_options *o, int argc, char *argv[], struct err *err);
void daemon_options_print_help(FILE *out);
/* bootwrightd(8), in mdoc(7). */
void daemon_options_print_man(FILE *out);
void daemon_options_done(struct daemon_options *o);

#endif
