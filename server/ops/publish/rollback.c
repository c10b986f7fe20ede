#include "ops/publish/rollback.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "boot/formats.h"
#include "model/types.h"
#include "ops/publish/hosts_file.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback_compare.h"
#include "ops/publish/sync.h"

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
	if (!rollback_is_held(server)) /* another TFTP folder has the same numbers again */
		unlinkat(server->state_fd, HOLD, 0);
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

/* Machines that boot from their own disks: an older generation may still have the installer for
 * them. */
static int find_locals(struct server *server, struct locals *ret, struct err *err)
{
	const struct db_filter off = {.field = item_field(&system_type, "netboot_enabled"),
		.compare = DB_EQUAL,
		.text = "false"};
	const struct db_query query = {.type = &system_type, .filter = &off, .filters = 1};

	return db_item_list(server->db, &query, add_local, ret, err);
}

/* Machines of the older generation that no system has any more. */
struct removed {
	struct server *server;
	struct strv *macs;
};

static int add_removed(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	struct removed *removed = ctx;
	autofree char *owner = NULL;
	struct err why = ERR_INIT;
	char mac[MAC_TEXT];

	if (!boot_file_of(entry->path, mac) ||
		db_system_by_mac(removed->server->db, mac, &owner, &why) == 0)
		return 0;
	if (why.code != ERR_NOT_FOUND)
		return err_set(err, why.code, "%s", why.msg);
	strv_add(removed->macs, mac);
	return 0;
}

/* Their installers would find no answer files: who is not known gets the menu. */
static int find_removed(struct server *server, int generation, struct strv *macs, struct err *err)
{
	struct removed removed = {.server = server, .macs = macs};

	return file_walk(generation, ".", add_removed, &removed, err);
}

static void read_main(int generation, struct strbuf *ret)
{
	enum { MAX = 64 << 20 };

	file_read(generation, "private/" DHCP_MAIN, MAX, ret, NULL);
}

/* True where dnsmasq has to be told. */
static bool differs(int a, int b, void (*read)(int generation, struct strbuf *ret))
{
	autostrbuf was = STRBUF_INIT;
	autostrbuf is = STRBUF_INIT;

	read(a, &was);
	read(b, &is);
	return was.len != is.len || memcmp(was.buf, is.buf, is.len) != 0;
}

struct rollback {
	struct server *server;
	uint64_t current;
	struct rollback_pair pair;
	struct manifest manifest; /* of the older generation */
	struct locals locals;
};

/* All that is needed to say what would be, and to do it. */
static int begin(struct rollback *rollback, struct err *err)
{
	struct server *server = rollback->server;
	struct rollback_pair *pair = &rollback->pair;

	if (generation_open(server->tftp_fd, &pair->from, err) < 0 ||
		generation_current(server->tftp_fd, &rollback->current, err) < 0 ||
		(!pair->number && find_previous(server, rollback->current, &pair->number, err) < 0))
		return -1;
	if (pair->number == rollback->current)
		return err_set(err, ERR_CONFLICT, "generation %" PRIu64 " is published already",
			pair->number);
	if (generation_open_number(server->tftp_fd, pair->number, &pair->to, err) < 0 ||
		manifest_read_at(pair->to, &rollback->manifest, err) < 0)
		return -1;
	return find_locals(server, &rollback->locals, err) < 0
	               ? -1
	               : find_removed(server, pair->to, &rollback->locals.macs, err);
}

static json_t *report(const struct rollback *rollback)
{
	json_t *object = manifest_json(&rollback->manifest);

	json_object_set_new(object, "local", json_integer((json_int_t)rollback->locals.systems));
	return object;
}

static int look(struct rollback *rollback, json_t **ret, struct err *err)
{
	autostrbuf diff = STRBUF_INIT;
	size_t changed;

	if (rollback_compare(rollback->server, &rollback->pair, &rollback->locals.macs, &changed,
		    &diff, err) < 0)
		return -1;
	*ret = report(rollback);
	json_object_set_new(*ret, "changed", json_integer((json_int_t)changed));
	json_set_str(*ret, "diff", diff.buf ? diff.buf : "");
	return 0;
}

static int go_back(struct rollback *rollback, json_t **ret, struct err *err)
{
	struct server *server = rollback->server;
	const struct rollback_pair *pair = &rollback->pair;
	bool main_changed;
	bool hosts_changed;

	if (sync_into(server, pair->to, &rollback->locals.macs, err) < 0 ||
		manifest_read_at(pair->to, &rollback->manifest, err) < 0)
		return -1;
	main_changed = differs(pair->from, pair->to, read_main);
	hosts_changed = differs(pair->from, pair->to, hosts_files_read);
	if (hold_and_switch(server, rollback->current, pair->number, err) < 0)
		return -1;
	publisher_at(server->publisher, &rollback->manifest);
	server_event(server, "rollback", "", "",
		"generation %lld is published again, and stays until the next sync",
		(long long)pair->number);
	*ret = report(rollback);
	return publish_tell_dhcp(server, main_changed, hosts_changed, err);
}

int rollback_to(struct server *server, uint64_t number, bool dry_run, json_t **ret, struct err *err)
{
	struct rollback rollback = {
		.server = server, .pair = {.from = -1, .to = -1, .number = number}};
	autojson json_t *answer = NULL;
	int result;

	pthread_mutex_lock(&server->publisher->lock);
	result = begin(&rollback, err);
	if (result == 0)
		result = (dry_run ? look : go_back)(&rollback, &answer, err);
	pthread_mutex_unlock(&server->publisher->lock);
	auto_close(&rollback.pair.from);
	auto_close(&rollback.pair.to);
	strv_done(&rollback.locals.macs);
	if (result < 0)
		return -1;
	*ret = TAKE(answer);
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
