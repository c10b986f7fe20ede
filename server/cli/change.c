#include "cli/change.h"

#include "cli/commands.h"
#include "cli/out.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

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

void as_of_with_zone(const char *as_of, struct strbuf *ret)
{
	struct tm tm = {.tm_isdst = -1};
	const char *clock = strptime(as_of, "%Y-%m-%d", &tm);
	long minutes;

	strbuf_adds(ret, as_of);
	if (!clock || strpbrk(clock, "Zz+-"))
		return;
	if (*clock)
		strptime(clock + 1, "%H:%M", &tm);
	else
		strbuf_adds(ret, "T00:00");
	mktime(&tm); /* which knows what the offset was then */
	minutes = labs(tm.tm_gmtoff) / 60;
	strbuf_addf(ret, "%c%02ld:%02ld", tm.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void url_add_as_of(struct strbuf *url, const char *as_of)
{
	autostrbuf text = STRBUF_INIT;

	if (as_of)
		as_of_with_zone(as_of, &text);
	url_add_text(url, "as_of", as_of ? text.buf : NULL);
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
