/*
 * The API's description for programs: an OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.0), made
 * from the routes' rows and the item types' tables of fields, so that it cannot say anything else
 * than what the server does. Its schemas are JSON Schema 2020-12.
 */
#ifndef HTTP_OPENAPI_H
#define HTTP_OPENAPI_H

#include "model/item.h"

#include <jansson.h>

/* The whole document; a new reference. */
json_t *openapi_document(void);

/* Its parts, for its own files. */

/* {"$ref": "#/components/schemas/NAME"} */
json_t *openapi_ref(const char *schema);
/* The type's name as schemas and operations have it: "System"; of several: "Systems". */
char *openapi_type_name(const struct item_type *type, bool plural);
struct route;
/* What stands at the route's method below `path`; `type` NULL: it is for no type. */
json_t *openapi_operation(
	const struct route *route, const struct item_type *type, const char *path);
/* Adds the schemas of all item types: System, SystemResolved, SystemRead, SystemPage, Interface. */
void openapi_add_item_schemas(json_t *schemas);
/* Adds those that no table of fields has: Problem, Task, Revision … */
void openapi_add_schemas(json_t *schemas);

#endif
