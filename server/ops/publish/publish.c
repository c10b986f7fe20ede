#include "ops/publish/publish.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/run.h"
#include "base/sha256.h"
#include "ops/publish/loaders.h"
#include "ops/supervise.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MANIFEST_MAX = 4096, CHECK_SECONDS = 20, RELOAD_SECONDS = 30 };

struct publisher *publisher_new(void)
{
	struct publisher *publisher = xcalloc(1, sizeof(*publisher));

	pthread_mutex_init(&publisher->lock, NULL);
	pthread_mutex_init(&publisher->stamping, NULL);
	atomic_init(&publisher->revision, -1);
	publish_boot_id(publisher->boot);
	return publisher;
}

void publisher_free(struct publisher *publisher)
{
	if (!publisher)
		return;
	generation_trash_wait(&publisher->trash);
	pthread_mutex_destroy(&publisher->lock);
	pthread_mutex_destroy(&publisher->stamping);
	free(publisher);
}

void publisher_at(struct publisher *publisher, const struct manifest *manifest)
{
	publisher->earlies = 0;
	pthread_mutex_lock(&publisher->stamping);
	memcpy(publisher->stamp, manifest->stamp, sizeof(publisher->stamp));
	atomic_store(&publisher->same, 0);
	atomic_store(&publisher->other, 0);
	pthread_mutex_unlock(&publisher->stamping);
	atomic_store(&publisher->unsure, manifest_is_unsure(publisher, manifest));
	atomic_store(&publisher->revision, manifest->revision);
}

void publish_load(struct server *server)
{
	atomic_bool *unsure = &server->publisher->unsure;
	struct manifest manifest;
	struct err err = ERR_INIT;

	if (manifest_read(server, &manifest, &err) == 0)
		publisher_at(server->publisher, &manifest);
	else if (err.code != ERR_NOT_FOUND) /* a manifest that is damaged itself */
		atomic_store(unsure, true);
	if (atomic_load(unsure))
		log_warning(
			"this host ended without warning, and what was published shortly before "
			"may be damaged: bootwright sync writes all again");
}

/* The one that begins where what is published ends; false: there is none. */
static bool take_next(struct publisher *publisher, int64_t *revision)
{
	for (size_t i = 0; i < publisher->earlies; i++) {
		struct db_span *early = &publisher->early[i];

		if (early->after != *revision)
			continue;
		*revision = early->last;
		*early = publisher->early[--publisher->earlies];
		return true;
	}
	return false;
}

/* One that finds no room is missed, and so are all that follow it: until the next sync, that costs
 * time and nothing else. */
void publisher_wrote(struct publisher *publisher, struct db_span write)
{
	int64_t revision = atomic_load(&publisher->revision);

	if (publisher->earlies < EARLY_MAX)
		publisher->early[publisher->earlies++] = write;
	while (take_next(publisher, &revision))
		;
	atomic_store(&publisher->revision, revision);
}

/* What changes after the watch was asked is seen by the next question. */
static bool compare_stamps(struct server *server)
{
	struct publisher *publisher = server->publisher;
	char stamp[65];
	uint64_t now;
	bool is_other;

	pthread_mutex_lock(&publisher->stamping);
	now = watch_generation(server->watch);
	manifest_stamp(server, stamp);
	is_other = strcmp(stamp, publisher->stamp) != 0;
	atomic_store(is_other ? &publisher->other : &publisher->same, now);
	pthread_mutex_unlock(&publisher->stamping);
	return is_other;
}

/* The watch has the answer files' templates, too, whose changes say nothing here. */
static bool templates_have_changed(struct server *server)
{
	uint64_t now = watch_generation(server->watch);

	if (now == atomic_load(&server->publisher->same))
		return false;
	return now == atomic_load(&server->publisher->other) || compare_stamps(server);
}

bool publish_is_behind(struct server *server)
{
	int64_t revision = atomic_load(&server->publisher->revision);

	return revision >= 0 &&
	       (revision != db_revision(server->db) || templates_have_changed(server));
}

void publish_result_done(struct publish_result *result)
{
	strbuf_done(&result->dhcp_main);
	strbuf_done(&result->dhcp_hosts);
	strv_done(&result->grub_samples);
	strv_done(&result->top);
}

/* A checker that is not installed has no opinion. */
static int ask(const char *const argv[], const char *what, struct err *err)
{
	autostrbuf output = STRBUF_INIT;

	if (run_checked(argv, CHECK_SECONDS, &output, err) == 0)
		return 0;
	if (!err || err->code != ERR_NOT_FOUND)
		return err_wrap(err, "not published: %s", what);
	log_debug("%s: not checked: %s", what, err->msg);
	*err = ERR_INIT;
	return 0;
}

int publish_check(struct server *server, const struct generation *generation,
	const struct publish_result *result, struct err *err)
{
	autofree char *folder =
		xasprintf("%s/gen/.new-%" PRIu64, server->config.tftp_dir, generation->number);
	autofree char *conf = xasprintf("--conf-file=%s/private/" DHCP_MAIN, folder);

	if (result->with_dhcp && ask((const char *[]){"dnsmasq", "--test", conf, NULL},
					 "dnsmasq's configuration", err) < 0)
		return -1;
	strv_for_each (sample, &result->grub_samples) {
		autofree char *path = xasprintf("%s/%s", folder, sample);

		if (ask((const char *[]){"grub-script-check", path, NULL}, sample, err) < 0)
			return -1;
	}
	return 0;
}

static int make_link(struct server *server, const char *name, struct err *err)
{
	autofree char *target = xasprintf("current/%s", name);
	autofree char *aside = xasprintf(".link-%s", name);
	char is[300];
	ssize_t n = readlinkat(server->tftp_fd, name, is, sizeof(is) - 1);

	if (n >= 0) {
		is[n] = '\0';
		if (strcmp(is, target) == 0)
			return 0;
	} else if (errno == EINVAL) {
		return err_set(err, ERR_CONFLICT,
			"'%s/%s' is in the way of the published one; move it elsewhere",
			server->config.tftp_dir, name);
	}
	unlinkat(server->tftp_fd, aside, 0);
	if (symlinkat(target, server->tftp_fd, aside) < 0 ||
		renameat(server->tftp_fd, aside, server->tftp_fd, name) < 0)
		return err_sys(err, "cannot make the link '%s/%s'", server->config.tftp_dir, name);
	return 0;
}

int publish_links(struct server *server, const struct strv *top, struct err *err)
{
	strv_for_each (name, top)
		if (make_link(server, name, err) < 0)
			return -1;
	return 0;
}

/* SIGHUP does not make dnsmasq read its main file again; it has to start anew. */
static int tell_managed(struct server *server, bool main_changed, struct err *err)
{
	if (main_changed)
		return supervise_restart_dhcp(server->config.supervisor, err);
	return supervise_reload_hosts(server->config.supervisor, err);
}

/* With manage_dhcp turned off there is nothing to read again, and a dnsmasq that is started without
 * its file fails: to end it is for its administrator. */
static bool has_ended(const struct server *server)
{
	if (faccessat(server->tftp_fd, "current/private/" DHCP_MAIN, F_OK, 0) == 0)
		return false;
	log_warning("dnsmasq's configuration is published no longer (manage_dhcp of the settings): "
		    "stop the dnsmasq that was started with it");
	return true;
}

static int tell_external(struct server *server, bool main_changed, struct err *err)
{
	const char *command =
		main_changed ? server->config.restart_dhcp : server->config.reload_dhcp;
	autostrv argv = STRV_INIT;
	autostrbuf output = STRBUF_INIT;

	if (!command || has_ended(server))
		return 0;
	strv_split(&argv, command, " \t");
	if (!argv.n)
		return 0;
	return run_checked((const char *const *)argv.v, RELOAD_SECONDS, &output, err);
}

int publish_tell_dhcp(struct server *server, bool main_changed, bool hosts_changed, struct err *err)
{
	bool *pending = &server->publisher->dhcp_pending;
	int result;

	if (!main_changed && !hosts_changed && !*pending)
		return 0;
	if (server->config.managed)
		result = tell_managed(server, main_changed || *pending, err);
	else
		result = tell_external(server, main_changed || *pending, err);
	*pending = result < 0;
	return result < 0 ? err_wrap(err, "published, but the DHCP server still has the old files")
	                  : 0;
}

static double real_number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

int manifest_read(struct server *server, struct manifest *ret, struct err *err)
{
	autoclose int generation = -1;

	if (generation_open(server->tftp_fd, &generation, err) < 0)
		return -1;
	return manifest_read_at(generation, ret, err);
}

int manifest_read_at(int generation, struct manifest *ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	autojson json_t *object = NULL;
	const char *stamp;
	const char *boot;

	if (file_read(generation, "manifest.json", MANIFEST_MAX, &text, err) < 0)
		return -1;
	object = json_parse(text.buf, text.len, err);
	if (!object)
		return err_wrap(err, "manifest.json");
	stamp = json_get_str(object, "stamp");
	boot = json_get_str(object, "boot");
	*ret = (struct manifest){
		.generation = (uint64_t)json_integer_value(json_object_get(object, "generation")),
		.revision = json_integer_value(json_object_get(object, "revision")),
		.files = (size_t)json_integer_value(json_object_get(object, "files")),
		.time = real_number(object, "time"),
	};
	snprintf(ret->stamp, sizeof(ret->stamp), "%s", stamp ? stamp : "");
	snprintf(ret->boot, sizeof(ret->boot), "%s", boot ? boot : "");
	return 0;
}

json_t *manifest_json(const struct manifest *manifest)
{
	json_t *object = json_object();

	json_object_set_new(object, "generation", json_integer((json_int_t)manifest->generation));
	json_object_set_new(object, "revision", json_integer(manifest->revision));
	json_object_set_new(object, "stamp", json_string(manifest->stamp));
	json_object_set_new(object, "files", json_integer((json_int_t)manifest->files));
	json_object_set_new(object, "time", json_real(manifest->time));
	return object;
}

int manifest_write(int generation, const struct manifest *manifest, struct err *err)
{
	autojson json_t *object = manifest_json(manifest);
	autostrbuf text = STRBUF_INIT;

	if (*manifest->boot)
		json_set_str(object, "boot", manifest->boot);
	json_print(object, true, &text);
	strbuf_addc(&text, '\n');
	return file_replace(generation, "manifest.json", 0644, text.buf, text.len, err);
}

static void add_number(struct sha256 *sum, uint64_t number)
{
	sha256_add(sum, &number, sizeof(number));
}

void manifest_stamp(struct server *server, char ret[65])
{
	autostrv templates = STRV_INIT;
	struct sha256 sum;

	sha256_begin(&sum);
	add_number(&sum, 3); /* counts changes of what a generation holds beside its templates */
	add_number(&sum, server->config.boot_port);
	sha256_add(&sum, server->config.tftp_dir, strlen(server->config.tftp_dir) + 1);
	add_number(&sum, loaders_stamp());
	template_folder_list(&server->boot_folder, &templates);
	strv_for_each (name, &templates) {
		sha256_add(&sum, name, strlen(name) + 1);
		add_number(&sum, template_folder_stat(&server->boot_folder, name));
	}
	sha256_end(&sum, ret);
}
