/* report: all fields of items, as "field : value", and where a value that is not the item's own
 * comes from. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/out.h"

#include <string.h>

#define WITH_ORIGINS "resolved=1&explain=1"

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

struct report {
	const struct item_type *type;
	json_t *all; /* JSON is collected, text is printed at once */
};

static int report_one(void *ctx, json_t *item, struct err *err)
{
	struct report *report = ctx;

	(void)err;
	if (report->all) {
		json_array_append(report->all, item);
		return 0;
	}
	print_item(item, report->type);
	fputc('\n', stdout);
	return 0;
}

static int report_type(struct cli *cli, const struct item_type *type, json_t *all, struct err *err)
{
	struct report report = {.type = type, .all = all};

	return items_each(cli->client, type, "&" WITH_ORIGINS, report_one, &report, err);
}

static int report_item(struct cli *cli, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	autojson json_t *item = NULL;
	const char *name;

	if (item_name(cli, &name, err) < 0)
		return -1;
	item_path(cli->type, name, "?" WITH_ORIGINS, &path);
	if (client_get(cli->client, path.buf, &item, err) < 0)
		return item_wrap(cli->type, name, err);
	if (cli->output == CLI_JSON)
		out_json(item, stdout);
	else
		print_item(item, cli->type);
	return 0;
}

int run_report(struct cli *cli, struct err *err)
{
	autojson json_t *all = cli->output == CLI_JSON ? json_array() : NULL;

	if (cli->args.name || cli->words.n)
		return report_item(cli, err);
	if (report_type(cli, cli->type, all, err) < 0)
		return -1;
	if (all)
		out_json(all, stdout);
	return 0;
}

int run_settings_report(struct cli *cli, struct err *err)
{
	autojson json_t *settings = NULL;

	if (client_get(cli->client, "/settings?" WITH_ORIGINS, &settings, err) < 0)
		return -1;
	if (cli->output == CLI_JSON)
		out_json(settings, stdout);
	else
		print_item(settings, item_types[ITEM_SETTINGS]);
	return 0;
}

static int report_everything(struct cli *cli, json_t *ret, struct err *err)
{
	autojson json_t *settings = NULL;

	if (client_get(cli->client, "/settings?" WITH_ORIGINS, &settings, err) < 0)
		return -1;
	json_object_set(ret, "settings", settings);
	for (size_t i = 0; i < ITEM_KINDS; i++) {
		json_t *all;

		if (!item_type_is_listed(item_types[i]))
			continue;
		all = json_array();
		json_object_set_new(ret, item_types[i]->plural, all);
		if (report_type(cli, item_types[i], all, err) < 0)
			return -1;
	}
	return 0;
}

static void print_title(const char *plural)
{
	printf("%s:\n", plural);
	for (size_t i = 0; i <= strlen(plural); i++)
		fputc('=', stdout);
	fputc('\n', stdout);
}

int run_report_all(struct cli *cli, struct err *err)
{
	autojson json_t *all = json_object();

	if (cli->output == CLI_JSON) {
		if (report_everything(cli, all, err) < 0)
			return -1;
		out_json(all, stdout);
		return 0;
	}
	print_title("settings");
	if (run_settings_report(cli, err) < 0)
		return -1;
	fputc('\n', stdout);
	for (size_t i = 0; i < ITEM_KINDS; i++) {
		if (!item_type_is_listed(item_types[i]))
			continue;
		print_title(item_types[i]->plural);
		if (report_type(cli, item_types[i], NULL, err) < 0)
			return -1;
	}
	return 0;
}
