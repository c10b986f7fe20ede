#include "ops/install/install.h"

#include "base/json.h"
#include "base/log.h"
#include "model/root.h"
#include "model/types.h"
#include "ops/answer/answer.h"
#include "ops/install/served.h"
#include "ops/publish/autosync.h"
#include "ops/publish/publish.h"
#include "ops/publish/sync.h"
#include "ops/query/chain.h"
#include "ops/recent.h"

#include <string.h>

enum { HOUR = 3600, DOWN_MOST = HOUR, SAY_AGAIN = HOUR };

/* Ending */

/* Publishes a local boot. Where that fails the record says so, and the next tick tries again;
 * `write` is NULL then. */
static void publish(struct server *server, const struct item *before, const struct item *after,
	const struct db_span *write)
{
	const struct sync_change change = {before, after};
	autofree char *said = xasprintf("unpublished %s", after->name);
	struct err err = ERR_INIT;
	bool needed = false;
	int result = sync_items(server, &change, 1, write, &needed, &err);

	if (result == 0 && (needed || !write))
		autosync_want(server);
	if (result == 0 && db_install_published(server->db, after->name, &err) == 0)
		return;
	if (recent_first(answers_said(server->answers), said, SAY_AGAIN))
		server_event(server, "error", after->name, "",
			"its boot files cannot be changed; until they can, it gets the menu, or "
			"where they cannot even be removed, its installer again: %s",
			err.msg);
}

/* As it is stored. That an installer cannot be published, its edit tells. */
static void publish_stored(struct server *server, const char *system)
{
	autoitem struct item *before = NULL;
	autoitem struct item *after = NULL;
	const struct opt_bool *is;
	struct err err = ERR_INIT;

	if (db_item_get(server->db, &system_type, system, &after, NULL) < 0)
		return;
	before = item_copy(after);
	is = &((struct system *)after)->netboot_enabled;
	((struct system *)before)->netboot_enabled =
		(struct opt_bool){.set = true, .value = is->set && !is->value};
	if (is->set && !is->value)
		publish(server, before, after, NULL);
	else
		sync_items(server, &(struct sync_change){before, after}, 1, NULL, NULL, &err);
}

static int end(struct server *server, const struct db_author *author,
	const struct db_install_end *how, bool *done, struct err *err)
{
	autoitem struct item *before = NULL;
	autoitem struct item *after = NULL;

	if (db_install_end(server->db, author, how, &before, &after, done, err) < 0)
		return -1;
	if (*done && how->event)
		log_info("%s: %s: %s", how->event->kind, how->system, how->event->message);
	if (after) {
		const struct db_span write = db_last_write(server->db);

		publish(server, before, after, &write);
	} else if (*done && how->boot_from_disk && publish_is_behind(server)) {
		/* who asks again after a crash is not answered before his files are local */
		publish_stored(server, how->system);
	}
	return 0;
}

/* Bounds */

struct bounds {
	int64_t tries; /* 0: none */
	int64_t hours;
	bool once; /* pxe_just_once */
};

/* A machine without a disk and a rescue system are started, not installed, any number of times. */
static bool can_end(const struct resolved *resolved)
{
	return !root_is_diskless(resolved_str(resolved, "root")) &&
	       !resolved_bool(resolved, "rescue");
}

/* Without an answer file (a live system, an image, an installer that asks people) nothing says what
 * a start is for, so any number of them may follow. */
static bool is_bounded(const struct resolved *resolved)
{
	return can_end(resolved) && *resolved_str(resolved, "autoinstall");
}

static int load_bounds(
	struct server *server, const char *system, struct bounds *ret, struct err *err)
{
	AUTO(chain) struct chain *chain = NULL;
	const struct resolved *end;
	const struct opt_bool *once;

	if (chain_load(server, &system_type, system, &chain, err) < 0)
		return -1;
	end = chain_end(chain);
	once = &((const struct settings *)chain->item[0])->pxe_just_once;
	ret->tries = is_bounded(end) ? resolved_int(end, "install_tries") : 0;
	ret->hours = is_bounded(end) ? resolved_int(end, "install_hours") : 0;
	ret->once = !once->set || once->value;
	return 0;
}

static int give_up(struct server *server, const char *system, const char *bound, const char *why,
	struct err *err)
{
	const struct db_author author = {.who = "bootwrightd", .from = bound};
	autofree char *message = xasprintf("%s; it boots from its disk from now on, until: "
					   "bootwright system reinstall %s",
		why, system);
	const struct db_event event = {
		.kind = "install-gave-up", .subject = system, .message = message};
	const struct db_install_end how = {.system = system,
		.state = INSTALL_GAVE_UP,
		.why = why,
		.if_under_way = true,
		.boot_from_disk = true,
		.event = &event};
	bool done;

	return end(server, &author, &how, &done, err);
}

static int begin_last(struct server *server, const struct db_install *install, struct err *err)
{
	const struct db_author author = {.who = "bootwrightd", .from = "install_tries"};
	autofree char *message =
		xasprintf("try %lld, the last one, has begun: whatever becomes of it, the machine "
			  "boots from its disk from now on",
			(long long)install->tries);
	const struct db_event event = {
		.kind = "install-last-try", .subject = install->system, .message = message};
	const struct db_install_end how = {.system = install->system,
		.if_under_way = true,
		.boot_from_disk = true,
		.event = &event};
	bool done;

	return end(server, &author, &how, &done, err);
}

/* The last try's installer runs, so that its loader needs no boot file any more; or it never asks
 * for anything else. */
static bool has_loaded(const struct db_install *install)
{
	return install->sign > INSTALL_LOADED ||
	       install->age - install->tried >= INSTALL_TRY_SECONDS;
}

static int judge_by(struct server *server, const struct db_install *install,
	const struct bounds *bounds, struct err *err)
{
	autofree char *why = NULL;

	if (bounds->hours && install->age >= (double)(bounds->hours * HOUR)) {
		why = xasprintf("%lld hour%s after its first start it has not reported its end",
			(long long)bounds->hours, bounds->hours == 1 ? "" : "s");
		return give_up(server, install->system, "install_hours", why, err);
	}
	if (bounds->tries && install->tries > bounds->tries) {
		why = xasprintf("it began %lld times and never reported its end",
			(long long)install->tries);
		return give_up(server, install->system, "install_tries", why, err);
	}
	if (bounds->tries && install->tries == bounds->tries && bounds->once && install->armed &&
		has_loaded(install))
		return begin_last(server, install, err);
	return 0;
}

static int judge(struct server *server, const char *system, struct err *err)
{
	struct db_install install;
	struct bounds bounds;
	int result = 0;

	if (db_install_get(server->db, system, &install, err) < 0)
		return -1;
	if (strcmp(install.state, INSTALL_STARTED) == 0) {
		result = load_bounds(server, system, &bounds, err);
		if (result == 0)
			result = judge_by(server, &install, &bounds, err);
	}
	db_install_done(&install);
	return result;
}

/* One that cannot be judged does not keep the others from it; one that is gone needs it not. */
static void judge_all(struct server *server, const struct strv *systems)
{
	strv_for_each (system, systems) {
		struct err err = ERR_INIT;

		if (judge(server, system, &err) < 0 && err.code != ERR_NOT_FOUND)
			log_warning(
				"the installation of '%s' cannot be judged: %s", system, err.msg);
	}
}

/* Signs and reports */

int install_signs(
	struct server *server, const struct db_install_sign *sign, size_t n, struct err *err)
{
	autostrv changed = STRV_INIT;

	if (db_install_signs(server->db, sign, n, &changed, err) < 0)
		return -1;
	judge_all(server, &changed);
	return 0;
}

static int record_end(struct server *server, const char *system, const char *address,
	bool boot_from_disk, struct err *err)
{
	const struct db_author author = {.who = "installer", .from = address};
	autofree char *message = xasprintf("the installation of '%s' has ended%s", system,
		boot_from_disk ? "; it boots from its disk from now on" : "");
	const struct db_event event = {
		.kind = "install-end", .subject = system, .address = address, .message = message};
	const struct db_install_end how = {.system = system,
		.state = INSTALL_FINISHED,
		.why = "",
		.boot_from_disk = boot_from_disk,
		.event = &event};
	bool done;

	return end(server, &author, &how, &done, err);
}

static int report_end(
	struct server *server, const char *system, const char *address, struct err *err)
{
	AUTO(chain) struct chain *chain = NULL;
	const struct opt_bool *once;

	if (chain_load(server, &system_type, system, &chain, err) < 0)
		return -1;
	once = &((const struct settings *)chain->resolved[0]->item)->pxe_just_once;
	served_forget_signs(server, system);
	return record_end(server, system, address,
		(!once->set || once->value) && can_end(chain_end(chain)), err);
}

/* What follows from it comes after it in the events. */
static int report_start(
	struct server *server, const char *system, const char *address, struct err *err)
{
	const struct db_install_sign sign = {.system = system, .sign = INSTALL_REPORTED};
	autostrv changed = STRV_INIT;

	if (db_install_signs(server->db, &sign, 1, &changed, err) < 0)
		return -1;
	if (changed.n)
		server_event(server, "install-start", system, address,
			"the installation of '%s' has started", system);
	else
		server_event(server, "install-gave-up", system, address,
			"an installer runs there, although it was given up");
	judge_all(server, &changed);
	return 0;
}

int install_report(
	struct server *server, const char *system, bool ended, const char *address, struct err *err)
{
	if (ended)
		return report_end(server, system, address, err);
	return report_start(server, system, address, err);
}

/* Arming */

int install_reinstall(
	struct server *server, const struct edit *edit, bool cancel, json_t **ret, struct err *err)
{
	autojson json_t *patch = json_pack("{s:b}", "netboot_enabled", !cancel);
	autojson json_t *item = NULL;

	if (edit_item(server, edit, EDIT_MERGE, patch, &item, err) < 0)
		return -1;
	if (!edit->preview) {
		served_forget_signs(server, edit->name);
		if (db_install_forget(server->db, edit->name, err) < 0)
			return -1;
		if (publish_is_behind(server)) /* it may have been stored so before */
			publish_stored(server, edit->name);
		server_event(server, cancel ? "install-cancelled" : "install-armed", edit->name, "",
			cancel ? "it boots from its disk" : "it installs at its next start");
	}
	*ret = TAKE(item);
	return 0;
}

/* The clock's hand */

static void publish_again(struct server *server)
{
	autostrv systems = STRV_INIT;

	db_install_unpublished(server->db, &systems, NULL);
	strv_for_each (system, &systems)
		publish_stored(server, system);
}

/* Killed between the two, what turned netboot_enabled off is stored and not published; and where
 * automatic syncs are off, whoever asks for it again changes nothing. */
static void publish_killed(struct server *server)
{
	autostrv systems = STRV_INIT;

	if (!publish_is_behind(server))
		return;
	db_install_local_since(
		server->db, atomic_load(&server->publisher->revision), &systems, NULL);
	strv_for_each (system, &systems)
		publish_stored(server, system);
}

static void judge_older(struct server *server, double age)
{
	autostrv systems = STRV_INIT;
	struct err err = ERR_INIT;

	if (db_install_under_way(server->db, age, &systems, &err) < 0)
		log_warning("installations cannot be judged: %s", err.msg);
	judge_all(server, &systems);
}

static void said_failure(const struct err *err)
{
	log_warning("the time of installations cannot be noted: %s", err->msg);
}

void install_resume(struct server *server)
{
	struct err err = ERR_INIT;

	publish_again(server);
	publish_killed(server);
	if (db_install_resume(server->db, DOWN_MOST, &err) < 0)
		said_failure(&err);
	judge_older(server, 0);
}

void install_tick(struct server *server, double seconds)
{
	struct err err = ERR_INIT;

	publish_again(server);
	if (db_install_tick(server->db, seconds, &err) < 0)
		said_failure(&err);
	judge_older(server, HOUR); /* the shortest bound */
}
