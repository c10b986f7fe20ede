/*
 * services = managed: the small privileged parent. It starts dnsmasq and in.tftpd, restarts what
 * dies (with a growing pause), and does only what its child, the network-facing process, may ask
 * over a socket pair: start, reload, restart, status. Requests name nothing: paths and arguments
 * were fixed before the child was made.
 *
 * The child can write the folders that the services read. So dnsmasq, whose configuration may name
 * programs to run and files to write, never is root: it has the child's account and the few
 * capabilities that DHCP needs. in.tftpd is root until it has changed its root folder; its map of
 * names is none of the child's files.
 */
#ifndef OPS_SUPERVISE_H
#define OPS_SUPERVISE_H

#include "base/account.h"
#include "base/err.h"

#include <jansson.h>
#include <sys/types.h>

/* in.tftpd's map of names, below the share folder. */
#define SUPERVISE_TFTP_MAP "boot-templates/tftpd.map"

struct supervise_config {
	const char *tftp_dir;
	const char *dnsmasq_conf; /* the published main file, through the `current` link */
	const char *tftp_map;
	const char *tftp_address;      /* "" all */
	const char *leases;            /* the file in which dnsmasq keeps them */
	const struct account *account; /* the child's, and dnsmasq's */
	pid_t child;
};

/* The parent's whole life: returns the exit status when the child has ended and the services are
 * down. Call it with one thread, with SIGCHLD, SIGTERM, SIGINT and SIGHUP blocked. */
int supervise_run(int socket, const struct supervise_config *config);

/* From the child. ERR_UPSTREAM: the parent says why it could not. */
int supervise_reload_hosts(int socket, struct err *err);
/* Stops dnsmasq and starts it with what is published now; only stops it where nothing is. */
int supervise_restart_dhcp(int socket, struct err *err);
/* {"dnsmasq": {"running": true, "pid": n, "restarts": n}, "tftpd": {…}} */
int supervise_status(int socket, json_t **ret, struct err *err);

#endif
