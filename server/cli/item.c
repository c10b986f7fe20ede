#include "cli/item.h"

#include "cli/client.h"

#include <string.h>

enum { PAGE = 500 };

int item_name(const struct cli *cli, const char **ret, struct err *err)
{
	const char *word = cli->words.n ? cli->words.v[0] : NULL;
	const char *name = cli->args.name ? cli->args.name : word;

	if (!name)
		return err_set(
			err, ERR_USAGE, "which %s? give its name: --name=NAME", cli->type->name);
	if (cli->type->check_name(name, NULL, err) < 0)
		return err_wrap(err, "%s name", cli->type->name);
	*ret = name;
	return 0;
}

void item_path(
	const struct item_type *type, const char *name, const char *suffix, struct strbuf *ret)
{
	strbuf_addf(ret, "/%s/", type->plural);
	strbuf_add_url(ret, name);
	strbuf_adds(ret, suffix);
}

int item_wrap(const struct item_type *type, const char *name, struct err *err)
{
	autofree char *item = xasprintf("%s '%s'", type->name, name);

	return strstr(err->msg, item) ? -1 : err_wrap(err, "%s", item);
}

const char *item_origin(const char *from)
{
	static const char *const shorter[][2] = {
		{"settings settings", "settings"},
		{"the field's default", "default"},
	};

	for (size_t i = 0; from && i < ARRAY_SIZE(shorter); i++)
		if (strcmp(from, shorter[i][0]) == 0)
			return shorter[i][1];
	return from;
}

static int one_page(const json_t *page, int (*each)(void *ctx, json_t *item, struct err *err),
	void *ctx, struct err *err)
{
	size_t i;
	json_t *item;

	json_array_foreach (json_object_get(page, "items"), i, item)
		if (each(ctx, item, err) < 0)
			return -1;
	return 0;
}

int pages_each(struct client *client, const char *list, const char *query,
	int (*each)(void *ctx, json_t *item, struct err *err), void *ctx, struct err *err)
{
	autofree char *after = NULL;

	do {
		autostrbuf path = STRBUF_INIT;
		autojson json_t *page = NULL;

		strbuf_addf(&path, "/%s?limit=%d%s", list, PAGE, query);
		if (after) {
			strbuf_adds(&path, "&after=");
			strbuf_add_url(&path, after);
		}
		if (client_get(client, path.buf, &page, err) < 0 ||
			one_page(page, each, ctx, err) < 0)
			return -1;
		free(after);
		after = xstrdup_null(json_get_str(page, "next"));
	} while (after);
	return 0;
}

int items_each(struct client *client, const struct item_type *type, const char *query,
	int (*each)(void *ctx, json_t *item, struct err *err), void *ctx, struct err *err)
{
	return pages_each(client, type->plural, query, each, ctx, err);
}
