/* Why an item is as it is: explain, dumpvars. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/out.h"

#include <string.h>

static int get_item(
	struct cli *cli, const char *suffix, const char **name, json_t **ret, struct err *err)
{
	autostrbuf path = STRBUF_INIT;

	if (item_name(cli, name, err) < 0)
		return -1;
	item_path(cli->type, *name, suffix, &path);
	if (client_get(cli->client, path.buf, ret, err) < 0)
		return item_wrap(cli->type, *name, err);
	return 0;
}

static void add_line(struct table *table, const char *field, const json_t *value, const char *from)
{
	autostrbuf text = STRBUF_INIT;

	if (value)
		out_value(value, &text);
	table_add(table, field);
	table_add(table, !value || json_is_null(value) ? "-" : text.len ? text.buf : "''");
	table_add(table, from ? from : "");
}

/* The value in force, then what it overrides, the nearest first. */
static void explain_field(
	struct table *table, const json_t *item, const char *field, const json_t *origin)
{
	size_t i;
	json_t *entry;

	add_line(table, field, json_object_get(item, field),
		item_origin(json_get_str(origin, "from")));
	json_array_foreach (json_object_get(origin, "overrides"), i, entry) {
		autofree char *from =
			xasprintf("overrides %s", item_origin(json_get_str(entry, "from")));

		add_line(table, "", json_object_get(entry, "value"), from);
	}
}

/* The name of the field that the second word spells, as the server calls it: also one that this
 * type only inherits. NULL: the server does not know it. */
static const char *spelled_field(const json_t *origins, const char *word)
{
	for (size_t i = 0; i < ITEM_KINDS; i++) {
		const struct field *field = item_field(item_types[i], word);

		if (field && json_object_get(origins, field->name))
			return field->name;
	}
	return json_object_get(origins, word) ? word : NULL;
}

static int check_field(const struct cli *cli, const char *name, const json_t *origins,
	const char **field, struct err *err)
{
	const char *word =
		cli->words.n > (cli->args.name ? 0 : 1) ? cli->words.v[cli->words.n - 1] : NULL;

	*field = NULL;
	if (!word)
		return 0;
	*field = spelled_field(origins, word);
	if (*field)
		return 0;
	if (cli->type->child && item_field(item_types[cli->type->child], word))
		return err_set(err, ERR_INVALID,
			"'%s' is a field of each of its %s, which inherit nothing; they show in: "
			"bootwright %s report %s",
			word, cli->type->children_field, cli->type->name, name);
	if (item_field_checked(cli->type, word, err))
		return err_set(err, ERR_NOT_FOUND, "the server says nothing about '%s'", word);
	return -1;
}

/* Of all fields only those are of interest that somebody, or a default, gives a value. */
static bool is_said(const json_t *item, const char *field)
{
	const json_t *value = json_object_get(item, field);

	return value && !json_is_null(value);
}

int run_explain(struct cli *cli, struct err *err)
{
	autojson json_t *item = NULL;
	autotable table = TABLE_INIT(3);
	const json_t *origins;
	const char *name;
	const char *only;
	const char *key;
	json_t *origin;

	if (get_item(cli, "?resolved=1&explain=1", &name, &item, err) < 0)
		return -1;
	origins = json_object_get(item, "origins");
	if (check_field(cli, name, origins, &only, err) < 0)
		return -1;
	if (cli->output == CLI_JSON) {
		out_json(only ? json_object_get(origins, only) : origins, stdout);
		return 0;
	}
	if (cli->output == CLI_TABLE) {
		table_add(&table, "field");
		table_add(&table, "value");
		table_add(&table, "from");
	}
	json_object_foreach (json_mutable(origins), key, origin)
		if (only ? strcmp(key, only) == 0 : is_said(item, key))
			explain_field(&table, item, key, origin);
	table_print(&table, stdout);
	return 0;
}

int run_dumpvars(struct cli *cli, struct err *err)
{
	autojson json_t *item = NULL;
	const char *name;
	const char *key;
	json_t *value;

	if (get_item(cli, "?resolved=1", &name, &item, err) < 0)
		return -1;
	if (cli->output == CLI_JSON) {
		out_json(item, stdout);
		return 0;
	}
	json_object_foreach (item, key, value) {
		autostrbuf text = STRBUF_INIT;

		if (json_is_object(value) && cli->type->child &&
			strcmp(key, cli->type->children_field) == 0)
			json_print(value, false, &text);
		else
			out_value(value, &text);
		out_field("", key, text.buf, NULL, stdout);
	}
	return 0;
}
