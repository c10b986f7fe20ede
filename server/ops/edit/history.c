#include "ops/edit/history.h"

#include "base/json.h"
#include "model/types.h"
#include "ops/edit/edit_changes.h"
#include "ops/edit/edit_check.h"
#include "ops/edit/item_text.h"

#include <string.h>

enum { TRIES = 10 };

static void auto_revision(struct db_revision *revision)
{
	db_revision_done(revision);
}

int history_show(struct server *server, int64_t number, json_t **ret, struct err *err)
{
	const struct db_history_query query = {.before = number + 1, .limit = 1};
	AUTO(revision) struct db_revision revision = {.revision = 0};
	autojson json_t *list = NULL;
	autostrbuf diff = STRBUF_INIT;

	/* says which there are, where there is no such one */
	if (db_revision_get(server->db, number, &revision, err) < 0 ||
		db_history(server->db, &query, &list, err) < 0)
		return -1;
	item_diff(revision.before, revision.after, &diff);
	*ret = json_incref(json_array_get(list, 0));
	json_set_str(*ret, "diff", diff.buf);
	return 0;
}

/* What became of an item after a revision of it. */
struct now {
	struct item *item; /* NULL: it is gone */
	int64_t revision;  /* its last one */
	char *who;
};

static void auto_now(struct now *now)
{
	item_free(now->item);
	free(now->who);
}

/* An item is who it is by its uid; others may have had its name before and after it. */
static bool is_about(const struct db_revision *revision, const char *uid)
{
	const struct item *item = revision->after ? revision->after : revision->before;

	return item && strcmp(item->uid, uid) == 0;
}

/* The last revision of the item that `of` is about. */
static int find_last(struct server *server, const struct db_revision *of, struct db_revision *ret,
	struct err *err)
{
	const struct item *item = of->after ? of->after : of->before;
	const struct db_history_query query = {.type = of->type, .name = item->name};
	autojson json_t *list = NULL;
	size_t i;
	json_t *entry;

	if (db_history(server->db, &query, &list, err) < 0)
		return -1;
	json_array_foreach (list, i, entry) {
		int64_t number = json_integer_value(json_object_get(entry, "revision"));

		if (number < of->revision)
			break;
		if (db_revision_get(server->db, number, ret, err) < 0)
			return -1;
		if (is_about(ret, item->uid))
			return 0;
		db_revision_done(ret);
	}
	return db_revision_get(server->db, of->revision, ret, err);
}

static int find_now(
	struct server *server, const struct db_revision *of, struct now *ret, struct err *err)
{
	AUTO(revision) struct db_revision last = {.revision = 0};

	if (find_last(server, of, &last, err) < 0)
		return -1;
	ret->revision = last.revision;
	ret->who = xstrdup_null(last.who);
	if (!last.after)
		return 0;
	return db_item_get(server->db, of->type, last.after->name, &ret->item, err);
}

struct undo {
	struct server *server;
	const struct revert *revert;
	struct changes *changes;
	json_t *written;
};

static void note(struct undo *undo, const char *action, const struct item *item)
{
	json_array_append_new(undo->written, json_pack("{s:s, s:s, s:s}", "action", action, "type",
						     item->type->name, "name", item->name));
}

static int check_unchanged(const struct undo *undo, const struct db_revision *revision,
	const struct now *now, struct err *err)
{
	const struct item *item = revision->after ? revision->after : revision->before;

	if (undo->revert->force || now->revision == revision->revision)
		return 0;
	return err_set(err, ERR_CONFLICT,
		"%s '%s' was changed again since: by %s, revision %lld; undo that first, or add "
		"--force (?force=1 in a URL)",
		item->type->name, item->name, now->who && *now->who ? now->who : "somebody",
		(long long)now->revision);
}

static int undo_creation(struct undo *undo, struct now *now, struct err *err)
{
	int64_t version;

	if (!now->item) /* gone already */
		return 0;
	if (now->item->type->kind == ITEM_SETTINGS)
		return err_set(err, ERR_INVALID, "the settings cannot be removed");
	note(undo, "delete", now->item);
	version = now->item->version;
	return changes_add_take(undo->changes, TAKE(now->item), NULL, version, err);
}

static int undo_rename(struct undo *undo, const char *name, struct now *now, struct err *err)
{
	struct item *after;
	int64_t version;

	if (!now->item)
		return err_set(err, ERR_CONFLICT, "'%s' is gone; undo its removal first", name);
	if (strcmp(now->item->name, name) == 0)
		return 0;
	after = item_copy(now->item);
	free(after->name);
	after->name = xstrdup(name);
	version = now->item->version;
	note(undo, "rename", after);
	return changes_add_take(undo->changes, TAKE(now->item), after, version, err);
}

/* With --force an edit from before an installation is undone after it: the machine must not be
 * installed again, unless that edit was what turned it off. */
static void keep_local_boot(
	struct item *item, const struct db_revision *revision, const struct item *stored)
{
	const struct system *was = (const struct system *)revision->before;
	const struct system *made = (const struct system *)revision->after;

	if (item->type->kind == ITEM_SYSTEM && made && stored &&
		made->netboot_enabled.set == was->netboot_enabled.set &&
		made->netboot_enabled.value == was->netboot_enabled.value)
		((struct system *)item)->netboot_enabled =
			((const struct system *)stored)->netboot_enabled;
}

/* The item gets back what it had; one that is there keeps its name, which others refer to. */
static int undo_put(
	struct undo *undo, const struct db_revision *revision, struct now *now, struct err *err)
{
	autoitem struct item *after = item_copy(revision->before);
	int64_t version = now->item ? now->item->version : DB_NEW;

	keep_local_boot(after, revision, now->item);
	if (now->item) {
		free(after->name);
		after->name = xstrdup(now->item->name);
		if (item_equal(now->item, after))
			return 0;
	}
	if (edit_check_item(undo->server, after, now->item, MEASURE_CHANGED, err) < 0)
		return -1;
	note(undo, "put", after);
	return changes_add_take(undo->changes, TAKE(now->item), TAKE(after), version, err);
}

static int undo_one(struct undo *undo, const struct db_revision *revision, struct err *err)
{
	AUTO(now) struct now now = {.revision = 0};

	if (find_now(undo->server, revision, &now, err) < 0 ||
		check_unchanged(undo, revision, &now, err) < 0)
		return -1;
	if (!revision->before)
		return undo_creation(undo, &now, err);
	if (strcmp(revision->action, "rename") == 0)
		return undo_rename(undo, revision->before->name, &now, err);
	return undo_put(undo, revision, &now, err);
}

static int undo_number(struct undo *undo, int64_t number, struct err *err)
{
	AUTO(revision) struct db_revision revision = {.revision = 0};

	if (db_revision_get(undo->server->db, number, &revision, err) < 0)
		return -1;
	if (undo_one(undo, &revision, err) < 0)
		return err_wrap(err, "revision %lld cannot be undone", (long long)number);
	return 0;
}

/* With a rename come the revisions of all that refer to the item, and they follow it back: then
 * `ret` is its number, else 0. */
static int find_rename(
	struct undo *undo, const int64_t *numbers, size_t n, int64_t *ret, struct err *err)
{
	*ret = 0;
	for (size_t i = 0; i < n && !*ret; i++) {
		AUTO(revision) struct db_revision revision = {.revision = 0};

		if (db_revision_get(undo->server->db, numbers[i], &revision, err) < 0)
			return -1;
		if (strcmp(revision.action, "rename") == 0)
			*ret = numbers[i];
	}
	return 0;
}

/* All revisions of the transaction. */
static int undo_change(struct undo *undo, int64_t number, struct err *err)
{
	AUTO(revision) struct db_revision revision = {.revision = 0};
	autofree int64_t *numbers = NULL;
	int64_t rename;
	size_t n;

	if (db_revision_get(undo->server->db, number, &revision, err) < 0 ||
		db_revision_change(undo->server->db, revision.change, &numbers, &n, err) < 0 ||
		find_rename(undo, numbers, n, &rename, err) < 0)
		return -1;
	if (rename)
		return undo_number(undo, rename, err);
	for (size_t i = 0; i < n; i++)
		if (undo_number(undo, numbers[i], err) < 0)
			return -1;
	return 0;
}

static int revert_once(struct undo *undo, struct err *err)
{
	const struct revert *revert = undo->revert;
	struct changes *changes = undo->changes;

	changes_done(changes);
	*changes = (struct changes){.server = undo->server,
		.author = revert->author,
		.confirm = revert->confirm,
		.preview = revert->preview,
		.unpublished = revert->unpublished};
	json_array_clear(undo->written);
	if ((revert->all ? undo_change(undo, revert->revision, err)
			 : undo_number(undo, revert->revision, err)) < 0)
		return -1;
	if (changes_check(changes, err) < 0 || changes_store(changes, err) < 0)
		return err_wrap(err, "revision %lld cannot be undone", (long long)revert->revision);
	return 0;
}

static int revert_until_stored(struct undo *undo, struct err *err)
{
	struct err why = ERR_INIT;

	for (size_t i = 0; i < TRIES; i++) {
		int64_t revision = db_revision(undo->server->db);

		why = ERR_INIT;
		if (revert_once(undo, &why) == 0)
			return 0;
		if (db_revision(undo->server->db) == revision)
			break;
	}
	if (err)
		*err = why;
	return -1;
}

int history_revert(
	struct server *server, const struct revert *revert, json_t **ret, struct err *err)
{
	AUTO(changes) struct changes changes = {.server = server};
	struct undo undo = {
		.server = server, .revert = revert, .changes = &changes, .written = json_array()};
	int result;

	changes_lock(server, NULL);
	result = revert_until_stored(&undo, err);
	changes_unlock(server, NULL);
	if (result == 0) {
		changes_publish(&changes);
		if (ret)
			*ret = json_incref(undo.written);
	}
	json_decref(undo.written);
	return result;
}
