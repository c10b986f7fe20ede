/*
 * The door to libcurl: HTTP GET from a server that is not trusted. http and https only, at first
 * and after at most five redirects, and never from https back to http; TFTP for whoever asks for
 * it, and never after a redirect. Every answer has a limit of bytes, every wait one of time; a
 * connection is kept for the next request. The body goes to a sink piece by piece, so that memory
 * does not grow with it.
 */
#ifndef KOAN_FETCH_H
#define KOAN_FETCH_H

#include "base/err.h"
#include "base/mem.h"
#include "base/strbuf.h"

#include "koan-client/interrupt.h"
#include "koan-client/progress.h"

#include <stddef.h>
#include <stdint.h>

struct fetch;

struct fetch_request {
	const char *url;
	/* Receives the next bytes of a body with a status below 300; -1 ends the transfer. */
	int (*sink)(void *ctx, const void *bytes, size_t n, struct err *err);
	void *ctx;
	uint64_t max;                      /* bytes of body; more is ERR_TOO_BIG */
	unsigned seconds;                  /* for all of it; 0: as long as bytes keep coming */
	const struct interrupt *interrupt; /* may be NULL */
	bool head;                         /* only ask whether it is there */
	bool tftp; /* the URL may be tftp://; its status is 200, 403 or 404 */
};

/* `ca_file`: the only certificate authorities to trust, NULL for the system's. `progress` may be
 * NULL. */
struct fetch *fetch_new(const char *ca_file, struct progress *progress);
void fetch_free(struct fetch *fetch);

/*
 * Returns 0 when a whole answer came, with its HTTP status; for 300 and more, `body` has the
 * answer's first 64 KiB. ERR_UPSTREAM: no connection, a broken answer, time over (30 s without
 * 1 KiB/s); else the sink's error.
 */
int fetch_get(struct fetch *fetch, const struct fetch_request *request, int *status,
	struct strbuf *body, struct err *err);
/* A sink: appends to the strbuf `ctx`. */
int fetch_into_memory(void *ctx, const void *bytes, size_t n, struct err *err);
/* Bytes that have come so far. */
uint64_t fetch_bytes(const struct fetch *fetch);
/* A small answer into memory: `max` bytes, 60 s. The body is appended whatever the status. */
int fetch_text(struct fetch *fetch, const char *url, size_t max, int *status, struct strbuf *ret,
	struct err *err);

DEFINE_AUTO(fetch, struct fetch *, fetch_free)
#define autofetch AUTO(fetch)

#endif
