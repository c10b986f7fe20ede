/* Changing items: add, edit, copy, rename, remove; settings edit. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/out.h"

#include <string.h>

/* Nothing to say where all went well, unless JSON was asked for. */
static int change(struct cli *cli, const struct client_request *request, struct err *err)
{
	autojson json_t *answer = NULL;

	if (client_ask(cli->client, request, &answer, err) < 0)
		return -1;
	if (cli->output == CLI_JSON && !json_is_null(answer))
		out_json(answer, stdout);
	return 0;
}

static int ask_item(struct cli *cli, const char *method, const char *name, const char *suffix,
	const json_t *body, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	struct client_request request = {
		.method = method, .body = body, .create = strcmp(method, "PUT") == 0};

	item_path(cli->type, name, suffix, &path);
	request.path = path.buf;
	return change(cli, &request, err) < 0 ? item_wrap(cli->type, name, err) : 0;
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

int run_add(struct cli *cli, struct err *err)
{
	const char *name;

	if (item_name(cli, &name, err) < 0 || check_required(cli, err) < 0)
		return -1;
	return ask_item(cli, "PUT", name, "", cli->patch, err);
}

static int check_patch(const struct cli *cli, struct err *err)
{
	if (json_object_size(cli->patch))
		return 0;
	return err_set(
		err, ERR_USAGE, "what is to be changed? give fields: --FIELD=VALUE; see --help");
}

int run_edit(struct cli *cli, struct err *err)
{
	const char *name;

	if (item_name(cli, &name, err) < 0 || check_patch(cli, err) < 0)
		return -1;
	return ask_item(cli, "PATCH", name, "", cli->patch, err);
}

int run_settings_edit(struct cli *cli, struct err *err)
{
	struct client_request request = {
		.method = "PATCH", .path = "/settings", .body = cli->patch};

	return check_patch(cli, err) < 0 ? -1 : change(cli, &request, err);
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
	const char *name;
	const char *newname;

	if (item_name(cli, &name, err) < 0 || new_name(cli, &newname, err) < 0)
		return -1;
	json_set_str(cli->patch, "name", newname);
	return ask_item(cli, "POST", name, ":copy", cli->patch, err);
}

int run_rename(struct cli *cli, struct err *err)
{
	autojson json_t *body = json_object();
	const char *name;
	const char *newname;

	if (item_name(cli, &name, err) < 0 || new_name(cli, &newname, err) < 0)
		return -1;
	json_set_str(body, "name", newname);
	return ask_item(cli, "POST", name, ":rename", body, err);
}

static int remove_item(
	struct cli *cli, const struct item_type *type, const char *name, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	struct client_request request = {.method = "DELETE"};

	item_path(type, name, "", &path);
	request.path = path.buf;
	return client_ask(cli->client, &request, NULL, err) < 0 ? item_wrap(type, name, err) : 0;
}

static int add_name(void *ctx, json_t *item, struct err *err)
{
	const char *name = json_get_str(item, "name");

	(void)err;
	if (name)
		strv_add(ctx, name);
	return 0;
}

static int remove_with_dependants(
	struct cli *cli, const struct item_type *type, const char *name, struct err *err);

/* Removes the items whose `field` names this one. */
static int remove_dependants(struct cli *cli, const struct item_type *type,
	const struct field *field, const char *name, struct err *err)
{
	autostrv names = STRV_INIT;
	autostrbuf query = STRBUF_INIT;

	strbuf_addf(&query, "&%s=", field->name);
	strbuf_add_url(&query, name);
	if (items_each(cli->client, type, query.buf, add_name, &names, err) < 0)
		return -1;
	strv_for_each (dependant, &names)
		if (remove_with_dependants(cli, type, dependant, err) < 0)
			return -1;
	return 0;
}

/* The server refuses a cycle of profiles, so this ends. */
static int remove_with_dependants(
	struct cli *cli, const struct item_type *type, const char *name, struct err *err)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *other = item_types[kind];

		for (size_t i = 0; item_type_is_listed(other) && i < other->n_fields; i++) {
			const struct field *field = &other->fields[i];

			if ((field->flags & FIELD_PARENT) && field->ref == type->kind &&
				remove_dependants(cli, other, field, name, err) < 0)
				return -1;
		}
	}
	return remove_item(cli, type, name, err);
}

int run_remove(struct cli *cli, struct err *err)
{
	const char *name;

	if (item_name(cli, &name, err) < 0)
		return -1;
	if (cli->args.recursive)
		return remove_with_dependants(cli, cli->type, name, err);
	return remove_item(cli, cli->type, name, err);
}
