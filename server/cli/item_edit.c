/* Changing items: add, edit, copy, rename, remove; settings edit. */
#include "cli/change.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/template.h"

#include <string.h>

static int ask_item(struct cli *cli, const struct client_request *request, const char *name,
	const char *suffix, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	int result;

	item_path(cli->type, name, suffix, &path);
	result = change_ask(cli, request, path.buf, err);
	return result < 0 ? item_wrap(cli->type, name, err) : result;
}

/* A text that was written may use what the machines that use it do not have. */
static int write_item(
	struct cli *cli, const struct client_request *request, const char *name, struct err *err)
{
	enum item_kind kind = cli->type->kind;
	bool text = (kind == ITEM_TEMPLATE || kind == ITEM_SNIPPET) &&
	            json_object_get(cli->patch, "content");
	int result = ask_item(cli, request, name, "", err);

	if (result >= 0 && !cli->args.dry_run && text)
		template_warn(cli, name);
	return result;
}

/* The required fields are asked for before anything is sent: what is missing is a usage error, and
 * the message shows the option. */
static int check_required(const struct cli *cli, struct err *err)
{
	for (size_t i = 0; i < cli->type->n_fields; i++) {
		const struct field *field = &cli->type->fields[i];

		if ((field->flags & FIELD_REQUIRED) && !json_object_get(cli->patch, field->name))
			return err_set(err, ERR_USAGE, "a %s needs --%s=: %s", cli->type->name,
				field->name, field->help);
	}
	return 0;
}

static int get_item(struct cli *cli, const char *name, json_t **ret, struct err *err)
{
	autostrbuf path = STRBUF_INIT;

	item_path(cli->type, name, "", &path);
	return client_get(cli->client, path.buf, ret, err);
}

static json_int_t version_of(const json_t *item)
{
	return json_integer_value(json_object_get(item, "version"));
}

/* --clobber: the version of what is to be replaced; 0: nothing is there. */
static int clobbered_version(struct cli *cli, const char *name, json_int_t *ret, struct err *err)
{
	autojson json_t *item = NULL;
	struct err why = ERR_INIT;

	*ret = 0;
	if (!cli->args.clobber)
		return 0;
	if (get_item(cli, name, &item, &why) == 0) {
		*ret = version_of(item);
		return 0;
	}
	if (why.code == ERR_NOT_FOUND)
		return 0;
	*err = why;
	return -1;
}

int run_add(struct cli *cli, struct err *err)
{
	struct client_request request = {.method = "PUT", .body = cli->patch};
	const char *name;
	int result;

	if (item_name(cli, &name, err) < 0 || check_required(cli, err) < 0 ||
		clobbered_version(cli, name, &request.version, err) < 0)
		return -1;
	request.create = !request.version;
	result = write_item(cli, &request, name, err);
	if (result < 0 && request.create && err->code == ERR_STALE)
		return err_set(err, ERR_CONFLICT,
			"%s '%s' exists already: edit changes it, add --clobber replaces it",
			cli->type->name, name);
	return result;
}

static int check_patch(const struct cli *cli, struct err *err)
{
	if (json_object_size(cli->patch) || cli->renamed.n)
		return 0;
	return err_set(
		err, ERR_USAGE, "what is to be changed? give fields: --FIELD=VALUE; see --help");
}

/* One child under its new name: what it has, and what the command line says of it. */
static int rename_child(const struct cli *cli, const json_t *item, const char *old, const char *new,
	struct err *err)
{
	const char *children = cli->type->children_field;
	const json_t *child = json_object_get(json_object_get(item, children), old);
	json_t *patch = json_object_get(cli->patch, children);
	autojson json_t *moved = json_deep_copy(child);

	if (!moved)
		return err_set(err, ERR_NOT_FOUND, "has no %s '%s'",
			item_types[cli->type->child]->name, old);
	if (json_object_get(json_object_get(item, children), new))
		return err_set(err, ERR_CONFLICT, "has %s '%s' already",
			item_types[cli->type->child]->name, new);
	json_object_update(moved, json_object_get(patch, old));
	json_object_set_new(patch, old, json_null());
	json_object_set(patch, new, moved);
	return 0;
}

/* --rename-interface: the API knows none, so that the item is read and must then be unchanged. */
static int rename_children(struct cli *cli, const char *name, json_int_t *version, struct err *err)
{
	autojson json_t *item = NULL;

	if (!cli->renamed.n)
		return 0;
	if (get_item(cli, name, &item, err) < 0)
		return -1;
	*version = version_of(item);
	for (size_t i = 0; i + 1 < cli->renamed.n; i += 2)
		if (rename_child(cli, item, cli->renamed.v[i], cli->renamed.v[i + 1], err) < 0)
			return item_wrap(cli->type, name, err);
	return 0;
}

/* A removal that the item knows nothing of is a slip of the pen; to a merge patch it is nothing. */
static int check_removed(struct cli *cli, const char *name, struct err *err)
{
	const char *children = cli->type->children_field;
	const json_t *patch = children ? json_object_get(cli->patch, children) : NULL;
	autojson json_t *item = NULL;
	const char *child;
	json_t *value;

	json_object_foreach (json_mutable(patch), child, value) {
		if (!json_is_null(value))
			continue;
		if (!item && get_item(cli, name, &item, err) < 0)
			return -1;
		if (!json_object_get(json_object_get(item, children), child)) {
			err_set(err, ERR_NOT_FOUND, "has no %s '%s'",
				item_types[cli->type->child]->name, child);
			return item_wrap(cli->type, name, err);
		}
	}
	return 0;
}

int run_edit(struct cli *cli, struct err *err)
{
	struct client_request request = {.method = "PATCH", .body = cli->patch};
	const char *name;

	if (item_name(cli, &name, err) < 0 || check_patch(cli, err) < 0 ||
		check_removed(cli, name, err) < 0 ||
		rename_children(cli, name, &request.version, err) < 0)
		return -1;
	return write_item(cli, &request, name, err);
}

int run_settings_edit(struct cli *cli, struct err *err)
{
	struct client_request request = {.method = "PATCH", .body = cli->patch};

	return check_patch(cli, err) < 0 ? -1 : change_ask(cli, &request, "/settings", err);
}

static int new_name(const struct cli *cli, const char **ret, struct err *err)
{
	size_t after_name = cli->args.name ? 0 : 1;
	const char *word = cli->words.n > after_name ? cli->words.v[after_name] : NULL;
	const char *name = cli->args.newname ? cli->args.newname : word;

	if (!name)
		return err_set(err, ERR_USAGE, "what is its new name? give --newname=NAME");
	if (cli->type->check_name(name, NULL, err) < 0)
		return err_wrap(err, "new %s name", cli->type->name);
	*ret = name;
	return 0;
}

int run_copy(struct cli *cli, struct err *err)
{
	struct client_request request = {.method = "POST", .body = cli->patch};
	const char *name;
	const char *newname;

	if (item_name(cli, &name, err) < 0 || new_name(cli, &newname, err) < 0)
		return -1;
	json_set_str(cli->patch, "name", newname);
	return ask_item(cli, &request, name, ":copy", err);
}

int run_rename(struct cli *cli, struct err *err)
{
	autojson json_t *body = json_object();
	struct client_request request = {.method = "POST", .body = body};
	const char *name;
	const char *newname;

	if (item_name(cli, &name, err) < 0 || new_name(cli, &newname, err) < 0)
		return -1;
	json_set_str(body, "name", newname);
	return ask_item(cli, &request, name, ":rename", err);
}

int run_remove(struct cli *cli, struct err *err)
{
	struct client_request request = {.method = "DELETE"};
	const char *name;

	if (item_name(cli, &name, err) < 0)
		return -1;
	return ask_item(cli, &request, name, cli->args.recursive ? "?recursive=1" : "", err);
}
