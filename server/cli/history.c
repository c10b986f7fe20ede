/* What was changed, by whom, and back: history, diff, revert. */
#include "cli/change.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/out.h"

#include <string.h>

enum {
	VALUE_SHOWN = 200, /* bytes of a value in a line */
};

/* What is longer is cut, between two characters. */
static void add_short(const json_t *value, struct strbuf *ret)
{
	autostrbuf text = STRBUF_INIT;
	size_t len = VALUE_SHOWN;

	json_print(value, false, &text);
	if (text.len <= VALUE_SHOWN) {
		strbuf_adds(ret, text.buf);
		return;
	}
	while ((text.buf[len] & 0xc0) == 0x80)
		len--;
	strbuf_addf(ret, "%.*s… (%zu bytes)", (int)len, text.buf, text.len);
}

/* A text of several lines, such as a template's, only by its length: diff shows it. */
static void add_value(const json_t *value, struct strbuf *ret)
{
	const char *text = json_string_value(value);
	size_t lines = 0;

	for (const char *s = text; s && *s; lines++) {
		const char *end = strchrnul(s, '\n');

		s = *end ? end + 1 : end;
	}
	if (lines > 1)
		strbuf_addf(ret, "(%zu lines)", lines);
	else
		add_short(value, ret);
}

/* "virt_ram 512 → 1024": the members that differ. */
static void add_difference(
	const char *key, const json_t *before, const json_t *after, struct strbuf *ret)
{
	static const char *const silent[] = {"version", "mtime", "ctime", "uid", "name"};
	autostrbuf was = STRBUF_INIT;
	autostrbuf is = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		if (strcmp(key, silent[i]) == 0)
			return;
	if (before == after || (before && after && json_equal(before, after)))
		return;
	if (before)
		add_value(before, &was);
	if (after)
		add_value(after, &is);
	strbuf_addf(ret, "%s%s", ret->len ? ", " : "", key);
	if (before)
		strbuf_addf(ret, " %s →", was.buf);
	strbuf_addf(ret, " %s", after ? is.buf : "unset");
}

static void add_changes(const json_t *entry, struct strbuf *ret)
{
	const json_t *before = json_object_get(entry, "before");
	const json_t *after = json_object_get(entry, "after");
	const char *key;
	json_t *value;

	json_object_foreach (json_mutable(after), key, value)
		add_difference(key, json_object_get(before, key), value, ret);
	json_object_foreach (json_mutable(before), key, value)
		if (json_is_object(after) && !json_object_get(after, key))
			add_difference(key, value, NULL, ret);
}

/* The columns that are members of a revision; those of one item do not repeat its name. */
static const char *const columns[] = {"who", "from", "action", "type", "name"};

static size_t column_count(const struct cli *cli)
{
	return cli->type ? 3 : ARRAY_SIZE(columns);
}

static void add_heading(const struct cli *cli, struct table *table)
{
	table_add(table, "revision");
	table_add(table, "time");
	for (size_t i = 0; i < column_count(cli); i++)
		table_add(table, columns[i]);
	table_add(table, "changes");
}

static void add_revision(const struct cli *cli, struct table *table, const json_t *entry)
{
	autostrbuf changes = STRBUF_INIT;
	autostrbuf when = STRBUF_INIT;

	table_add_value(table, json_object_get(entry, "revision"));
	out_time(json_number_value(json_object_get(entry, "time")), &when);
	table_add(table, when.buf);
	for (size_t i = 0; i < column_count(cli); i++)
		table_add_value(table, json_object_get(entry, columns[i]));
	add_changes(entry, &changes);
	table_add(table, changes.buf);
}

static void print_history(const struct cli *cli, const json_t *history)
{
	const json_t *next = json_object_get(history, "next");
	autotable table = TABLE_INIT(column_count(cli) + 3);
	size_t i;
	json_t *entry;

	if (cli->output == CLI_TABLE)
		add_heading(cli, &table);
	json_array_foreach (json_object_get(history, "items"), i, entry)
		add_revision(cli, &table, entry);
	table_print(&table, stdout);
	if (json_is_integer(next))
		fprintf(stderr, "bootwright: there are older ones: --before=%lld\n",
			(long long)json_integer_value(next));
}

static int show_history(struct cli *cli, const char *type, const char *name, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	autojson json_t *history = NULL;

	strbuf_adds(&path, "/history");
	url_add_text(&path, "type", type);
	url_add_text(&path, "name", name);
	url_add_text(&path, "limit", cli->args.limit ? cli->args.limit : "100");
	url_add_text(&path, "before", cli->args.before);
	if (client_get(cli->client, path.buf, &history, err) < 0)
		return -1;
	if (name && !cli->args.before && !json_array_size(json_object_get(history, "items")))
		return err_set(err, ERR_NOT_FOUND, "no change of %s '%s' is known",
			type ? type : "anything named", name);
	if (cli->output == CLI_JSON)
		out_json(json_object_get(history, "items"), stdout);
	else
		print_history(cli, history);
	return EXIT_DONE;
}

int run_history(struct cli *cli, struct err *err)
{
	const char *name;

	if (item_name(cli, &name, err) < 0)
		return -1;
	return show_history(cli, cli->type->name, name, err);
}

int run_history_all(struct cli *cli, struct err *err)
{
	const struct item_type *type = cli->args.type ? item_type_find(cli->args.type) : NULL;

	if (cli->args.type && !type)
		return err_set(err, ERR_USAGE, "--type=%s: there is no such type of items",
			cli->args.type);
	return show_history(cli, type ? type->name : NULL, cli->args.name, err);
}

/* The revision that the first word names, checked, as it becomes part of a URL. */
static int revision_word(const struct cli *cli, const char **ret, struct err *err)
{
	const char *word = cli->words.n ? cli->words.v[0] : NULL;

	if (!word)
		return err_set(err, ERR_USAGE,
			"which change? give its revision, as bootwright history tells it");
	if (!*word || strspn(word, "0123456789") != strlen(word) || strlen(word) > 18)
		return err_set(err, ERR_USAGE, "'%s' is no revision, which is a number", word);
	*ret = word;
	return 0;
}

/* "revision 7, 2026-11-21 08:00:01, by root from unix: put system 'web7'" */
static void print_title(const json_t *revision)
{
	static const char *const members[][2] = {
		{", by ", "who"}, {" from ", "from"}, {": ", "action"}, {" ", "type"}};
	const char *name = json_get_str(revision, "name");
	autostrbuf text = STRBUF_INIT;

	strbuf_addf(&text, "revision %lld, ",
		(long long)json_integer_value(json_object_get(revision, "revision")));
	out_time(json_number_value(json_object_get(revision, "time")), &text);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		const char *value = json_get_str(revision, members[i][1]);

		if (value && *value)
			strbuf_addf(&text, "%s%s", members[i][0], value);
	}
	if (name)
		strbuf_addf(&text, " '%s'", name);
	out_text(text.buf, stdout);
	fputc('\n', stdout);
}

int run_diff(struct cli *cli, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	autojson json_t *revision = NULL;
	const char *diff;
	const char *word;

	if (revision_word(cli, &word, err) < 0)
		return -1;
	strbuf_addf(&path, "/history/%s", word);
	if (client_get(cli->client, path.buf, &revision, err) < 0)
		return -1;
	if (cli->output == CLI_JSON) {
		out_json(revision, stdout);
		return EXIT_DONE;
	}
	print_title(revision);
	diff = json_get_str(revision, "diff");
	out_lines(diff ? diff : "", stdout);
	return EXIT_DONE;
}

/* What was written: "system 'web7' is as it was before", "profile 'bar' is removed". */
static void print_reverted(const json_t *items, bool dry_run)
{
	size_t i;
	json_t *item;

	json_array_foreach (json_mutable(items), i, item) {
		const char *action = json_get_str(item, "action");
		const char *type = json_get_str(item, "type");
		const char *name = json_get_str(item, "name");
		bool removed = action && strcmp(action, "delete") == 0;
		autofree char *text = xasprintf("%s '%s' %s %s", type ? type : "item",
			name ? name : "", dry_run ? "would be" : "is",
			removed ? "removed" : "as it was before");

		out_text(text, stdout);
		fputc('\n', stdout);
	}
}

int run_revert(struct cli *cli, struct err *err)
{
	struct client_request request = {.method = "POST"};
	autostrbuf path = STRBUF_INIT;
	autojson json_t *answer = NULL;
	const json_t *items;
	const char *diff;
	const char *word;

	if (revision_word(cli, &word, err) < 0)
		return -1;
	strbuf_addf(&path, "/history/%s:revert", word);
	url_add_flag(&path, "all", cli->args.all);
	url_add_flag(&path, "force", cli->args.force);
	url_add_flag(&path, "confirm", cli->args.confirm);
	url_add_flag(&path, "dry_run", cli->args.dry_run);
	request.path = path.buf;
	if (client_ask(cli->client, &request, &answer, err) < 0)
		return -1;
	items = json_object_get(answer, "items");
	diff = json_get_str(answer, "diff");
	if (cli->output == CLI_JSON) {
		out_json(answer, stdout);
	} else {
		print_reverted(items, cli->args.dry_run);
		if (cli->args.dry_run && diff)
			out_lines(diff, stdout);
	}
	return cli->args.dry_run && json_array_size(items) ? EXIT_CHANGES : EXIT_DONE;
}
