/* Removing an item with what depends on it (edit.h). */
#include "ops/edit/edit.h"

#include "base/json.h"
#include "model/types.h"
#include "ops/edit/edit_changes.h"

#include <string.h>

enum { TRIES = 10 };

/* An item that goes, or that only loses its references to what goes. */
struct node {
	struct item *item;
	bool goes;
};

struct tree {
	struct server *server;
	struct node *node;
	size_t n;
};

static void tree_done(struct tree *tree)
{
	for (size_t i = 0; i < tree->n; i++)
		item_free(tree->node[i].item);
	free(tree->node);
	tree->node = NULL;
	tree->n = 0;
}

static bool is_there(const struct tree *tree, const struct item *item)
{
	for (size_t i = 0; i < tree->n; i++)
		if (tree->node[i].item->type == item->type &&
			strcmp(tree->node[i].item->name, item->name) == 0)
			return true;
	return false;
}

static void add_take(struct tree *tree, struct item *item, bool goes)
{
	tree->node = xreallocarray(tree->node, tree->n + 1, sizeof(*tree->node));
	tree->node[tree->n++] = (struct node){.item = item, .goes = goes};
}

struct users {
	struct tree *tree;
	bool go;
};

static int add_user(void *ctx, struct item *item, struct err *err)
{
	const struct users *users = ctx;

	(void)err;
	/* what inherits has one parent, so it comes once; other references may be several */
	if (users->go || !is_there(users->tree, item))
		add_take(users->tree, item_copy(item), users->go);
	return 0;
}

static int add_users_of(struct tree *tree, const struct item_type *type, const struct field *field,
	const char *name, struct err *err)
{
	const struct db_filter filter = {.field = field, .compare = DB_EQUAL, .text = name};
	const struct db_query query = {.type = type, .filter = &filter, .filters = 1};
	struct users users = {.tree = tree, .go = field->flags & FIELD_PARENT};

	return db_item_list(tree->server->db, &query, add_user, &users, err);
}

/* What refers to one that goes; the loop of the caller comes to those that go with it. */
static int add_below(struct tree *tree, enum item_kind ref, const char *name, struct err *err)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];

		for (size_t i = 0; i < type->n_fields; i++)
			if (type->fields[i].ref == ref && type->fields[i].ref &&
				add_users_of(tree, type, &type->fields[i], name, err) < 0)
				return -1;
	}
	return 0;
}

static int gather(struct tree *tree, const struct edit *edit, struct err *err)
{
	struct item *top;

	if (db_item_get(tree->server->db, edit->type, edit->name, &top, err) < 0)
		return -1;
	add_take(tree, top, true);
	/* the array grows meanwhile; one that only loses a reference may yet turn out to go, but
	 * then it was found by its parent, and only profiles, systems and menus have one */
	for (size_t i = 0; i < tree->n; i++)
		if (tree->node[i].goes && add_below(tree, tree->node[i].item->type->kind,
						  tree->node[i].item->name, err) < 0)
			return -1;
	return 0;
}

static bool goes(const struct tree *tree, enum item_kind kind, const char *name)
{
	for (size_t i = 0; i < tree->n; i++)
		if (tree->node[i].goes && tree->node[i].item->type->kind == kind &&
			strcmp(tree->node[i].item->name, name) == 0)
			return true;
	return false;
}

static void drop_from_list(const struct tree *tree, enum item_kind kind, struct opt_list *list)
{
	autostrv left = STRV_INIT;

	strv_for_each (name, &list->items)
		if (!goes(tree, kind, name))
			strv_add(&left, name);
	strv_done(&list->items);
	list->items = left;
	left = (struct strv)STRV_INIT;
}

static struct item *without_references(const struct tree *tree, const struct item *item)
{
	struct item *after = item_copy(item);

	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		void *at = item_at(after, field);

		if (field_is_ref_list(field))
			drop_from_list(tree, field->ref, at);
		else if (field_is_ref(field) && *(char **)at &&
			 goes(tree, field->ref, *(char **)at))
			value_ops(field->kind)->clear(at);
	}
	return after;
}

/* The lowest first, which is the order in which people think of it. */
static int add_changes(
	struct tree *tree, const struct edit *edit, struct changes *changes, struct err *err)
{
	for (size_t i = tree->n; i-- > 0;) {
		struct node *node = &tree->node[i];
		struct item *after = node->goes ? NULL : without_references(tree, node->item);
		int64_t expect =
			i == 0 && edit->expect != DB_ANY ? edit->expect : node->item->version;

		if (changes_add_take(changes, item_copy(node->item), after, expect, err) < 0)
			return -1;
	}
	return changes_check(changes, err);
}

static int remove_once(
	struct tree *tree, const struct edit *edit, struct changes *changes, struct err *err)
{
	changes_begin(changes, tree->server, edit);
	if (gather(tree, edit, err) < 0 || add_changes(tree, edit, changes, err) < 0)
		return -1;
	return changes_store(changes, err);
}

static json_t *removed_json(const struct changes *changes)
{
	json_t *list = json_array();

	for (size_t i = 0; i < changes->n; i++)
		if (!changes->change[i].after)
			json_array_append_new(
				list, json_pack("{s:s, s:s}", "type", changes->change[i].type->name,
					      "name", changes->change[i].name));
	return list;
}

int edit_delete_tree(struct server *server, const struct edit *edit, json_t **ret, struct err *err)
{
	AUTO(changes) struct changes changes = {.server = server};
	struct tree tree = {.server = server};
	struct err why = ERR_INIT;
	int result = -1;

	if (edit->type->kind == ITEM_SETTINGS)
		return err_set(err, ERR_INVALID, "the settings cannot be removed");
	for (size_t i = 0; i < TRIES && result < 0; i++) {
		int64_t revision = db_revision(server->db);

		tree_done(&tree);
		why = ERR_INIT;
		result = remove_once(&tree, edit, &changes, &why);
		if (edit->expect != DB_ANY || db_revision(server->db) == revision)
			break; /* not for a write in between */
	}
	tree_done(&tree);
	if (result < 0) {
		if (err)
			*err = why;
		return -1;
	}
	changes_publish(&changes);
	if (ret)
		*ret = removed_json(&changes);
	return 0;
}
