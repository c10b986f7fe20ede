#include "ops/server.h"

#include "base/file.h"
#include "base/log.h"
#include "model/types.h"
#include "ops/answer/autoinstall.h"
#include "ops/import/import.h"
#include "ops/install/discovery.h"
#include "ops/install/install_watch.h"
#include "ops/install/served.h"
#include "ops/publish/autosync.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback.h"
#include "ops/publish/sync.h"
#include "ops/query/kept_chains.h"
#include "ops/task.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

/* What the state holds. Nobody but us and our group looks into it: answer files and the store have
 * password hashes. */
static const char *const state_folders[] = {"boot-templates", "kickstarts", "trees"};

static int open_folder(const char *path, mode_t mode, int *ret, struct err *err)
{
	if (file_mkdirs(AT_FDCWD, path, mode, err) < 0)
		return -1;
	return file_open_dir(AT_FDCWD, path, ret, err);
}

static int open_folders(struct server *server, struct err *err)
{
	const struct server_config *config = &server->config;

	if (open_folder(config->state_dir, 0750, &server->state_fd, err) < 0)
		return err_wrap(err, "state folder");
	for (size_t i = 0; i < ARRAY_SIZE(state_folders); i++)
		if (file_mkdirs(server->state_fd, state_folders[i], 0750, err) < 0)
			return err_wrap(err, "state folder");
	/* in.tftpd serves it as a user of its own */
	if (open_folder(config->tftp_dir, 0755, &server->tftp_fd, err) < 0)
		return err_wrap(err, "TFTP folder");
	if (file_open_dir(AT_FDCWD, config->share_dir, &server->share_fd, err) < 0)
		return err_wrap(err, "the programs' own files");
	return 0;
}

static void open_templates(struct server *server)
{
	server->watch = watch_new();
	template_folder_init(&server->boot_folder, server->watch, server->state_fd,
		server->share_fd, "boot-templates");
	template_folder_init(&server->answer_folder, server->watch, server->state_fd,
		server->share_fd, "kickstarts");
	server->templates = templates_new(server->db, &server->answer_folder);
	server->boot_templates = template_folder_env(&server->boot_folder);
	server->answer_templates = templates_env(server->templates);
	if (!watch_is_exact(server->watch))
		log_info("a template folder's changes are found by looking at every file: it is on "
			 "a network file system, or inotify watches have run out "
			 "(/proc/sys/fs/inotify/max_user_watches)");
}

/* The settings are one item that always exists. */
static int make_settings(struct server *server, struct err *err)
{
	const struct db_author author = {.who = "bootwrightd", .from = "start"};
	autoitem struct item *settings = NULL;
	int64_t version;

	if (db_item_version(server->db, &settings_type, settings_type.name, &version, err) < 0)
		return -1;
	if (version)
		return 0;
	settings = item_new(&settings_type, settings_type.name);
	return db_item_put(server->db, &author, settings, DB_NEW, err);
}

static int open_all(struct server *server, struct err *err)
{
	if (open_folders(server, err) < 0 ||
		db_open(server->config.state_dir, &server->db, err) < 0)
		return -1;
	server->fallbacks = fallbacks_new();
	open_templates(server);
	server->answers = answers_new();
	server->chains = kept_chains_new();
	server->served = served_new();
	server->publisher = publisher_new();
	server->tasks = tasks_new();
	if (make_settings(server, err) < 0)
		return err_wrap(err, "settings");
	if (import_clean(server, err) < 0)
		return err_wrap(err, "removing what an import left behind");
	rollback_load(server);
	if (sync_clean(server, err) < 0)
		return err_wrap(err, "removing what a sync left behind");
	publish_load(server);
	return 0;
}

int server_open(const struct server_config *config, struct server **ret, struct err *err)
{
	struct server *server = xcalloc(1, sizeof(*server));

	server->config = *config;
	server->state_fd = -1;
	server->tftp_fd = -1;
	server->share_fd = -1;
	pthread_mutex_init(&server->tree, NULL);
	if (open_all(server, err) < 0) {
		server_close(server);
		return -1;
	}
	*ret = server;
	return 0;
}

void server_close(struct server *server)
{
	if (!server)
		return;
	atomic_store(&server->stopping, 1);
	/* first: these, a sync and a running task use all the rest */
	install_watch_stop(server->install_watch);
	autosync_stop(server->autosync);
	discovery_stop(server->discovery);
	tasks_free(server->tasks);
	if (server->publisher) /* not where opening failed early */
		publish_settle(server);
	publisher_free(server->publisher);
	served_free(server->served);
	answers_free(server->answers);
	kept_chains_free(server->chains);
	template_env_free(server->boot_templates);
	template_env_free(server->answer_templates);
	template_folder_done(&server->boot_folder);
	templates_free(server->templates);
	template_folder_done(&server->answer_folder);
	watch_free(server->watch);
	fallbacks_free(server->fallbacks);
	db_close(server->db);
	auto_close(&server->share_fd);
	auto_close(&server->tftp_fd);
	auto_close(&server->state_fd);
	pthread_mutex_destroy(&server->tree);
	free(server);
}

void server_event(struct server *server, const char *kind, const char *subject, const char *address,
	const char *fmt, ...)
{
	autostrbuf message = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct db_event event = {.kind = kind, .subject = subject, .address = address};
	bool bad = strcmp(kind, "error") == 0;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&message, fmt, ap);
	va_end(ap);
	event.message = message.buf;
	log_line(bad ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "%s: %s%s%s", kind, subject,
		*subject ? ": " : "", message.buf);
	if (db_event_add(server->db, &event, &err) < 0)
		log_warning("cannot store this event: %s", err.msg);
}
