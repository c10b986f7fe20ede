/* Checks of what an item names, where the store itself does not (edit_check.h). */
#include "ops/edit/edit_check.h"

#include "model/types.h"
#include "ops/edit/edit_changes.h"
#include "ops/query/chain.h"

#include <string.h>

static const char *template_of(const struct item *item)
{
	const struct field *field = item_field(item->type, "autoinstall");

	return field ? *(char *const *)item_at_const(item, field) : NULL;
}

/* 1: the store has it, or will have it; 0: not, or not any more. */
static int is_stored_template(
	struct server *server, const struct changes *changes, const char *name, struct err *err)
{
	const struct change *change = changes ? changes_find(changes, &template_type, name) : NULL;
	int64_t version;

	if (change)
		return change->after != NULL;
	if (db_item_version(server->db, &template_type, name, &version, err) < 0)
		return -1;
	return version != 0;
}

static int no_such_template(
	struct server *server, const char *field, const char *name, struct err *err)
{
	autostrv names = STRV_INIT;
	const char *near;

	template_folder_list(&server->answer_folder, &names);
	if (strv_has(&names, name))
		return err_field(err, ERR_INVALID, field,
			"template '%.100s' is there but cannot be opened: it must be readable for "
			"the account that bootwrightd runs as, and no link that leads out of its "
			"folder",
			name);
	db_item_names(server->db, &template_type, &names, NULL);
	near = nearest_word(name, (const char *const *)names.v, names.n);
	return err_field(err, ERR_INVALID, field,
		"no template '%.100s' in the store, %s/kickstarts or %s/kickstarts%s%s%s", name,
		server->config.state_dir, server->config.share_dir, near ? "; did you mean '" : "",
		near ? near : "", near ? "'?" : "");
}

static int check_there(struct server *server, const struct changes *changes, const char *field,
	const char *name, struct err *err)
{
	int there = is_stored_template(server, changes, name, err);

	if (there < 0)
		return -1;
	if (there || template_folder_has(&server->answer_folder, name))
		return 0;
	return no_such_template(server, field, name, err);
}

static bool has_key(const struct opt_map *map, const char *key)
{
	for (size_t i = 0; map && i < map->n; i++)
		if (strcmp(map->entry[i].key, key) == 0)
			return true;
	return false;
}

static int check_kept_files(struct server *server, const struct changes *changes,
	const struct item *item, const struct item *stored, struct err *err)
{
	const struct field *field = item_field(item->type, "template_files");
	const struct opt_map *files = field ? item_at_const(item, field) : NULL;
	const struct opt_map *were = field && stored ? item_at_const(stored, field) : NULL;

	for (size_t i = 0; files && i < files->n; i++) {
		const char *name = files->entry[i].key;

		if (*name != '!' && !has_key(were, name) &&
			check_there(server, changes, field->name, name, err) < 0)
			return -1;
	}
	return 0;
}

/* A template that was there when it was chosen may be gone now; that is no reason to refuse the
 * change of another field. */
int edit_check_template(struct server *server, const struct changes *changes,
	const struct item *item, const struct item *stored, struct err *err)
{
	const char *name = template_of(item);
	const char *was = stored ? template_of(stored) : NULL;

	if (name && *name && !(was && strcmp(name, was) == 0) &&
		check_there(server, changes, "autoinstall", name, err) < 0)
		return -1;
	return check_kept_files(server, changes, item, stored, err);
}

/* Who uses a template */

struct users {
	const struct changes *changes;
	const struct field *field;
	const char *name;
	char *first; /* "system 'web7'" */
	size_t n;
};

static bool uses(const struct item *item, const struct field *field, const char *name)
{
	const void *at = item_at_const(item, field);

	if (field->kind == VALUE_MAP)
		return has_key(at, name);
	return *(char *const *)at && strcmp(*(char *const *)at, name) == 0;
}

/* What is changed or removed at the same time counts as it will be. */
static int add_user(void *ctx, struct item *item, struct err *err)
{
	struct users *users = ctx;
	const struct change *change =
		users->changes ? changes_find(users->changes, item->type, item->name) : NULL;

	(void)err;
	if (change && (!change->after || !uses(change->after, users->field, users->name)))
		return 0;
	if (users->n++ == 0)
		users->first = xasprintf("%s '%s'", item->type->name, item->name);
	return 0;
}

static int find_users(
	struct server *server, struct users *users, const struct item_type *type, struct err *err)
{
	static const char *const fields[] = {"autoinstall", "template_files"};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *field = item_field(type, fields[i]);
		const struct db_filter filter = {
			.field = field, .compare = DB_EQUAL, .text = users->name};
		const struct db_query query = {.type = type, .filter = &filter, .filters = 1};

		users->field = field;
		if (field && db_item_list(server->db, &query, add_user, users, err) < 0)
			return -1;
	}
	return 0;
}

int edit_check_unused(struct server *server, const struct changes *changes,
	const struct item_type *type, const char *name, struct err *err)
{
	struct users users = {.changes = changes, .name = name};
	autofree char *more = NULL;
	int result = 0;

	if (type->kind != ITEM_TEMPLATE || template_folder_has(&server->answer_folder, name))
		return 0;
	for (size_t kind = 0; kind < ITEM_KINDS && result == 0; kind++)
		if (item_type_is_listed(item_types[kind]))
			result = find_users(server, &users, item_types[kind], err);
	if (result == 0 && users.n) {
		more = users.n > 1 ? xasprintf(" and %zu more", users.n - 1) : xstrdup("");
		result = err_set(err, ERR_CONFLICT,
			"template '%s' is used by %s%s, and no file of that name stands behind it; "
			"change %s first",
			name, users.first, more, users.n > 1 ? "them" : "it");
	}
	free(users.first);
	return result;
}

/* Chains of profiles, and of menus */

enum { LEVELS_MAX = CHAIN_MAX - 3 };

static const struct field *parent_field(const struct item_type *type)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if ((type->fields[i].flags & FIELD_PARENT) && type->fields[i].ref == type->kind)
			return &type->fields[i];
	return NULL;
}

/* The name of what the item `name` inherits from, as it will be; NULL: nothing of its own type. A
 * reference that leads nowhere is the store's to refuse. */
static int load_parent(struct server *server, const struct changes *changes,
	const struct field *field, const struct item_type *type, const char *name, char **ret,
	struct err *err)
{
	const struct change *change = changes ? changes_find(changes, type, name) : NULL;
	autoitem struct item *stored = NULL;
	const struct item *item = change ? change->after : NULL;
	struct err why = ERR_INIT;

	*ret = NULL;
	if (!change && db_item_get(server->db, type, name, &stored, &why) == 0)
		item = stored;
	else if (!change && why.code != ERR_NOT_FOUND)
		return err_set(err, why.code, "%s", why.msg);
	if (item)
		*ret = xstrdup_null(*(char *const *)item_at_const(item, field));
	return 0;
}

static int too_deep(const struct field *field, const struct item *item, struct err *err)
{
	return err_field(err, ERR_INVALID, field->name, "'%s' would be more than %d %s deep",
		item->name, LEVELS_MAX, item->type->plural);
}

/* Counts the levels from the item upwards. */
static int check_above(struct server *server, const struct changes *changes,
	const struct field *field, const struct item *item, size_t *levels, struct err *err)
{
	autofree char *name = xstrdup_null(*(char *const *)item_at_const(item, field));
	autostrbuf loop = STRBUF_INIT;

	strbuf_addf(&loop, "'%s'", item->name);
	for (*levels = 1; name && *name; ++*levels) {
		char *parent;

		strbuf_addf(&loop, " → '%s'", name);
		if (strcmp(name, item->name) == 0)
			return err_field(err, ERR_INVALID, field->name,
				"the %s would form a cycle: %s", item->type->plural, loop.buf);
		if (*levels >= LEVELS_MAX)
			return too_deep(field, item, err);
		if (load_parent(server, changes, field, item->type, name, &parent, err) < 0)
			return -1;
		free(name);
		name = parent;
	}
	return 0;
}

struct below {
	const struct changes *changes;
	struct strv names;
};

/* One that changes at the same time is checked by itself. */
static int add_below(void *ctx, struct item *item, struct err *err)
{
	struct below *below = ctx;

	(void)err;
	if (!below->changes || !changes_find(below->changes, item->type, item->name))
		strv_add(&below->names, item->name);
	return 0;
}

/* Level by level: `first` is where the last one begins. */
static int check_below(struct server *server, const struct changes *changes,
	const struct field *field, const struct item *item, size_t levels, struct err *err)
{
	struct below below = {.changes = changes};
	size_t first = 0;
	int result = 0;

	strv_add(&below.names, item->name);
	while (result == 0 && first < below.names.n) {
		size_t end = below.names.n;

		if (levels++ > LEVELS_MAX) {
			result = too_deep(field, item, err);
			break;
		}
		for (; first < end && result == 0; first++) {
			const struct db_filter filter = {
				.field = field, .compare = DB_EQUAL, .text = below.names.v[first]};
			const struct db_query query = {
				.type = item->type, .filter = &filter, .filters = 1};

			result = db_item_list(server->db, &query, add_below, &below, err);
		}
	}
	strv_done(&below.names);
	return result;
}

int edit_check_chain(struct server *server, const struct changes *changes, const struct item *item,
	struct err *err)
{
	const struct field *field = parent_field(item->type);
	size_t levels;

	if (!field)
		return 0;
	if (check_above(server, changes, field, item, &levels, err) < 0)
		return -1;
	return check_below(server, changes, field, item, levels, err);
}
