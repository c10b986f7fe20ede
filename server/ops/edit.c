#include "ops/edit.h"

#include "base/json.h"
#include "base/log.h"
#include "model/types.h"
#include "ops/edit_check.h"
#include "ops/sync.h"

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

/* The item stands as it is stored; machines get it when publishing works again. */
static void publish(struct server *server, const char *name, const struct item *before,
	const struct item *after)
{
	struct err err = ERR_INIT;

	if (sync_item(server, before, after, &err) < 0)
		server_event(server, "error", name, "", "stored, but not published: %s", err.msg);
}

/*
 * A replacement begins empty, but what GET shows can be PUT back: it has read-only fields, which
 * stay what they are, and "***" for a secret, which means the stored one.
 */
static void keep_unsaid(struct item *item, const struct item *stored, const json_t *body)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const char *said = json_get_str(body, field->name);
		bool masked = (field->flags & FIELD_SECRET) && said && strcmp(said, "***") == 0;

		if (masked || (field->flags & FIELD_READONLY))
			value_ops(field->kind)
				->copy(item_at(item, field), item_at_const(stored, field));
	}
}

static struct item *begin(
	const struct edit *edit, enum edit_how how, const struct item *stored, const json_t *body)
{
	struct item *item;

	if (how == EDIT_MERGE)
		return item_copy(stored);
	item = item_new(edit->type, edit->name);
	if (stored)
		keep_unsaid(item, stored, body);
	return item;
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

/* Import knows the sums already: it has read every byte. */
static bool is_measured(const struct edit *edit, const json_t *body)
{
	return edit->trusted && json_get_str(body, "kernel_sha256");
}

/* What is stored must still be what the change was made from, also where nobody named a version. */
static int64_t expected(const struct edit *edit, const struct item *stored)
{
	if (edit->expect != DB_ANY)
		return edit->expect;
	return stored ? stored->version : DB_NEW;
}

static int edit_once(struct server *server, const struct edit *edit, enum edit_how how,
	const json_t *body, struct item **before, struct item **after, struct err *err)
{
	autoitem struct item *stored = NULL;
	autoitem struct item *item = NULL;

	if (load(server, edit, &stored, err) < 0 || check_there(edit, how, stored, err) < 0)
		return -1;
	item = begin(edit, how, stored, body);
	if (item_merge_json(item, body, edit->trusted, err) < 0 ||
		edit_check(server, item, stored, is_measured(edit, body), err) < 0)
		return -1;
	if (db_item_put(server->db, edit->author, item, expected(edit, stored), err) < 0)
		return -1;
	*before = TAKE(stored);
	*after = TAKE(item);
	return 0;
}

/* True where another's write came between ours and what it was made from. */
static bool lost_race(const struct edit *edit, enum edit_how how, const struct err *err)
{
	if (edit->expect != DB_ANY)
		return false;
	return err->code == ERR_STALE || (err->code == ERR_CONFLICT && how == EDIT_REPLACE);
}

static int edit_until_stored(struct server *server, const struct edit *edit, enum edit_how how,
	const json_t *body, struct item **before, struct item **after, struct err *err)
{
	struct err why = ERR_INIT;

	for (size_t i = 0; i < TRIES; i++) {
		int64_t revision = db_revision(server->db);

		if (edit_once(server, edit, how, body, before, after, &why) == 0)
			return 0;
		if (!lost_race(edit, how, &why) || db_revision(server->db) == revision)
			break;
	}
	if (err)
		*err = why;
	return -1;
}

/* Two changes of profiles or menus at once could make a cycle that neither is. */
static bool can_cycle(const struct item_type *type)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if ((type->fields[i].flags & FIELD_PARENT) && type->fields[i].ref == type->kind)
			return true;
	return false;
}

static void lock_tree(struct server *server, const struct item_type *type)
{
	if (can_cycle(type))
		pthread_mutex_lock(&server->tree);
}

static void unlock_tree(struct server *server, const struct item_type *type)
{
	if (can_cycle(type))
		pthread_mutex_unlock(&server->tree);
}

static void answer(const struct item *item, json_t **ret)
{
	if (ret)
		*ret = item_to_json(item, 0);
}

int edit_item(struct server *server, const struct edit *edit, enum edit_how how, const json_t *body,
	json_t **ret, struct err *err)
{
	autoitem struct item *before = NULL;
	autoitem struct item *after = NULL;
	int result;

	if (check_name(edit->type, edit->name, err) < 0)
		return -1;
	if (!json_is_object(body))
		return err_set(err, ERR_INVALID, "a %s is a JSON object", edit->type->name);
	lock_tree(server, edit->type);
	result = edit_until_stored(server, edit, how, body, &before, &after, err);
	unlock_tree(server, edit->type);
	if (result < 0)
		return -1;
	if (!before || before->version != after->version)
		publish(server, edit->name, before, after);
	answer(after, ret);
	return 0;
}

int edit_delete(struct server *server, const struct edit *edit, struct err *err)
{
	autoitem struct item *before = NULL;

	if (edit->type->kind == ITEM_SETTINGS)
		return err_set(err, ERR_INVALID, "the settings cannot be removed");
	if (load(server, edit, &before, err) < 0)
		return -1;
	if (db_item_delete(server->db, edit->author, edit->type, edit->name, edit->expect, err) < 0)
		return -1;
	if (before)
		publish(server, edit->name, before, NULL);
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

static int check_copy(
	const struct edit *edit, const struct item *source, const char *name, struct err *err)
{
	if (!name)
		return err_field(err, ERR_INVALID, "name", "a copy needs a name");
	if (check_name(edit->type, name, err) < 0)
		return -1;
	if (edit->expect != DB_ANY && edit->expect != source->version)
		return err_set(err, ERR_STALE,
			"%s '%s' has been changed: version %lld is stored, not %lld",
			edit->type->name, edit->name, (long long)source->version,
			(long long)edit->expect);
	return 0;
}

static int make_copy(struct server *server, const struct edit *edit, const json_t *body,
	struct item **ret, struct err *err)
{
	autoitem struct item *source = NULL;
	autoitem struct item *copy = NULL;
	const char *name = json_get_str(body, "name");

	if (db_item_get(server->db, edit->type, edit->name, &source, err) < 0 ||
		check_copy(edit, source, name, err) < 0)
		return -1;
	copy = item_copy(source);
	free(copy->name);
	copy->name = xstrdup(name);
	clear_unique(copy);
	if (item_merge_json(copy, body, edit->trusted, err) < 0 ||
		edit_check(server, copy, source, false, err) < 0)
		return -1;
	if (db_item_put(server->db, edit->author, copy, DB_NEW, err) < 0)
		return -1;
	*ret = TAKE(copy);
	return 0;
}

int edit_copy(struct server *server, const struct edit *edit, const json_t *body, json_t **ret,
	struct err *err)
{
	autoitem struct item *copy = NULL;
	int result;

	lock_tree(server, edit->type);
	result = make_copy(server, edit, body, &copy, err);
	unlock_tree(server, edit->type);
	if (result < 0)
		return -1;
	publish(server, copy->name, NULL, copy);
	answer(copy, ret);
	return 0;
}

int edit_rename(struct server *server, const struct edit *edit, const char *new_name, json_t **ret,
	struct err *err)
{
	autoitem struct item *before = NULL;
	autoitem struct item *after = NULL;
	int result;

	if (check_name(edit->type, new_name, err) < 0)
		return -1;
	if (edit->type->kind == ITEM_SETTINGS)
		return err_set(err, ERR_INVALID, "the settings cannot be renamed");
	if (db_item_get(server->db, edit->type, edit->name, &before, err) < 0)
		return -1;
	lock_tree(server, edit->type);
	result = db_item_rename(
		server->db, edit->author, edit->type, edit->name, new_name, edit->expect, err);
	unlock_tree(server, edit->type);
	if (result < 0 || db_item_get(server->db, edit->type, new_name, &after, err) < 0)
		return -1;
	publish(server, new_name, before, after);
	answer(after, ret);
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
