#include "http/api.h"
#include "http/tables.h"
#include "model/types.h"
#include "ops/edit.h"

static int get_settings(struct request *request, struct response *response, struct err *err)
{
	struct query_options options;
	json_t *settings;

	if (api_query_options(request, &options, err) < 0 ||
		query_settings(request->server, &options, &settings, err) < 0)
		return -1;
	api_item_take(response, 200, settings);
	return 0;
}

static int patch_settings(struct request *request, struct response *response, struct err *err)
{
	struct edit edit = {
		.author = &request->author,
		.type = &settings_type,
		.name = settings_type.name,
	};
	json_t *body, *settings;

	if (api_expected(request, &edit.expect, err) < 0 ||
		request_object(request, &body, err) < 0 ||
		edit_settings(request->server, &edit, body, &settings, err) < 0)
		return -1;
	api_item_take(response, 200, settings);
	return 0;
}

static const struct route rows[] = {
	ROUTE(LISTENER_API, HTTP_GET, "/api/v1/settings", ROLE_READ, get_settings,
		"The settings; ?resolved with the defaults."),
	ROUTE(LISTENER_API, HTTP_PATCH, "/api/v1/settings", ROLE_ADMIN, patch_settings,
		"Changes settings by a merge patch (RFC 7396); If-Match."),
};
const struct route_table api_settings_routes = {rows, ARRAY_SIZE(rows)};
