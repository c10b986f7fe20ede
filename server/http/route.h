/*
 * Routes are rows: which listener, method and path, who may, and the function that answers. Each
 * file of handlers ends with its rows; routes.c lists those files. In a pattern, {name} is one
 * segment of the path (perhaps with text after it, "{name}:copy"), {name...} all that is left.
 * The first row that matches counts, so what is particular stands before what is general.
 *
 * A row of the API also says what it takes and gives. That is enforced (an argument that is not in
 * its row is refused, a body past its bound is not read) and published (http/openapi.h).
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/request.h"
#include "http/response.h"

enum listener_kind {
	LISTENER_BOOT, /* firmware and installers: plain HTTP, no identity */
	LISTENER_API,
};

/* An argument of the query. */
enum arg_kind { ARG_TEXT, ARG_FLAG, ARG_NUMBER };
struct arg {
	const char *name;
	enum arg_kind kind;
	int64_t min, max; /* of a number */
	const char *help;
};

enum route_flag {
	ROUTE_FILTERS = 1 << 0,    /* any field of the type is an argument, too */
	ROUTE_IF_MATCH = 1 << 1,   /* heeds If-Match */
	ROUTE_IF_NONE = 1 << 2,    /* heeds If-None-Match: * */
	ROUTE_ETAG = 1 << 3,       /* answers with an ETag and heeds If-None-Match: 304 */
	ROUTE_KEYED = 1 << 4,      /* heeds Idempotency-Key: see http/repeat.h */
	ROUTE_BODY_NAMED = 1 << 5, /* the body must have a member "name" */
	ROUTE_BODY_FREE = 1 << 6,  /* the body may be left out */
};

struct repeated;

struct route {
	enum listener_kind listener;
	enum http_method method;
	const char *pattern;
	enum role role; /* at least; ROLE_NONE: anybody, the boot port's */
	int (*handle)(struct request *request, struct response *response, struct err *err);
	const char *help;
	/* From here on of the API's rows only. {Type} and {Types} in these texts stand for each
	 * item type, as in "System" and "Systems", where the pattern has {type}. */
	const char *operation;  /* operationId: "listSystems" */
	const struct arg *args; /* up to one without name; NULL: it takes none */
	const char *body;       /* schema of the body; NULL: it takes none */
	const char *answer;     /* schema of the answer; NULL: it has no body */
	int status;             /* of success; 0: 200 */
	unsigned flags;         /* enum route_flag */
	size_t max_body;        /* bytes; 0: BODY_MAX_API */
	/* Makes again the answer of a request that left a revision: see http/repeat.h. */
	int (*again)(struct request *request, const struct repeated *repeated,
		struct response *response, struct err *err);
};

/* All arguments are required: a route that says nothing about roles does not compile. */
#define ROUTE(listener_kind, http_method, path, least_role, handler, help_text)                    \
	{                                                                                          \
		.listener = (listener_kind), .method = (http_method), .pattern = (path),           \
		.role = (least_role), .handle = (handler), .help = (help_text)                     \
	}
/* One of the API, whose name and help are required, too; designated initialisers follow. */
#define API_ROUTE(http_method, path, least_role, handler, operation_id, help_text, ...)            \
	{                                                                                          \
		.listener = LISTENER_API, .method = (http_method), .pattern = (path),              \
		.role = (least_role), .handle = (handler), .operation = (operation_id),            \
		.help = (help_text), __VA_ARGS__                                                   \
	}
#define ARGS(...)                                                                                  \
	(const struct arg[])                                                                       \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			.name = NULL                                                               \
		}                                                                                  \
	}
#define FLAG(word, text)                                                                           \
	{                                                                                          \
		.name = (word), .kind = ARG_FLAG, .help = (text)                                   \
	}
#define NUMBER(word, least, most, text)                                                            \
	{                                                                                          \
		.name = (word), .kind = ARG_NUMBER, .min = (least), .max = (most), .help = (text)  \
	}
#define TEXT(word, what)                                                                           \
	{                                                                                          \
		.name = (word), .kind = ARG_TEXT, .help = (what)                                   \
	}

struct route_table {
	const struct route *route;
	size_t n;
};

/* All of them, for the index and the documents. */
extern const struct route_table *const route_tables[];
extern const size_t n_route_tables;

struct route_param {
	const char *name; /* in the pattern */
	size_t name_len;
	const char *value; /* in the path */
	size_t value_len;
};
struct route_params {
	struct route_param param[REQUEST_PARAMS_MAX];
	size_t n;
};

/* Whether the pattern stands for the path, and what its parameters are then. */
bool route_matches(const char *pattern, const char *path, struct route_params *ret);
/*
 * The route for a method and path; NULL where there is none. `allowed` gets a bit (1 << method)
 * for every method that the path has, so that 0 means there is no such path.
 */
const struct route *route_find(enum listener_kind listener, enum http_method method,
	const char *path, struct route_params *ret, unsigned *allowed);

/* The row's argument, or NULL. */
const struct arg *route_arg(const struct route *route, const char *name);

#endif
