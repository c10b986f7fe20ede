/* What takes longer than a request may: import and sync are tasks of the server, followed here. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/out.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	WAIT_SECONDS = 1,  /* how long the server holds a question about a task */
	LINE_SECONDS = 10, /* between lines where they go to a file */
};

/* On a terminal one line that is written over; else a line now and then. */
struct progress {
	bool terminal;
	bool shown;
	time_t last;
};

static double number_of(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static void progress_text(const json_t *task, struct strbuf *ret)
{
	const json_t *now = json_object_get(task, "progress");
	const char *what = json_get_str(task, "what");
	const char *unit = json_get_str(now, "unit");
	double finished = number_of(now, "finished");
	double total = number_of(now, "total");

	strbuf_addf(ret, "%s: ", what ? what : "task");
	if (total > 0)
		strbuf_addf(ret, "%3.0f %%, ", 100 * finished / total);
	out_count(finished, unit ? unit : "", ret);
	if (total > 0) {
		strbuf_adds(ret, " of ");
		out_count(total, unit ? unit : "", ret);
	}
}

static void show_progress(struct progress *progress, const json_t *task)
{
	autostrbuf text = STRBUF_INIT;
	time_t now = time(NULL);

	if (!progress->terminal && now - progress->last < LINE_SECONDS)
		return;
	progress->last = now;
	progress->shown = true;
	progress_text(task, &text);
	if (progress->terminal)
		fputc('\r', stderr);
	out_text(text.buf, stderr);
	fputs(progress->terminal ? "\033[K" : "\n", stderr);
}

static void end_progress(const struct progress *progress)
{
	if (progress->terminal && progress->shown)
		fputs("\r\033[K", stderr);
}

/* The task's own error; its class is the server's affair, its text is for people. */
static int failure(const json_t *task, struct err *err)
{
	const json_t *error = json_object_get(task, "error");
	const char *detail = json_get_str(error, "detail");
	const char *what = json_get_str(task, "what");

	return err_set(err, ERR_UPSTREAM, "%s", detail ? detail : what ? what : "the task failed");
}

static bool in_state(const json_t *task, const char *state)
{
	const char *now = json_get_str(task, "state");

	return now && strcmp(now, state) == 0;
}

/* Waits until the task has ended; `ret` gets its result. */
static int follow_task(struct client *client, json_int_t id, json_t **ret, struct err *err)
{
	struct progress progress = {.terminal = isatty(STDERR_FILENO) == 1, .last = time(NULL)};
	autofree char *path = xasprintf("/tasks/%lld?wait=%d", (long long)id, WAIT_SECONDS);
	autojson json_t *task = NULL;

	do {
		json_decref(task);
		task = NULL;
		if (client_get(client, path, &task, err) < 0) {
			end_progress(&progress);
			return -1;
		}
		show_progress(&progress, task);
	} while (in_state(task, "waiting") || in_state(task, "running"));
	end_progress(&progress);
	if (!in_state(task, "done"))
		return failure(task, err);
	*ret = json_incref(json_object_get(task, "result"));
	return 0;
}

static int start_task(
	struct cli *cli, const char *path, const json_t *body, json_t **ret, struct err *err)
{
	struct client_request request = {.method = "POST", .path = path, .body = body};
	autojson json_t *answer = NULL;
	const json_t *id;

	if (client_ask(cli->client, &request, &answer, err) < 0)
		return -1;
	id = json_object_get(answer, "task");
	if (!json_is_integer(id))
		return err_set(err, ERR_UPSTREAM, "the server's answer names no task");
	return follow_task(cli->client, json_integer_value(id), ret, err);
}

/* The server needs an absolute path. A relative one is this machine's, so it must be here. */
static int absolute_path(const struct cli *cli, char **ret, struct err *err)
{
	char *full;

	if (*cli->args.path == '/') {
		*ret = xstrdup(cli->args.path);
		return 0;
	}
	full = realpath(cli->args.path, NULL);
	if (!full)
		return err_set(err, ERR_NOT_FOUND,
			"--path=%s: a relative path begins in the working folder, where there is "
			"none such: %s",
			cli->args.path, strerror(errno));
	*ret = full;
	return 0;
}

static json_t *import_body(const struct cli *cli, const char *path)
{
	const struct cli_args *args = &cli->args;
	const struct {
		const char *key;
		const char *value;
	} members[] = {
		{"path", path},
		{"name", args->name},
		{"arch", args->arch},
		{"breed", args->breed},
		{"os_version", args->os_version},
		{"autoinstall", args->autoinstall},
		{"available_as", args->available_as},
	};
	json_t *body = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (members[i].value)
			json_set_str(body, members[i].key, members[i].value);
	return body;
}

static void print_names(const json_t *result, const char *plural)
{
	const json_t *names = json_object_get(result, plural);
	autostrbuf text = STRBUF_INIT;

	if (!json_array_size(names))
		return;
	out_value(names, &text);
	printf("%-9s ", plural);
	out_text(text.buf, stdout);
	fputc('\n', stdout);
}

/* What was left out, and what to know about such a tree. */
static void print_notes(const json_t *notes)
{
	size_t i;
	json_t *note;

	json_array_foreach (notes, i, note) {
		fputs("note      ", stdout);
		out_text(json_string_value(note), stdout);
		fputc('\n', stdout);
	}
}

static void print_import(const json_t *result)
{
	static const char *const ways[] = {"linked", "reflinked", "copied"};
	autostrbuf text = STRBUF_INIT;
	size_t named = 0;

	print_names(result, "distros");
	print_names(result, "profiles");
	out_count(number_of(result, "files"), "files", &text);
	strbuf_adds(&text, ", ");
	out_count(number_of(result, "bytes"), "bytes", &text);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (number_of(result, ways[i]) > 0)
			strbuf_addf(&text, "%s%.0f %s", named++ ? ", " : ": ",
				number_of(result, ways[i]), ways[i]);
	printf("tree      %s\n", number_of(result, "files") > 0 ? text.buf : "as it was");
	print_notes(json_object_get(result, "notes"));
}

int run_import(struct cli *cli, struct err *err)
{
	autofree char *path = NULL;
	autojson json_t *body = NULL;
	autojson json_t *result = NULL;

	if (!cli->args.path || !cli->args.name)
		return err_set(err, ERR_USAGE,
			"what is to be imported? --path=DIR is its tree, --name=NAME what it will "
			"be called");
	if (item_types[ITEM_DISTRO]->check_name(cli->args.name, NULL, err) < 0)
		return err_wrap(err, "--name");
	if (absolute_path(cli, &path, err) < 0)
		return -1;
	body = import_body(cli, path);
	if (start_task(cli, "/import", body, &result, err) < 0)
		return -1;
	if (cli->output == CLI_JSON)
		out_json(result, stdout);
	else
		print_import(result);
	return 0;
}

static void print_sync(const json_t *result, bool systems, bool dry_run)
{
	const char *diff = json_get_str(result, "diff");
	double changed = number_of(result, "changed");
	autostrbuf text = STRBUF_INIT;

	if (diff)
		out_lines(diff, stdout);
	out_count(number_of(result, "files"), "files", &text);
	if (systems && changed > 0 && !dry_run) {
		printf("published %.0f files again, in generation %.0f\n", changed,
			number_of(result, "generation"));
	} else if (changed <= 0) {
		printf("nothing to do: generation %.0f is up to date, %s\n",
			number_of(result, "generation"), text.buf);
	} else if (dry_run) {
		printf("%.0f of %s would change\n", changed, text.buf);
	} else {
		printf("published generation %.0f: %s\n", number_of(result, "generation"),
			text.buf);
	}
}

static json_t *names_json(const char *text)
{
	autostrv names = STRV_INIT;
	json_t *list = json_array();

	strv_split(&names, text, ",");
	strv_for_each (name, &names)
		json_array_append_new(list, json_string(name));
	return list;
}

int run_sync(struct cli *cli, struct err *err)
{
	autojson json_t *body = json_object();
	autojson json_t *result = NULL;

	json_object_set_new(body, "dry_run", json_boolean(cli->args.dry_run));
	if (cli->args.system)
		json_object_set_new(body, "systems", names_json(cli->args.system));
	if (start_task(cli, "/sync", body, &result, err) < 0)
		return err_wrap(err, "sync");
	if (cli->output == CLI_JSON)
		out_json(result, stdout);
	else
		print_sync(result, cli->args.system, cli->args.dry_run);
	return cli->args.dry_run && number_of(result, "changed") > 0 ? EXIT_CHANGES : 0;
}

static void add_task(struct table *table, const json_t *task)
{
	const json_t *progress = json_object_get(task, "progress");
	const char *detail = json_get_str(json_object_get(task, "error"), "detail");
	autostrbuf started = STRBUF_INIT;
	autostrbuf state = STRBUF_INIT;

	if (number_of(task, "started") > 0)
		out_time(number_of(task, "started"), &started);
	table_add_value(table, json_object_get(task, "id"));
	table_add_value(table, json_object_get(task, "what"));
	if (in_state(task, "running") && number_of(progress, "total") > 0)
		strbuf_addf(&state, "%.0f %%",
			100 * number_of(progress, "finished") / number_of(progress, "total"));
	else
		out_value(json_object_get(task, "state"), &state);
	table_add(table, state.buf);
	table_add(table, started.buf);
	table_add(table, detail ? detail : "");
}

int run_task_list(struct cli *cli, struct err *err)
{
	autojson json_t *answer = NULL;
	autotable table = TABLE_INIT(5);
	const json_t *list;
	size_t i;
	json_t *task;

	if (client_get(cli->client, "/tasks", &answer, err) < 0)
		return -1;
	list = json_is_array(answer) ? answer : json_object_get(answer, "items");
	if (cli->output == CLI_JSON) {
		out_json(list, stdout);
		return 0;
	}
	json_array_foreach (json_mutable(list), i, task)
		add_task(&table, task);
	table_print(&table, stdout);
	return 0;
}
