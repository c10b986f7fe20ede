/* Machines that booted and that no system has. */
#include "base/net.h"
#include "cli/change.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/out.h"

#include <stdlib.h>
#include <string.h>

static int keep_machine(void *ctx, json_t *machine, struct err *err)
{
	(void)err;
	json_array_append(ctx, machine);
	return 0;
}

static double last_of(const json_t *machine)
{
	return json_number_value(json_object_get(machine, "last"));
}

static int by_last_down(const void *a, const void *b)
{
	double x = last_of(*(json_t *const *)a);
	double y = last_of(*(json_t *const *)b);

	return (x < y) - (x > y);
}

/* The last one first. A new reference. */
static json_t *sorted(const json_t *items)
{
	size_t n = json_array_size(items);
	autofree json_t **machine = xcalloc(n + 1, sizeof(json_t *));
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		machine[i] = json_array_get(items, i);
	qsort(machine, n, sizeof(json_t *), by_last_down);
	for (size_t i = 0; i < n; i++)
		json_array_append(list, machine[i]);
	return list;
}

static void add_time(struct table *table, const json_t *machine, const char *member)
{
	autostrbuf text = STRBUF_INIT;

	out_time(json_number_value(json_object_get(machine, member)), &text);
	table_add(table, text.buf);
}

static void add_machine(struct table *table, const json_t *machine)
{
	static const char *const texts[] = {"ip_address", "hostname", "loader", "firmware"};

	table_add_value(table, json_object_get(machine, "mac_address"));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *text = json_get_str(machine, texts[i]);

		table_add(table, text ? text : "-");
	}
	add_time(table, machine, "first");
	add_time(table, machine, "last");
	table_add_value(table, json_object_get(machine, "times"));
}

int run_discovered_list(struct cli *cli, struct err *err)
{
	static const char *const heads[] = {
		"MAC", "IP", "HOSTNAME", "LOADER", "FIRMWARE", "FIRST", "LAST", "TIMES"};
	autojson json_t *items = json_array();
	autojson json_t *list = NULL;
	autotable table = TABLE_INIT(ARRAY_SIZE(heads));
	size_t i;
	json_t *machine;

	if (pages_each(cli->client, "discovered", "", keep_machine, items, err) < 0)
		return -1;
	list = sorted(items);
	if (cli->output == CLI_JSON) {
		out_json(list, stdout);
		return 0;
	}
	for (i = 0; cli->output == CLI_TABLE && i < ARRAY_SIZE(heads); i++)
		table_add(&table, heads[i]);
	json_array_foreach (list, i, machine)
		add_machine(&table, machine);
	table_print(&table, stdout);
	return 0;
}

/* The first word, in its canonical form. */
static int mac_word(const struct cli *cli, char ret[MAC_TEXT], struct err *err)
{
	struct mac mac;

	if (!cli->words.n)
		return err_set(err, ERR_USAGE,
			"which machine? give its MAC address: bootwright discovered list");
	if (mac_parse(cli->words.v[0], &mac, err) < 0)
		return -1;
	mac_format(&mac, ':', ret);
	return 0;
}

static json_t *new_system(const struct cli *cli, const char *mac)
{
	const char *card = cli->args.interface ? cli->args.interface : "eth0";

	return json_pack("{s:s,s:{s:{s:s}}}", "profile", cli->args.profile, "interfaces", card,
		"mac_address", mac);
}

/* It must be a discovered one, so that a slip in typing makes no system of a machine that there is
 * not. */
int run_discovered_add(struct cli *cli, struct err *err)
{
	autojson json_t *machine = NULL;
	autojson json_t *body = NULL;
	autostrbuf path = STRBUF_INIT;
	struct client_request request = {.method = "PUT", .create = true};
	char mac[MAC_TEXT];

	if (mac_word(cli, mac, err) < 0)
		return -1;
	if (!cli->args.name || !cli->args.profile)
		return err_set(err, ERR_USAGE, "as what? give --name=NAME and --profile=PROFILE");
	strbuf_addf(&path, "/discovered/%s", mac);
	if (client_get(cli->client, path.buf, &machine, err) < 0)
		return -1;
	strbuf_reset(&path);
	strbuf_adds(&path, "/systems/");
	strbuf_add_url(&path, cli->args.name);
	body = new_system(cli, mac);
	request.body = body;
	return change_ask(cli, &request, path.buf, err);
}

int run_discovered_remove(struct cli *cli, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	struct client_request request = {.method = "DELETE"};
	char mac[MAC_TEXT];

	if (mac_word(cli, mac, err) < 0)
		return -1;
	strbuf_addf(&path, "/discovered/%s", mac);
	request.path = path.buf;
	return client_ask(cli->client, &request, NULL, err);
}
