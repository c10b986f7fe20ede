#include "ops/publish/sync.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "ops/publish/hosts_file.h"
#include "ops/publish/image_check.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback.h"

#include <string.h>
#include <time.h>

enum { DHCP_FILE_MAX = 64 << 20 };

static json_t *report(const struct manifest *manifest, size_t changed)
{
	json_t *object = json_object();

	json_object_set_new(object, "changed", json_integer((json_int_t)changed));
	json_object_set_new(object, "files", json_integer((json_int_t)manifest->files));
	json_object_set_new(object, "generation", json_integer((json_int_t)manifest->generation));
	json_object_set_new(object, "revision", json_integer(manifest->revision));
	return object;
}

/* -1 where nothing is published. */
static int open_current(struct server *server, int *ret, struct err *err)
{
	struct err ignored = ERR_INIT;

	*ret = -1;
	if (generation_open(server->tftp_fd, ret, &ignored) == 0 || ignored.code == ERR_NOT_FOUND)
		return 0;
	return err_set(err, ignored.code, "%s", ignored.msg);
}

static bool differs(const struct strbuf *was, const struct strbuf *text)
{
	return was->len != text->len || memcmp(was->buf, text->buf, was->len) != 0;
}

/* Where the published texts differ; a missing one is an empty one, also where DHCP is managed no
 * longer: what runs with the old ones has to end. */
static void compare_dhcp(
	int current, const struct publish_result *result, bool *main_changed, bool *hosts_changed)
{
	autostrbuf main = STRBUF_INIT;
	autostrbuf hosts = STRBUF_INIT;

	if (current >= 0) {
		file_read(current, "private/" DHCP_MAIN, DHCP_FILE_MAX, &main, NULL);
		hosts_files_read(current, &hosts);
	}
	*main_changed = differs(&main, &result->dhcp_main);
	*hosts_changed = differs(&hosts, &result->dhcp_hosts);
}

struct sync {
	struct server *server;
	struct task *task;
	struct generation generation;
	int current;
	struct manifest manifest;
	struct publish_result result;
	bool main_changed;
	bool hosts_changed;
};

static int write_generation(struct sync *sync, struct err *err)
{
	struct sink *sink = sink_writer_new(sync->generation.fd, sync->current);
	int result = publish_render(sync->server, sink, sync->task, &sync->result, err);

	if (result == 0)
		result = sink_writer_end(sink, err);
	sync->manifest.files = sink->files;
	sink_writer_free(sink);
	if (result < 0)
		return -1;
	sync->manifest.generation = sync->generation.number;
	sync->manifest.time = (double)time(NULL);
	return manifest_write(sync->generation.fd, &sync->manifest, err);
}

/* Everything that can fail comes before the switch; telling dnsmasq comes after it. */
static int make_generation(struct sync *sync, struct err *err)
{
	struct server *server = sync->server;
	const struct publish_result *result = &sync->result;

	if (write_generation(sync, err) < 0 ||
		publish_check(server, &sync->generation, result, err) < 0 ||
		publish_links(server, &result->top, err) < 0)
		return -1;
	compare_dhcp(sync->current, result, &sync->main_changed, &sync->hosts_changed);
	if (generation_publish(&sync->generation, &result->keep, err) < 0)
		return -1;
	if (sync->current >= 0) /* the disk was synced before the switch */
		manifest_settle(server->publisher, sync->current);
	publisher_at(server->publisher, &sync->manifest);
	rollback_release(server);
	generation_trash_empty(&server->publisher->trash, server->tftp_fd);
	return 0;
}

static int publish_all(struct sync *sync, json_t **ret, struct err *err)
{
	struct server *server = sync->server;
	int result;

	if (generation_begin(server->tftp_fd, &sync->generation, err) < 0)
		return -1;
	result = make_generation(sync, err);
	generation_done(&sync->generation);
	if (result < 0)
		return -1;
	server_event(server, "sync", "", "", "generation %llu: %zu files",
		(unsigned long long)sync->manifest.generation, sync->manifest.files);
	if (publish_tell_dhcp(server, sync->main_changed, sync->hosts_changed, err) < 0)
		return -1;
	*ret = report(&sync->manifest, sync->manifest.files);
	return 0;
}

static int compare_all(struct sync *sync, json_t **ret, struct err *err)
{
	struct sink *sink = sink_compare_new(sync->current);
	autostrbuf diff = STRBUF_INIT;
	size_t changed = 0;
	int result = publish_render(sync->server, sink, sync->task, &sync->result, err);

	if (result == 0)
		result = sink_compare_end(sink, &changed, &diff, err);
	sync->manifest.files = sink->files;
	sink_compare_free(sink);
	if (result < 0)
		return -1;
	*ret = report(&sync->manifest, changed);
	json_set_str(*ret, "diff", diff.buf);
	return 0;
}

/* The revision is read before the items, so that a change meanwhile shows as not published. */
static int sync_locked(struct sync *sync, bool dry_run, json_t **ret, struct err *err)
{
	struct server *server = sync->server;
	struct err ignored = ERR_INIT;
	struct manifest was;

	sync->manifest.revision = db_revision(server->db);
	manifest_stamp(server, sync->manifest.stamp);
	if (images_check(server, err) < 0)
		return -1;
	if (!atomic_load(&server->publisher->unsure) &&
		manifest_read(server, &was, &ignored) == 0 &&
		was.revision == sync->manifest.revision &&
		strcmp(was.stamp, sync->manifest.stamp) == 0 && publish_is_whole(server)) {
		if (!dry_run && publish_tell_dhcp(server, false, false, err) < 0)
			return -1;
		if (!dry_run) {
			publisher_at(server->publisher, &was);
			rollback_release(server);
		}
		*ret = report(&was, 0);
		if (dry_run)
			json_set_str(*ret, "diff", "");
		return 0;
	}
	if (open_current(server, &sync->current, err) < 0)
		return -1;
	return dry_run ? compare_all(sync, ret, err) : publish_all(sync, ret, err);
}

int sync_all(struct server *server, bool dry_run, struct task *task, json_t **ret, struct err *err)
{
	struct sync sync = {
		.server = server,
		.task = task,
		.generation = {.fd = -1},
		.current = -1,
		.result = {.dhcp_main = STRBUF_INIT, .dhcp_hosts = STRBUF_INIT},
	};
	int result;

	pthread_mutex_lock(&server->publisher->lock);
	result = sync_locked(&sync, dry_run, ret, err);
	pthread_mutex_unlock(&server->publisher->lock);
	publish_result_done(&sync.result);
	auto_close(&sync.current);
	return result;
}

json_t *sync_published(struct server *server)
{
	struct err err = ERR_INIT;
	struct manifest manifest;

	if (manifest_read(server, &manifest, &err) == 0)
		return manifest_json(&manifest);
	if (err.code != ERR_NOT_FOUND)
		log_warning("%s", err.msg);
	return json_null();
}

int sync_clean(struct server *server, struct err *err)
{
	if (generation_clean(server->tftp_fd, rollback_is_held(server), err) < 0)
		return -1;
	/* no machine waits for a hundred thousand files to go */
	generation_trash_empty(&server->publisher->trash, server->tftp_fd);
	return 0;
}
