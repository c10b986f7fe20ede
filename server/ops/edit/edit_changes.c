#include "ops/edit/edit_changes.h"

#include "model/types.h"
#include "ops/edit/edit_check.h"
#include "ops/install/served.h"
#include "ops/publish/autosync.h"
#include "ops/publish/sync.h"

#include <string.h>

enum { PUBLISH_MAX = 256 }; /* systems whose files are published one by one; more wait for a sync */

static void change_done(struct change *change)
{
	free(change->name);
	item_free(change->before);
	item_free(change->after);
}

void changes_done(struct changes *changes)
{
	for (size_t i = 0; i < changes->n; i++)
		change_done(&changes->change[i]);
	free(changes->change);
	free(changes->by_name);
	changes->change = NULL;
	changes->by_name = NULL;
	changes->n = changes->alloc = 0;
}

void changes_begin(struct changes *changes, struct server *server, const struct edit *edit)
{
	changes_done(changes);
	*changes = (struct changes){.server = server,
		.author = edit->author,
		.confirm = edit->confirm,
		.preview = edit->preview,
		.unpublished = edit->unpublished};
}

int changes_add_take(struct changes *changes, struct item *before, struct item *after,
	int64_t expect, struct err *err)
{
	const struct item *item = after ? after : before;
	struct change *change;

	if (changes->n == changes->alloc) {
		changes->alloc = changes->alloc ? 2 * changes->alloc : 4;
		changes->change =
			xreallocarray(changes->change, changes->alloc, sizeof(*changes->change));
	}
	change = &changes->change[changes->n++];
	*change = (struct change){.type = item->type,
		.name = xstrdup(item->name),
		.before = before,
		.after = after,
		.expect = expect,
		.publishes = sync_changed(before, after),
		.rename = before && after && strcmp(before->name, after->name) != 0};
	if (edit_check_protected(before, after, changes->confirm, err) < 0)
		return -1;
	if (changes->n > PUBLISH_MAX) { /* a hundred thousand of them would need room */
		item_free(change->before);
		change->before = NULL;
	}
	return 0;
}

static bool can_cycle(const struct item_type *type)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if ((type->fields[i].flags & FIELD_PARENT) && type->fields[i].ref == type->kind)
			return true;
	return false;
}

void changes_lock(struct server *server, const struct item_type *type)
{
	if (!type || can_cycle(type))
		pthread_mutex_lock(&server->tree);
}

void changes_unlock(struct server *server, const struct item_type *type)
{
	if (!type || can_cycle(type))
		pthread_mutex_unlock(&server->tree);
}

/* Looking up */

static int compare(const struct change *change, const struct item_type *type, const char *name)
{
	if (change->type != type)
		return change->type->kind < type->kind ? -1 : 1;
	return strcmp(change->name, name);
}

static int by_name(const void *a, const void *b, void *ctx)
{
	const struct changes *changes = ctx;
	const struct change *other = &changes->change[*(const size_t *)b];

	return compare(&changes->change[*(const size_t *)a], other->type, other->name);
}

static void make_index(struct changes *changes)
{
	free(changes->by_name);
	changes->by_name = xcalloc(changes->n + 1, sizeof(*changes->by_name));
	for (size_t i = 0; i < changes->n; i++)
		changes->by_name[i] = i;
	qsort_r(changes->by_name, changes->n, sizeof(*changes->by_name), by_name, changes);
}

const struct change *changes_find(
	const struct changes *changes, const struct item_type *type, const char *name)
{
	size_t low = 0;
	size_t high = changes->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct change *change = &changes->change[changes->by_name[middle]];
		int order = compare(change, type, name);

		if (order == 0)
			return change;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Checking */

static int check_one(struct changes *changes, const struct change *change, struct err *err)
{
	if (!change->after || change->rename)
		return edit_check_unused(changes->server, changes, change->type,
			change->before ? change->before->name : change->name, err);
	if (can_cycle(change->type) &&
		edit_check_chain(changes->server, changes, change->after, err) < 0)
		return -1;
	return edit_check_template(changes->server, changes, change->after, change->before, err);
}

int changes_check(struct changes *changes, struct err *err)
{
	make_index(changes);
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *change = &changes->change[i];

		if (check_one(changes, change, err) < 0)
			return changes->n == 1
			               ? -1
			               : err_wrap(err, "%s '%s'", change->type->name, change->name);
	}
	return 0;
}

/* Storing */

static int store_rename(struct changes *changes, struct change *change, struct err *err)
{
	struct db *db = changes->server->db;
	struct item *after;

	if (db_item_rename(db, changes->author, change->type, change->before->name, change->name,
		    change->expect, err) < 0 ||
		db_item_get(db, change->type, change->name, &after, err) < 0)
		return -1;
	item_free(change->after);
	change->after = after;
	return 0;
}

static int store_one(struct changes *changes, struct change *change, struct err *err)
{
	struct db *db = changes->server->db;

	if (change->rename)
		return store_rename(changes, change, err);
	if (change->after)
		return db_item_put(db, changes->author, change->after, change->expect, err);
	return db_item_delete(db, changes->author, change->type, change->name, change->expect, err);
}

static int store_all(struct changes *changes, struct err *err)
{
	autofree struct db_write *write = NULL;

	if (changes->n == 1)
		return store_one(changes, &changes->change[0], err);
	write = xcalloc(changes->n + 1, sizeof(*write));
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *change = &changes->change[i];

		write[i] = (struct db_write){.put = change->after,
			.type = change->type,
			.name = change->name,
			.expect = change->expect};
	}
	return db_write_all(changes->server->db, changes->author, write, changes->n, err);
}

/* A renamed item is looked for by both its names. */
static size_t list_targets(const struct changes *changes, struct sync_target *target)
{
	size_t n = 0;

	for (size_t i = 0; i < changes->n; i++) {
		const struct change *change = &changes->change[i];

		if (!change->publishes)
			continue;
		target[n++] = (struct sync_target){change->type, change->name};
		if (change->rename)
			target[n++] = (struct sync_target){change->type, change->before->name};
	}
	return n;
}

static int look(void *ctx, struct err *err)
{
	struct changes *changes = ctx;
	autofree struct sync_target *target = xcalloc(2 * changes->n + 1, sizeof(*target));
	size_t n = list_targets(changes, target);
	struct sync_preview *preview;
	int result;

	if (!n)
		return store_all(changes, err);
	if (sync_preview_begin(changes->server, target, n, &preview, err) < 0)
		return -1;
	result = store_all(changes, err);
	if (result == 0)
		result = sync_preview_end(preview, changes->preview, err);
	sync_preview_free(preview);
	return result;
}

/* A machine that has booted from its disk just now has not begun what it is told to do next. */
static void forget_signs(const struct changes *changes)
{
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *change = &changes->change[i];
		const struct system *was = (const struct system *)change->before;
		const struct system *is = (const struct system *)change->after;

		if (change->type->kind == ITEM_SYSTEM && was && is && was->netboot_enabled.set &&
			!was->netboot_enabled.value &&
			(!is->netboot_enabled.set || is->netboot_enabled.value))
			served_forget_signs(changes->server, change->name);
	}
}

int changes_store(struct changes *changes, struct err *err)
{
	struct db *db = changes->server->db;
	const struct db_span before = db_last_write(db);
	struct db_span after;

	if (!changes->n)
		return 0;
	if (changes->preview)
		return db_preview(db, look, changes, err);
	forget_signs(changes);
	if (store_all(changes, err) < 0)
		return -1;
	after = db_last_write(db);
	if (after.last != before.last) /* else all was as it is */
		changes->write = after;
	return 0;
}

/* Publishing */

static bool is_written(const struct change *change)
{
	return !change->before || !change->after ||
	       change->before->version != change->after->version;
}

/* More than are published one by one; what they were before is not there (changes_add_take()). */
static bool publish_many(struct changes *changes)
{
	for (size_t i = 0; i < changes->n; i++)
		if (changes->change[i].publishes) {
			autosync_want(changes->server);
			return true;
		}
	if (changes->write.last) /* nothing of it is published, and that is known now */
		sync_items(changes->server, NULL, 0, &changes->write, NULL, NULL);
	return false;
}

bool changes_publish(struct changes *changes)
{
	autofree struct sync_change *change = NULL;
	struct err err = ERR_INIT;
	bool needed = false;
	size_t n = 0;

	if (changes->preview)
		return false;
	if (changes->n > PUBLISH_MAX)
		return publish_many(changes);
	change = xcalloc(changes->n + 1, sizeof(*change));
	for (size_t i = 0; i < changes->n; i++)
		if (is_written(&changes->change[i]))
			change[n++] = (struct sync_change){
				changes->change[i].before, changes->change[i].after};
	if (n && sync_items(changes->server, change, n, &changes->write, &needed, &err) < 0) {
		server_event(changes->server, "error", changes->change[0].name, "",
			"stored, but not published: %s", err.msg);
		if (changes->unpublished)
			*changes->unpublished = err;
		if (autosync_may_pass(&err))
			autosync_want(changes->server);
		return true;
	}
	if (needed)
		autosync_want(changes->server);
	return needed;
}
