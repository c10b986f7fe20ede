/* list and find: names for pipes, columns for people, JSON for programs. */
#include "cli/change.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/out.h"

#include <string.h>

/* The columns of a table where nobody names them: those of these that the type has. */
static const char *const usual_columns[] = {"distro", "parent", "profile", "arch", "breed",
	"os_version", "hostname", "mac_address", "ip_address", "autoinstall", "comment"};

/* A field of the type, of its children or, with --resolved, of what it inherits from; by name or
 * alias. */
static const struct field *column_field(const struct cli *cli, const char *wanted)
{
	const struct item_type *type = cli->type;
	const struct field *field = item_field(type, wanted);

	if (!field && type->child)
		field = item_field(item_types[type->child], wanted);
	for (size_t i = 0; cli->args.resolved && !field && i < ITEM_KINDS; i++)
		field = item_field(item_types[i], wanted);
	return field;
}

/* The usual ones, or those that --fields names; the name comes first. */
static int choose_columns(const struct cli *cli, struct strv *ret, struct err *err)
{
	autostrv wanted = STRV_INIT;

	strv_add(ret, "name");
	for (size_t i = 0; !cli->args.fields && i < ARRAY_SIZE(usual_columns); i++)
		if (column_field(cli, usual_columns[i]))
			strv_add(ret, usual_columns[i]);
	if (!cli->args.fields)
		return 0;
	strv_split(&wanted, cli->args.fields, ",");
	strv_for_each (name, &wanted) {
		const struct field *field = column_field(cli, name);

		if (field && !strv_has(ret, field->name))
			strv_add(ret, field->name);
		else if (!field && strcmp(name, "name") != 0 &&
			 !item_field_checked(cli->type, name, err))
			return err_wrap(err, "--fields");
	}
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

/* Fields between tabs, for cut(1). */
static int print_line(void *ctx, json_t *item, struct err *err)
{
	const struct listing *listing = ctx;

	(void)err;
	for (size_t i = 0; i < listing->columns.n; i++) {
		autostrbuf cell = STRBUF_INIT;

		add_cell(listing->cli->type, item, listing->columns.v[i], &cell);
		if (i)
			fputc('\t', stdout);
		out_text(cell.buf, stdout);
	}
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

static int print_table(struct listing *listing, const char *query, struct err *err)
{
	const struct cli *cli = listing->cli;

	listing->table.columns = listing->columns.n;
	strv_for_each (column, &listing->columns)
		table_add(&listing->table, column);
	if (items_each(cli->client, cli->type, query, add_row, listing, err) < 0)
		return -1;
	if (listing->table.cells.n > listing->table.columns)
		table_print(&listing->table, stdout);
	return 0;
}

static int print_json(struct listing *listing, const char *query, struct err *err)
{
	const struct cli *cli = listing->cli;
	autostrbuf complete = STRBUF_INIT;
	autostrbuf fields = STRBUF_INIT;

	strbuf_adds(&complete, query);
	if (cli->args.fields) {
		strv_join(&listing->columns, ",", &fields);
		strbuf_adds(&complete, "&fields=");
		strbuf_add_url(&complete, fields.buf);
	}
	if (items_each(cli->client, cli->type, complete.buf, add_json, listing, err) < 0)
		return -1;
	out_json(listing->all, stdout);
	return 0;
}

static void listing_done(struct listing *listing)
{
	strv_done(&listing->columns);
	table_done(&listing->table);
	json_decref(listing->all);
}

static int print_items(const struct cli *cli, const char *query, struct err *err)
{
	struct listing listing = {.cli = cli, .all = json_array()};
	bool names = cli->output == CLI_TEXT && !cli->args.fields;
	int result = choose_columns(cli, &listing.columns, err);

	if (result == 0 && cli->output == CLI_TEXT)
		result = items_each(cli->client, cli->type, query, names ? print_name : print_line,
			&listing, err);
	if (result == 0 && cli->output == CLI_TABLE)
		result = print_table(&listing, query, err);
	if (result == 0 && cli->output == CLI_JSON)
		result = print_json(&listing, query, err);
	listing_done(&listing);
	return result;
}

/* What list and find say beside the conditions. */
static int add_view(const struct cli *cli, struct strbuf *query, struct err *err)
{
	const char *sort = cli->args.sort;
	const char *name = sort && *sort == '-' ? sort + 1 : sort;
	const struct field *field = NULL;

	if (name && strcmp(name, "name") != 0) {
		field = column_field(cli, name);
		if (!field && !item_field_checked(cli->type, name, err))
			return err_wrap(err, "--sort");
	}
	if (sort)
		strbuf_addf(
			query, "&sort=%s%s", name == sort ? "" : "-", field ? field->name : "name");
	if (cli->args.resolved)
		strbuf_adds(query, "&resolved=1");
	if (cli->args.as_of) {
		autostrbuf as_of = STRBUF_INIT;

		as_of_with_zone(cli->args.as_of, &as_of);
		strbuf_adds(query, "&as_of=");
		strbuf_add_url(query, as_of.buf);
	}
	return 0;
}

int run_list(struct cli *cli, struct err *err)
{
	autostrbuf query = STRBUF_INIT;

	if (add_view(cli, &query, err) < 0)
		return -1;
	return print_items(cli, query.buf, err);
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

static void add_filter(struct strbuf *query, const char *name, const json_t *value)
{
	strbuf_addf(query, "&%s=", name);
	strbuf_add_url(query, json_string_value(value));
}

int run_find(struct cli *cli, struct err *err)
{
	autostrbuf query = STRBUF_INIT;
	const char *key;
	json_t *value;
	size_t i;
	json_t *one;

	if (cli->args.name)
		json_set_str(cli->patch, "name", cli->args.name);
	json_object_foreach (cli->patch, key, value) {
		if (json_is_string(value))
			add_filter(&query, key, value);
		json_array_foreach (value, i, one)
			add_filter(&query, key, one);
	}
	if (!query.len)
		return err_set(err, ERR_USAGE,
			"what is to be found? give fields: --FIELD=WHAT, such as --name='web*'");
	if (add_view(cli, &query, err) < 0)
		return -1;
	return print_items(cli, query.buf, err);
}
