/*
 * The open connections of one listener, each with the moment at which it is cut off. libmicrohttpd
 * ends only silent connections; one that sends a byte now and then would live for ever, so a reaper
 * thread shuts down what is past its deadline. Deadlines are in seconds from now.
 */
#ifndef HTTP_CONNS_H
#define HTTP_CONNS_H

#include "base/err.h"
#include "base/strbuf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum {
	CONN_HEAD_SECONDS = 30,  /* from connecting, or from the last answer, to a whole header */
	CONN_HURRY_SECONDS = 5,  /* the same while the table is nearly full */
	CONN_BODY_SECONDS = 30,  /* for a body of at most 256 KiB */
	CONN_SLOWEST_RATE = 4096 /* bytes/s at which an answer must be read */
};

struct conns;

struct conn {
	struct conn *next, *prev;
	_Atomic long deadline; /* monotonic seconds; 0: none */
	_Atomic bool waiting;  /* between requests */
	int fd;                /* borrowed from libmicrohttpd */
	char address[46];      /* of the peer, "" on a Unix socket */
	bool loopback;
	/* The target of the request that has begun, and where libmicrohttpd has it. */
	struct strbuf target;
	const char *target_at;
};

/* At most `limit` connections: more are cut off at once. */
int conns_new(size_t limit, struct conns **ret, struct err *err);
/* After all connections have ended. */
void conns_free(struct conns *conns);

/* NULL where the limit is reached: the socket was shut down, and conn_end() takes that NULL. */
struct conn *conn_begin(struct conns *conns, int fd, const struct sockaddr *peer);
/* Before the socket is closed, so that the reaper never meets a number used again. */
void conn_end(struct conns *conns, struct conn *conn);
/* Waits for a request: CONN_HEAD_SECONDS. */
void conn_idle(struct conn *conn);
void conn_deadline(struct conn *conn, long seconds);
void conn_no_deadline(struct conn *conn);

#endif
