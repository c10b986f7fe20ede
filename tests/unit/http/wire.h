/* A whole server with its three listeners on loopback, and raw bytes over sockets to it. */
#ifndef TEST_HTTP_WIRE_H
#define TEST_HTTP_WIRE_H

#include "tests/unit/ops/ops_support.h"

#include "http/listener.h"
#include "http/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

enum { BOOT, API, UNIX, DOORS };

struct wire {
	struct bench *bench;
	struct listener *listener[DOORS];
	unsigned port[DOORS];
	char *path; /* of the Unix socket */
};

static inline void wire_listen(struct wire *wire)
{
	for (int door = BOOT; door < DOORS; door++) {
		struct listener_config config = {
			.kind = door == BOOT ? LISTENER_BOOT : LISTENER_API,
			.is_unix = door == UNIX,
			.group = getegid(),
			.host = "127.0.0.1",
			.server = wire->bench->server,
		};
		char host[256];

		if (door == UNIX)
			MUST(socket_listen_unix(
				wire->path, geteuid(), getegid(), &config.fd, &why));
		else
			MUST(socket_listen_tcp(
				"127.0.0.1:0", &config.fd, host, &wire->port[door], &why));
		MUST(listener_start(&config, &wire->listener[door], &why));
	}
}

static inline int wire_setup(void **state)
{
	struct wire *wire = xcalloc(1, sizeof(*wire));
	void *bench;

	listener_prepare();
	if (bench_setup(&bench) < 0)
		return -1;
	wire->bench = bench;
	wire->path = xasprintf("%s/api.sock", wire->bench->folder);
	wire_listen(wire);
	*state = wire;
	return 0;
}

static inline int wire_teardown(void **state)
{
	struct wire *wire = *state;
	void *bench = wire->bench;

	atomic_store(&wire->bench->server->stopping, 1);
	for (int door = BOOT; door < DOORS; door++) {
		listener_drain(wire->listener[door], 20);
		listener_stop(wire->listener[door]);
	}
	bench_teardown(&bench);
	free(wire->path);
	free(wire);
	return 0;
}

static inline int wire_connect(const struct wire *wire, int door)
{
	struct sockaddr_in tcp = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = 20};
	int fd = socket(door == UNIX ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

	tcp.sin_port = htons((uint16_t)wire->port[door]);
	snprintf(local.sun_path, sizeof(local.sun_path), "%s", wire->path);
	if (door == UNIX)
		assert_int_equal(connect(fd, (struct sockaddr *)&local, sizeof(local)), 0);
	else
		assert_int_equal(connect(fd, (struct sockaddr *)&tcp, sizeof(tcp)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static inline void wire_send(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return; /* refused before it was all there: the answer tells */
		bytes += sent;
		n -= (size_t)sent;
	}
}

/* Reads until `text` has come, and returns true; false at the end, or after 20 s of silence. */
static inline bool wire_read_until(int fd, const char *text, struct strbuf *ret)
{
	while (!strstr(ret->buf, text)) {
		char chunk[4096];
		ssize_t n = recv(fd, chunk, sizeof(chunk), 0);

		if (n <= 0)
			return false;
		strbuf_add(ret, chunk, (size_t)n);
	}
	return true;
}

/* All that comes until the server closes. */
static inline void wire_read_all(int fd, struct strbuf *ret)
{
	char chunk[4096];
	ssize_t n;

	while ((n = recv(fd, chunk, sizeof(chunk), 0)) > 0)
		strbuf_add(ret, chunk, (size_t)n);
	if (n < 0 && errno != ECONNRESET)
		strbuf_adds(ret, "(silence)");
}

/* One connection, `n` bytes of request, everything that comes back. */
static inline void wire_ask_bytes(
	const struct wire *wire, int door, const char *request, size_t n, struct strbuf *ret)
{
	int fd = wire_connect(wire, door);

	wire_send(fd, request, n);
	wire_read_all(fd, ret);
	close(fd);
}

/* "METHOD /path" with further header lines (each ending in CR LF) and a body. */
static inline void wire_ask(const struct wire *wire, int door, const char *what,
	const char *headers, const char *body, struct strbuf *ret)
{
	autostrbuf request = STRBUF_INIT;

	strbuf_addf(&request, "%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s", what,
		headers);
	if (body)
		strbuf_addf(&request, "Content-Length: %zu\r\n", strlen(body));
	strbuf_addf(&request, "\r\n%s", body ? body : "");
	wire_ask_bytes(wire, door, request.buf, request.len, ret);
}

static inline void assert_answer(const struct strbuf *answer, const char *part, const char *what)
{
	if (!strstr(answer->buf, part))
		fail_msg("%s: no \"%s\" in:\n%.1500s", what, part, answer->buf);
}

static inline void assert_status(const struct strbuf *answer, int status, const char *what)
{
	autofree char *line = xasprintf("HTTP/1.1 %d ", status);

	if (strncmp(answer->buf, line, strlen(line)) != 0)
		fail_msg("%s: not %d but:\n%.1500s", what, status, answer->buf);
}

#endif
