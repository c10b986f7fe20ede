/* Values and names on a command line that is being written (complete.h). */
#include "cli/complete.h"

#include "cli/change.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/options.h"

#include <string.h>

enum { NAMES_MAX = 500 };

/* The server's answer, or NULL: then there is nothing to say. */
static json_t *ask(struct completing *c, const char *path)
{
	struct err ignored = ERR_INIT;
	json_t *answer = NULL;

	if (!c->cli.client && cli_open_client(&c->cli, false, &ignored) < 0)
		return NULL;
	return client_get(c->cli.client, path, &answer, &ignored) < 0 ? NULL : answer;
}

static void add_names_of(struct completing *c, const json_t *items)
{
	size_t i;
	json_t *item;

	json_array_foreach (json_mutable(items), i, item) {
		const char *name = json_get_str(item, "name");

		if (name)
			complete_add(c, name, json_get_str(item, "comment"));
	}
}

static void add_names(struct completing *c, const struct item_type *type)
{
	autofree char *glob = xasprintf("%s*", c->part);
	autostrbuf path = STRBUF_INIT;
	autojson json_t *page = NULL;

	strbuf_addf(&path, "/%s?limit=%d&fields=name,comment", type->plural, NAMES_MAX);
	if (!strpbrk(c->part, "*?[\\<>=!"))
		url_add_text(&path, "name", glob);
	page = ask(c, path.buf);
	add_names_of(c, json_object_get(page, "items"));
}

static void add_tokens(struct completing *c)
{
	autojson json_t *answer = ask(c, "/tokens");

	add_names_of(c, json_is_array(answer) ? answer : json_object_get(answer, "items"));
}

/* The last changes, for diff and revert. */
static void add_revisions(struct completing *c)
{
	autojson json_t *answer = ask(c, "/history?limit=20");
	size_t i;
	json_t *entry;

	json_array_foreach (json_object_get(answer, "items"), i, entry) {
		const char *type = json_get_str(entry, "type");
		const char *name = json_get_str(entry, "name");
		autofree char *help = xasprintf("%s %s", type ? type : "", name ? name : "");
		autofree char *number = xasprintf(
			"%lld", (long long)json_integer_value(json_object_get(entry, "revision")));

		complete_add(c, number, help);
	}
}

static void add_children(struct completing *c)
{
	autostrbuf path = STRBUF_INIT;
	autojson json_t *item = NULL;
	const char *item_name_text;
	const char *name;
	json_t *child;
	struct err ignored = ERR_INIT;

	if (item_name(&c->cli, &item_name_text, &ignored) < 0)
		return;
	item_path(c->cli.type, item_name_text, "", &path);
	item = ask(c, path.buf);
	json_object_foreach (json_object_get(item, c->cli.type->children_field), name, child)
		complete_add(c, name, json_get_str(child, "mac_address"));
}

/* In a list, what stands before the last comma stays as it is. */
static void skip_elements(struct completing *c)
{
	const char *comma = strrchr(c->part, ',');
	char *before;

	if (!comma)
		return;
	before = xasprintf("%s%.*s", c->before, (int)(comma + 1 - c->part), c->part);
	free(c->before);
	c->before = before;
	c->part = comma + 1;
}

static void add_field_value(struct completing *c, const struct field *field)
{
	if (field->kind == VALUE_LIST)
		skip_elements(c);
	if (field->kind == VALUE_BOOL) {
		complete_add(c, "true", NULL);
		complete_add(c, "false", NULL);
	}
	for (const char *const *choice = field->choices; choice && *choice; choice++)
		complete_add(c, *choice, NULL);
	if (field->ref)
		add_names(c, item_types[field->ref]);
	if (field->check == check_template_name)
		add_names(c, item_types[ITEM_TEMPLATE]);
}

static void add_fields(struct completing *c, const struct item_type *type)
{
	for (size_t i = 0; i < type->n_fields; i++)
		complete_add(c, type->fields[i].name, type->fields[i].help);
}

/* What explain and an order are about: not the children's. */
static void add_own_field_names(struct completing *c)
{
	complete_add(c, "name", NULL);
	add_fields(c, c->cli.type);
}

static void add_field_names(struct completing *c)
{
	add_own_field_names(c);
	if (c->cli.type->child)
		add_fields(c, item_types[c->cli.type->child]);
}

static void add_types(struct completing *c)
{
	for (size_t i = 0; i < ITEM_KINDS; i++)
		if (item_type_is_listed(item_types[i]) || i == ITEM_SETTINGS)
			complete_add(c, item_types[i]->name, item_types[i]->help);
}

static bool is_command(const struct completing *c, const char *words)
{
	return strcmp(c->cli.command->words, words) == 0;
}

/* --name: of what is there, unless something is to be made. */
static void add_item_names(struct completing *c)
{
	const struct item_type *type = c->cli.type;

	if (is_command(c, "history"))
		type = c->cli.args.type ? item_type_find(c->cli.args.type) : NULL;
	if (is_command(c, "token revoke"))
		add_tokens(c);
	else if (type && item_type_is_listed(type) && !is_command(c, "TYPE add"))
		add_names(c, type);
}

static void add_columns(struct completing *c)
{
	skip_elements(c);
	add_field_names(c);
}

static void add_sort(struct completing *c)
{
	if (*c->part == '-') {
		char *before = xasprintf("%s-", c->before);

		free(c->before);
		c->before = before;
		c->part++;
	}
	add_own_field_names(c);
}

static void add_outputs(struct completing *c)
{
	for (size_t i = 0; i < n_cli_outputs; i++)
		complete_add(c, cli_outputs[i], NULL);
}

static void add_roles(struct completing *c)
{
	complete_add(c, "read", "look at everything but secrets");
	complete_add(c, "operate", "and change items");
	complete_add(c, "admin", "and change settings, make tokens and see secrets");
}

/* Options that are no fields. Those whose value only the person knows have no row. */
static const struct {
	const char *option;
	void (*add)(struct completing *c);
} values[] = {
	{"name", add_item_names},
	{"fields", add_columns},
	{"sort", add_sort},
	{"output", add_outputs},
	{"type", add_types},
	{"role", add_roles},
	{"interface", add_children},
	{"delete-interface", add_children},
};

void complete_value(struct completing *c, const char *option)
{
	const struct item_type *type = c->cli.type;
	const struct field *field = NULL;

	if (c->cli.command->fields != FIELDS_NONE && type) {
		field = field_of_option(type, option);
		if (!field && type->child)
			field = field_of_option(item_types[type->child], option);
	}
	if (field) {
		add_field_value(c, field);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (strcmp(values[i].option, option) == 0)
			values[i].add(c);
}

static void add_shells(struct completing *c)
{
	complete_add(c, "bash", NULL);
	complete_add(c, "zsh", NULL);
}

static void add_help_words(struct completing *c)
{
	complete_command(c, c->cli.words.v, c->cli.words.n);
}

/* Commands whose words are no item's name. */
static const struct {
	const char *command;
	size_t word;
	void (*add)(struct completing *c);
} arguments[] = {
	{"TYPE explain", 1, add_own_field_names},
	{"diff", 0, add_revisions},
	{"revert", 0, add_revisions},
	{"token revoke", 0, add_tokens},
	{"completion", 0, add_shells},
	{"help", 0, add_help_words},
	{"help", 1, add_help_words},
};

void complete_argument(struct completing *c)
{
	size_t word = c->cli.words.n + (c->cli.args.name ? 1 : 0);

	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++) {
		if (is_command(c, arguments[i].command) && arguments[i].word == word) {
			arguments[i].add(c);
			return;
		}
	}
	if ((word == 0 || is_command(c, "system reinstall")) && c->cli.type &&
		c->cli.command->max_words)
		add_item_names(c);
}
