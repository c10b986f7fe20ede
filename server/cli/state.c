/* Everything at once: export to a file, apply a file. */
#include "cli/change.h"
#include "cli/commands.h"
#include "cli/out.h"

#include "base/file.h"

#include <fcntl.h>
#include <string.h>

enum { STATE_MAX = 256 << 20 }; /* bytes; what the server accepts */

int run_export(struct cli *cli, struct err *err)
{
	autostrbuf path = STRBUF_INIT;

	strbuf_adds(&path, "/export");
	url_add_flag(&path, "secrets", cli->args.secrets);
	url_add_as_of(&path, cli->args.as_of);
	return client_save(cli->client, path.buf, stdout, err);
}

static json_int_t count_of(const json_t *answer, const char *key)
{
	return json_integer_value(json_object_get(answer, key));
}

static json_int_t changes_of(const json_t *answer)
{
	return count_of(answer, "created") + count_of(answer, "changed") +
	       count_of(answer, "removed");
}

/* "3 items: 1 created, 1 changed, 1 removed, 40 as they were" */
static void print_counts(const json_t *answer, bool dry_run)
{
	long long unchanged = count_of(answer, "unchanged");

	if (!changes_of(answer)) {
		printf("nothing to do: %lld %s as the file says\n", unchanged,
			unchanged == 1 ? "item is" : "items are");
		return;
	}
	printf("%s%lld created, %lld changed, %lld removed, %lld as before\n",
		dry_run ? "would be: " : "", (long long)count_of(answer, "created"),
		(long long)count_of(answer, "changed"), (long long)count_of(answer, "removed"),
		unchanged);
}

static void print_answer(const json_t *answer, bool dry_run)
{
	static const char *const diffs[] = {"diff", "files"};

	for (size_t i = 0; i < ARRAY_SIZE(diffs); i++) {
		const char *diff = json_get_str(answer, diffs[i]);

		if (diff)
			out_lines(diff, stdout);
	}
	print_counts(answer, dry_run);
}

int run_apply(struct cli *cli, struct err *err)
{
	struct client_request request = {.method = "POST", .long_work = true};
	autostrbuf path = STRBUF_INIT;
	autostrbuf text = STRBUF_INIT;
	autojson json_t *answer = NULL;
	const char *file = cli->words.n ? cli->words.v[0] : NULL;

	if (!file)
		return err_set(err, ERR_USAGE,
			"what is to be applied? give a file that export wrote, or - for standard "
			"input");
	if (file_read(AT_FDCWD, strcmp(file, "-") == 0 ? "/dev/stdin" : file, STATE_MAX, &text,
		    err) < 0)
		return -1;
	strbuf_adds(&path, "/apply");
	url_add_flag(&path, "dry_run", cli->args.dry_run);
	url_add_flag(&path, "prune", cli->args.prune);
	url_add_flag(&path, "confirm", cli->args.confirm);
	request.path = path.buf;
	request.text = &text;
	if (client_ask(cli->client, &request, &answer, err) < 0)
		return err_wrap(err, "%s", file);
	if (cli->output == CLI_JSON)
		out_json(answer, stdout);
	else
		print_answer(answer, cli->args.dry_run);
	return cli->args.dry_run && changes_of(answer) ? EXIT_CHANGES : EXIT_DONE;
}
