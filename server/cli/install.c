/* Installations: arming them again, how far they are, what was served to them. */
#include "cli/install.h"
#include "cli/change.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/out.h"

#include <string.h>

static int reinstall_one(struct cli *cli, const char *name, struct err *err)
{
	struct client_request request = {.method = "POST"};
	autostrbuf path = STRBUF_INIT;
	int result;

	if (cli->type->check_name(name, NULL, err) < 0)
		return err_wrap(err, "%s name", cli->type->name);
	item_path(cli->type, name, ":reinstall", &path);
	url_add_flag(&path, "cancel", cli->args.cancel);
	result = change_ask(cli, &request, path.buf, err);
	return result < 0 ? item_wrap(cli->type, name, err) : result;
}

/* Among fifty names a misspelt one: who gave them must know which to give again. */
static void tell_of_rest(const struct strv *names, size_t failed, struct err *err)
{
	const struct err first = *err;
	const size_t rest = names->n - failed - 1;

	if (rest)
		err_set(err, first.code, "%.380s; left as they are: '%.64s'%s", first.msg,
			names->v[failed + 1], rest > 1 ? " and all after it" : "");
}

/* Each by itself: the first that fails ends it. */
int run_reinstall(struct cli *cli, struct err *err)
{
	int result = EXIT_DONE;

	if (!cli->args.name && !cli->words.n)
		return err_set(err, ERR_USAGE, "which system? give its name");
	if (cli->args.name)
		result = reinstall_one(cli, cli->args.name, err);
	for (size_t i = 0; i < cli->words.n && result >= 0; i++) {
		int one = reinstall_one(cli, cli->words.v[i], err);

		if (one < 0)
			tell_of_rest(&cli->words, i, err);
		if (one < 0 || one > result)
			result = one;
	}
	return result;
}

static void add_time(const json_t *object, const char *key, struct strbuf *ret)
{
	const json_t *time = json_object_get(object, key);

	if (json_is_number(time))
		out_time(json_number_value(time), ret);
}

static void add_served(struct table *table, const json_t *served)
{
	autostrbuf first = STRBUF_INIT;
	autostrbuf last = STRBUF_INIT;

	add_time(served, "first", &first);
	add_time(served, "last", &last);
	table_add(table, last.buf);
	table_add(table, first.buf);
	table_add_value(table, json_object_get(served, "times"));
	table_add_value(table, json_object_get(served, "what"));
	table_add_value(table, json_object_get(served, "size"));
	table_add_value(table, json_object_get(served, "address"));
	table_add_value(table, json_object_get(served, "sha256"));
}

int run_served(struct cli *cli, struct err *err)
{
	static const char *const heads[] = {
		"LAST", "FIRST", "TIMES", "WHAT", "BYTES", "ADDRESS", "SHA-256"};
	autotable table = TABLE_INIT(ARRAY_SIZE(heads));
	autostrbuf path = STRBUF_INIT;
	autojson json_t *answer = NULL;
	const json_t *list;
	const char *name;
	json_t *served;
	size_t i;

	if (item_name(cli, &name, err) < 0)
		return -1;
	item_path(cli->type, name, "/served", &path);
	url_add_text(&path, "limit", cli->args.limit);
	if (client_get(cli->client, path.buf, &answer, err) < 0)
		return item_wrap(cli->type, name, err);
	list = json_object_get(answer, "items");
	if (cli->output == CLI_JSON) {
		out_json(list, stdout);
		return 0;
	}
	if (!json_array_size(list)) {
		puts("nothing was ever served to it over HTTP");
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(heads); i++)
		table_add(&table, heads[i]);
	json_array_foreach (json_mutable(list), i, served)
		add_served(&table, served);
	table_print(&table, stdout);
	return 0;
}

static void describe(const json_t *install, struct strbuf *ret)
{
	const char *state = json_get_str(install, "state");
	const char *why = json_get_str(install, "why");
	json_int_t tries = json_integer_value(json_object_get(install, "tries"));

	strbuf_adds(ret, state);
	if (tries > 0)
		strbuf_addf(ret, ", try %lld", (long long)tries);
	strbuf_adds(ret, json_is_null(json_object_get(install, "finished")) ? ", since " : ", ");
	add_time(install,
		json_is_null(json_object_get(install, "finished")) ? "started" : "finished", ret);
	if (why && *why)
		strbuf_addf(ret, ": %s", why);
}

int install_print(struct cli *cli, const char *name, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	autostrbuf text = STRBUF_INIT;
	autojson json_t *install = NULL;
	const char *state;

	item_path(cli->type, name, "/install", &path);
	if (client_get(cli->client, path.buf, &install, err) < 0)
		return -1;
	state = json_get_str(install, "state");
	if (!state || strcmp(state, "none") == 0)
		return 0;
	describe(install, &text);
	out_field("", "installation", text.buf, NULL, stdout);
	return 0;
}

struct install_list {
	struct table table;
	json_t *items;
};

static int add_install(void *ctx, json_t *install, struct err *err)
{
	struct install_list *list = ctx;
	autostrbuf first = STRBUF_INIT;
	autostrbuf last = STRBUF_INIT;

	(void)err;
	json_array_append(list->items, install);
	add_time(install, "first", &first);
	add_time(install,
		json_is_null(json_object_get(install, "finished")) ? "started" : "finished", &last);
	table_add_value(&list->table, json_object_get(install, "system"));
	table_add_value(&list->table, json_object_get(install, "state"));
	table_add_value(&list->table, json_object_get(install, "tries"));
	table_add(&list->table, first.buf);
	table_add(&list->table, last.buf);
	table_add_value(&list->table, json_object_get(install, "why"));
	return 0;
}

int run_install_list(struct cli *cli, struct err *err)
{
	static const char *const heads[] = {"SYSTEM", "STATE", "TRIES", "BEGAN", "SINCE", "WHY"};
	autojson json_t *items = json_array();
	struct install_list list = {TABLE_INIT(ARRAY_SIZE(heads)), items};
	autostrbuf query = STRBUF_INIT;
	int result;

	url_add_text(&query, "state", cli->args.state);
	if (query.len)
		query.buf[0] = '&'; /* the paging stands in front of it */
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		table_add(&list.table, heads[i]);
	result = pages_each(
		cli->client, "installs", query.len ? query.buf : "", add_install, &list, err);
	if (result == 0 && cli->output == CLI_JSON)
		out_json(items, stdout);
	else if (result == 0 && json_array_size(items))
		table_print(&list.table, stdout);
	table_done(&list.table);
	return result;
}
