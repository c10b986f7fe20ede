/*
 * Routes are rows: which listener, method and path, who may, and the function that answers. Each
 * file of handlers ends with its rows; routes.c lists those files. In a pattern, {name} is one
 * segment of the path (perhaps with text after it, "{name}:copy"), {name...} all that is left.
 * The first row that matches counts, so what is particular stands before what is general.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/request.h"
#include "http/response.h"

enum listener_kind {
	LISTENER_BOOT, /* firmware and installers: plain HTTP, no identity */
	LISTENER_API,
};

struct route {
	enum listener_kind listener;
	enum http_method method;
	const char *pattern;
	enum role role; /* at least; ROLE_NONE: anybody, the boot port's */
	int (*handle)(struct request *request, struct response *response, struct err *err);
	const char *help;
};

/* All arguments are required: a route that says nothing about roles does not compile. */
#define ROUTE(listener_kind, http_method, path, least_role, handler, help_text)                    \
	{                                                                                          \
		.listener = (listener_kind), .method = (http_method), .pattern = (path),           \
		.role = (least_role), .handle = (handler), .help = (help_text)                     \
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

#endif
