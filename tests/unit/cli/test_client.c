/* The client against a server of a few lines, which answers with what a row says. */
#include "cli/client.h"
#include "cli/item.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#define SOCKET "client.sock"

struct fake {
	char folder[32];
	char path[64];
	int listener;
	pthread_t thread;
	const char *const *answer; /* one for each request, then NULL */
	struct strbuf asked;       /* the requests, as they came */
};

/* One request: its head, and as much body as it announces. */
static void read_request(int fd, struct strbuf *ret)
{
	size_t start = ret->len;
	const char *end;
	const char *length;
	size_t wanted = SIZE_MAX;

	while (ret->len - start < wanted) {
		ssize_t n = read(fd, strbuf_grow(ret, 4096), 4096);

		if (n <= 0)
			return;
		strbuf_added(ret, (size_t)n);
		end = strstr(ret->buf + start, "\r\n\r\n");
		if (!end)
			continue;
		length = strstr(ret->buf + start, "Content-Length: ");
		wanted = (size_t)(end - ret->buf) - start + 4;
		if (length && length < end)
			wanted += strtoul(length + 16, NULL, 10);
	}
}

static void *serve(void *ctx)
{
	struct fake *fake = ctx;

	for (; *fake->answer; fake->answer++) {
		int fd = accept(fake->listener, NULL, NULL);

		if (fd < 0)
			break;
		read_request(fd, &fake->asked);
		if (send(fd, *fake->answer, strlen(*fake->answer), MSG_NOSIGNAL) < 0)
			strbuf_adds(&fake->asked, "(gone)");
		close(fd);
	}
	return NULL;
}

static struct client *start(struct fake *fake, const char *const *answers)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct client_options options = {.socket = fake->path};
	struct client *client;
	struct err err;

	*fake = (struct fake){.folder = "/tmp/bw-client-XXXXXX", .answer = answers};
	fake->asked = (struct strbuf)STRBUF_INIT;
	assert_non_null(mkdtemp(fake->folder));
	snprintf(fake->path, sizeof(fake->path), "%s/" SOCKET, fake->folder);
	memcpy(address.sun_path, fake->path, strlen(fake->path));
	fake->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
		bind(fake->listener, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fake->listener, 8), 0);
	assert_int_equal(pthread_create(&fake->thread, NULL, serve, fake), 0);
	assert_int_equal(client_open(&options, &client, &err), 0);
	return client;
}

/* Afterwards `asked` is whole. */
static void finish(struct fake *fake, struct client *client)
{
	client_close(client);
	shutdown(fake->listener, SHUT_RDWR);
	pthread_join(fake->thread, NULL);
}

static void clean(struct fake *fake)
{
	close(fake->listener);
	unlink(fake->path);
	rmdir(fake->folder);
	strbuf_done(&fake->asked);
}

#define HEAD(status) "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n"

static void answers(void **state)
{
	static const struct {
		const char *answer;
		enum err_code code;
		const char *says; /* the message, or the JSON */
	} rows[] = {
		{HEAD("200 OK") "{\"a\":1}", ERR_NONE, "{\"a\":1}"},
		{HEAD("204 No Content"), ERR_NONE, "null"},
		{HEAD("404 Not Found") "{\"title\":\"not found\",\"detail\":\"no system 'x'\"}",
			ERR_NOT_FOUND, "no system 'x'"},
		{HEAD("409 Conflict") "{\"detail\":\"MAC is web7's\",\"field\":\"mac_address\"}",
			ERR_CONFLICT, "web7"},
		{HEAD("400 Bad Request") "{\"title\":\"invalid value\"}", ERR_INVALID,
			"invalid value"},
		{HEAD("400 Bad Request") "{\"detail\":\"virt_ram: "
					 "no\",\"item\":{\"type\":\"system\","
					 "\"name\":\"web7\"}}",
			ERR_INVALID, "system 'web7': virt_ram: no"},
		{HEAD("412 Precondition Failed") "{\"detail\":\"was changed\"}", ERR_STALE,
			"was changed"},
		{HEAD("401 Unauthorized") "{}", ERR_DENIED, "--token-file"},
		{HEAD("500 Oops") "<html>", ERR_UPSTREAM, "is that bootwrightd's API"},
		{HEAD("404 Not Found") "{\"detail\":\"a\\u001b[2Jb\"}", ERR_NOT_FOUND, "a?[2Jb"},
		{HEAD("200 OK") "no JSON", ERR_INVALID, "the server's answer"},
		{HEAD("200 OK") "[[[[", ERR_INVALID, "the server's answer"},
		{"no HTTP\r\n\r\n", ERR_UPSTREAM, "client.sock"},
		{"", ERR_UPSTREAM, "client.sock"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", ERR_UPSTREAM, "client.sock"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const script[] = {rows[i].answer, NULL};
		struct fake fake;
		struct client *client = start(&fake, script);
		autojson json_t *got = NULL;
		autostrbuf text = STRBUF_INIT;
		struct err err = ERR_INIT;

		if (client_get(client, "/x", &got, &err) == 0)
			json_print(got, false, &text);
		if (err.code != rows[i].code ||
			!strstr(err.code ? err.msg : text.buf, rows[i].says))
			fail_msg("row %zu: %d '%s' %s", i, err.code, err.msg, text.buf);
		finish(&fake, client);
		clean(&fake);
	}
}

static void what_is_sent(void **state)
{
	static const char *const script[] = {HEAD("201 Created") "{}", NULL};
	autojson json_t *body = json_pack("{s:s}", "profile", "bar");
	struct client_request request = {
		.method = "PUT", .path = "/systems/a%2Fb", .body = body, .create = true};
	struct fake fake;
	struct client *client = start(&fake, script);
	struct err err;

	(void)state;
	assert_int_equal(client_ask(client, &request, NULL, &err), 0);
	finish(&fake, client);
	assert_non_null(strstr(fake.asked.buf, "PUT /api/v1/systems/a%2Fb HTTP/1.1\r\n"));
	assert_non_null(strstr(fake.asked.buf, "If-None-Match: *\r\n"));
	assert_non_null(strstr(fake.asked.buf, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(fake.asked.buf, "\r\n\r\n{\"profile\":\"bar\"}"));
	assert_null(strstr(fake.asked.buf, "Authorization"));
	clean(&fake);
}

static void a_version_is_sent(void **state)
{
	static const char *const script[] = {HEAD("200 OK") "{}", NULL};
	autostrbuf text = STRBUF_INIT;
	struct client_request request = {
		.method = "POST", .path = "/apply", .text = &text, .version = 3};
	struct fake fake;
	struct client *client = start(&fake, script);
	struct err err;

	(void)state;
	strbuf_adds(&text, "{ \"systems\": [] }");
	assert_int_equal(client_ask(client, &request, NULL, &err), 0);
	finish(&fake, client);
	assert_non_null(strstr(fake.asked.buf, "If-Match: \"v3\"\r\n"));
	assert_null(strstr(fake.asked.buf, "If-None-Match"));
	assert_non_null(strstr(fake.asked.buf, "\r\n\r\n{ \"systems\": [] }"));
	clean(&fake);
}

/* What is saved are the answer's bytes; an error's are none of it. */
static void saved_bytes(void **state)
{
	static const struct {
		const char *answer;
		const char *bytes;
		const char *says;
	} rows[] = {
		{HEAD("200 OK") "{ \"a\" :\n1}\n", "{ \"a\" :\n1}\n", NULL},
		{HEAD("403 Forbidden") "{\"detail\":\"not you\"}", "", "not you"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "{}", "client.sock"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const script[] = {rows[i].answer, NULL};
		struct fake fake;
		struct client *client = start(&fake, script);
		struct err err = ERR_INIT;
		char *bytes = NULL;
		size_t len;
		FILE *out = open_memstream(&bytes, &len);

		assert_non_null(out);
		assert_int_equal(client_save(client, "/export", out, &err), rows[i].says ? -1 : 0);
		fclose(out);
		assert_string_equal(bytes, rows[i].bytes);
		if (rows[i].says && !strstr(err.msg, rows[i].says))
			fail_msg("row %zu: %s", i, err.msg);
		free(bytes);
		finish(&fake, client);
		clean(&fake);
	}
}

static int note_name(void *ctx, json_t *item, struct err *err)
{
	(void)err;
	strv_add(ctx, json_get_str(item, "name"));
	return 0;
}

static void pages(void **state)
{
	static const char *const script[] = {
		HEAD("200 OK") "{\"items\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"next\":\"b\"}",
		HEAD("200 OK") "{\"items\":[{\"name\":\"c\"}],\"next\":null}", NULL};
	struct fake fake;
	struct client *client = start(&fake, script);
	autostrv names = STRV_INIT;
	autostrbuf joined = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		items_each(client, item_types[ITEM_SYSTEM], "&comment=x", note_name, &names, &err),
		0);
	strv_join(&names, " ", &joined);
	assert_string_equal(joined.buf, "a b c");
	finish(&fake, client);
	assert_non_null(strstr(fake.asked.buf, "&comment=x HTTP"));
	assert_non_null(strstr(fake.asked.buf, "&comment=x&after=b HTTP"));
	clean(&fake);
}

static int note_event(void *ctx, const char *event, const json_t *item, struct err *err)
{
	(void)err;
	strbuf_addf(ctx, "%s:", event);
	json_print(item, false, ctx);
	strbuf_addc(ctx, ' ');
	return 0;
}

static void event_streams(void **state)
{
	static const char *const script[] = {
		HEAD("200 OK") "retry: 2000\n\nevent: tasks\ndata: {}\n\n: still here\n\n"
			       "id: 7\r\ndata: {\"id\":7}\r\n\r\ndata:{\"id\":8}\n\n",
		NULL};
	struct fake fake;
	struct client *client = start(&fake, script);
	autostrbuf seen = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(client_follow(client, "/events/stream", note_event, &seen, &err), 0);
	assert_string_equal(seen.buf, "tasks:{} :{\"id\":7} :{\"id\":8} ");
	finish(&fake, client);
	clean(&fake);
}

static void nobody_there(void **state)
{
	struct client_options options = {.socket = "/nonexistent/api.sock"};
	struct client *client;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(client_open(&options, &client, &err), 0);
	assert_int_equal(client_get(client, "/x", NULL, &err), -1);
	assert_int_equal(err.code, ERR_UPSTREAM);
	assert_non_null(strstr(err.msg, "/nonexistent/api.sock"));
	assert_non_null(strstr(err.msg, "is it running?"));
	client_close(client);
}

static void refused_options(void **state)
{
	static const struct {
		struct client_options options;
		const char *says;
	} rows[] = {
		{{.server = "boot.example.org"}, "https://"},
		{{.server = "ftp://boot.example.org"}, "https://"},
		{{.server = "http://boot.example.org", .token_file = "/dev/null"}, "in clear"},
		{{.server = "http://localhost.example.org", .token_file = "/dev/null"}, "in clear"},
		{{.server = "https://boot.example.org", .token_file = "/dev/null"}, "first line"},
		{{.server = "http://127.0.0.1:8080", .token_file = "/nonexistent"}, "token file"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct client *client;
		struct err err = ERR_INIT;

		assert_int_equal(client_open(&rows[i].options, &client, &err), -1);
		if (!strstr(err.msg, rows[i].says))
			fail_msg("row %zu: %s", i, err.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(what_is_sent),
		cmocka_unit_test(a_version_is_sent),
		cmocka_unit_test(saved_bytes),
		cmocka_unit_test(pages),
		cmocka_unit_test(event_streams),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(refused_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
