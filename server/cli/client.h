/*
 * Requests to bootwrightd's JSON API (/api/v1): over its Unix socket, or over HTTP(S) with a token.
 * This is the command line's only door to libcurl. Not thread-safe.
 */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include "base/err.h"
#include "base/json.h"

struct client;

struct client_options {
	const char *socket;     /* path of the Unix socket; used where `server` is NULL */
	const char *server;     /* "https://boot.example.org:8443", or NULL */
	const char *token_file; /* its first line is the API token; NULL: none */
	const char *ca_file;    /* certificates to trust; NULL: the system's */
	bool hurry;             /* somebody waits at the keyboard: give up after two seconds */
};

/* ERR_INVALID: a URL that is none, or a token that would cross a network in clear. */
int client_open(const struct client_options *options, struct client **ret, struct err *err);
void client_close(struct client *client);
DEFINE_AUTO(client, struct client *, client_close)

struct client_request {
	const char *method;        /* "GET", "PUT", "PATCH", "POST", "DELETE" */
	const char *path;          /* below /api/v1, percent-encoded: "/systems/web7?resolved=1" */
	const json_t *body;        /* NULL: none */
	const struct strbuf *text; /* a body that is JSON text already, in the place of `body` */
	bool create;               /* only where nothing is there (If-None-Match: *) */
	json_int_t version;        /* only where it still has this version (If-Match); 0: any */
	bool long_work;            /* wait for minutes: it is about everything there is */
};

/*
 * `ret` (may be NULL) gets the answer, yours; JSON null for an empty one. An answer other than 2xx
 * becomes an error with the server's own text, class and field (RFC 9457). ERR_UPSTREAM: nobody
 * answers, with what to do about it.
 */
int client_ask(
	struct client *client, const struct client_request *request, json_t **ret, struct err *err);
/* The same for GET. */
int client_get(struct client *client, const char *path, json_t **ret, struct err *err);
/* Why what a request has stored could not be published; NULL: no answer said so. The client's. */
const char *client_unpublished(const struct client *client);

/* The same, but the bytes of the answer go to `out` as they are. */
int client_save(struct client *client, const char *path, FILE *out, struct err *err);

/* Receives server-sent events (WHATWG HTML, 9.2) until the server ends the stream: `each` gets the
 * JSON of every "data:" line and the event's kind, "" where it has none. Its failure ends it, too.
 */
int client_follow(struct client *client, const char *path,
	int (*each)(void *ctx, const char *event, const json_t *item, struct err *err), void *ctx,
	struct err *err);

#endif
