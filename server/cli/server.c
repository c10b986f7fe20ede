/* The server itself: check, status, events. */
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/out.h"

#include <string.h>

static const json_t *items_of(const json_t *answer)
{
	return json_is_array(answer) ? answer : json_object_get(answer, "items");
}

static bool is_error(const json_t *finding)
{
	const char *severity = json_get_str(finding, "severity");

	return severity && strcmp(severity, "error") == 0;
}

static void print_finding(size_t number, const json_t *finding)
{
	const char *problem = json_get_str(finding, "problem");
	const char *advice = json_get_str(finding, "advice");

	printf("%zu: ", number);
	if (!is_error(finding))
		fputs("(warning) ", stdout);
	out_text(problem ? problem : "", stdout);
	if (advice) {
		fputs("\n   ", stdout);
		out_text(advice, stdout);
	}
	fputc('\n', stdout);
}

static void print_findings(const json_t *findings)
{
	size_t i;
	json_t *finding;

	if (!json_array_size(findings)) {
		puts("nothing stands in the way of provisioning");
		return;
	}
	json_array_foreach (json_mutable(findings), i, finding)
		print_finding(i + 1, finding);
}

int run_check(struct cli *cli, struct err *err)
{
	autojson json_t *answer = NULL;
	const json_t *findings;
	bool stops = false;
	size_t i;
	json_t *finding;

	if (client_get(cli->client, "/check", &answer, err) < 0)
		return -1;
	findings = items_of(answer);
	if (cli->output == CLI_JSON)
		out_json(findings, stdout);
	else
		print_findings(findings);
	json_array_foreach (json_mutable(findings), i, finding)
		stops |= is_error(finding);
	return stops ? EXIT_PROBLEMS : 0;
}

static void add_pair(struct table *table, const char *label, char *value_taken)
{
	autofree char *value = value_taken;

	table_add(table, label);
	table_add(table, value);
}

static json_int_t integer_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static char *published_text(const json_t *status)
{
	const json_t *published = json_object_get(status, "published");
	json_int_t behind = integer_of(status, "revision") - integer_of(published, "revision");
	autostrbuf text = STRBUF_INIT;

	if (!json_is_object(published))
		return xstrdup("nothing yet: bootwright sync");
	strbuf_addf(&text, "generation %lld, revision %lld, ",
		(long long)integer_of(published, "generation"),
		(long long)integer_of(published, "revision"));
	out_count(json_number_value(json_object_get(published, "files")), "files", &text);
	strbuf_adds(&text, ", ");
	out_time(json_number_value(json_object_get(published, "time")), &text);
	if (behind > 0) {
		strbuf_adds(&text, "; ");
		out_count((double)behind, "changes", &text);
		strbuf_adds(&text, " not yet: bootwright sync");
	}
	return strbuf_take(&text);
}

static char *service_text(const json_t *service)
{
	const json_t *pid = json_object_get(service, "pid");
	const json_t *restarts = json_object_get(service, "restarts");
	autostrbuf text = STRBUF_INIT;

	if (!json_is_object(service)) {
		out_value(service, &text);
		return strbuf_take(&text);
	}
	strbuf_adds(&text,
		json_is_true(json_object_get(service, "running")) ? "running" : "not running");
	if (json_integer_value(pid) > 0)
		strbuf_addf(&text, ", pid %lld", (long long)json_integer_value(pid));
	if (json_integer_value(restarts) > 0)
		strbuf_addf(
			&text, ", restarted %lld times", (long long)json_integer_value(restarts));
	return strbuf_take(&text);
}

/* Those that are over say nothing any more. */
static void add_installs(struct table *table, const json_t *installs)
{
	json_int_t given_up = integer_of(installs, "gave up");
	autostrbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%lld under way", (long long)integer_of(installs, "started"));
	if (given_up)
		strbuf_addf(&text, ", %lld given up: bootwright install list", (long long)given_up);
	table_add(table, "installations");
	table_add(table, text.buf);
}

static void add_services(struct table *table, const json_t *services)
{
	const char *key;
	json_t *service;

	if (!json_is_object(services)) {
		table_add(table, "services");
		table_add_value(table, services);
	}
	json_object_foreach (json_mutable(services), key, service)
		add_pair(table, key, service_text(service));
}

int run_status(struct cli *cli, struct err *err)
{
	autojson json_t *status = NULL;
	autotable table = TABLE_INIT(2);
	const char *key;
	json_t *value;

	if (client_get(cli->client, "/status", &status, err) < 0)
		return -1;
	if (cli->output == CLI_JSON) {
		out_json(status, stdout);
		return 0;
	}
	table_add(&table, "bootwrightd");
	table_add_value(&table, json_object_get(status, "version"));
	table_add(&table, "revision");
	table_add_value(&table, json_object_get(status, "revision"));
	add_pair(&table, "published", published_text(status));
	json_object_foreach (json_object_get(status, "counts"), key, value) {
		table_add(&table, key);
		table_add_value(&table, value);
	}
	add_installs(&table, json_object_get(status, "installs"));
	add_services(&table, json_object_get(status, "services"));
	table_print(&table, stdout);
	return 0;
}

static void print_event(const json_t *event, enum cli_output output)
{
	static const char *const columns[] = {"kind", "subject", "address", "message"};
	autostrbuf line = STRBUF_INIT;

	if (output == CLI_JSON) {
		json_print(event, false, &line);
		out_text(line.buf, stdout);
		fputc('\n', stdout);
		return;
	}
	out_time(json_number_value(json_object_get(event, "time")), &line);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		const char *value = json_get_str(event, columns[i]);

		if (value && *value)
			strbuf_addf(&line, "  %s", value);
	}
	out_text(line.buf, stdout);
	fputc('\n', stdout);
}

struct following {
	enum cli_output output;
	json_int_t last; /* the newest event that was printed */
};

static int print_new_event(void *ctx, const char *kind, const json_t *event, struct err *err)
{
	struct following *following = ctx;
	json_int_t id = json_integer_value(json_object_get(event, "id"));

	if (*kind || id <= following->last) /* the stream tells about tasks, too */
		return 0;
	following->last = id;
	print_event(event, following->output);
	return fflush(stdout) == 0 ? 0 : err_sys(err, "standard output");
}

int run_event_list(struct cli *cli, struct err *err)
{
	struct following following = {.output = cli->output};
	autostrbuf path = STRBUF_INIT;
	autojson json_t *answer = NULL;
	size_t i;
	json_t *event;

	strbuf_adds(&path, "/events?limit=");
	strbuf_add_url(&path, cli->args.limit ? cli->args.limit : "50");
	if (client_get(cli->client, path.buf, &answer, err) < 0)
		return -1;
	if (cli->output == CLI_JSON && !cli->args.follow) {
		out_json(items_of(answer), stdout);
		return 0;
	}
	json_array_foreach (json_mutable(items_of(answer)), i, event)
		if (print_new_event(&following, "", event, err) < 0)
			return -1;
	if (!cli->args.follow)
		return 0;
	strbuf_reset(&path);
	strbuf_addf(&path, "/events/stream?after=%lld", (long long)following.last);
	return client_follow(cli->client, path.buf, print_new_event, &following, err);
}
