/* report: all fields of items, as "field : value", and where a value that is not the item's own
 * comes from. */
#include "cli/change.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/install.h"
#include "cli/item.h"
#include "cli/out.h"

#include <string.h>

/* Who said the value: NULL where the item itself did, or nobody. */
static const char *origin_of(const json_t *item, const struct item_type *type, const char *field)
{
	const json_t *origin = json_object_get(json_object_get(item, "origins"), field);
	const char *from = json_get_str(origin, "from");
	const char *name = json_get_str(item, "name");
	size_t len = strlen(type->name);

	if (!from || !name)
		return NULL;
	if (strncmp(from, type->name, len) == 0 && from[len] == ' ' &&
		strcmp(from + len + 1, name) == 0)
		return NULL;
	return item_origin(from);
}

static void print_field(const json_t *item, const struct item_type *type, const struct field *field)
{
	const json_t *value = json_object_get(item, field->name);
	autostrbuf text = STRBUF_INIT;

	if (!value || json_is_null(value)) {
		out_field("", field->name, "-", NULL, stdout);
		return;
	}
	out_value(value, &text);
	out_field("", field->name, text.len ? text.buf : "''", origin_of(item, type, field->name),
		stdout);
}

static void print_times(const json_t *item)
{
	static const char *const members[][2] = {{"ctime", "made"}, {"mtime", "changed"}};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		const json_t *value = json_object_get(item, members[i][0]);
		autostrbuf text = STRBUF_INIT;

		if (!json_is_number(value) || json_number_value(value) <= 0)
			continue;
		out_time(json_number_value(value), &text);
		out_field("", members[i][1], text.buf, NULL, stdout);
	}
}

static void print_children(const json_t *item, const struct item_type *type)
{
	const struct item_type *child_type = item_types[type->child];
	const char *name;
	const char *key;
	json_t *child;
	json_t *value;

	json_object_foreach (json_object_get(item, type->children_field), name, child) {
		out_field("", child_type->name, name, NULL, stdout);
		json_object_foreach (child, key, value) {
			autostrbuf text = STRBUF_INIT;

			out_value(value, &text);
			out_field("  ", key, text.len ? text.buf : "''", NULL, stdout);
		}
	}
}

static void print_item(const json_t *item, const struct item_type *type)
{
	const char *name = json_get_str(item, "name");

	if (name && type->kind != ITEM_SETTINGS)
		out_field("", "name", name, NULL, stdout);
	for (size_t i = 0; i < type->n_fields; i++)
		print_field(item, type, &type->fields[i]);
	if (type->child)
		print_children(item, type);
	print_times(item);
}

/* The same as rows of a table: type, name, field, value and where it comes from; only what is set.
 */
static void add_field_row(struct table *table, const json_t *item, const struct item_type *type,
	const char *label, const json_t *value, const char *from)
{
	autostrbuf text = STRBUF_INIT;

	if (!value || json_is_null(value))
		return;
	out_value(value, &text);
	table_add(table, type->name);
	table_add_value(table, json_object_get(item, "name"));
	table_add(table, label);
	table_add(table, text.len ? text.buf : "''");
	table_add(table, from ? from : "");
}

static void add_child_rows(struct table *table, const json_t *item, const struct item_type *type)
{
	const char *name;
	const char *key;
	json_t *child;
	json_t *value;

	json_object_foreach (json_object_get(item, type->children_field), name, child) {
		json_object_foreach (child, key, value) {
			autofree char *label = xasprintf("%s.%s", name, key);

			add_field_row(table, item, type, label, value, NULL);
		}
	}
}

static void add_rows(struct table *table, const json_t *item, const struct item_type *type)
{
	for (size_t i = 0; i < type->n_fields; i++) {
		const char *field = type->fields[i].name;

		add_field_row(table, item, type, field, json_object_get(item, field),
			origin_of(item, type, field));
	}
	if (type->child)
		add_child_rows(table, item, type);
}

/* A report under way: text is printed at once, a table and JSON when all is there. */
struct report {
	struct cli *cli;
	const struct item_type *type;
	struct table table;
	json_t *json;
	bool many; /* an empty line after each */
};

static int report_one(void *ctx, json_t *item, struct err *err)
{
	struct report *report = ctx;

	(void)err;
	switch (report->cli->output) {
	case CLI_TEXT:
		print_item(item, report->type);
		if (report->many)
			fputc('\n', stdout);
		break;
	case CLI_TABLE:
		add_rows(&report->table, item, report->type);
		break;
	case CLI_JSON:
		json_array_append(report->json, item);
		break;
	}
	return 0;
}

static void report_begin(struct report *report, struct cli *cli, bool many)
{
	static const char *const columns[] = {"type", "name", "field", "value", "from"};

	*report = (struct report){.cli = cli, .type = cli->type, .many = many};
	report->table.columns = ARRAY_SIZE(columns);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		table_add(&report->table, columns[i]);
	report->json = json_array();
}

static void report_end(struct report *report)
{
	if (report->cli->output == CLI_TABLE && report->table.cells.n > report->table.columns)
		table_print(&report->table, stdout);
	table_done(&report->table);
	json_decref(report->json);
}

/* With what is inherited and from where; of what was once, that is not kept. */
static void add_view(const struct report *report, struct strbuf *url)
{
	const char *as_of = report->cli->args.as_of;

	url_add_flag(url, "resolved", !as_of);
	url_add_flag(url, "explain", !as_of);
	url_add_as_of(url, as_of);
}

static int report_type(struct report *report, const struct item_type *type, struct err *err)
{
	autostrbuf query = STRBUF_INIT;

	report->type = type;
	add_view(report, &query);
	query.buf[0] = '&'; /* the paging stands in front of it */
	return items_each(report->cli->client, type, query.buf, report_one, report, err);
}

/* The item at `path`, whose type the report has. */
static int report_path(struct report *report, const char *path, struct err *err)
{
	autostrbuf url = STRBUF_INIT;
	autojson json_t *item = NULL;

	strbuf_adds(&url, path);
	add_view(report, &url);
	if (client_get(report->cli->client, url.buf, &item, err) < 0)
		return -1;
	return report_one(report, item, err);
}

static int report_item(struct cli *cli, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	struct report report;
	const char *name;
	int result;

	if (item_name(cli, &name, err) < 0)
		return -1;
	item_path(cli->type, name, "", &path);
	report_begin(&report, cli, false);
	result = report_path(&report, path.buf, err);
	if (result == 0 && cli->type->kind == ITEM_SYSTEM && cli->output == CLI_TEXT &&
		!cli->args.as_of)
		result = install_print(cli, name, err);
	if (result == 0 && cli->output == CLI_JSON)
		out_json(json_array_get(report.json, 0), stdout);
	report_end(&report);
	return result < 0 ? item_wrap(cli->type, name, err) : 0;
}

int run_report(struct cli *cli, struct err *err)
{
	struct report report;
	int result;

	if (cli->args.name || cli->words.n)
		return report_item(cli, err);
	report_begin(&report, cli, true);
	result = report_type(&report, cli->type, err);
	if (result == 0 && cli->output == CLI_JSON)
		out_json(report.json, stdout);
	report_end(&report);
	return result;
}

int run_settings_report(struct cli *cli, struct err *err)
{
	struct report report;
	int result;

	report_begin(&report, cli, false);
	result = report_path(&report, "/settings", err);
	if (result == 0 && cli->output == CLI_JSON)
		out_json(json_array_get(report.json, 0), stdout);
	report_end(&report);
	return result;
}

static void print_title(const struct report *report, const char *plural)
{
	if (report->cli->output != CLI_TEXT)
		return;
	printf("%s:\n", plural);
	for (size_t i = 0; i <= strlen(plural); i++)
		fputc('=', stdout);
	fputc('\n', stdout);
}

/* One type of the whole; `ret` gets its JSON under its name. */
static int report_part(
	struct report *report, const struct item_type *type, json_t *ret, struct err *err)
{
	bool listed = item_type_is_listed(type);

	print_title(report, type->plural);
	report->type = type;
	json_array_clear(report->json);
	if ((listed ? report_type(report, type, err) : report_path(report, "/settings", err)) < 0)
		return -1;
	if (listed)
		json_object_set_new(ret, type->plural, json_copy(report->json));
	else
		json_object_set(ret, type->plural, json_array_get(report->json, 0));
	return 0;
}

int run_report_all(struct cli *cli, struct err *err)
{
	autojson json_t *all = json_object();
	struct report report;
	int result = 0;

	report_begin(&report, cli, true);
	for (size_t i = 0; i < ITEM_KINDS && result == 0; i++)
		if (i == ITEM_SETTINGS || item_type_is_listed(item_types[i]))
			result = report_part(&report, item_types[i], all, err);
	if (result == 0 && cli->output == CLI_JSON)
		out_json(all, stdout);
	report_end(&report);
	return result;
}
