/* The boot loaders: what is there, what is missing, and how to get it. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/out.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_get_str(object, key);

	return text ? text : "";
}

static bool is_in(const json_t *loader, const char *state)
{
	return strcmp(text_of(loader, "state"), state) == 0;
}

static bool is_missing(const json_t *loader)
{
	return is_in(loader, "missing") || is_in(loader, "gone");
}

static const struct {
	const char *state;
	const char *text;
} states[] = {
	{"published", "published"},
	{"changed", "another one is published: bootwright sync"},
	{"unpublished", "not published: bootwright sync"},
	{"gone", "published, and not installed any more"},
	{"missing", "MISSING"},
};

static void add_row(struct table *table, const json_t *loader)
{
	const char *state = text_of(loader, "state");
	autostrbuf size = STRBUF_INIT;

	if (json_is_integer(json_object_get(loader, "size")))
		out_count(json_number_value(json_object_get(loader, "size")), "bytes", &size);
	table_add(table, text_of(loader, "name"));
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (strcmp(states[i].state, state) == 0)
			table_add(table, states[i].text);
	table_add(table, size.buf ? size.buf : "");
	table_add(table, text_of(loader, "package"));
	table_add(table, text_of(loader, "version"));
	table_add(table, text_of(loader, "needed"));
}

/* The line that gets the packages. Those of another architecture ("shim-signed:arm64") cannot be
 * installed beside this one's; of them only the loaders are wanted. */
static void print_packages(const struct strv *packages)
{
	autostrv own = STRV_INIT;
	autostrv foreign = STRV_INIT;
	autostrbuf line = STRBUF_INIT;

	strv_for_each (package, packages)
		strv_add(strchr(package, ':') ? &foreign : &own, package);
	if (own.n) {
		strv_join(&own, " ", &line);
		fputs("what is missing comes with: apt-get install ", stdout);
		out_text(line.buf, stdout);
		puts("; then: bootwright sync");
	}
	if (foreign.n) {
		strbuf_reset(&line);
		strv_join(&foreign, " ", &line);
		fputs("for another architecture: dpkg --add-architecture arm64; apt-get update; "
		      "apt-get download ",
			stdout);
		out_text(line.buf, stdout);
		puts("; for each: dpkg-deb --fsys-tarfile FILE.deb | tar -x -C / ./usr/lib; then: "
		     "bootwright sync");
	}
}

/* The package is installed, for another file of it is there: to install it would change nothing.
 * One that was published once came with it. */
static bool is_not_in_package(const json_t *items, const json_t *loader)
{
	size_t i;
	json_t *other;

	if (!is_in(loader, "missing") || !*text_of(loader, "package"))
		return false;
	json_array_foreach (json_mutable(items), i, other)
		if (!is_missing(other) &&
			strcmp(text_of(other, "package"), text_of(loader, "package")) == 0)
			return true;
	return false;
}

static void print_not_in_package(const json_t *loader)
{
	autofree char *line = xasprintf("%s is not in the package %s that is installed%s%s",
		text_of(loader, "name"), text_of(loader, "package"),
		*text_of(loader, "version") ? ", " : "", text_of(loader, "version"));

	out_text(line, stdout);
	putchar('\n');
}

static void print_loaders(const json_t *items, bool missing)
{
	static const char *const heads[] = {
		"LOADER", "STATE", "SIZE", "PACKAGE", "VERSION", "NEEDED BY"};
	autotable table = TABLE_INIT(ARRAY_SIZE(heads));
	autostrv packages = STRV_INIT;
	size_t i;
	json_t *loader;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		table_add(&table, heads[i]);
	json_array_foreach (json_mutable(items), i, loader) {
		if (!missing || is_missing(loader))
			add_row(&table, loader);
		if (is_missing(loader) && *text_of(loader, "package") &&
			!is_not_in_package(items, loader) &&
			!strv_has(&packages, text_of(loader, "package")))
			strv_add(&packages, text_of(loader, "package"));
	}
	if (table.cells.n > ARRAY_SIZE(heads))
		table_print(&table, stdout);
	else
		puts("no boot loader is missing");
	json_array_foreach (json_mutable(items), i, loader)
		if (is_not_in_package(items, loader))
			print_not_in_package(loader);
	print_packages(&packages);
}

int run_loaders(struct cli *cli, struct err *err)
{
	autojson json_t *answer = NULL;
	autojson json_t *shown = json_array();
	bool lacks = false;
	const json_t *items;
	size_t i;
	json_t *loader;

	if (client_get(cli->client, "/loaders", &answer, err) < 0)
		return -1;
	items = json_object_get(answer, "items");
	json_array_foreach (json_mutable(items), i, loader) {
		lacks |= is_missing(loader) && *text_of(loader, "needed");
		if (!cli->args.missing || is_missing(loader))
			json_array_append(shown, loader);
	}
	if (cli->output == CLI_JSON)
		out_json(shown, stdout);
	else
		print_loaders(items, cli->args.missing);
	return cli->args.missing && lacks ? EXIT_PROBLEMS : EXIT_DONE;
}
