#include "ops/rollback.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "model/types.h"
#include "ops/publish.h"
#include "ops/sync.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define HOLD "published-hold" /* in the state folder: the number of the generation */

bool rollback_is_held(const struct server *server)
{
	return atomic_load(&server->publisher->held);
}

void rollback_release(struct server *server)
{
	if (!rollback_is_held(server))
		return;
	if (unlinkat(server->state_fd, HOLD, 0) < 0 && errno != ENOENT)
		log_warning("cannot remove '%s/" HOLD "': %s", server->config.state_dir,
			strerror(errno));
	atomic_store(&server->publisher->held, false);
}

void rollback_load(struct server *server)
{
	autostrbuf text = STRBUF_INIT;
	uint64_t current;

	if (file_read(server->state_fd, HOLD, 64, &text, NULL) < 0 ||
		generation_current(server->tftp_fd, &current, NULL) < 0)
		return;
	atomic_store(&server->publisher->held, strtoull(text.buf, NULL, 10) == current);
}

static int hold(struct server *server, uint64_t number, struct err *err)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64 "\n", number);
	if (file_publish(server->state_fd, HOLD, 0640, text, strlen(text), err) < 0)
		return -1;
	atomic_store(&server->publisher->held, true);
	return 0;
}

/* Held first: a crash between the two must not let an automatic sync undo the rollback. */
static int hold_and_switch(
	struct server *server, uint64_t current, uint64_t number, struct err *err)
{
	bool was_held = rollback_is_held(server);

	if (hold(server, number, err) < 0)
		return -1;
	if (generation_switch(server->tftp_fd, number, err) == 0)
		return 0;
	if (!was_held || hold(server, current, NULL) < 0)
		rollback_release(server);
	return -1;
}

static int find_previous(struct server *server, uint64_t current, uint64_t *ret, struct err *err)
{
	autofree uint64_t *number = NULL;
	size_t n;

	if (generation_list(server->tftp_fd, &number, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (number[i] < current) {
			*ret = number[i];
			return 0;
		}
	}
	return err_set(err, ERR_NOT_FOUND,
		"there is no older generation; how many are kept: generations_kept of the "
		"settings");
}

struct locals {
	struct strv macs;
	size_t systems;
};

static int add_local(void *ctx, struct item *item, struct err *err)
{
	struct locals *locals = ctx;

	(void)err;
	locals->systems++;
	for (size_t i = 0; i < item->children; i++) {
		const char *mac = ((const struct interface *)item->child[i])->mac_address;

		if (mac && *mac)
			strv_add(&locals->macs, mac);
	}
	return 0;
}

/* An older generation may still have the installer for a machine that has finished since. */
static int keep_local(struct server *server, int generation, size_t *ret, struct err *err)
{
	const struct db_filter off = {.field = item_field(&system_type, "netboot_enabled"),
		.compare = DB_EQUAL,
		.text = "false"};
	const struct db_query query = {.type = &system_type, .filter = &off, .filters = 1};
	struct locals locals = {.macs = STRV_INIT};
	int result = db_item_list(server->db, &query, add_local, &locals, err);

	if (result == 0)
		result = sync_into(server, generation, &locals.macs, err);
	strv_done(&locals.macs);
	*ret = locals.systems;
	return result;
}

/* True where dnsmasq has to be told. */
static bool differs(int a, int b, const char *path)
{
	enum { MAX = 64 << 20 };
	autostrbuf was = STRBUF_INIT;
	autostrbuf is = STRBUF_INIT;

	file_read(a, path, MAX, &was, NULL);
	file_read(b, path, MAX, &is, NULL);
	return was.len != is.len || memcmp(was.buf, is.buf, is.len) != 0;
}

static int switch_locked(struct server *server, uint64_t number, json_t **ret, struct err *err)
{
	autoclose int from = -1;
	autoclose int to = -1;
	struct manifest manifest;
	uint64_t current;
	size_t local;
	bool main_changed;
	bool hosts_changed;

	if (generation_open(server->tftp_fd, &from, err) < 0 ||
		generation_current(server->tftp_fd, &current, err) < 0 ||
		(!number && find_previous(server, current, &number, err) < 0))
		return -1;
	if (number == current)
		return err_set(
			err, ERR_CONFLICT, "generation %" PRIu64 " is published already", number);
	if (generation_open_number(server->tftp_fd, number, &to, err) < 0 ||
		manifest_read_at(to, &manifest, err) < 0 || keep_local(server, to, &local, err) < 0)
		return -1;
	main_changed = differs(from, to, "private/" DHCP_MAIN);
	hosts_changed = differs(from, to, "private/" DHCP_HOSTS);
	if (hold_and_switch(server, current, number, err) < 0)
		return -1;
	*ret = manifest_json(&manifest);
	json_object_set_new(*ret, "local", json_integer((json_int_t)local));
	return publish_tell_dhcp(server, main_changed, hosts_changed, err);
}

int rollback_to(struct server *server, uint64_t number, json_t **ret, struct err *err)
{
	json_t *report = NULL;
	int result;

	pthread_mutex_lock(&server->publisher->lock);
	result = switch_locked(server, number, &report, err);
	pthread_mutex_unlock(&server->publisher->lock);
	if (result < 0) {
		json_decref(report);
		return -1;
	}
	server_event(server, "rollback", "", "",
		"generation %lld is published again, and stays until the next sync",
		(long long)json_integer_value(json_object_get(report, "generation")));
	*ret = report;
	return 0;
}

static int describe(
	struct server *server, uint64_t number, uint64_t current, json_t *list, struct err *err)
{
	autoclose int fd = -1;
	struct manifest manifest;
	json_t *entry;

	if (generation_open_number(server->tftp_fd, number, &fd, err) < 0 ||
		manifest_read_at(fd, &manifest, err) < 0)
		return -1;
	entry = manifest_json(&manifest);
	json_object_set_new(entry, "published", json_boolean(number == current));
	json_object_set_new(
		entry, "held", json_boolean(number == current && rollback_is_held(server)));
	json_array_append_new(list, entry);
	return 0;
}

int rollback_list(struct server *server, json_t **ret, struct err *err)
{
	autojson json_t *list = json_array();
	autofree uint64_t *number = NULL;
	uint64_t current;
	size_t n;

	if (generation_current(server->tftp_fd, &current, err) < 0 ||
		generation_list(server->tftp_fd, &number, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct err gone = ERR_INIT; /* pruned just now, or half removed by hand */

		if (describe(server, number[i], current, list, &gone) < 0)
			log_warning("generation %" PRIu64 ": %s", number[i], gone.msg);
	}
	*ret = TAKE(list);
	return 0;
}
