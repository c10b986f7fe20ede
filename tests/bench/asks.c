/*
 * Sends the requests of standard input to the API's socket, one after another on one connection:
 * lines of "METHOD PATH" or "METHOD PATH BODY". Prints the milliseconds from the first request to
 * the last answer, then of one answer half take at most, and 99 of 100. Ends at the first answer
 * that is not 2xx. Usage: asks SOCKET
 */
#include "base/err.h"
#include "base/file.h"
#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

enum { ROOM = 64 * 1024 };

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int connect_to(const char *path, int *ret, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		return err_set(err, ERR_INVALID, "%s: cannot be a socket", path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return err_sys(err, "%s", path);
	*ret = take_fd(&fd);
	return 0;
}

static void make_request(const char *line, struct strbuf *ret)
{
	const char *path = line + strcspn(line, " ");
	const char *end = path + strspn(path, " ");
	const char *body;

	end += strcspn(end, " ");
	body = *end ? end + 1 : end;
	strbuf_reset(ret);
	strbuf_addf(ret,
		"%.*s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		(int)(end - line), line, strlen(body), body);
}

/* The bytes of the answer's body, -1 where the header is not whole yet. */
static long body_length(const char *text, const char **body)
{
	const char *end = strstr(text, "\r\n\r\n");
	const char *length = end ? strcasestr(text, "\r\ncontent-length:") : NULL;

	if (!end)
		return -1;
	*body = end + 4;
	return length && length < end ? strtol(length + 17, NULL, 10) : 0;
}

static int read_answer(int fd, struct err *err)
{
	autofree char *text = xmalloc(ROOM + 1);
	const char *body = NULL;
	long length = -1;
	size_t n = 0;

	while (length < 0 || text + n < body + length) {
		ssize_t got = recv(fd, text + n, ROOM - n, 0);

		if (got <= 0)
			return err_set(err, ERR_UPSTREAM, "the answer ended early, or is too long");
		n += (size_t)got;
		text[n] = '\0';
		length = body_length(text, &body);
	}
	if (strncmp(text, "HTTP/1.1 2", 10) != 0)
		return err_set(err, ERR_INVALID, "%s", text);
	return 0;
}

static int ask(int fd, const char *line, double *ret, struct err *err)
{
	autostrbuf request = STRBUF_INIT;
	double start;

	make_request(line, &request);
	start = milliseconds();
	if (send(fd, request.buf, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
		return err_sys(err, "cannot send");
	if (read_answer(fd, err) < 0)
		return err_wrap(err, "%.200s", line);
	*ret = milliseconds() - start;
	return 0;
}

static int ask_all(int fd, double **ret, size_t *n, struct err *err)
{
	autofree char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		*ret = xreallocarray(*ret, *n + 1, sizeof(**ret));
		if (ask(fd, line, *ret + *n, err) < 0)
			return -1;
		++*n;
	}
	return *n ? 0 : err_set(err, ERR_INVALID, "nothing to ask");
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char *argv[])
{
	autofree double *took = NULL;
	autoclose int fd = -1;
	struct err err = ERR_INIT;
	size_t n = 0;
	double start;

	if (argc != 2) {
		fprintf(stderr, "usage: asks SOCKET\n");
		return 2;
	}
	start = milliseconds();
	if (connect_to(argv[1], &fd, &err) < 0 || ask_all(fd, &took, &n, &err) < 0) {
		fprintf(stderr, "asks: %s\n", err.msg);
		return 1;
	}
	printf("%.3f ", milliseconds() - start);
	qsort(took, n, sizeof(*took), by_value);
	printf("%.3f %.3f\n", took[n / 2], took[n * 99 / 100]);
	return 0;
}
