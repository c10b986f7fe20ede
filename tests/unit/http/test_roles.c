/*
 * Every route with every role over every door, and no secret in any answer: both from the tables,
 * so that a new route, field or argument is tried without a new line here.
 */
#include "wire.h"

#include "http/auth.h"
#include "http/tables.h"
#include "ops/task.h"

#include <sys/syscall.h>

/* A caller: by which door, and with which token. */
struct caller {
	const char *name;
	enum role role;
	int door;
	char *header;  /* Authorization, or "" */
	bool stranger; /* on the socket: neither root nor in its group */
};

enum { CALLERS = 6 };

static void fill(struct wire *wire)
{
	autofree char *distro = NULL;

	bench_write(wire->bench, "linux", "kernel");
	bench_write(wire->bench, "initrd", "initrd");
	distro = xasprintf("{'arch': 'x86_64', 'kernel': '%s/linux', 'initrd': ['%s/initrd']}",
		wire->bench->folder, wire->bench->folder);
	bench_put(wire->bench, &distro_type, "foo", distro);
	bench_put(wire->bench, &profile_type, "foo", "{'distro': 'foo'}");
	bench_put(wire->bench, &system_type, "foo",
		"{'profile': 'foo', 'interfaces': {'eth0': {'mac_address': '52:54:00:00:00:01'}}}");
}

static char *make_token(struct wire *wire, const char *role)
{
	autofree char *body = xasprintf("{\"name\": \"%s\", \"role\": \"%s\"}", role, role);
	autostrbuf answer = STRBUF_INIT;
	const char *start;

	wire_ask(wire, UNIX, "POST /api/v1/tokens", "", body, &answer);
	assert_status(&answer, 201, role);
	start = strstr(answer.buf, "bw_");
	assert_non_null(start);
	/* 256 bits in hex */
	assert_int_equal(strspn(start + 3, "0123456789abcdef"), 64);
	return xasprintf("Authorization: Bearer %.67s\r\n", start);
}

static void make_callers(struct wire *wire, struct caller callers[CALLERS])
{
	const struct caller all[CALLERS] = {
		{"a stranger on the socket", ROLE_NONE, UNIX, xstrdup(""), true},
		{"root on the socket", ROLE_ADMIN, UNIX, xstrdup(""), false},
		{"nobody in particular on this machine", ROLE_READ, API, xstrdup(""), false},
		{"a token to read", ROLE_READ, API, make_token(wire, "read"), false},
		{"a token to operate", ROLE_OPERATE, API, make_token(wire, "operate"), false},
		{"a token to administer", ROLE_ADMIN, API, make_token(wire, "admin"), false},
	};

	memcpy(callers, all, sizeof(all));
}

static void free_callers(struct caller callers[CALLERS])
{
	for (size_t i = 0; i < CALLERS; i++)
		free(callers[i].header);
}

/* The kernel tells who connects by the credentials of the thread that does; these calls, unlike
 * the library's, change this one thread's. */
static void become(bool stranger)
{
	long id = stranger ? 65534 : 0;

	if (stranger)
		assert_int_equal(syscall(SYS_setgroups, 0, NULL), 0);
	if (stranger)
		assert_int_equal(syscall(SYS_setresgid, -1, id, -1), 0);
	assert_int_equal(syscall(SYS_setresuid, -1, id, -1), 0);
	if (!stranger)
		assert_int_equal(syscall(SYS_setresgid, -1, id, -1), 0);
}

/* Only the first line of the answer, so that a stream does not have to end. */
static int ask_status(struct wire *wire, const struct caller *caller, const char *request)
{
	autostrbuf answer = STRBUF_INIT;
	int fd, status = 0;

	if (caller->stranger)
		become(true);
	fd = wire_connect(wire, caller->door);
	if (caller->stranger)
		become(false);
	wire_send(fd, request, strlen(request));
	if (wire_read_until(fd, "\r\n", &answer))
		status = (int)strtol(answer.buf + strlen("HTTP/1.1 "), NULL, 10);
	close(fd);
	return status;
}

/* The pattern with something that is there, where that is known, in the place of each variable. */
static char *path_of(const struct route *route, const char *type, const char *name)
{
	const struct {
		const char *variable, *value;
	} values[] = {
		{"{type}", type},
		{"{id}", "1"},
		{"{revision}", "2"}, /* the first one is the settings' */
		{"{file...}", "index.html"},
		{"{kind}", "system"},
		{"{mode}", "start"},
		{"{format}", "ipxe"},
		{"{mac}", "52:54:00:00:00:01"},
	};
	autostrbuf path = STRBUF_INIT;
	const char *p = route->pattern;

	while (*p) {
		size_t len = *p == '{' ? strcspn(p, "}") + 1 : 1;
		const char *value = name;

		for (size_t i = 0; i < ARRAY_SIZE(values); i++)
			if (strncmp(p, values[i].variable, len) == 0)
				value = values[i].value;
		if (*p == '{')
			strbuf_adds(&path, value);
		else
			strbuf_addc(&path, *p);
		p += len;
	}
	return strbuf_take(&path);
}

static char *request_of(const struct route *route, const struct caller *caller)
{
	autofree char *path = path_of(route, "systems", "foo");
	const char *body = route->method == HTTP_GET || route->method == HTTP_DELETE ? "" : "{}";

	return xasprintf("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s"
			 "Content-Length: %zu\r\n\r\n%s",
		http_method_name(route->method), path, caller->header, strlen(body), body);
}

/* All that a request could have changed. */
static char *state_of(struct wire *wire)
{
	struct server *server = wire->bench->server;
	autojson json_t *tokens = NULL;
	autojson json_t *tasks = tasks_json(server->tasks);
	autostrbuf text = STRBUF_INIT;

	MUST(db_token_list(server->db, &tokens, &why));
	strbuf_addf(&text, "%lld ", (long long)db_revision(server->db));
	json_print(tokens, false, &text);
	strbuf_addf(&text, " %zu tasks", json_array_size(tasks));
	return strbuf_take(&text);
}

static void try(struct wire *wire, const struct route *route, const struct caller *caller)
{
	autofree char *request = request_of(route, caller);
	autofree char *before = state_of(wire);
	autofree char *after = NULL;
	int status = ask_status(wire, caller, request);
	bool refused = status == 401 || status == 403;

	if (status < 200)
		fail_msg("%s, %.60s: status %d", caller->name, request, status);
	if (refused != (caller->role < route->role))
		fail_msg("%s has the role '%s', the route '%s': status %d to %.60s", caller->name,
			role_name(caller->role), role_name(route->role), status, request);
	if (!refused)
		return;
	after = state_of(wire);
	assert_string_equal(after, before);
}

/* Those who may not come first: they must find everything as it was. */
static void routes_and_roles(void **state)
{
	struct wire *wire = *state;
	struct caller callers[CALLERS];
	size_t n = 0;

	fill(wire);
	assert_int_equal(chmod(wire->path, 0666), 0);
	assert_int_equal(chmod(wire->bench->folder, 0755), 0);
	make_callers(wire, callers);
	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const struct route *route = &route_tables[t]->route[i];

			for (size_t c = 0; c < CALLERS; c++) {
				struct caller caller = callers[c];

				if (route->listener == LISTENER_BOOT && c > 0)
					continue;
				if (route->listener == LISTENER_BOOT) {
					caller.door = BOOT;
					caller.stranger = false;
				}
				try(wire, route, &caller);
				n++;
			}
		}
	}
	assert_true(n > 100);
	free_callers(callers);
}

static void tokens_end(void **state)
{
	struct wire *wire = *state;
	const struct caller stale = {"an old token", ROLE_NONE, API, NULL, false};
	autofree char *good = make_token(wire, "operate");
	const char *text = strstr(good, "bw_");
	char sum[SHA256_TEXT];
	autofree char *request =
		xasprintf("GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n%s\r\n", good);

	assert_int_equal(ask_status(wire, &stale, request), 200);
	MUST(db_token_revoke(wire->bench->server->db, "operate", &why));
	assert_int_equal(ask_status(wire, &stale, request), 401);
	sha256_text(text, strcspn(text, "\r"), sum);
	MUST(db_token_add(wire->bench->server->db, "operate", sum, ROLE_ADMIN, 1, &why));
	assert_int_equal(ask_status(wire, &stale, request), 401);
}

/* Secrets */

#define MARK              "Marker"
#define MARK_OF_PASSWORDS "Marker-of-a-password"

/* What to plant in each secret field. */
static const struct plant {
	const char *type, *field, *value;
} plants[] = {
	{"system", "power_pass", MARK_OF_PASSWORDS},
	{"settings", "default_password_crypted",
		"$6$Marker$nuDuuh.Yxt0gRW0fgGTgyimVDkeZN789Bo92xHpHzj0yFk0xi.uNXAco.nMrcXjSrW."
		"vpPWflQz"
		"ITKco0tcMr/"},
};

static const char *plant_of(const struct item_type *type, const struct field *field)
{
	for (size_t i = 0; i < ARRAY_SIZE(plants); i++)
		if (strcmp(plants[i].type, type->name) == 0 &&
			strcmp(plants[i].field, field->name) == 0)
			return plants[i].value;
	fail_msg("%s.%s is secret: what should be planted there?", type->name, field->name);
	return "";
}

static void plant_all(struct wire *wire)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];

		for (size_t i = 0; i < type->n_fields; i++) {
			const struct field *field = &type->fields[i];
			autofree char *patch = NULL;

			if (!(field->flags & FIELD_SECRET))
				continue;
			patch = xasprintf("{'%s': '%s'}", field->name, plant_of(type, field));
			bench_merge(wire->bench, type,
				type->kind == ITEM_SETTINGS ? "settings" : "foo", patch);
		}
	}
}

/* While the log goes to a file, a failure would go there, too: it waits in `complaint`. */
struct spy {
	struct wire *wire;
	const struct caller *caller;
	const char *mark;
	struct strbuf complaint;
};

static void complain(struct spy *spy, const char *what, const char *why, const char *answer)
{
	if (!spy->complaint.len)
		strbuf_addf(&spy->complaint, "%s, %s: %s:\n%.2000s", spy->caller->name, what, why,
			answer);
}

static void look(struct spy *spy, const char *what, const char *body, bool may_show)
{
	autostrbuf answer = STRBUF_INIT;
	int fd = wire_connect(spy->wire, spy->caller->door);
	autofree char *request = xasprintf("%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
					   "%sContent-Length: %zu\r\n\r\n%s",
		what, spy->caller->header, strlen(body), body);

	wire_send(fd, request, strlen(request));
	if (strstr(what, "/stream"))
		wire_read_until(fd, "event: tasks", &answer);
	else
		wire_read_all(fd, &answer);
	close(fd);
	if (!strstr(answer.buf, "HTTP/1.1 "))
		complain(spy, what, "no answer", answer.buf);
	else if (!may_show && strstr(answer.buf, spy->mark))
		complain(spy, what, "shows a secret", answer.buf);
	else if (may_show && strstr(what, "foo?secrets") && !strstr(what, "profiles") &&
		 !strstr(answer.buf, spy->mark))
		complain(spy, what, "shows no secret to an administrator", answer.buf);
}

/* The route without arguments, and with each argument of its row. */
static void look_at_route(
	struct spy *spy, const struct route *route, const char *type, const char *name)
{
	autofree char *path = path_of(route, type, name);
	autofree char *plain = xasprintf("GET %s", path);

	look(spy, plain, "", false);
	for (const struct arg *arg = route->args; arg && arg->name; arg++) {
		bool secrets = strcmp(arg->name, "secrets") == 0;
		autofree char *what = xasprintf("%s?%s=%s", plain, arg->name,
			strcmp(arg->name, "as_of") == 0 || arg->kind != ARG_TEXT ? "1" : name);

		look(spy, what, "", secrets && spy->caller->role == ROLE_ADMIN);
	}
}

static void look_everywhere(struct spy *spy)
{
	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const struct route *route = &route_tables[t]->route[i];

			if (route->listener == LISTENER_BOOT || route->method != HTTP_GET)
				continue;
			look_at_route(spy, route, "systems", "foo");
			look_at_route(spy, route, "profiles", "foo");
		}
	}
}

/* The boot port shows answer files, which have the hash of root's password, to whoever asks: that
 * is what they are for. Nothing else that is secret is in any of its answers. */
static void look_at_boot_port(struct spy *spy)
{
	struct caller machine = {"a machine", ROLE_NONE, BOOT, NULL, false};
	const char *mark = spy->mark;

	machine.header = xstrdup("");
	spy->caller = &machine;
	spy->mark = MARK_OF_PASSWORDS;
	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const struct route *route = &route_tables[t]->route[i];
			autofree char *path = path_of(route, "systems", "foo");
			autofree char *what = xasprintf("GET %s", path);

			if (route->listener == LISTENER_BOOT && route->method == HTTP_GET)
				look(spy, what, "", false);
		}
	}
	spy->mark = mark;
	free(machine.header);
}

/* What is known of each revision, the planting and the changing of secrets among them. */
static void look_at_history(struct spy *spy)
{
	int64_t last = db_revision(spy->wire->bench->server->db);

	for (int64_t i = 1; i <= last; i++) {
		autofree char *what = xasprintf("GET /api/v1/history/%lld", (long long)i);
		autofree char *then = xasprintf("GET /api/v1/systems/foo?as_of=%lld", (long long)i);

		look(spy, what, "", false);
		look(spy, then, "", false);
	}
}

/* Writes that answer with what they would do, or have done. */
static void look_at_writes(struct spy *spy)
{
	static const char *const rows[][2] = {
		{"PATCH /api/v1/systems/foo", "{\"comment\": \"x\"}"},
		{"PATCH /api/v1/systems/foo?dry_run=1", "{\"comment\": \"y\"}"},
		{"PATCH /api/v1/systems/foo", "{\"power_pass\": \"Marker-2\"}"},
		{"PATCH /api/v1/systems/foo", "{\"power_pass\": {\"Marker-3\": 1}}"},
		{"POST /api/v1/systems/foo:copy", "{\"name\": \"copy\"}"},
		{"DELETE /api/v1/systems/copy", ""},
		{"POST /api/v1/history/5:revert?dry_run=1&force=1", ""},
		{"POST /api/v1/apply?dry_run=1",
			"{\"systems\": [{\"name\": \"foo\", \"profile\": \"foo\", \"power_pass\": "
			"\"Marker-4\"}]}"},
		{"POST /api/v1/sync?dry_run=1", "{\"wait\": 20}"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		look(spy, rows[i][0], rows[i][1], false);
}

/* Standard error, where the log goes, into a file and back. */
static int redirect(int to)
{
	int was = dup(STDERR_FILENO);

	fflush(stderr);
	assert_true(dup2(to, STDERR_FILENO) >= 0);
	return was;
}

static void look_as_everybody(struct spy *spy, struct caller callers[CALLERS])
{
	for (size_t c = 1; c < CALLERS; c++) {
		spy->caller = &callers[c];
		look_everywhere(spy);
		if (callers[c].role >= ROLE_OPERATE)
			look_at_writes(spy);
		look_at_history(spy);
	}
}

static void secrets_stay(void **state)
{
	struct spy spy = {.wire = *state, .mark = MARK, .complaint = STRBUF_INIT};
	autofree char *path = xasprintf("%s/log", spy.wire->bench->folder);
	autoclose int log = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct caller callers[CALLERS];
	autostrbuf text = STRBUF_INIT;
	int was;

	fill(spy.wire);
	plant_all(spy.wire);
	make_callers(spy.wire, callers);
	was = redirect(log);
	log_set_level(LOG_LEVEL_DEBUG);
	look_at_boot_port(&spy);
	look_as_everybody(&spy, callers);
	log_set_level(LOG_LEVEL_ERROR);
	close(redirect(was));
	close(was);
	free_callers(callers);
	if (spy.complaint.len)
		fail_msg("%s", spy.complaint.buf);
	MUST(file_read(AT_FDCWD, path, 64 << 20, &text, &why));
	if (!strstr(text.buf, "http:"))
		fail_msg("the log is empty: it is not where this looks");
	if (strstr(text.buf, MARK))
		fail_msg("a secret is in the log");
}

/* koan's plans go to whoever asks, and other than an answer file a plan needs no secret at all. */
static void plans_have_no_secrets(void **state)
{
	struct wire *wire = *state;
	autofree char *image = xasprintf("{'file': '%s/linux'}", wire->bench->folder);
	size_t n = 0;

	fill(wire);
	bench_put(wire->bench, &image_type, "foo", image);
	plant_all(wire);
	for (size_t i = 0; i < koan_routes.n; i++) {
		autofree char *path = path_of(&koan_routes.route[i], "systems", "foo");
		autofree char *what = xasprintf("GET %s", path);
		autostrbuf answer = STRBUF_INIT;

		wire_ask(wire, BOOT, what, "", "", &answer);
		assert_status(&answer, 200, what);
		n += strstr(answer.buf, "\"virt\"") != NULL;
		if (strstr(answer.buf, MARK))
			fail_msg("%s shows a secret:\n%.2000s", what, answer.buf);
	}
	assert_int_equal(n, 4); /* of a profile, a system by name and by address, an image */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(routes_and_roles, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(tokens_end, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(secrets_stay, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(plans_have_no_secrets, wire_setup, wire_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
