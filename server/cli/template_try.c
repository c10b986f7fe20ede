/* Templates as the server has them: what one renders to, what is wrong with any, what differs. */
#include "base/file.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/out.h"
#include "cli/template.h"

#include <fcntl.h>
#include <string.h>

enum { VARS_BYTES_MAX = 1 << 20 };

static int post(
	struct cli *cli, const char *path, const json_t *body, json_t **ret, struct err *err)
{
	const struct client_request request = {.method = "POST", .path = path, .body = body};

	if (!cli->client && cli_open_client(cli, true, err) < 0)
		return -1;
	return client_ask(cli->client, &request, ret, err);
}

/* *ret NULL: no variables are given. */
static int read_vars(const struct cli *cli, json_t **ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	json_t *vars;

	*ret = NULL;
	if (!cli->args.vars)
		return 0;
	if (file_read(AT_FDCWD, cli->args.vars, VARS_BYTES_MAX, &text, err) < 0)
		return -1;
	vars = json_parse(text.buf, text.len, err);
	if (!vars)
		return err_wrap(err, "%s", cli->args.vars);
	if (!json_is_object(vars)) {
		json_decref(vars);
		return err_set(err, ERR_INVALID, "%s: must be a JSON object", cli->args.vars);
	}
	*ret = vars;
	return 0;
}

/* A text that JSON cannot carry would not come back as it was. */
static int set_text(json_t *body, const char *path, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	json_t *value;

	if (template_read_file(path, &text, err) < 0)
		return -1;
	value = json_stringn(text.buf, text.len);
	if (!value)
		return err_set(err, ERR_INVALID, "%s: is not UTF-8", path);
	json_object_set_new(body, "text", value);
	return 0;
}

static void print_text(const struct cli *cli, const json_t *answer)
{
	const json_t *text = json_object_get(answer, "text");

	if (cli->output == CLI_JSON)
		out_json(answer, stdout);
	else if (isatty(STDOUT_FILENO))
		out_lines(json_string_value(text), stdout);
	else
		fwrite(json_string_value(text), 1, json_string_length(text), stdout);
}

static int render_local(const struct cli *cli, const char *path, json_t *vars, struct err *err)
{
	autojson json_t *answer = json_object();
	autostrbuf text = STRBUF_INIT;

	if (template_render_file(path, vars, &text, err) < 0)
		return -1;
	json_set_str(answer, "text", text.buf);
	print_text(cli, answer);
	return EXIT_DONE;
}

static int render_on_server(struct cli *cli, const char *word, json_t *vars, struct err *err)
{
	autojson json_t *body = json_object();
	autojson json_t *answer = NULL;
	const char *slash = word ? strrchr(word, '/') : NULL;
	bool is_file = word && template_is_file(word);

	if (word)
		json_set_str(body, "name", is_file && slash ? slash + 1 : word);
	if (is_file && set_text(body, word, err) < 0)
		return -1;
	if (cli->args.system)
		json_set_str(body, "system", cli->args.system);
	if (cli->args.profile)
		json_set_str(body, "profile", cli->args.profile);
	if (vars)
		json_object_set(body, "vars", vars);
	if (post(cli, "/templates:render", body, &answer, err) < 0)
		return -1;
	if (!json_is_string(json_object_get(answer, "text")))
		return err_set(err, ERR_UPSTREAM, "the server's answer has no text");
	print_text(cli, answer);
	return EXIT_DONE;
}

int run_template_render(struct cli *cli, struct err *err)
{
	const char *word = cli->words.n ? cli->words.v[0] : NULL;
	bool for_item = cli->args.system || cli->args.profile;
	autojson json_t *vars = NULL;

	if (cli->args.system && cli->args.profile)
		return err_set(err, ERR_USAGE, "give --system or --profile, not both");
	if (!for_item && !(word && cli->args.vars))
		return err_set(err, ERR_USAGE,
			"for whom? give --system or --profile, or a template and --vars");
	if (read_vars(cli, &vars, err) < 0)
		return -1;
	if (!for_item && template_is_file(word))
		return render_local(cli, word, vars, err);
	return render_on_server(cli, word, vars, err);
}

/* Checking */

static void print_problem(const json_t *problem, FILE *out)
{
	const char *source = json_get_str(problem, "template");
	const char *message = json_get_str(problem, "message");
	const char *type = json_get_str(problem, "type");
	const char *item = json_get_str(problem, "item");

	out_text(source ? source : "", out);
	fprintf(out,
		":%lld:%lld: ", (long long)json_integer_value(json_object_get(problem, "line")),
		(long long)json_integer_value(json_object_get(problem, "column")));
	out_text(message ? message : "", out);
	if (type && item) {
		fputs(" (", out);
		out_text(type, out);
		fputs(" '", out);
		out_text(item, out);
		fputs("')", out);
	}
	fputc('\n', out);
}

/* "template 'FILE' line 3 column 7: what" as compilers write it. */
static void print_file_problem(const char *path, const struct err *err)
{
	const char *line = strstr(err->msg, "' line ");
	const char *column = line ? strstr(line, " column ") : NULL;
	const char *text = column ? strstr(column, ": ") : NULL;

	if (text)
		printf("%s:%ld:%ld%s\n", path, strtol(line + strlen("' line "), NULL, 10),
			strtol(column + strlen(" column "), NULL, 10), text);
	else
		printf("%s:1:1: %s\n", path, err->msg);
}

/* Local files are checked here, the names of the others are for the server. */
static bool check_files(const struct cli *cli, json_t *names)
{
	bool found = false;

	for (size_t i = 0; i < cli->words.n; i++) {
		struct err why = ERR_INIT;

		if (!template_is_file(cli->words.v[i])) {
			json_array_append_new(names, json_string(cli->words.v[i]));
		} else if (template_check_file(cli->words.v[i], &why) < 0) {
			print_file_problem(cli->words.v[i], &why);
			found = true;
		}
	}
	return found;
}

int run_template_check(struct cli *cli, struct err *err)
{
	json_t *names = json_array();
	autojson json_t *body = json_pack("{s:o}", "names", names);
	autojson json_t *answer = NULL;
	bool found = check_files(cli, names);
	json_int_t left;
	size_t i;
	json_t *problem;

	if (cli->words.n && !json_array_size(names))
		return found ? EXIT_PROBLEMS : EXIT_DONE;
	if (!cli->words.n)
		json_object_clear(body);
	if (post(cli, "/templates:check", body, &answer, err) < 0)
		return -1;
	if (cli->output == CLI_JSON)
		out_json(answer, stdout);
	json_array_foreach (json_object_get(answer, "items"), i, problem) {
		found = true;
		if (cli->output != CLI_JSON)
			print_problem(problem, stdout);
	}
	left = json_integer_value(json_object_get(answer, "left"));
	if (left)
		fprintf(stderr, "bootwright: %lld more items were not tried\n", (long long)left);
	return found ? EXIT_PROBLEMS : EXIT_DONE;
}

/* What is stored is stored: that it could not be checked is no failure of the command. */
void template_warn(struct cli *cli, const char *name)
{
	json_t *names = json_array();
	autojson json_t *body = json_pack("{s:o}", "names", names);
	autofree char *source = xasprintf("store:%s/%s", cli->type->name, name);
	autojson json_t *answer = NULL;
	struct err why = ERR_INIT;
	size_t i;
	json_t *problem;

	json_array_append_new(names, json_string(source));
	if (post(cli, "/templates:check", body, &answer, &why) < 0) {
		fprintf(stderr, "bootwright: warning: it is not checked: %s\n", why.msg);
		return;
	}
	json_array_foreach (json_object_get(answer, "items"), i, problem) {
		fputs("bootwright: warning: ", stderr);
		print_problem(problem, stderr);
	}
}

/* Differences */

static void print_counts(const json_t *answer)
{
	json_int_t using = json_integer_value(json_object_get(answer, "using"));
	json_int_t left = json_integer_value(json_object_get(answer, "left"));

	fprintf(stderr, "%lld of %lld systems and profiles that use it would get something else",
		(long long)json_integer_value(json_object_get(answer, "changed")),
		(long long)using);
	if (left)
		fprintf(stderr, "; %lld more were not tried", (long long)left);
	fputc('\n', stderr);
}

int run_template_diff(struct cli *cli, struct err *err)
{
	autojson json_t *body = json_object();
	autojson json_t *answer = NULL;
	const char *diff;

	if (!cli->words.n)
		return err_set(err, ERR_USAGE, "which template?");
	json_set_str(body, "name", cli->words.v[0]);
	if (cli->args.file && set_text(body, cli->args.file, err) < 0)
		return -1;
	if (post(cli, "/templates:diff", body, &answer, err) < 0)
		return -1;
	diff = json_get_str(answer, "diff");
	if (cli->output == CLI_JSON)
		out_json(answer, stdout);
	else
		out_lines(diff ? diff : "", stdout);
	if (cli->args.file && cli->output != CLI_JSON)
		print_counts(answer);
	return diff && *diff ? EXIT_CHANGES : EXIT_DONE;
}
