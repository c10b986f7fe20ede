#include "ops/query/chain_list.h"

int chain_list_add(struct server *server, const struct item_type *type, struct chain_list *list,
	struct err *err)
{
	autostrv names = STRV_INIT;

	if (db_item_names(server->db, type, &names, err) < 0)
		return -1;
	list->chain = xreallocarray(list->chain, list->n + names.n + 1, sizeof(struct chain *));
	strv_for_each (name, &names) {
		if (chain_load(server, type, name, &list->chain[list->n], err) < 0)
			return err_wrap(err, "%s '%s'", type->name, name);
		list->n++;
	}
	return 0;
}

void chain_list_done(struct chain_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		chain_free(list->chain[i]);
	free(list->chain);
	*list = (struct chain_list)CHAIN_LIST_INIT;
}
