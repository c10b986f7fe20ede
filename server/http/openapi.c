#include "http/openapi.h"

#include "base/json.h"
#include "http/route.h"

#include <string.h>

#define DOCUMENT_TITLE "Bootwright"
#define API_VERSION    "1"

json_t *openapi_ref(const char *schema)
{
	return json_pack("{s:o}", "$ref", json_sprintf("#/components/schemas/%s", schema));
}

static void add_operation(json_t *paths, const struct route *route, const struct item_type *type)
{
	static const char *const methods[HTTP_METHODS] = {
		[HTTP_GET] = "get",
		[HTTP_POST] = "post",
		[HTTP_PUT] = "put",
		[HTTP_PATCH] = "patch",
		[HTTP_DELETE] = "delete",
	};
	const char *variable = type ? strstr(route->pattern, "{type}") : NULL;
	autofree char *path = variable ? xasprintf("%.*s%s%s", (int)(variable - route->pattern),
						 route->pattern, type->plural, variable + 6)
	                               : xstrdup(route->pattern);
	json_t *object = json_object_get(paths, path);

	if (!object) {
		object = json_object();
		json_object_set_new(paths, path, object);
	}
	json_object_set_new(object, methods[route->method], openapi_operation(route, type, path));
}

static json_t *paths(void)
{
	json_t *paths = json_object();

	for (size_t t = 0; t < n_route_tables; t++) {
		for (size_t i = 0; i < route_tables[t]->n; i++) {
			const struct route *route = &route_tables[t]->route[i];

			if (!route->operation)
				continue;
			if (!strstr(route->pattern, "{type}")) {
				add_operation(paths, route, NULL);
				continue;
			}
			for (size_t kind = 0; kind < ITEM_KINDS; kind++)
				if (item_type_is_listed(item_types[kind]))
					add_operation(paths, route, item_types[kind]);
		}
	}
	return paths;
}

static json_t *components(void)
{
	json_t *components = json_object();
	json_t *schemas = json_object();

	openapi_add_item_schemas(schemas);
	openapi_add_schemas(schemas);
	json_object_set_new(components, "schemas", schemas);
	json_object_set_new(components, "responses",
		json_pack("{s:{s:s,s:{s:{s:o}}}}", "Problem", "description",
			"what went wrong (RFC 9457): 400 a wrong value, 401 no token, 403 not "
			"allowed, 404, 409 a conflict, 412 another version, 413 too large, 422 a "
			"used key, 428 If-Match is missing, 503 try again",
			"content", "application/problem+json", "schema", openapi_ref("Problem")));
	json_object_set_new(components, "securitySchemes",
		json_pack("{s:{s:s,s:s,s:s}}", "token", "type", "http", "scheme", "bearer",
			"description",
			"Made by 'bootwright token add' with a role: read, operate or admin. "
			"Without one a program on the server's own machine may read, over TCP; "
			"over the Unix socket root, the server's account and members of its "
			"group are admin."));
	return components;
}

json_t *openapi_document(void)
{
	json_t *info = json_pack("{s:s,s:s,s:s,s:{s:s,s:s}}", "title", DOCUMENT_TITLE, "version",
		API_VERSION, "description",
		"Provisioning: distros, profiles, systems and what belongs to them. Unset fields "
		"inherit: settings, distro, profile, sub-profiles, system. \"x-role\" of an "
		"operation is the role that it takes.",
		"license", "name", "Apache-2.0", "identifier", "Apache-2.0");
	json_t *document = json_pack(
		"{s:s,s:o,s:[{s:s}]}", "openapi", "3.1.0", "info", info, "servers", "url", "/");

	json_object_set_new(document, "security", json_pack("[{s:[]},{}]", "token"));
	json_object_set_new(document, "paths", paths());
	json_object_set_new(document, "components", components());
	return document;
}
