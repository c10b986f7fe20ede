/* What to tell another DHCP server. */
#include "cli/change.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/out.h"

int run_dhcp_show(struct cli *cli, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	autojson json_t *answer = NULL;
	const char *text;

	strbuf_adds(&path, "/dhcp");
	url_add_text(&path, "format", cli->args.format);
	url_add_text(&path, "network", cli->args.network);
	if (client_get(cli->client, path.buf, &answer, err) < 0)
		return -1;
	text = json_get_str(answer, "text");
	if (cli->output == CLI_JSON)
		out_json(answer, stdout);
	else
		out_lines(text ? text : "", stdout);
	return 0;
}
