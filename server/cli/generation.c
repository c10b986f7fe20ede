/* What is published, and going back. */
#include "base/json.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/out.h"

#include <string.h>

static void add_generation(struct table *table, const json_t *generation)
{
	autostrbuf time = STRBUF_INIT;
	bool held = json_is_true(json_object_get(generation, "held"));
	bool published = json_is_true(json_object_get(generation, "published"));

	out_time(json_number_value(json_object_get(generation, "time")), &time);
	table_add_value(table, json_object_get(generation, "generation"));
	table_add(table, time.buf);
	table_add_value(table, json_object_get(generation, "revision"));
	table_add_value(table, json_object_get(generation, "files"));
	table_add(table, held ? "published, until the next sync" : published ? "published" : "");
}

int run_sync_status(struct cli *cli, struct err *err)
{
	static const char *const heads[] = {"GENERATION", "TIME", "REVISION", "FILES", ""};
	autojson json_t *answer = NULL;
	autotable table = TABLE_INIT(ARRAY_SIZE(heads));
	const json_t *list;
	size_t i;
	json_t *generation;

	if (client_get(cli->client, "/generations", &answer, err) < 0)
		return -1;
	list = json_object_get(answer, "items");
	if (cli->output == CLI_JSON) {
		out_json(list, stdout);
		return 0;
	}
	if (!json_array_size(list)) {
		puts("nothing is published yet: bootwright sync");
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(heads); i++)
		table_add(&table, heads[i]);
	json_array_foreach (json_mutable(list), i, generation)
		add_generation(&table, generation);
	table_print(&table, stdout);
	return 0;
}

static int rollback_body(const struct cli *cli, json_t **ret, struct err *err)
{
	const char *number = cli->args.generation;
	size_t digits = number ? strspn(number, "0123456789") : 0;

	if (number && (!digits || digits > 15 || number[digits]))
		return err_set(err, ERR_USAGE,
			"--generation=%.40s: must be a number of: "
			"bootwright sync status",
			number);
	*ret = json_pack("{s:b}", "dry_run", cli->args.dry_run);
	if (number)
		json_object_set_new(
			*ret, "generation", json_integer((json_int_t)strtoll(number, NULL, 10)));
	return 0;
}

static long long count_of(const json_t *result, const char *name)
{
	return (long long)json_integer_value(json_object_get(result, name));
}

static void print_rollback(const json_t *result, bool dry_run)
{
	const char *diff = json_get_str(result, "diff");

	if (diff)
		out_lines(diff, stdout);
	if (dry_run)
		printf("generation %lld would be published again: %lld of %lld files would "
		       "change\n",
			count_of(result, "generation"), count_of(result, "changed"),
			count_of(result, "files"));
	else
		printf("published generation %lld again, until the next sync: %lld files\n",
			count_of(result, "generation"), count_of(result, "files"));
}

int run_sync_rollback(struct cli *cli, struct err *err)
{
	autojson json_t *body = NULL;
	autojson json_t *result = NULL;
	struct client_request request = {.method = "POST", .path = "/sync:rollback"};

	if (rollback_body(cli, &body, err) < 0)
		return -1;
	request.body = body;
	if (client_ask(cli->client, &request, &result, err) < 0)
		return err_wrap(err, "rollback");
	if (cli->output == CLI_JSON)
		out_json(result, stdout);
	else
		print_rollback(result, cli->args.dry_run);
	return cli->args.dry_run && count_of(result, "changed") > 0 ? EXIT_CHANGES : EXIT_DONE;
}
