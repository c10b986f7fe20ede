/* list and find: names for pipes, columns for people, JSON for programs. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/out.h"

#include <string.h>

/* The columns of a table where nobody names them: those of these that the type has. */
static const char *const usual_columns[] = {"distro", "parent", "profile", "arch", "breed",
	"os_version", "hostname", "mac_address", "ip_address", "autoinstall", "comment"};

static void add_column(
	const struct item_type *type, const char *wanted, struct strv *ret, const char **unknown)
{
	const struct item_type *child = type->child ? item_types[type->child] : NULL;
	const struct field *field = item_field(type, wanted);

	if (!field && child)
		field = item_field(child, wanted);
	if (field && !strv_has(ret, field->name))
		strv_add(ret, field->name);
	else if (!field)
		*unknown = wanted;
}

static int choose_columns(const struct cli *cli, struct strv *ret, struct err *err)
{
	autostrv wanted = STRV_INIT;
	const char *unknown = NULL;

	strv_add(ret, "name");
	for (size_t i = 0; !cli->args.fields && i < ARRAY_SIZE(usual_columns); i++)
		add_column(cli->type, usual_columns[i], ret, &unknown);
	if (!cli->args.fields)
		return 0;
	strv_split(&wanted, cli->args.fields, ",");
	strv_for_each (name, &wanted)
		if (strcmp(name, "name") != 0)
			add_column(cli->type, name, ret, &unknown);
	if (unknown && !item_field_checked(cli->type, unknown, err))
		return err_wrap(err, "--fields");
	return 0;
}

static void add_cell(
	const struct item_type *type, const json_t *item, const char *name, struct strbuf *ret)
{
	const json_t *value = json_object_get(item, name);
	const json_t *children = type->child ? json_object_get(item, type->children_field) : NULL;
	const char *key;
	json_t *child;

	if (value) {
		out_value(value, ret);
		return;
	}
	json_object_foreach (json_mutable(children), key, child) {
		const json_t *field = json_object_get(child, name);

		if (!field)
			continue;
		if (ret->len)
			strbuf_addc(ret, ',');
		out_value(field, ret);
	}
}

struct listing {
	const struct cli *cli;
	struct strv columns;
	struct table table;
	json_t *all;
};

static int print_name(void *ctx, json_t *item, struct err *err)
{
	const char *name = json_get_str(item, "name");

	(void)ctx;
	(void)err;
	out_text(name ? name : "", stdout);
	fputc('\n', stdout);
	return 0;
}

static int add_row(void *ctx, json_t *item, struct err *err)
{
	struct listing *listing = ctx;

	(void)err;
	strv_for_each (column, &listing->columns) {
		autostrbuf cell = STRBUF_INIT;

		add_cell(listing->cli->type, item, column, &cell);
		table_add(&listing->table, cell.buf);
	}
	return 0;
}

static int add_json(void *ctx, json_t *item, struct err *err)
{
	struct listing *listing = ctx;

	(void)err;
	json_array_append(listing->all, item);
	return 0;
}

static int print_table(const struct cli *cli, const char *query, struct err *err)
{
	struct listing listing = {.cli = cli};
	int result = choose_columns(cli, &listing.columns, err);

	listing.table.columns = listing.columns.n;
	strv_for_each (column, &listing.columns)
		table_add(&listing.table, column);
	if (result == 0)
		result = items_each(cli->client, cli->type, query, add_row, &listing, err);
	if (result == 0 && listing.table.cells.n > listing.table.columns)
		table_print(&listing.table, stdout);
	strv_done(&listing.columns);
	table_done(&listing.table);
	return result;
}

static int print_items(const struct cli *cli, const char *query, struct err *err)
{
	autojson json_t *all = NULL;
	struct listing listing = {.cli = cli};

	switch (cli->output) {
	case CLI_TEXT:
		return items_each(cli->client, cli->type, query, print_name, NULL, err);
	case CLI_TABLE:
		return print_table(cli, query, err);
	case CLI_JSON:
		listing.all = all = json_array();
		if (items_each(cli->client, cli->type, query, add_json, &listing, err) < 0)
			return -1;
		out_json(all, stdout);
		return 0;
	}
	return 0;
}

int run_list(struct cli *cli, struct err *err)
{
	return print_items(cli, "", err);
}

static int add_name(void *ctx, json_t *item, struct err *err)
{
	(void)err;
	json_array_append(ctx, json_object_get(item, "name"));
	return 0;
}

/* {"distros": ["foo", …], …} */
static int names_by_type(const struct cli *cli, json_t *ret, struct err *err)
{
	for (size_t i = 0; i < ITEM_KINDS; i++) {
		json_t *names;

		if (!item_type_is_listed(item_types[i]))
			continue;
		names = json_array();
		json_object_set_new(ret, item_types[i]->plural, names);
		if (items_each(cli->client, item_types[i], "", add_name, names, err) < 0)
			return -1;
	}
	return 0;
}

static void print_names(const json_t *by_type)
{
	const char *plural;
	json_t *names;
	size_t i;
	json_t *name;

	json_object_foreach (json_mutable(by_type), plural, names) {
		printf("%s:\n", plural);
		json_array_foreach (names, i, name) {
			fputs("   ", stdout);
			out_text(json_string_value(name), stdout);
			fputc('\n', stdout);
		}
	}
}

static void print_name_table(const json_t *by_type)
{
	autotable table = TABLE_INIT(2);
	const char *plural;
	json_t *names;
	size_t i;
	json_t *name;

	table_add(&table, "type");
	table_add(&table, "name");
	json_object_foreach (json_mutable(by_type), plural, names) {
		json_array_foreach (names, i, name) {
			table_add(&table, plural);
			table_add_value(&table, name);
		}
	}
	table_print(&table, stdout);
}

int run_list_all(struct cli *cli, struct err *err)
{
	autojson json_t *by_type = json_object();

	if (names_by_type(cli, by_type, err) < 0)
		return -1;
	switch (cli->output) {
	case CLI_TEXT:
		print_names(by_type);
		break;
	case CLI_TABLE:
		print_name_table(by_type);
		break;
	case CLI_JSON:
		out_json(by_type, stdout);
		break;
	}
	return 0;
}

static void add_filter(struct strbuf *query, const char *name, const char *value)
{
	strbuf_addf(query, "&%s=", name);
	strbuf_add_url(query, value);
}

int run_find(struct cli *cli, struct err *err)
{
	autostrbuf query = STRBUF_INIT;
	const char *key;
	json_t *value;

	if (cli->args.name)
		add_filter(&query, "name", cli->args.name);
	json_object_foreach (cli->patch, key, value)
		if (json_is_string(value))
			add_filter(&query, key, json_string_value(value));
	if (!query.len)
		return err_set(err, ERR_USAGE,
			"what is to be found? give fields: --FIELD=WHAT, such as --name='web*'");
	return print_items(cli, query.buf, err);
}
