/*
 * The door: refuses requests that no honest client sends, before any handler sees them.
 * libmicrohttpd 0.9.75 is lenient (it takes two Hosts, Transfer-Encoding beside Content-Length,
 * "/../", %2f and NUL), so everything that could be read in two ways is refused here, in one place.
 * Pure functions; syntax by RFC 9110, RFC 9112 and RFC 3986. Each returns 0, or the HTTP status
 * that refuses the request, with `err` saying why.
 */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	GUARD_TARGET_MAX = 8192, /* bytes of the request target */
	GUARD_ARGS_MAX = 100,    /* arguments in its query */
	GUARD_HEADERS_MAX = 100,
};

struct header {
	const char *name;
	const char *value;
};

struct guard_rules {
	size_t max_body; /* bytes */
	/* False for a host that this listener is not; `host` has no port. NULL: any will do. */
	bool (*host_is_ours)(void *ctx, const char *host);
	void *ctx;
};

struct guarded {
	const char *host; /* as sent, with the port; NULL from an HTTP/1.0 client without one */
	size_t length;    /* bytes of body */
};

/* `version`: "HTTP/1.1". Statuses 400, 413, 431, 501, 505. */
int guard_headers(const struct guard_rules *rules, const char *version, const struct header *header,
	size_t n, struct guarded *ret, struct err *err);

struct target_arg {
	const char *name;
	const char *value;
};

struct target {
	char *path; /* decoded, begins with '/', no empty, "." or ".." segment; may end with '/' */
	size_t n_args;
	struct target_arg arg[GUARD_ARGS_MAX]; /* decoded, in their order */
	char *bytes;                           /* what the arguments point into */
};

/*
 * Takes the request target apart: "/path?a=b", or "http://HOST/path" where HOST is `host`. An
 * encoded slash is refused, so a decoded path has exactly the segments that were sent. Statuses
 * 400, 414. End with target_done(), also after a failure.
 */
int guard_target(const char *raw, const char *host, struct target *ret, struct err *err);
void target_done(struct target *target);
/* The argument's value, or NULL. */
const char *target_arg(const struct target *target, const char *name);

#endif
