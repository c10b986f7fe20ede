#include "base/net.h"
#include "http/tables.h"
#include "model/types.h"
#include "ops/publish/netboot.h"

#include <string.h>

static int names(const struct request *request, const struct item_type *type,
	struct response *response, struct err *err)
{
	autostrv list = STRV_INIT;
	json_t *items;

	if (db_item_names(request->server->db, type, &list, err) < 0)
		return -1;
	items = json_array();
	strv_for_each (name, &list)
		json_array_append_new(items, json_string(name));
	response_json_take(response, 200, json_pack("{s:o}", "items", items));
	return 0;
}

static int list_profiles(struct request *request, struct response *response, struct err *err)
{
	return names(request, &profile_type, response, err);
}

static int list_systems(struct request *request, struct response *response, struct err *err)
{
	return names(request, &system_type, response, err);
}

static int list_distros(struct request *request, struct response *response, struct err *err)
{
	return names(request, &distro_type, response, err);
}

static void note(const struct request *request, const struct item_type *type, const char *name,
	const char *what, const struct answer *answer)
{
	if (type == &system_type && !request->is_head)
		netboot_note(request->server, &(struct served_answer){.system = name,
						      .what = what,
						      .answer = answer,
						      .address = request->address});
}

static int plan(const struct request *request, const struct item_type *type, const char *name,
	struct response *response, struct err *err)
{
	struct answer *answer;

	if (netboot_plan(request->server, type, name, &answer, err) < 0)
		return -1;
	note(request, type, name, "koan/plan", answer);
	response_answer_take(response, answer);
	return 0;
}

static int get_profile(struct request *request, struct response *response, struct err *err)
{
	return plan(request, &profile_type, request_param(request, "name"), response, err);
}

static int get_system(struct request *request, struct response *response, struct err *err)
{
	return plan(request, &system_type, request_param(request, "name"), response, err);
}

static int get_image(struct request *request, struct response *response, struct err *err)
{
	return plan(request, &image_type, request_param(request, "name"), response, err);
}

static int list_images(struct request *request, struct response *response, struct err *err)
{
	return names(request, &image_type, response, err);
}

static int kept_files(const struct request *request, const struct item_type *type,
	struct response *response, struct err *err)
{
	const char *name = request_param(request, "name");
	struct answer *answer;

	if (netboot_kept_files(request->server, type, name, &answer, err) < 0)
		return -1;
	note(request, type, name, "koan/files", answer);
	response_answer_take(response, answer);
	return 0;
}

static int get_profile_files(struct request *request, struct response *response, struct err *err)
{
	return kept_files(request, &profile_type, response, err);
}

static int get_system_files(struct request *request, struct response *response, struct err *err)
{
	return kept_files(request, &system_type, response, err);
}

static int get_mac(struct request *request, struct response *response, struct err *err)
{
	autofree char *name = NULL;
	char text[MAC_TEXT];
	struct mac mac;

	if (mac_parse(request_param(request, "mac"), &mac, err) < 0)
		return -1;
	mac_format(&mac, ':', text);
	if (db_system_by_mac(request->server->db, text, &name, err) < 0)
		return -1;
	return plan(request, &system_type, name, response, err);
}

static const struct route rows[] = {
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/profiles", ROLE_NONE, list_profiles,
		"The names of all profiles."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/systems", ROLE_NONE, list_systems,
		"The names of all systems."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/distros", ROLE_NONE, list_distros,
		"The names of all distributions."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/images", ROLE_NONE, list_images,
		"The names of all images."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/image/{name}", ROLE_NONE, get_image,
		"koan's plan for an image."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/profile/{name}/files", ROLE_NONE,
		get_profile_files, "The files that a machine of a profile keeps, rendered."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/system/{name}/files", ROLE_NONE, get_system_files,
		"The files that a system keeps, rendered."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/profile/{name}", ROLE_NONE, get_profile,
		"koan's plan for a profile."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/system/{name}", ROLE_NONE, get_system,
		"koan's plan for a system."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/koan/v1/mac/{mac}", ROLE_NONE, get_mac,
		"koan's plan for the system with a MAC address."),
};
const struct route_table koan_routes = {rows, ARRAY_SIZE(rows)};
