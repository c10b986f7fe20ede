#include "http/api.h"
#include "http/repeat.h"
#include "http/tables.h"
#include "model/types.h"

static int get_settings(struct request *request, struct response *response, struct err *err)
{
	return api_get(request, &settings_type, settings_type.name, response, err);
}

static int patch_settings(struct request *request, struct response *response, struct err *err)
{
	AUTO(api_write) struct api_write write = {.dry_run = false};
	json_t *body, *settings;

	if (api_write_begin(request, &settings_type, settings_type.name, &write, err) < 0 ||
		request_object(request, &body, err) < 0 ||
		edit_settings(request->server, &write.edit, body, &settings, err) < 0)
		return -1;
	api_write_answer_take(&write, 200, settings, response);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/settings", ROLE_READ, get_settings, "getSettings",
		"The settings.", .args = ARGS(ARGS_RESOLVE, ARGS_READ), .answer = "SettingsRead",
		.flags = ROUTE_ETAG),
	API_ROUTE(HTTP_PATCH, "/api/v1/settings", ROLE_ADMIN, patch_settings, "patchSettings",
		"Changes settings by a merge patch (RFC 7396).",
		.args = ARGS(ARGS_DRY_RUN, ARGS_CONFIRM), .body = "Settings", .answer = "Settings",
		.flags = ROUTE_KEYED | ROUTE_IF_MATCH, .again = repeat_item),
};
const struct route_table api_settings_routes = {rows, ARRAY_SIZE(rows)};
