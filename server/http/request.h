/*
 * A request as a handler sees it: already guarded, decoded, matched to its route and allowed. All
 * of it is borrowed until the handler returns.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/json.h"
#include "base/sha256.h"
#include "base/strv.h"
#include "db/db.h"
#include "http/guard.h"

enum http_method {
	HTTP_GET, /* HEAD comes as GET; its body is not sent */
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_METHODS,
};

/* "GET" … */
const char *http_method_name(enum http_method method);

enum { REQUEST_PARAMS_MAX = 4 };

struct server;
struct route;
struct task_keys;

/* Of a request with an Idempotency-Key (http/repeat.h). */
struct repeat_key {
	const char *key; /* NULL: none */
	char sum[SHA256_TEXT];
};

struct request_param {
	char *name;
	char *value;
};

struct request {
	struct server *server;
	const struct route *route;
	enum http_method method;
	bool is_head; /* somebody only looks: nothing is noted, and nothing changes */
	struct target target;
	struct request_param param[REQUEST_PARAMS_MAX]; /* of the route's pattern */
	size_t n_params;
	struct header header[GUARD_HEADERS_MAX];
	size_t n_headers;
	json_t *body;            /* NULL: there was none */
	enum role role;          /* the caller's, at least the route's */
	struct db_author author; /* who, and from where */
	const char *address;     /* IP address of the peer, "" on the Unix socket */
	struct repeat_key repeat;
	struct task_keys *task_keys; /* the listener's */
};

/* The part of the path that the pattern calls {name}; it must have one. */
const char *request_param(const struct request *request, const char *name);
/* The header's value, or NULL. */
const char *request_header(const struct request *request, const char *name);
/*
 * Refuses arguments that the route's row does not have (ERR_INVALID, with the nearest that it has),
 * and those of the row that are given twice.
 */
int request_check_args(const struct request *request, struct err *err);
/* The argument as a number in the bounds of the route's row, which must have it; `ret` keeps its
 * value where there is none. */
int request_number(const struct request *request, const char *name, int64_t *ret, struct err *err);
/* "1", "true", "yes", "" (`?explain`) set it; "0", "false", "no" unset it. */
int request_flag(const struct request *request, const char *name, bool *ret, struct err *err);
/* The body; ERR_INVALID where there is none or it is no object. */
int request_object(const struct request *request, json_t **ret, struct err *err);
/* Refuses members of the object that are not among `names` (n of them). ERR_INVALID, with field. */
int request_only(json_t *object, const char *const *names, size_t n, struct err *err);
/* The member as text; `ret` keeps its value where there is none. ERR_INVALID: another type. */
int request_text(const json_t *object, const char *name, const char **ret, struct err *err);

#endif
