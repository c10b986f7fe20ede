#include "support.h"

#include "base/strbuf.h"
#include "http/route.h"

#include <stdio.h>

static const struct row {
	const char *pattern;
	const char *path;
	const char *params; /* "name=value;…", or NULL: no match */
} rows[] = {
	{"/", "/", ""},
	{"/", "/a", NULL},
	{"/a/b", "/a/b", ""},
	{"/a/b", "/a", NULL},
	{"/a/b", "/a/b/", NULL},
	{"/a/b", "/a/bc", NULL},
	{"/a/b", "/a/b/c", NULL},
	{"/a/{x}", "/a/b", "x=b;"},
	{"/a/{x}", "/a/", NULL},
	{"/a/{x}", "/a/b/c", NULL},
	{"/{x}/{y}", "/a/b", "x=a;y=b;"},
	{"/{x}:copy", "/a:copy", "x=a;"},
	{"/{x}:copy", "/a", NULL},
	{"/{x}:copy", "/:copy", NULL},
	{"/{x}:copy", "/a:copy:copy", "x=a:copy;"},
	{"/a/{x}/", "/a/b/", "x=b;"},
	{"/a/{x}/", "/a/b", NULL},
	{"/a/{x...}", "/a/b", "x=b;"},
	{"/a/{x...}", "/a/b/c/d", "x=b/c/d;"},
	{"/a/{x...}", "/a/b/", "x=b/;"},
	{"/a/{x...}", "/a/", NULL},
	{"/{y}/{x...}", "/a/b/c", "y=a;x=b/c;"},
	{"/{x...}", "/a", "x=a;"},
};

static void patterns_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf text = STRBUF_INIT;
		struct route_params params;
		bool matches = route_matches(rows[i].pattern, rows[i].path, &params);

		if (matches != (rows[i].params != NULL))
			fail_msg("%s and %s: %d", rows[i].pattern, rows[i].path, matches);
		for (size_t k = 0; matches && k < params.n; k++)
			strbuf_addf(&text, "%.*s=%.*s;", (int)params.param[k].name_len,
				params.param[k].name, (int)params.param[k].value_len,
				params.param[k].value);
		if (matches)
			assert_string_equal(text.buf, rows[i].params);
	}
}

static const struct place {
	enum listener_kind listener;
	enum http_method method;
	const char *path;
	const char *pattern; /* NULL: no route */
	unsigned allowed;    /* then */
} places[] = {
	{LISTENER_API, HTTP_GET, "/api/v1/systems", "/api/v1/{type}", 0},
	{LISTENER_API, HTTP_GET, "/api/v1/settings", "/api/v1/settings", 0},
	{LISTENER_API, HTTP_GET, "/api/v1/tasks", "/api/v1/tasks", 0},
	{LISTENER_API, HTTP_GET, "/api/v1/events/stream", "/api/v1/events/stream", 0},
	{LISTENER_API, HTTP_GET, "/api/v1/systems/web7", "/api/v1/{type}/{name}", 0},
	{LISTENER_API, HTTP_POST, "/api/v1/systems/web7:copy", "/api/v1/{type}/{name}:copy", 0},
	{LISTENER_API, HTTP_DELETE, "/api/v1/tokens/x", "/api/v1/tokens/{name}", 0},
	{LISTENER_API, HTTP_GET, "/", "/", 0},
	{LISTENER_API, HTTP_GET, "/app.js", "/{file...}", 0},
	{LISTENER_API, HTTP_DELETE, "/api/v1/systems", NULL, 1u << HTTP_GET | 1u << HTTP_POST},
	{LISTENER_API, HTTP_GET, "/autoinstall/system/x", "/{file...}", 0},
	{LISTENER_BOOT, HTTP_GET, "/autoinstall/system/x", "/autoinstall/{kind}/{name}", 0},
	{LISTENER_BOOT, HTTP_GET, "/trees/x/", "/trees/{name}/", 0},
	{LISTENER_BOOT, HTTP_GET, "/trees/x/y/z", "/trees/{name}/{file...}", 0},
	{LISTENER_BOOT, HTTP_GET, "/images/x/linux", "/{file...}", 0},
	{LISTENER_BOOT, HTTP_PUT, "/images/x/linux", NULL, 1u << HTTP_GET},
	{LISTENER_BOOT, HTTP_GET, "/", NULL, 0},
	{LISTENER_BOOT, HTTP_POST, "/report/end/system/x", "/report/{mode}/{kind}/{name}", 0},
};

static void routes_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct place *place = &places[i];
		struct route_params params;
		unsigned allowed;
		const struct route *route =
			route_find(place->listener, place->method, place->path, &params, &allowed);

		if (!route != !place->pattern ||
			(route && strcmp(route->pattern, place->pattern) != 0))
			fail_msg("%s: %s", place->path, route ? route->pattern : "none");
		if (!route && allowed != place->allowed)
			fail_msg("%s: allows %#x", place->path, allowed);
	}
}

/* What a row must say beyond what the compiler asks for. */
static void rows_are_whole(void **state)
{
	(void)state;
	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const struct route *route = &route_tables[t]->route[i];

			if (!route->help || !*route->help || route->pattern[0] != '/')
				fail_msg("'%s' has no help", route->pattern);
			/* The boot port knows nobody; what changes items is never for all. */
			if (route->listener == LISTENER_BOOT)
				assert_int_equal(route->role, ROLE_NONE);
			else if (route->method != HTTP_GET)
				assert_true(route->role >= ROLE_OPERATE);
			else if (strncmp(route->pattern, "/api/", 5) == 0)
				assert_true(route->role >= ROLE_READ);
		}
	}
}

/* What the API's documents and the doors in front of it are made from. */
static void rows_of_the_api_are_documented(void **state)
{
	(void)state;
	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const struct route *route = &route_tables[t]->route[i];
			bool api = strncmp(route->pattern, "/api/", 5) == 0;
			bool revision = route->again != NULL;

			if (api != (route->operation != NULL))
				fail_msg("%s: only the API has operations", route->pattern);
			if (!api)
				continue;
			if (!route->answer && route->status != 204)
				fail_msg("%s: what does it answer?", route->operation);
			if (route->answer && strstr(route->pattern, "{type}") &&
				route->method == HTTP_GET && !strstr(route->answer, "{Type}"))
				fail_msg("%s: not the type's answer", route->operation);
			if ((route->method == HTTP_GET || route->method == HTTP_DELETE) &&
				route->body)
				fail_msg("%s: takes a body", route->operation);
			if (revision && !(route->flags & ROUTE_KEYED))
				fail_msg("%s: answers again, but takes no key", route->operation);
			/* Whatever leaves a revision can be tried first, and sent again. What only
			 * publishes leaves none. */
			if (revision != (route->method != HTTP_GET && route_arg(route, "dry_run") &&
						strncmp(route->pattern, "/api/v1/sync", 12) != 0))
				fail_msg("%s: dry_run and Idempotency-Key", route->operation);
			for (const struct arg *arg = route->args; arg && arg->name; arg++)
				if (!arg->help || (arg->kind == ARG_NUMBER && arg->max <= arg->min))
					fail_msg("%s: %s", route->operation, arg->name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match),
		cmocka_unit_test(routes_are_found),
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(rows_of_the_api_are_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
