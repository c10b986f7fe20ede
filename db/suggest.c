/* What a name that leads nowhere may have meant. */
#include "db/store.h"

#include <string.h>

/* Among the names that come just before and after it in order, so that a wrong name costs the same
 * however many items there are. */
void suggest_name(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct strbuf *ret)
{
	const struct type_sql *sql = &db->sql[type->kind];
	autostrv names = STRV_INIT;
	const char *near;

	if (strlen(name) > 100 || load_names(conn, sql->names_before, name, &names, NULL) < 0 ||
		load_names(conn, sql->names_after, name, &names, NULL) < 0)
		return;
	near = nearest_word(name, (const char *const *)names.v, names.n);
	if (near)
		strbuf_addf(ret, "; did you mean '%s'?", near);
}

int no_such_item(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct err *err)
{
	autostrbuf near = STRBUF_INIT;

	suggest_name(db, conn, type, name, &near);
	return err_set(err, ERR_NOT_FOUND, "no %s '%.100s'%s", type->name, name, near.buf);
}
