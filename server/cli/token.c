/* API tokens: made, listed, revoked. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/out.h"

#include <string.h>

static int add_days(json_t *body, const char *text, struct err *err)
{
	char *end;
	double days = strtod(text, &end);

	if (end == text || *end || !(days > 0 && days <= 36500))
		return err_set(err, ERR_USAGE, "--expires=%s: must be a number of days", text);
	json_object_set_new(body, "days", json_real(days));
	return 0;
}

int run_token_add(struct cli *cli, struct err *err)
{
	autojson json_t *body = json_object();
	autojson json_t *answer = NULL;
	struct client_request request = {.method = "POST", .path = "/tokens", .body = body};
	const char *token;

	if (!cli->args.name || !cli->args.role)
		return err_set(err, ERR_USAGE,
			"for whom? give --name=NAME and --role=read, operate or admin");
	json_set_str(body, "name", cli->args.name);
	json_set_str(body, "role", cli->args.role);
	if (cli->args.expires && add_days(body, cli->args.expires, err) < 0)
		return -1;
	if (client_ask(cli->client, &request, &answer, err) < 0)
		return -1;
	token = json_get_str(answer, "token");
	if (cli->output == CLI_JSON || !token) {
		out_json(answer, stdout);
		return 0;
	}
	out_text(token, stdout);
	fputc('\n', stdout);
	return 0;
}

static void add_token(struct table *table, const json_t *token)
{
	double expires = json_number_value(json_object_get(token, "expires"));
	autostrbuf until = STRBUF_INIT;

	table_add_value(table, json_object_get(token, "name"));
	table_add_value(table, json_object_get(token, "role"));
	if (expires > 0)
		out_time(expires, &until);
	else
		strbuf_adds(&until, "for ever");
	table_add(table, until.buf);
}

int run_token_list(struct cli *cli, struct err *err)
{
	autojson json_t *answer = NULL;
	autotable table = TABLE_INIT(3);
	const json_t *list;
	size_t i;
	json_t *token;

	if (client_get(cli->client, "/tokens", &answer, err) < 0)
		return -1;
	list = json_is_array(answer) ? answer : json_object_get(answer, "items");
	if (cli->output == CLI_JSON) {
		out_json(list, stdout);
		return 0;
	}
	json_array_foreach (json_mutable(list), i, token)
		add_token(&table, token);
	table_print(&table, stdout);
	return 0;
}

int run_token_revoke(struct cli *cli, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	const char *name = cli->args.name ? cli->args.name : cli->words.n ? cli->words.v[0] : NULL;
	struct client_request request = {.method = "DELETE"};

	if (!name)
		return err_set(err, ERR_USAGE, "which token? give --name=NAME");
	strbuf_adds(&path, "/tokens/");
	strbuf_add_url(&path, name);
	request.path = path.buf;
	return client_ask(cli->client, &request, NULL, err);
}
