/* The options of a command as one table (options.h): for parsing, suggestions and --help. */
#include "cli/options.h"

#include <ctype.h>
#include <string.h>

#define ROW(member, name, arg, help) OPT(struct cli_args, member, name, arg, help)

const struct opt common_options[] = {
	OPT_TITLE("For every command"),
	ROW(output, "output", "FORMAT",
		"text, table or json; text is for people and for cut, json is what the server "
		"said."),
	ROW(socket, "socket", "PATH",
		"bootwrightd's socket on this machine; else BOOTWRIGHT_SOCKET "
		"(/run/bootwright/api.sock)."),
	ROW(server, "server", "URL",
		"Another machine's API, such as https://boot.example.org:8443; else "
		"BOOTWRIGHT_SERVER."),
	ROW(token_file, "token-file", "FILE",
		"The API token for --server, in a file; else BOOTWRIGHT_TOKEN_FILE."),
	ROW(ca_file, "ca-file", "FILE", "Certificates to trust, where the system's do not do."),
	ROW(help, "help", NULL, "Print this text."),
	ROW(version, "version", NULL, "Print the version."),
};
const size_t n_common_options = ARRAY_SIZE(common_options);

static void add_row(struct option_table *table, const struct opt *row)
{
	table->row = xreallocarray(table->row, table->n + 1, sizeof(*table->row));
	table->row[table->n++] = *row;
}

static void add_rows(struct option_table *table, const struct opt *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_row(table, &rows[i]);
}

/* Text that lives as long as the table; its allocation does not move when the list grows. */
static const char *keep(struct option_table *table, char *text)
{
	strv_add_take(&table->text, text);
	return text;
}

static char *upper(const char *text)
{
	char *copy = xstrdup(text);

	for (char *p = copy; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return copy;
}

static const char *choices_text(struct option_table *table, const struct field *field)
{
	autostrbuf all = STRBUF_INIT;

	for (const char *const *choice = field->choices; *choice; choice++)
		strbuf_addf(&all, "%s%s", all.len ? "|" : "", *choice);
	return keep(table, strbuf_take(&all));
}

enum { CHOICES_SHOWN = 4 }; /* in the place of the value; more are told in the help */

static size_t count_choices(const struct field *field)
{
	size_t n = 0;

	while (field->choices[n])
		n++;
	return n;
}

/* What --help calls a field's value. */
static const char *value_text(struct option_table *table, const struct field *field)
{
	switch (field->kind) {
	case VALUE_TEXT:
		return "TEXT|@FILE";
	case VALUE_INT:
		return field->unit ? keep(table, upper(field->unit)) : "N";
	case VALUE_BOOL:
		return "true|false";
	case VALUE_NUMBERS:
		return "N[,N…]";
	case VALUE_MAP:
		return "'KEY=VALUE …'";
	case VALUE_LIST:
		return "A[,B…]";
	case VALUE_STRING:
		if (field->choices && count_choices(field) <= CHOICES_SHOWN)
			return choices_text(table, field);
		return field->ref ? keep(table, upper(item_types[field->ref]->name)) : "VALUE";
	}
	return "VALUE";
}

static const char *help_text(struct option_table *table, const struct field *field)
{
	autostrbuf text = STRBUF_INIT;

	strbuf_adds(&text, field->help);
	if (field->choices && value_text(table, field)[0] != field->choices[0][0])
		strbuf_addf(&text, ": %s", choices_text(table, field));
	if (field->unit && field->kind == VALUE_NUMBERS)
		strbuf_addf(&text, ", in %s", field->unit);
	if (field->fallback)
		strbuf_addf(&text, " (%s)", field->fallback);
	if (field->flags & FIELD_SECRET)
		strbuf_adds(&text, "; @FILE reads it from a file, - from standard input");
	return keep(table, strbuf_take(&text));
}

static void add_field(struct option_table *table, const char *spelling, const struct field *field)
{
	char *name = xstrdup(spelling);

	for (char *p = name; *p; p++)
		if (*p == '_')
			*p = '-';
	/* The value is taken by given_parse() before opt_parse() sees the option. */
	add_row(table, &(struct opt){.name = keep(table, name),
			       .kind = OPT_STRING,
			       .offset = offsetof(struct cli_args, name),
			       .arg = value_text(table, field),
			       .help = help_text(table, field)});
}

static void add_title(struct option_table *table, char *text)
{
	add_row(table, &(struct opt)OPT_TITLE(keep(table, text)));
}

/* Fields that belong together have a title of their own in --help, by how their names begin. */
static const struct {
	const char *prefix;
	const char *title;
} field_groups[] = {
	{"", NULL}, /* all others, first */
	{"virt_", "As a guest of koan's"},
	{"power_", "Power management"},
	{"ipv6_", "IPv6"},
};

static size_t group_of(const struct field *field)
{
	for (size_t i = 1; i < ARRAY_SIZE(field_groups); i++)
		if (strncmp(field->name, field_groups[i].prefix, strlen(field_groups[i].prefix)) ==
			0)
			return i;
	return 0;
}

static bool is_option(const struct field *field, bool filter)
{
	return filter || !(field->flags & FIELD_READONLY);
}

static void add_fields(struct option_table *table, const struct item_type *type, bool filter,
	const char *title_prefix)
{
	for (size_t group = 0; group < ARRAY_SIZE(field_groups); group++) {
		const char *title = field_groups[group].title;

		for (size_t i = 0; i < type->n_fields; i++) {
			const struct field *field = &type->fields[i];

			if (group_of(field) != group || !is_option(field, filter))
				continue;
			if (title)
				add_title(table, xasprintf("%s%s", title_prefix, title));
			title = NULL;
			add_field(table, field->name, field);
		}
	}
}

/* Options about a child that are no fields. */
static void add_child_option(struct option_table *table, const char *prefix,
	const struct item_type *child, const char *help)
{
	add_row(table, &(struct opt){.name = keep(table, xasprintf("%s%s", prefix, child->name)),
			       .kind = OPT_STRING,
			       .offset = offsetof(struct cli_args, name),
			       .arg = "NAME",
			       .help = help});
}

static void add_child(struct option_table *table, const struct item_type *type, bool filter)
{
	const struct item_type *child = item_types[type->child];

	add_title(table,
		xasprintf("%s of the %s", filter ? "Any interface" : "An interface", type->name));
	if (!filter) {
		add_child_option(table, "", child,
			"the interface that the following options are for; may be given again for "
			"the next one");
		add_child_option(table, "delete-", child, "remove this interface");
		add_child_option(
			table, "rename-", child, "the new name of the --interface before it");
	}
	add_fields(table, child, filter, "Interface: ");
}

/* A field takes the name of such an option; the option must then stand before the command. */
static void add_common(struct option_table *table, const struct item_type *type)
{
	autostrbuf hidden = STRBUF_INIT;

	for (size_t i = 0; type && i < n_common_options; i++) {
		const struct opt *row = &common_options[i];

		if (row->kind != OPT_HEADING && item_field(type, row->name))
			strbuf_addf(
				&hidden, "%s--%s=%s", hidden.len ? ", " : "", row->name, row->arg);
	}
	for (size_t i = 0; i < n_common_options; i++) {
		const struct opt *row = &common_options[i];

		if (row->kind == OPT_HEADING && hidden.len)
			add_title(table, xasprintf("%s (and before the command: %s)", row->help,
						 hidden.buf));
		else if (row->kind == OPT_HEADING || !type || !item_field(type, row->name))
			add_row(table, row);
	}
}

void option_table_make(
	const struct command *command, const struct item_type *type, struct option_table *ret)
{
	bool filter = command->fields == FIELDS_FILTER;

	*ret = (struct option_table){0};
	if (command->n_options)
		add_row(ret, &(struct opt)OPT_TITLE("Options"));
	add_rows(ret, command->options, command->n_options);
	if (command->fields != FIELDS_NONE) {
		add_title(ret, xasprintf("Fields of %s%s", type->kind == ITEM_SETTINGS ? "" : "a ",
				       type->name));
		add_fields(ret, type, filter, "");
		if (type->child)
			add_child(ret, type, filter);
	}
	add_common(ret, command->fields == FIELDS_NONE ? NULL : type);
}

void option_table_done(struct option_table *table)
{
	free(table->row);
	strv_done(&table->text);
}
