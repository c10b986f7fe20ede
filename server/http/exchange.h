/*
 * One request and its answer, between libmicrohttpd's callbacks and the handlers: reads the head as
 * it was sent, asks the guard, finds the route, checks the role, collects the body, runs the
 * handler, sends what it says.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "http/auth.h"
#include "http/conns.h"
#include "http/listener.h"

#include <microhttpd.h>
#include <semaphore.h>

enum {
	BODY_MAX_API = 256 * 1024,
	BODY_MAX_TEXT = 2 * TEXT_MAX, /* of an item with text: as JSON it is longer */
	BODY_MAX_BOOT = 16 * 1024,
	BODY_MAX_ANY = 256 << 20, /* of the route that takes most; a route's own is in its row */
	BODY_RATE = 256 * 1024,   /* bytes/s at which a larger one must come */
	PARSING_MAX = 2,   /* bodies held as JSON at once: 256 KiB of text can become 20 MiB */
	BODY_SMALL = 4096, /* those up to here do not count: who waits for a task holds one long */
	LARGE_MAX = 1,     /* bodies of more than BODY_MAX_API at once */
};

struct listener {
	enum listener_kind kind;
	bool is_unix;
	gid_t group;
	char *host;
	struct server *server;
	struct MHD_Daemon *daemon;
	struct conns *conns;
	atomic_int in_flight;
	sem_t parsing;
	sem_t large;
	struct task_keys *task_keys;
};

struct exchange {
	struct listener *listener;
	struct conn *conn;
	struct request request;
	struct identity identity;
	struct strbuf body;
	size_t length; /* that the body will have */
	bool large;    /* holds the listener's `large` */
};

/*
 * Guards the request, finds its route, asks who sent it. Returns 0, or the status that refuses it;
 * `allowed` has the methods that the path takes, as route_find() gives them.
 */
int exchange_admit(struct exchange *x, struct MHD_Connection *connection, const char *method,
	const char *version, unsigned *allowed, struct err *err);

/*
 * libmicrohttpd up to 0.9.76 takes bare LF, folded lines and NUL bytes as they come and hides them.
 * But it parses in place, putting one NUL over each CR and each LF, so in a well-formed head each
 * name begins two bytes after the end of the value before it: exchange_admit() looks for that.
 * Newer ones refuse such heads themselves, if they are told to be strict.
 */
bool exchange_library_is_lenient(void);

/* The callbacks of libmicrohttpd; `cls` is the struct listener. */
void *exchange_begin(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_step(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **state);
void exchange_end(void *cls, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode why);

/* Queues the response and takes what is in it. `close`: ends the connection afterwards. */
enum MHD_Result send_response(struct MHD_Connection *connection, enum listener_kind kind,
	struct response *response, bool close);
/* How many bytes the body will have; 0 for a stream. */
uint64_t response_size(const struct response *response);

#endif
