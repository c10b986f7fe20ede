/*
 * One listening socket with its libmicrohttpd daemon: the boot port (epoll, two threads) or the API
 * (a thread for each connection, so that a handler may wait). It owns the socket, the connections
 * and the requests in flight; it borrows the server, which must outlive it.
 */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include "http/route.h"
#include "ops/server.h"

struct listener;

struct listener_config {
	enum listener_kind kind;
	int fd;           /* a listening socket; the listener takes it */
	bool is_unix;     /* identity by SO_PEERCRED */
	gid_t group;      /* of the Unix socket: its members are administrators */
	const char *host; /* what it listens on, copied */
	struct server *server;
};

/* Once, before any listener and any thread: signals, logging. */
void listener_prepare(void);
int listener_start(const struct listener_config *config, struct listener **ret, struct err *err);
/* After server->stopping was set: waits at most `seconds` for the requests in flight. New ones are
 * answered with 503 meanwhile. */
void listener_drain(struct listener *listener, unsigned seconds);
void listener_stop(struct listener *listener);

#endif
