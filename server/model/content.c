/* Templates and snippets: text that answer files are made from, kept in the store. */
#include "model/rows.h"

static const struct field template_fields[] = {
	COMMENT_ROWS(template_item),
	FIELD(template_item, content, .publishes = PUBLISH_BOOT, .fallback = "",
		.help = "its text, in Jinja"),
};

static const struct field snippet_fields[] = {
	COMMENT_ROWS(snippet),
	FIELD(snippet, content, .publishes = PUBLISH_BOOT, .fallback = "",
		.help = "its text, in Jinja"),
};

const struct item_type template_type = {
	.kind = ITEM_TEMPLATE,
	.name = "template",
	.plural = "templates",
	.help = "an answer file's template that is kept in the store, with its history",
	.size = sizeof(struct template_item),
	.fields = template_fields,
	.n_fields = ARRAY_SIZE(template_fields),
	.check_name = check_content_name,
};

const struct item_type snippet_type = {
	.kind = ITEM_SNIPPET,
	.name = "snippet",
	.plural = "snippets",
	.help = "a part that templates include; NAME@system.S, NAME@profile.P and NAME@distro.D "
		"override it there",
	.size = sizeof(struct snippet),
	.fields = snippet_fields,
	.n_fields = ARRAY_SIZE(snippet_fields),
	.check_name = check_content_name,
};
