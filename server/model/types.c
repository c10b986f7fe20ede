/* THE table of item types: one row for each, whose own file has its fields. */
#include "model/types.h"

const struct item_type *const item_types[ITEM_KINDS] = {
	[ITEM_SETTINGS] = &settings_type,
	[ITEM_DISTRO] = &distro_type,
	[ITEM_PROFILE] = &profile_type,
	[ITEM_SYSTEM] = &system_type,
	[ITEM_INTERFACE] = &interface_type,
	[ITEM_IMAGE] = &image_type,
	[ITEM_REPO] = &repo_type,
	[ITEM_MENU] = &menu_type,
	[ITEM_TEMPLATE] = &template_type,
	[ITEM_SNIPPET] = &snippet_type,
	[ITEM_GROUP] = &group_type,
	[ITEM_NETWORK] = &network_type,
};
