#include "cli/change.h"

#include "cli/commands.h"
#include "cli/out.h"

#include <string.h>

static void add_separator(struct strbuf *url)
{
	strbuf_addc(url, strchr(url->buf, '?') ? '&' : '?');
}

void url_add_flag(struct strbuf *url, const char *name, bool wanted)
{
	if (!wanted)
		return;
	add_separator(url);
	strbuf_addf(url, "%s=1", name);
}

void url_add_text(struct strbuf *url, const char *name, const char *value)
{
	if (!value)
		return;
	add_separator(url);
	strbuf_addf(url, "%s=", name);
	strbuf_add_url(url, value);
}

#define NO_FILE "no published file would change"
#define ASKED                                                                                      \
	"; answers are rendered when a machine asks: bootwright template diff NAME --file=FILE"

static bool is_rendered_when_asked(const struct cli *cli)
{
	return cli->type && (cli->type->kind == ITEM_TEMPLATE || cli->type->kind == ITEM_SNIPPET);
}

/* How many files a diff is about: each has a heading, or, where it is too large, a line. */
static size_t count_files(const char *diff)
{
	static const char more[] = "… and ";
	size_t n = 0;

	while (*diff) {
		size_t len = strcspn(diff, "\n");
		const char *next = diff[len] ? diff + len + 1 : diff + len;
		autofree char *line = xstrndup(diff, len);
		bool heads = strncmp(line, "--- ", 4) == 0 && strncmp(next, "+++ ", 4) == 0;

		if (heads || (!strchr(" +-@\\", *line) &&
				     (strstr(line, " differs") || strstr(line, " would be "))))
			n++;
		else if (strncmp(line, more, sizeof(more) - 1) == 0 && strstr(line, " more files"))
			n += strtoull(line + sizeof(more) - 1, NULL, 10);
		diff = next;
	}
	return n;
}

static void print_difference(const char *diff)
{
	size_t files = count_files(diff);

	out_lines(diff, stdout);
	if (files)
		printf("%zu published file%s would change\n", files, files == 1 ? "" : "s");
}

int change_preview(const struct cli *cli, const json_t *answer)
{
	const char *diff = json_get_str(answer, "diff");
	bool changes = diff && *diff;

	if (cli->output == CLI_JSON)
		out_json(answer, stdout);
	else if (changes)
		print_difference(diff);
	else
		puts(is_rendered_when_asked(cli) ? NO_FILE ASKED : NO_FILE);
	return changes ? EXIT_CHANGES : EXIT_DONE;
}

int change_ask(
	struct cli *cli, const struct client_request *request, const char *path, struct err *err)
{
	struct client_request complete = *request;
	autostrbuf url = STRBUF_INIT;
	autojson json_t *answer = NULL;

	strbuf_adds(&url, path);
	url_add_flag(&url, "dry_run", cli->args.dry_run);
	url_add_flag(&url, "confirm", cli->args.confirm);
	complete.path = url.buf;
	if (client_ask(cli->client, &complete, &answer, err) < 0)
		return -1;
	if (cli->args.dry_run)
		return change_preview(cli, answer);
	if (cli->output == CLI_JSON && !json_is_null(answer))
		out_json(answer, stdout);
	return EXIT_DONE;
}
