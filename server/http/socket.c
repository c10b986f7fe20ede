#include "http/socket.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/net.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

enum { BACKLOG = 1024, TRIES = 20 };

static void wait_a_moment(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 25000000}, NULL);
}

/* A program that a killed bootwrightd was just starting shares its sockets until it is executed: so
 * a moment's patience, as for the store's lock. */
static int bind_patiently(int fd, const struct addrinfo *to)
{
	for (int tries = 0; tries < TRIES; tries++) {
		if (bind(fd, to->ai_addr, to->ai_addrlen) == 0)
			return 0;
		if (errno != EADDRINUSE)
			return -1;
		wait_a_moment();
	}
	errno = EADDRINUSE;
	return -1;
}

static unsigned port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} at = {.six = {0}};
	socklen_t len = sizeof(at);

	if (getsockname(fd, &at.any, &len) < 0)
		return 0;
	return ntohs(at.any.sa_family == AF_INET6 ? at.six.sin6_port : at.four.sin_port);
}

static int bind_to(const struct addrinfo *to, const char *where, int *ret, struct err *err)
{
	autoclose int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, off = 0;

	if (fd < 0)
		return err_sys(err, "cannot make a socket for '%s'", where);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (to->ai_family == AF_INET6) /* "[::]" serves IPv4, too */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind_patiently(fd, to) < 0 || listen(fd, BACKLOG) < 0) {
		if (errno == EADDRINUSE)
			return err_set(err, ERR_BUSY,
				"cannot listen on %s: the port is in use by another program",
				where);
		return err_sys(err, "cannot listen on %s", where);
	}
	*ret = take_fd(&fd);
	return 0;
}

int socket_listen_tcp(const char *where, int *ret, char host[256], unsigned *port, struct err *err)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};
	struct addrinfo *found = NULL;
	char service[8];
	int result;

	if (host_port_parse(where, 0, host, port, err) < 0)
		return -1;
	snprintf(service, sizeof(service), "%u", *port);
	if (strcmp(host, "localhost") == 0)
		snprintf(host, 256, "127.0.0.1");
	if (getaddrinfo(host, service, &hints, &found) != 0)
		return err_set(err, ERR_INVALID,
			"'%s' is not ADDRESS:PORT of this machine; write it as 0.0.0.0:80 or "
			"[::1]:8080",
			where);
	result = bind_to(found, where, ret, err);
	freeaddrinfo(found);
	if (result == 0)
		*port = port_of(*ret);
	return result;
}

static int make_folder(const char *path, uid_t owner, gid_t group, struct err *err)
{
	const char *slash = strrchr(path, '/');
	autofree char *folder = slash ? xstrndup(path, (size_t)(slash - path)) : NULL;
	struct stat st;

	if (!folder || !*folder || stat(folder, &st) == 0)
		return 0;
	if (file_mkdirs(AT_FDCWD, folder, 0755, err) < 0)
		return -1;
	if (geteuid() == 0 && chown(folder, owner, group) < 0)
		return err_sys(err, "cannot give '%s' to the service's account", folder);
	return 0;
}

static bool is_listened_on(const struct sockaddr_un *at)
{
	for (int tries = 0; tries < TRIES; tries++) {
		autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0 || connect(fd, (const struct sockaddr *)at, sizeof(*at)) < 0)
			return false;
		wait_a_moment();
	}
	return true;
}

/* Removes a socket that nobody listens on. */
static int clear_place(const struct sockaddr_un *at, struct err *err)
{
	struct stat st;

	if (lstat(at->sun_path, &st) < 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_CONFLICT, "'%s' exists and is no socket", at->sun_path);
	if (is_listened_on(at))
		return err_set(err, ERR_BUSY,
			"the socket '%s' is in use by another bootwrightd; give this one another "
			"--api-socket",
			at->sun_path);
	if (unlink(at->sun_path) < 0)
		return err_sys(err, "cannot replace the socket '%s'", at->sun_path);
	return 0;
}

int socket_listen_unix(const char *path, uid_t owner, gid_t group, int *ret, struct err *err)
{
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	mode_t mask;
	int bound;

	if (strlen(path) >= sizeof(at.sun_path))
		return err_set(err, ERR_INVALID, "the socket's path '%s' is longer than %zu bytes",
			path, sizeof(at.sun_path) - 1);
	memcpy(at.sun_path, path, strlen(path));
	if (fd < 0)
		return err_sys(err, "cannot make a socket for '%s'", path);
	if (make_folder(path, owner, group, err) < 0 || clear_place(&at, err) < 0)
		return -1;
	mask = umask(0117); /* never open for others, not even for a moment */
	bound = bind(fd, (const struct sockaddr *)&at, sizeof(at));
	umask(mask);
	if (bound < 0)
		return err_sys(err, "cannot make the socket '%s'", path);
	if ((geteuid() == 0 && lchown(path, owner, group) < 0) || listen(fd, BACKLOG) < 0) {
		err_sys(err, "cannot listen on '%s'", path);
		unlink(path);
		return -1;
	}
	*ret = take_fd(&fd);
	return 0;
}
