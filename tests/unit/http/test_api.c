/* The API over its two doors: who may do what, and what the headers mean. */
#include "wire.h"

#include "ops/task.h"

#include <semaphore.h>

static void put_items(struct wire *wire)
{
	bench_write(wire->bench, "linux", "kernel");
	bench_write(wire->bench, "initrd", "initrd");
}

/* A request; single quotes in the body stand for double ones. */
static void ask(struct wire *wire, int door, const char *what, const char *headers,
	const char *body, int status, struct strbuf *ret)
{
	autofree char *text = body ? xstrdup(body) : NULL;

	for (char *p = text; p && *p; p++)
		if (*p == '\'')
			*p = '"';
	strbuf_reset(ret);
	wire_ask(wire, door, what, headers, text, ret);
	assert_status(ret, status, what);
}

static void items(void **state)
{
	static const struct {
		const char *what, *headers, *body;
		int status;
		const char *has;
	} rows[] = {
		{"GET /api/v1/distros", "", NULL, 200, "\"items\":[]"},
		{"GET /api/v1/distros/foo", "", NULL, 404, "foo"},
		{"PUT /api/v1/profiles/bar", "If-Match: *\r\n", "{'distro': 'foo'}", 412, "bar"},
		{"PUT /api/v1/profiles/bar", "If-None-Match: *\r\n", "{'distro': 'foo'}", 201,
			"ETag: \"v1\"\r\n"},
		{"PUT /api/v1/profiles/bar", "If-None-Match: *\r\n", "{'distro': 'foo'}", 412,
			"exists"},
		{"PUT /api/v1/profiles/bar", "", "{'distro': 'foo'}", 428, "If-Match: \\\"v1\\\""},
		{"PUT /api/v1/profiles/none", "If-Match: \"v1\"\r\n", "{'distro': 'foo'}", 412,
			"none"},
		{"PUT /api/v1/profiles/bar", "If-Match: \"v7\"\r\n", "{'distro': 'foo'}", 412,
			"412"},
		{"PUT /api/v1/profiles/bar", "If-Match: *\r\n", "{'distro': 'foo'}", 200,
			"ETag: \"v1\"\r\n"},
		{"GET /api/v1/profiles/bar", "", NULL, 200, "ETag: \"v1\"\r\n"},
		{"HEAD /api/v1/profiles/bar", "", NULL, 200, "ETag: \"v1\"\r\n"},
		{"GET /api/v1/profiles/bar", "If-None-Match: \"v1\"\r\n", NULL, 304,
			"ETag: \"v1\"\r\n"},
		{"GET /api/v1/profiles/bar", "If-None-Match: \"x\", W/\"v1\"\r\n", NULL, 304, ""},
		{"GET /api/v1/profiles/bar", "If-None-Match: \"v2\"\r\n", NULL, 200, "\"foo\""},
		{"GET /api/v1/profiles/none", "If-None-Match: *\r\n", NULL, 404, "none"},
		{"PATCH /api/v1/profiles/bar", "If-Match: \"v1\"\r\n", "{'virt_ram': 512}", 200,
			"ETag: \"v2\"\r\n"},
		{"PATCH /api/v1/profiles/bar", "If-Match: \"v1\"\r\n", "{'virt_ram': 513}", 412,
			"\"status\":412"},
		{"PATCH /api/v1/profiles/bar", "If-Match: nonsense\r\n", "{}", 412, "v3"},
		{"GET /api/v1/profiles/bar?resolve=1", "", NULL, 400, "resolved"},
		{"GET /api/v1/profiles?virt_rma=1", "", NULL, 400, "virt_ram"},
		{"GET /api/v1/profiles?limit=1&limit=2", "", NULL, 400, "twice"},
		{"GET /api/v1/profiles?limit=100000", "", NULL, 400, "10000"},
		{"GET /api/v1/status?x", "", NULL, 400, "\"field\":\"x\""},
		{"PATCH /api/v1/profiles/bar?dryrun=1", "", "{}", 400, "dry_run"},
		{"GET /api/v1/profiles?resolved&as_of=1", "", NULL, 400, "as_of"},
		{"PATCH /api/v1/profiles/none", "", "{'virt_ram': 512}", 404, "none"},
		{"PATCH /api/v1/profiles/bar", "", "{'virt_ram': 'x'}", 400,
			"\"field\":\"virt_ram\""},
		{"PATCH /api/v1/profiles/bar", "", "{'virt_rma': 1}", 400, "virt_ram"},
		{"PATCH /api/v1/profiles/bar", "", "[1]", 400, "object"},
		{"PATCH /api/v1/profiles/bar", "", "{'a': 1, 'a': 2}", 400, "duplicate"},
		{"PATCH /api/v1/profiles/bar", "", "{", 400, "line 1"},
		{"PATCH /api/v1/profiles/bar", "Content-Type: text/plain\r\n", "{}", 415, "JSON"},
		{"PATCH /api/v1/profiles/bar", "Content-Type: application/json; charset=utf-8\r\n",
			"{}", 200, "virt_ram"},
		{"GET /api/v1/profiles/bar?explain", "", NULL, 200, "\"origins\""},
		{"GET /api/v1/profiles/bar?resolved=maybe", "", NULL, 400, "resolved"},
		{"GET /api/v1/profiles?virt_ram=512", "", NULL, 200, "\"bar\""},
		{"GET /api/v1/profiles?virt_ram=511", "", NULL, 200, "\"items\":[]"},
		{"GET /api/v1/profiles?nothing=1", "", NULL, 400, "nothing"},
		{"GET /api/v1/profiles?limit=0", "", NULL, 400, "limit"},
		{"POST /api/v1/profiles", "", "{'name': 'two', 'distro': 'foo'}", 201,
			"Location: /api/v1/profiles/two\r\n"},
		{"POST /api/v1/profiles", "", "{'distro': 'foo'}", 400, "\"field\":\"name\""},
		{"POST /api/v1/profiles/two:copy", "", "{'name': 'three'}", 201, "three"},
		{"POST /api/v1/profiles/three:rename", "", "{'name': 'four'}", 200, "four"},
		{"POST /api/v1/profiles/three:rename", "", "{'nane': 'four'}", 400, "name"},
		{"DELETE /api/v1/profiles/four", "", NULL, 204, ""},
		{"DELETE /api/v1/profiles/four", "", NULL, 404, "four"},
		{"DELETE /api/v1/distros/foo", "", NULL, 409, "bar"},
		{"DELETE /api/v1/profiles", "", NULL, 405, "Allow: GET, HEAD, POST\r\n"},
		{"DELETE /api/v1/profiles", "", NULL, 405, "\"title\":\"method not allowed\""},
		{"GET /api/v1/profile/bar", "", NULL, 404, "'/api/v1/profiles'"},
		{"GET /api/v1/sytems", "", NULL, 404, "'/api/v1/systems'"},
		{"GET /api/v1/discovered", "", NULL, 200, "{\"items\":[],\"next\":null}"},
		{"GET /api/v1/discovered?limit=0", "", NULL, 400, "limit"},
		{"GET /api/v1/discovered?hostnmae=x", "", NULL, 400, "'hostname'"},
		{"GET /api/v1/discovered/52-54-00-AA-00-09", "", NULL, 404, "52:54:00:aa:00:09"},
		{"DELETE /api/v1/discovered/52:54:00:aa:00:09", "", NULL, 404, "discovered"},
		{"DELETE /api/v1/discovered/x", "", NULL, 400, "MAC"},
		{"GET /api/v1/histori", "", NULL, 404, "'/api/v1/history'"},
		{"GET /api/v1/nothing", "", NULL, 404, "GET /api/v1 lists"},
		{"GET /api/v1/interfaces", "", NULL, 404, "interfaces"},
		{"PATCH /api/v1/settings", "", "{'server': '192.0.2.1'}", 200, "192.0.2.1"},
		{"GET /api/v1/settings?resolved", "", NULL, 200, "192.0.2.1"},
		{"GET /api/v1/history?type=profile&name=bar", "", NULL, 200, "\"who\":"},
		{"GET /api/v1/history?name=bar", "", NULL, 400, "type"},
		{"GET /api/v1/status", "", NULL, 200, "\"profiles\":2"},
		{"GET /api/v1/check", "", NULL, 200, "\"items\":["},
		{"GET /api/v1", "", NULL, 200, "/api/v1/{type}/{name}"},
		{"POST /api/v1/import", "", "{'name': 'x'}", 400, "path"},
		{"POST /api/v1/import", "", "{'path': '/x', 'nmae': 'x'}", 400, "name"},
		{"POST /api/v1/sync", "", "{'dry_run': 1}", 400, "dry_run"},
		{"GET /api/v1/tasks/1000", "", NULL, 404, "1000"},
		{"GET /api/v1/tasks/x", "", NULL, 404, "x"},
		{"GET /api/v1/events", "", NULL, 200, "\"items\":["},
		{"GET /api/v1/events?after=x", "", NULL, 400, "after"},
	};
	struct wire *wire = *state;
	autofree char *distro = NULL;
	autostrbuf answer = STRBUF_INIT;

	put_items(wire);
	distro = xasprintf("{'arch': 'x86_64', 'kernel': '%s/linux', 'initrd': ['%s/initrd']}",
		wire->bench->folder, wire->bench->folder);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (i == 2)
			ask(wire, UNIX, "PUT /api/v1/distros/foo", "", distro, 201, &answer);
		ask(wire, UNIX, rows[i].what, rows[i].headers, rows[i].body, rows[i].status,
			&answer);
		assert_answer(&answer, rows[i].has, rows[i].what);
	}
}

static void roles(void **state)
{
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;
	autofree char *token = NULL;
	autofree char *header = NULL;
	const char *start;

	/* Without a token this machine may read, and change nothing. */
	ask(wire, API, "GET /api/v1/status", "", NULL, 200, &answer);
	assert_answer(&answer, "nosniff", "status");
	assert_answer(&answer, "Cache-Control: no-store\r\n", "status");
	ask(wire, API, "PATCH /api/v1/settings", "", "{}", 401, &answer);
	assert_answer(&answer, "WWW-Authenticate: Bearer", "no token");
	ask(wire, API, "GET /api/v1/tokens", "", NULL, 401, &answer);
	ask(wire, API, "GET /api/v1/settings?secrets=1", "", NULL, 403, &answer);
	ask(wire, API, "GET /api/v1/status", "Authorization: Bearer nonsense\r\n", NULL, 401,
		&answer);
	ask(wire, API, "GET /api/v1/status", "Authorization: Basic eDp5\r\n", NULL, 401, &answer);

	ask(wire, UNIX, "POST /api/v1/tokens", "", "{'name': 'a', 'role': 'god'}", 400, &answer);
	ask(wire, UNIX, "POST /api/v1/tokens", "", "{'name': 'ansible', 'role': 'operate'}", 201,
		&answer);
	start = strstr(answer.buf, "\"bw_");
	assert_non_null(start);
	token = xstrndup(start + 1, strcspn(start + 1, "\""));
	header = xasprintf("Authorization: Bearer %s\r\n", token);
	ask(wire, API, "GET /api/v1/profiles", header, NULL, 200, &answer);
	ask(wire, API, "DELETE /api/v1/profiles/none", header, NULL, 404, &answer);
	ask(wire, API, "PATCH /api/v1/settings", header, "{}", 403, &answer);
	assert_answer(&answer, "admin", "a token's role");
	ask(wire, UNIX, "GET /api/v1/tokens", "", NULL, 200, &answer);
	assert_answer(&answer, "ansible", "tokens");
	if (strstr(answer.buf, token))
		fail_msg("the list of tokens shows a token");
	ask(wire, UNIX, "DELETE /api/v1/tokens/ansible", "", NULL, 204, &answer);
	ask(wire, API, "GET /api/v1/profiles", header, NULL, 401, &answer);
}

/* What browsers say (Fetch Metadata) of requests that a page makes. */
static void pages_of_other_sites(void **state)
{
	static const struct {
		int door;
		const char *what, *headers;
		int status;
	} rows[] = {
		{API, "GET /api/v1/status", "Sec-Fetch-Site: same-origin\r\n", 200},
		{API, "GET /api/v1/status", "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n",
			200},
		{API, "GET /api/v1/status", "Sec-Fetch-Site: cross-site\r\n", 403},
		{API, "GET /api/v1/status", "Sec-Fetch-Site: same-site\r\n", 403},
		{API, "GET /api/v1/check",
			"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n", 403},
		{API, "GET /", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n", 403},
		{API, "GET /", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n", 200},
		{BOOT, "GET /koan/v1/profiles", "Sec-Fetch-Site: cross-site\r\n", 200},
	};
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;

	bench_write(wire->bench, "share/web/index.html", "<title>page</title>");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ask(wire, rows[i].door, rows[i].what, rows[i].headers, NULL, rows[i].status,
			&answer);
}

static void bodies_have_a_bound(void **state)
{
	struct wire *wire = *state;
	autostrbuf body = STRBUF_INIT;
	autostrbuf answer = STRBUF_INIT;

	strbuf_adds(&body, "{\"server\": \"x\"");
	while (body.len < 256 * 1024 - 1)
		strbuf_addc(&body, ' ');
	strbuf_addc(&body, '}');
	wire_ask(wire, UNIX, "PATCH /api/v1/settings", "", body.buf, &answer);
	assert_status(&answer, 200, "256 KiB");
	strbuf_addc(&body, ' ');
	strbuf_reset(&answer);
	wire_ask(wire, UNIX, "PATCH /api/v1/settings", "", body.buf, &answer);
	/* Refused before the body was read; the connection may be gone before it was sent. */
	if (answer.len)
		assert_status(&answer, 413, "256 KiB and one byte");
	/* An array of 80,000 objects is no settings, and costs no more than one at a time. */
	strbuf_reset(&body);
	strbuf_addc(&body, '[');
	for (size_t i = 0; i < 80000; i++)
		strbuf_adds(&body, "{},");
	strbuf_adds(&body, "{}]");
	strbuf_reset(&answer);
	wire_ask(wire, UNIX, "PATCH /api/v1/settings", "", body.buf, &answer);
	assert_status(&answer, 400, "many objects");
}

/* The head of a request with a large body, which does not come. */
static int begin_large(const struct wire *wire, int door, const char *path, const char *length)
{
	autofree char *head =
		xasprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue"
			  "\r\nContent-Length: %s\r\n\r\n",
			path, length);
	int fd = wire_connect(wire, door);

	wire_send(fd, head, strlen(head));
	return fd;
}

static void expect_large(
	const struct wire *wire, int door, const char *path, const char *length, int status)
{
	autostrbuf answer = STRBUF_INIT;
	int fd = begin_large(wire, door, path, length);

	wire_read_until(fd, "\r\n", &answer);
	assert_status(&answer, status, path);
	close(fd);
}

/* A text of the greatest length can be stored, whatever characters it has. */
static void long_texts(void **state)
{
	struct wire *wire = *state;
	autostrbuf body = STRBUF_INIT;
	autostrbuf answer = STRBUF_INIT;

	strbuf_adds(&body, "{\"content\": \"");
	for (size_t i = 0; i < TEXT_MAX - 1; i++)
		strbuf_adds(&body, i % 80 ? "x" : "\\n");
	strbuf_adds(&body, "\\n\"}");
	wire_ask(wire, UNIX, "PUT /api/v1/snippets/long", "", body.buf, &answer);
	assert_status(&answer, 201, "1 MiB");
}

/* One at a time, of those who may, where the route takes it; the rest is refused unread. */
static void large_bodies(void **state)
{
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;
	int status, first;

	expect_large(wire, UNIX, "/api/v1/apply", "268435457", 413);
	expect_large(wire, UNIX, "/api/v1/systems", "262145", 413);
	expect_large(wire, UNIX, "/api/v1/templates", "2097153", 413);
	expect_large(wire, API, "/api/v1/apply", "1000000", 401);
	first = begin_large(wire, UNIX, "/api/v1/templates", "2097152");
	assert_true(wire_read_until(first, "100 Continue", &answer));
	expect_large(wire, UNIX, "/api/v1/apply", "1000000", 503);
	expect_large(wire, UNIX, "/api/v1/systems", "1000", 100);
	close(first);
	do { /* until the server has seen that */
		int fd = begin_large(wire, UNIX, "/api/v1/apply", "1000000");

		strbuf_reset(&answer);
		wire_read_until(fd, "\r\n", &answer);
		close(fd);
		status = strstr(answer.buf, " 100 ") ? 100 : 503;
	} while (status == 503);
}

static void the_stream_of_events(void **state)
{
	static const char request[] = "GET /api/v1/events/stream HTTP/1.1\r\n"
				      "Host: localhost\r\nLast-Event-ID: 1\r\n\r\n";
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;
	int fd = wire_connect(wire, API);

	server_event(wire->bench->server, "sync", "one", "", "first");
	server_event(wire->bench->server, "sync", "two", "", "second");
	wire_send(fd, request, strlen(request));
	assert_true(wire_read_until(fd, "\"subject\":\"two\"", &answer));
	assert_answer(&answer, "text/event-stream", "stream");
	assert_answer(&answer, "id: 2\ndata: {", "stream");
	assert_answer(&answer, "event: tasks\ndata: {\"items\":[]}", "stream");
	if (strstr(answer.buf, "\"subject\":\"one\""))
		fail_msg("the stream begins before the event that the client has");
	server_event(wire->bench->server, "sync", "three", "", "third");
	assert_true(wire_read_until(fd, "\"subject\":\"three\"", &answer));
	/* An open stream does not hold the server's end up: teardown drains. */
	atomic_store(&wire->bench->server->stopping, 1);
	wire_read_all(fd, &answer);
	assert_null(strstr(answer.buf, "(silence)"));
	close(fd);
}

static void tasks(void **state)
{
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;

	ask(wire, UNIX, "POST /api/v1/import", "", "{'path': '/nowhere', 'name': 'x'}", 202,
		&answer);
	assert_answer(&answer, "Location: /api/v1/tasks/1\r\n", "import");
	assert_answer(&answer, "\"task\":1", "import");
	ask(wire, UNIX, "GET /api/v1/tasks/1?wait=20", "", NULL, 200, &answer);
	assert_answer(&answer, "\"state\":\"failed\"", "import of nothing");
	assert_answer(&answer, "/nowhere", "import of nothing");
	ask(wire, UNIX, "POST /api/v1/sync", "", "{'dry_run': true, 'wait': 20}", 200, &answer);
	assert_answer(&answer, "\"state\":", "sync");
	ask(wire, UNIX, "GET /api/v1/tasks", "", NULL, 200, &answer);
	assert_answer(&answer, "sync --dry-run", "tasks");
}

static int hold(void *ctx, struct task *task, json_t **result, struct err *err)
{
	(void)task;
	(void)err;
	sem_wait(ctx);
	*result = json_object();
	return 0;
}

/* Who waits for a long task keeps nobody from changing something. */
static void who_waits_is_in_nobodys_way(void **state)
{
	static const char request[] =
		"POST /api/v1/sync HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\n"
		"{\"wait\": 30}";
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;
	int fd[4];
	int64_t id;
	sem_t end;

	sem_init(&end, 0, 0);
	MUST(task_start(wire->bench->server->tasks, "import", "long", hold, NULL, &end, &id, &why));
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++) {
		fd[i] = wire_connect(wire, UNIX);
		wire_send(fd[i], request, strlen(request));
	}
	do { /* until two of them wait */
		strbuf_reset(&answer);
		wire_ask(wire, UNIX, "GET /api/v1/tasks/3", "", NULL, &answer);
	} while (!strstr(answer.buf, "\"waiting\""));
	strbuf_reset(&answer);
	wire_ask(wire, UNIX, "PATCH /api/v1/settings", "", "{\"server\": \"192.0.2.1\"}", &answer);
	sem_post(&end); /* before anything can fail: the server's end waits for its task */
	assert_status(&answer, 200, "a change beside a long task");
	ask(wire, UNIX, "GET /api/v1/tasks/1?wait=20", "", NULL, 200, &answer);
	assert_answer(&answer, "\"done\"", "the long task");
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		close(fd[i]);
}

static void the_page(void **state)
{
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;

	bench_write(wire->bench, "share/web/index.html", "<title>page</title>");
	bench_write(wire->bench, "share/web/app.js", "let a;");
	bench_write(wire->bench, "share/web/notes.txt", "not the page's");
	ask(wire, API, "GET /", "", NULL, 200, &answer);
	assert_answer(&answer, "text/html", "page");
	assert_answer(&answer, "Content-Security-Policy: default-src 'self';", "page");
	assert_answer(&answer, "nosniff", "page");
	ask(wire, API, "GET /app.js", "", NULL, 200, &answer);
	assert_answer(&answer, "text/javascript", "script");
	ask(wire, API, "GET /notes.txt", "", NULL, 404, &answer);
	ask(wire, API, "GET /../kickstarts/rhel.ks", "", NULL, 400, &answer);
	ask(wire, API, "GET /api/v1/nothing/at/all", "", NULL, 404, &answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(items, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(roles, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(pages_of_other_sites, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(bodies_have_a_bound, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(long_texts, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(large_bodies, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(the_stream_of_events, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(tasks, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(
			who_waits_is_in_nobodys_way, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(the_page, wire_setup, wire_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
