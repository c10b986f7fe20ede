/* Requests as they come over the wire, to the real listeners. */
#include "wire.h"

#define HEAD "HTTP/1.1\r\nHost: 127.0.0.1\r\n"
#define END  "Connection: close\r\n\r\n"

/* For both TCP ports; 0: closed without an answer will do, too. */
static const struct raw_row {
	const char *what;
	int boot, api; /* status */
	const char *bytes;
	size_t n; /* 0: strlen */
} raws[] = {
	{"good", 404, 200, "GET / " HEAD END, 0},
	{"no Host", 400, 400, "GET / HTTP/1.1\r\n" END, 0},
	{"two Hosts", 400, 400, "GET / " HEAD "Host: 127.0.0.1\r\n" END, 0},
	{"another Host", 404, 400, "GET / HTTP/1.1\r\nHost: evil.example\r\n" END, 0},
	{"a name like an address", 404, 400, "GET / HTTP/1.1\r\nHost: 127.evil.example\r\n" END, 0},
	{"localhost", 404, 200, "GET / HTTP/1.1\r\nHost: localhost:1\r\n" END, 0},
	{"HTTP/1.0 without Host", 404, 400, "GET / HTTP/1.0\r\n\r\n", 0},
	{"TE and CL", 400, 400,
		"POST / " HEAD "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
		0},
	{"chunked", 501, 501, "POST / " HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0},
	{"unknown TE", 501, 501, "POST / " HEAD "Transfer-Encoding: rot13\r\n\r\n", 0},
	{"two CLs", 400, 400, "POST / " HEAD "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
		0},
	{"CL 2^64-1", 413, 413, "POST / " HEAD "Content-Length: 18446744073709551615\r\n\r\n", 0},
	{"CL 2^64", 413, 413, "POST / " HEAD "Content-Length: 18446744073709551616\r\n\r\n", 0},
	{"CL -1", 400, 400, "POST / " HEAD "Content-Length: -1\r\n\r\n", 0},
	{"CL 0x10", 400, 400, "POST / " HEAD "Content-Length: 0x10\r\n\r\n", 0},
	{"bare LF", 400, 400, "GET / HTTP/1.1\nHost: 127.0.0.1\n\n", 0},
	{"one bare LF", 400, 400, "GET / HTTP/1.1\r\nHost: 127.0.0.1\nX: y\r\n\r\n", 0},
	{"folded", 400, 400, "GET / " HEAD "X: a\r\n  b\r\n" END, 0},
	{"folded at the end", 400, 400, "GET / " HEAD "X: a\r\n\tb\r\n\r\n", 0},
	{"NUL in a value", 400, 400, "GET / " HEAD "X: a\0b\r\n" END,
		sizeof("GET / " HEAD "X: a\0b\r\n" END) - 1},
	{"NUL in the target", 400, 400, "GET /a\0b " HEAD END, sizeof("GET /a\0b " HEAD END) - 1},
	{"blank before the colon", 400, 400, "GET / " HEAD "X : y\r\n" END, 0},
	{"blank in the target", 400, 400, "GET /a b " HEAD END, 0},
	{"%00", 400, 400, "GET /trees/a%00b " HEAD END, 0},
	{"%2f", 400, 400, "GET /trees/a%2fb " HEAD END, 0},
	{"%2e%2e%2f", 400, 400, "GET /trees/t/%2e%2e%2f%2e%2e%2fx " HEAD END, 0},
	{"/../", 400, 400, "GET /trees/t/../../bootwright.db " HEAD END, 0},
	{"/..", 400, 400, "GET /trees/t/.. " HEAD END, 0},
	{"backslash", 400, 400, "GET /trees/t\\..\\x " HEAD END, 0},
	{"bad escape", 400, 400, "GET /%zz " HEAD END, 0},
	{"no slash", 400, 400, "GET trees " HEAD END, 0},
	{"another server's", 400, 400, "GET http://evil.example/ " HEAD END, 0},
	{"absolute", 404, 200, "GET http://127.0.0.1/ " HEAD END, 0},
	{"CONNECT", 400, 400, "CONNECT x:1 " HEAD END, 0},
	{"unknown method", 501, 501, "BREW / " HEAD END, 0},
	{"TRACE", 501, 501, "TRACE / " HEAD END, 0},
	{"PUT", 404, 405, "PUT / " HEAD "Content-Length: 2\r\n\r\n{}", 0},
	{"PUT of a file", 405, 405, "PUT /x " HEAD "Content-Length: 2\r\n\r\n{}", 0},
	{"no HTTP", 0, 0, "\x16\x03\x01\x02\x01\x01\r\n\r\n", 0},
};

static void raw_requests(void **state)
{
	struct wire *wire = *state;

	bench_write(wire->bench, "share/web/index.html", "<title>page</title>");
	for (size_t i = 0; i < ARRAY_SIZE(raws); i++) {
		const struct raw_row *row = &raws[i];

		for (int door = BOOT; door <= API; door++) {
			autofree char *what = xasprintf("%s, door %d", row->what, door);
			int status = door == BOOT ? row->boot : row->api;
			autostrbuf answer = STRBUF_INIT;

			wire_ask_bytes(wire, door, row->bytes, row->n ? row->n : strlen(row->bytes),
				&answer);
			if (status == 0 && answer.len == 0)
				continue;
			assert_status(&answer, status ? status : 400, what);
			/* Some are the library's own, in HTML. */
			if (status >= 400 && !strstr(answer.buf, "<html>"))
				assert_answer(&answer, "application/problem+json", what);
		}
	}
}

static void add_many(struct strbuf *to, const char *fmt_piece, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strbuf_adds(to, fmt_piece);
}

static void large_heads(void **state)
{
	static const struct {
		const char *what, *before, *piece, *after;
		size_t n;
		int status; /* of the boot port; 0: any 4xx, or closed */
	} rows[] = {
		{"a header of 5,000 bytes", "GET /none " HEAD "X: ", "a", "\r\n" END, 5000, 404},
		{"of 40,000", "GET /none " HEAD "X: ", "a", "\r\n" END, 40000, 0},
		{"100 headers", "GET /none " HEAD, "X: y\r\n", END, 98, 404},
		{"102 headers", "GET /none " HEAD, "X: y\r\n", END, 100, 431},
		{"5,000 headers", "GET /none " HEAD, "X: y\r\n", END, 5000, 0},
		{"a target of 8,192", "GET /", "a", " " HEAD END, 8191, 404},
		{"of 8,193", "GET /", "a", " " HEAD END, 8192, 414},
		{"of 100,000", "GET /", "a", " " HEAD END, 100000, 0},
		{"100 arguments", "GET /none?", "a=1&", " " HEAD END, 100, 404},
		{"101 arguments", "GET /none?", "a=1&", " " HEAD END, 101, 400},
		{"1,000 arguments", "GET /none?", "a=1&", " " HEAD END, 1000, 400},
		{"50,000 arguments", "GET /none?", "a&", " " HEAD END, 50000, 0},
	};
	struct wire *wire = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf request = STRBUF_INIT;
		autostrbuf answer = STRBUF_INIT;

		strbuf_adds(&request, rows[i].before);
		add_many(&request, rows[i].piece, rows[i].n);
		strbuf_adds(&request, rows[i].after);
		wire_ask_bytes(wire, BOOT, request.buf, request.len, &answer);
		if (rows[i].status)
			assert_status(&answer, rows[i].status, rows[i].what);
		else if (answer.len && strncmp(answer.buf, "HTTP/1.1 4", 10) != 0)
			fail_msg("%s: %.200s", rows[i].what, answer.buf);
	}
}

static void keep_alive(void **state)
{
	static const char two[] = "GET /trees/t/a " HEAD "\r\nGET /trees/t/b " HEAD END;
	static const char missing[] = "GET /none " HEAD "\r\n";
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;
	int fd = wire_connect(wire, BOOT);

	bench_write(wire->bench, "state/trees/t/a", "first");
	bench_write(wire->bench, "state/trees/t/b", "second");
	wire_send(
		fd, missing, strlen(missing)); /* loaders look for many names that are not there */
	assert_true(wire_read_until(fd, "is not published", &answer));
	strbuf_reset(&answer);
	wire_send(fd, two, strlen(two));
	wire_read_all(fd, &answer);
	assert_answer(&answer, "\r\n\r\nfirst", "first");
	assert_answer(&answer, "\r\n\r\nsecond", "second");
	close(fd);
}

static void files(void **state)
{
	static const struct {
		const char *what, *headers;
		int status;
		const char *has, *lacks;
	} rows[] = {
		{"GET /trees/t/a.txt", "", 200, "Content-Length: 10\r\n", NULL},
		{"GET /trees/t/a.txt", "", 200, "\r\n\r\n0123456789", NULL},
		{"GET //trees//t//a.txt", "", 200, "\r\n\r\n0123456789", NULL},
		{"GET /cblr/links/t/a.txt", "", 200, "\r\n\r\n0123456789", NULL},
		{"GET /trees/t/a.txt", "", 200, "text/plain", NULL},
		{"HEAD /trees/t/a.txt", "", 200, "Content-Length: 10\r\n", "0123"},
		{"GET /trees/t/a.txt", "Range: bytes=2-4\r\n", 206, "\r\n\r\n234", "345"},
		{"GET /trees/t/a.txt", "Range: bytes=-2\r\n", 206, "bytes 8-9/10\r\n", NULL},
		{"GET /trees/t/a.txt", "Range: bytes=99-\r\n", 416, "bytes */10\r\n", NULL},
		{"GET /trees/t/a.txt", "Range: bytes=2-4\r\nIf-Range: \"old\"\r\n", 200,
			"0123456789", NULL},
		{"GET /trees/t/a.txt", "If-None-Match: *\r\n", 304, "ETag", "0123"},
		{"GET /trees/t/a.txt/", "", 404, "no file", NULL},
		{"GET /trees/t/none", "", 404, "tree 't'", NULL},
		{"GET /trees/none/a", "", 404, "no tree 'none'", NULL},
		{"GET /trees/t/out", "", 404, "", "root:"},
		{"GET /trees/t/store", "", 404, "", "SQLite"},
		{"GET /trees/t/other", "", 404, "", "elsewhere"},
		{"GET /trees/t/.treeinfo", "", 200, "hidden", NULL},
		{"GET /trees/t/d", "", 301, "Location: /trees/t/d/\r\n", NULL},
		{"GET /trees/t/d/", "", 200, "<a href=\"x%20%26%20y\">x &amp; y</a>", NULL},
		{"GET /trees/t/", "", 200, "<a href=\"d/\">d/</a>", "treeinfo"},
		{"GET /menu.c32", "", 200, "\r\n\r\nmenu", NULL},
		{"GET /grub/grub.cfg", "", 200, "\r\n\r\ngrub", NULL},
		{"GET /private/dnsmasq.conf", "", 404, "", "secret"},
		{"GET //private//dnsmasq.conf", "", 404, "", "secret"},
		{"GET /gen/1/private/dnsmasq.conf", "", 404, "", "secret"},
		{"GET /grub/", "", 404, "", NULL},
		{"POST /trees/t/a.txt", "", 405, "Allow: GET, HEAD\r\n", NULL},
	};
	struct wire *wire = *state;
	autofree char *tree = xasprintf("%s/state/trees/t", wire->bench->folder);
	autofree char *current = xasprintf("%s/tftp/current", wire->bench->folder);
	int fd;

	bench_write(wire->bench, "state/trees/t/a.txt", "0123456789");
	bench_write(wire->bench, "state/trees/t/.treeinfo", "hidden");
	bench_write(wire->bench, "state/trees/t/d/x & y", "");
	bench_write(wire->bench, "state/trees/u/secret", "elsewhere");
	bench_write(wire->bench, "tftp/gen/1/menu.c32", "menu");
	bench_write(wire->bench, "tftp/gen/1/grub/grub.cfg", "grub");
	bench_write(wire->bench, "tftp/gen/1/private/dnsmasq.conf", "secret");
	assert_int_equal(symlink("gen/1", current), 0);
	MUST(file_open_dir(AT_FDCWD, tree, &fd, &why));
	assert_int_equal(symlinkat("/etc/passwd", fd, "out"), 0);
	assert_int_equal(symlinkat("../../bootwright.db", fd, "store"), 0);
	assert_int_equal(symlinkat("../u/secret", fd, "other"), 0);
	close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf answer = STRBUF_INIT;

		wire_ask(wire, BOOT, rows[i].what, rows[i].headers, NULL, &answer);
		assert_status(&answer, rows[i].status, rows[i].what);
		assert_answer(&answer, rows[i].has, rows[i].what);
		if (rows[i].lacks && strstr(answer.buf, rows[i].lacks))
			fail_msg("%s: has %s", rows[i].what, rows[i].lacks);
	}
}

/* A client that hangs up in the middle of anything leaves nothing behind; ASan would tell. */
static void clients_that_leave(void **state)
{
	static const char request[] = "PUT /api/v1/systems/x " HEAD "Content-Length: 100\r\n\r\n{}";
	struct wire *wire = *state;

	for (size_t n = 0; n <= strlen(request); n++) {
		int fd = wire_connect(wire, UNIX);

		wire_send(fd, request, n);
		close(fd);
	}
	for (size_t n = 0; n <= strlen(request); n++) {
		int fd = wire_connect(wire, BOOT);

		wire_send(fd, request, n);
		close(fd);
	}
}

static void a_stopping_server_says_so(void **state)
{
	struct wire *wire = *state;
	autostrbuf answer = STRBUF_INIT;

	atomic_store(&wire->bench->server->stopping, 1);
	wire_ask(wire, BOOT, "GET /none", "", NULL, &answer);
	assert_status(&answer, 503, "while stopping");
	assert_answer(&answer, "Connection: close\r\n", "while stopping");
	assert_answer(&answer, "Retry-After", "while stopping");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(raw_requests, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(large_heads, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(keep_alive, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(files, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(clients_that_leave, wire_setup, wire_teardown),
		cmocka_unit_test_setup_teardown(
			a_stopping_server_says_so, wire_setup, wire_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
