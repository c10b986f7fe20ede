#include "model/rows.h"

#include <string.h>

static const struct field fields[] = {
	COMMENT_ROWS(menu),
	FIELD(menu, display_name, .check = check_title, .publishes = PUBLISH_BOOT,
		.help = "what the boot screen shows; unset: its name"),
	FIELD(menu, parent, .ref = ITEM_MENU, .flags = FIELD_PARENT, .publishes = PUBLISH_BOOT,
		.help = "the menu that this one is in; unset: the first one"),
};

static int validate(const struct item *item, struct err *err)
{
	const struct menu *menu = (const struct menu *)item;

	if (menu->parent && strcmp(menu->parent, item->name) == 0)
		return err_field(err, ERR_INVALID, "parent", "menu '%s' cannot be its own parent",
			item->name);
	return 0;
}

const struct item_type menu_type = {
	.kind = ITEM_MENU,
	.name = "menu",
	.plural = "menus",
	.help = "a page of the boot menu, with profiles, images and other menus",
	.size = sizeof(struct menu),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.check_name = check_item_name,
	.validate = validate,
};
