/* Asking the server for items: names, paths and pages. */
#ifndef CLI_ITEM_H
#define CLI_ITEM_H

#include "cli/cli.h"

/* The name that the command is about, from --name= or the first word; checked, so that no URL is
 * made from what cannot be a name. Borrowed. */
int item_name(const struct cli *cli, const char **ret, struct err *err);
/* "/systems/web7" + `suffix`. */
void item_path(
	const struct item_type *type, const char *name, const char *suffix, struct strbuf *ret);

/* Says which item an answer is about, where the server has not said so. -1, like err_wrap(). */
int item_wrap(const struct item_type *type, const char *name, struct err *err);

/* Where a value comes from, in few words: "profile bar", "settings", "default"; NULL stays NULL. */
const char *item_origin(const char *from);

/* Calls `each` for every member of a list of the API ("systems", "installs"), page by page. `query`
 * is what stands in the URL beside the paging: "&resolved=1", or "". */
int pages_each(struct client *client, const char *list, const char *query,
	int (*each)(void *ctx, json_t *item, struct err *err), void *ctx, struct err *err);
/* The same for every item of a type, in order of their names where `query` asks for no other. */
int items_each(struct client *client, const struct item_type *type, const char *query,
	int (*each)(void *ctx, json_t *item, struct err *err), void *ctx, struct err *err);

#endif
