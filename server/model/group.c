#include "model/rows.h"

static const struct field fields[] = {
	COMMENT_ROWS(group),
};

const struct item_type group_type = {
	.kind = ITEM_GROUP,
	.name = "group",
	.plural = "groups",
	.help = "systems that are looked for and changed together; each system names its groups",
	.size = sizeof(struct group),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.check_name = check_item_name,
};
