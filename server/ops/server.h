/*
 * What the operations work on: the store, the folders, the templates, the tasks. One struct server
 * lives as long as the daemon; everything in it may be used from any thread.
 */
#ifndef OPS_SERVER_H
#define OPS_SERVER_H

#include "boot/vars.h"
#include "db/db.h"
#include "model/resolve.h"
#include "ops/answer/template_folder.h"
#include "ops/answer/templates.h"
#include "template/template.h"

#include <pthread.h>
#include <stdatomic.h>

struct tasks;
struct answers;
struct kept_chains;
struct publisher;
struct autosync;
struct served;
struct install_watch;
struct discovery;

/* From the command line and the configuration file; strings are borrowed. */
struct server_config {
	const char *state_dir; /* absolute */
	const char *tftp_dir;  /* absolute; the published files are below it */
	const char *share_dir; /* templates, signatures, page */
	unsigned boot_port;    /* that the boot listener has */
	const char *leases;    /* dnsmasq's, absolute; it need not be there; NULL: not known */
	bool managed;          /* we run dnsmasq and in.tftpd ourselves */
	/* services=external: programs and arguments, split at blanks; "" none */
	const char *reload_dhcp;  /* where only fixed addresses changed */
	const char *restart_dhcp; /* where dnsmasq.conf changed */
	int supervisor; /* services=managed: a socket to the parent that runs them; else -1 */
};

struct server {
	struct server_config config;
	struct db *db;
	int state_fd; /* folder descriptors */
	int tftp_fd;
	int share_fd;
	struct fallbacks *fallbacks;
	struct watch *watch;                  /* of the template folders */
	struct template_folder boot_folder;   /* STATE/boot-templates over SHARE/boot-templates */
	struct template_folder answer_folder; /* STATE/kickstarts over SHARE/kickstarts */
	struct templates *templates;          /* the store's before those of answer_folder */
	struct template_env *boot_templates;
	struct template_env *answer_templates;
	pthread_mutex_t
		tree; /* held while a profile or menu changes: two edits could make a cycle */
	struct tasks *tasks;
	struct answers *answers;    /* cache of rendered answers */
	struct kept_chains *chains; /* of what systems inherit from */
	struct publisher *publisher;
	struct served *served;               /* what was served lately */
	struct autosync *autosync;           /* NULL: changes wait for a sync */
	struct install_watch *install_watch; /* NULL: installations are not watched */
	struct discovery *discovery;         /* NULL: unknown machines are not recorded */
	_Atomic(int) http_images;            /* that are being sent (http_image.h) */
	_Atomic(int) stopping;
};

int server_open(const struct server_config *config, struct server **ret, struct err *err);
void server_close(struct server *server);

/* Writes an event and logs it; a failure to store it is only logged. */
void server_event(struct server *server, const char *kind, const char *subject, const char *address,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
