#include "ops/edit/edit.h"

#include "base/json.h"
#include "model/types.h"
#include "ops/edit/edit_body.h"
#include "ops/edit/edit_changes.h"
#include "ops/edit/edit_check.h"
#include "ops/install/served.h"

#include <string.h>

enum { TRIES = 100 }; /* writes by others that one change can meet before it gives up */

static int check_name(const struct item_type *type, const char *name, struct err *err)
{
	if (type->check_name(name, NULL, err) == 0)
		return 0;
	err_wrap(err, "name");
	if (err)
		snprintf(err->field, sizeof(err->field), "name");
	return -1;
}

/* The stored item, or NULL. */
static int load(struct server *server, const struct edit *edit, struct item **ret, struct err *err)
{
	struct err why = ERR_INIT;

	if (db_item_get(server->db, edit->type, edit->name, ret, &why) == 0)
		return 0;
	*ret = NULL;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	if (err)
		*err = why;
	return -1;
}

/* The one change of an operation: takes both items. */
static int store_take(struct changes *changes, struct item *before, struct item *after,
	int64_t expect, struct err *err)
{
	if (changes_add_take(changes, before, after, expect, err) < 0 ||
		changes_check(changes, err) < 0)
		return -1;
	return changes_store(changes, err);
}

/* Publishes and answers after it. */
static void finish(struct changes *changes, json_t **ret)
{
	changes_publish(changes);
	if (ret)
		*ret = item_to_json(changes->change[0].after, 0);
}

static int check_there(
	const struct edit *edit, enum edit_how how, const struct item *stored, struct err *err)
{
	if (how == EDIT_CREATE && stored)
		return err_set(
			err, ERR_CONFLICT, "%s '%s' exists already", edit->type->name, edit->name);
	if (how == EDIT_MERGE && !stored)
		return err_set(err, ERR_NOT_FOUND, "no %s '%.100s'", edit->type->name, edit->name);
	return 0;
}

/* What GET gave and is PUT back names the sums, too, and so does not mean another file. */
static enum edit_measure how_to_measure(const struct edit *edit, const json_t *body)
{
	bool has_sum = json_get_str(body, "kernel_sha256");

	/* import knows the sums already: it has read every byte */
	if (edit->trusted && has_sum)
		return MEASURE_NEVER;
	if (!has_sum && (json_object_get(body, "kernel") || json_object_get(body, "initrd")))
		return MEASURE_ALWAYS;
	return MEASURE_CHANGED;
}

/* What is stored must still be what the change was made from, also where nobody named a version. */
static int64_t expected(const struct edit *edit, const struct item *stored)
{
	if (edit->expect != DB_ANY)
		return edit->expect;
	return stored ? stored->version : DB_NEW;
}

static int edit_once(struct changes *changes, const struct edit *edit, enum edit_how how,
	const json_t *body, struct err *err)
{
	struct server *server = changes->server;
	autoitem struct item *stored = NULL;
	autoitem struct item *item = NULL;
	int64_t expect;

	if (load(server, edit, &stored, err) < 0 || check_there(edit, how, stored, err) < 0)
		return -1;
	item = how == EDIT_MERGE ? item_copy(stored)
	                         : edit_body_begin(edit->type, edit->name, stored, body);
	if (item_merge_json(item, body, edit->trusted, err) < 0 ||
		edit_check_item(server, item, stored, how_to_measure(edit, body), err) < 0)
		return -1;
	expect = expected(edit, stored);
	return store_take(changes, TAKE(stored), TAKE(item), expect, err);
}

/* True where another's write came between ours and what it was made from. */
static bool lost_race(const struct edit *edit, enum edit_how how, const struct err *err)
{
	if (edit->expect != DB_ANY)
		return false;
	return err->code == ERR_STALE || (err->code == ERR_CONFLICT && how == EDIT_REPLACE);
}

static int edit_until_stored(struct changes *changes, const struct edit *edit, enum edit_how how,
	const json_t *body, struct err *err)
{
	struct server *server = changes->server;
	struct err why = ERR_INIT;

	for (size_t i = 0; i < TRIES; i++) {
		int64_t revision = db_revision(server->db);

		changes_begin(changes, server, edit);
		if (edit_once(changes, edit, how, body, &why) == 0)
			return 0;
		if (!lost_race(edit, how, &why) || db_revision(server->db) == revision)
			break;
	}
	if (err)
		*err = why;
	return -1;
}

int edit_item(struct server *server, const struct edit *edit, enum edit_how how, const json_t *body,
	json_t **ret, struct err *err)
{
	AUTO(changes) struct changes changes = {.server = server};
	int result;

	if (check_name(edit->type, edit->name, err) < 0)
		return -1;
	if (!json_is_object(body))
		return err_set(err, ERR_INVALID, "a %s is a JSON object", edit->type->name);
	changes_lock(server, edit->type);
	result = edit_until_stored(&changes, edit, how, body, err);
	changes_unlock(server, edit->type);
	if (result < 0)
		return -1;
	finish(&changes, ret);
	return 0;
}

int edit_delete(struct server *server, const struct edit *edit, struct err *err)
{
	AUTO(changes) struct changes changes = {.server = server};
	struct item *before;

	changes_begin(&changes, server, edit);
	if (edit->type->kind == ITEM_SETTINGS)
		return err_set(err, ERR_INVALID, "the settings cannot be removed");
	if (db_item_get(server->db, edit->type, edit->name, &before, err) < 0 ||
		store_take(&changes, before, NULL, edit->expect, err) < 0)
		return -1;
	changes_publish(&changes);
	return 0;
}

/* No two items may have them, so a copy begins without. */
static void clear_unique(struct item *item)
{
	for (size_t i = 0; i < item->type->n_fields; i++)
		if (item->type->fields[i].flags & FIELD_UNIQUE)
			value_ops(item->type->fields[i].kind)
				->clear(item_at(item, &item->type->fields[i]));
	for (size_t i = 0; i < item->children; i++)
		clear_unique(item->child[i]);
}

/* Another item: with a name and, once it is stored, an identity of its own. */
static struct item *copy_as(const struct item *source, const char *name)
{
	struct item *copy = item_copy(source);

	free(copy->name);
	copy->name = xstrdup(name);
	free(copy->uid);
	copy->uid = NULL;
	copy->version = 0;
	clear_unique(copy);
	return copy;
}

static int check_version(const struct edit *edit, const struct item *stored, struct err *err)
{
	if (edit->expect == DB_ANY || edit->expect == stored->version)
		return 0;
	return err_set(err, ERR_STALE, "%s '%s' has been changed: version %lld is stored, not %lld",
		edit->type->name, edit->name, (long long)stored->version, (long long)edit->expect);
}

static int make_copy(
	struct changes *changes, const struct edit *edit, const json_t *body, struct err *err)
{
	autoitem struct item *source = NULL;
	autoitem struct item *copy = NULL;
	const char *name = json_get_str(body, "name");

	if (!name)
		return err_field(err, ERR_INVALID, "name", "a copy needs a name");
	if (check_name(edit->type, name, err) < 0 ||
		db_item_get(changes->server->db, edit->type, edit->name, &source, err) < 0 ||
		check_version(edit, source, err) < 0)
		return -1;
	copy = copy_as(source, name);
	if (item_merge_json(copy, body, edit->trusted, err) < 0 ||
		edit_check_item(changes->server, copy, source, MEASURE_CHANGED, err) < 0)
		return -1;
	return store_take(changes, NULL, TAKE(copy), DB_NEW, err);
}

int edit_copy(struct server *server, const struct edit *edit, const json_t *body, json_t **ret,
	struct err *err)
{
	AUTO(changes) struct changes changes = {.server = server};
	int result;

	if (edit->type->kind == ITEM_SETTINGS)
		return err_set(err, ERR_INVALID, "the settings cannot be copied");
	changes_begin(&changes, server, edit);
	changes_lock(server, edit->type);
	result = make_copy(&changes, edit, body, err);
	changes_unlock(server, edit->type);
	if (result < 0)
		return -1;
	finish(&changes, ret);
	return 0;
}

static int rename_item(
	struct changes *changes, const struct edit *edit, const char *new_name, struct err *err)
{
	autoitem struct item *before = NULL;
	struct item *after;

	if (db_item_get(changes->server->db, edit->type, edit->name, &before, err) < 0)
		return -1;
	after = item_copy(before);
	free(after->name);
	after->name = xstrdup(new_name);
	return store_take(changes, TAKE(before), after, edit->expect, err);
}

int edit_rename(struct server *server, const struct edit *edit, const char *new_name, json_t **ret,
	struct err *err)
{
	AUTO(changes) struct changes changes = {.server = server};
	int result;

	if (check_name(edit->type, new_name, err) < 0)
		return -1;
	if (edit->type->kind == ITEM_SETTINGS)
		return err_set(err, ERR_INVALID, "the settings cannot be renamed");
	if (strcmp(edit->name, new_name) == 0)
		return err_set(
			err, ERR_CONFLICT, "%s '%s' exists already", edit->type->name, new_name);
	served_flush(server, true); /* what was noted under the old name goes with it */
	changes_begin(&changes, server, edit);
	changes_lock(server, edit->type);
	result = rename_item(&changes, edit, new_name, err);
	changes_unlock(server, edit->type);
	if (result < 0)
		return -1;
	finish(&changes, ret);
	return 0;
}

int edit_settings(struct server *server, const struct edit *edit, const json_t *patch, json_t **ret,
	struct err *err)
{
	struct edit settings = *edit;

	settings.type = &settings_type;
	settings.name = settings_type.name;
	return edit_item(server, &settings, EDIT_MERGE, patch, ret, err);
}
