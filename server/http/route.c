#include "http/route.h"

#include <string.h>

static bool add_param(struct route_params *params, const char *name, size_t name_len,
	const char *value, size_t value_len)
{
	if (params->n == REQUEST_PARAMS_MAX || value_len == 0)
		return false;
	params->param[params->n++] = (struct route_param){
		.name = name,
		.name_len = name_len,
		.value = value,
		.value_len = value_len,
	};
	return true;
}

/* One segment of the pattern that begins with '{' against one of the path. */
static bool segment_matches(
	const char *pattern, size_t n, const char *path, size_t len, struct route_params *params)
{
	const char *end = memchr(pattern, '}', n);
	size_t name_len = (size_t)(end - pattern) - 1;
	const char *suffix = end + 1;
	size_t suffix_len = n - name_len - 2;

	if (suffix_len > len || memcmp(path + len - suffix_len, suffix, suffix_len) != 0)
		return false;
	return add_param(params, pattern + 1, name_len, path, len - suffix_len);
}

bool route_matches(const char *pattern, const char *path, struct route_params *ret)
{
	ret->n = 0;
	while (*pattern == '/' && *path == '/') {
		size_t n = strcspn(++pattern, "/");
		size_t len = strcspn(++path, "/");

		if (n > 5 && memcmp(pattern + n - 4, "...}", 4) == 0)
			return add_param(ret, pattern + 1, n - 5, path, strlen(path));
		if (*pattern == '{') {
			if (!segment_matches(pattern, n, path, len, ret))
				return false;
		} else if (n != len || memcmp(pattern, path, n) != 0) {
			return false;
		}
		pattern += n;
		path += len;
	}
	return !*pattern && !*path;
}

const struct route *route_find(enum listener_kind listener, enum http_method method,
	const char *path, struct route_params *ret, unsigned *allowed)
{
	struct route_params params;

	*allowed = 0;
	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const struct route *route = &route_tables[t]->route[i];

			if (route->listener != listener ||
				!route_matches(route->pattern, path, &params))
				continue;
			*allowed |= 1u << route->method;
			if (route->method == method) {
				*ret = params;
				return route;
			}
		}
	}
	return NULL;
}

const struct arg *route_arg(const struct route *route, const char *name)
{
	for (const struct arg *arg = route->args; arg && arg->name; arg++)
		if (strcmp(arg->name, name) == 0)
			return arg;
	return NULL;
}
