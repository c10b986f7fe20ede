/* Reading one item, and finding a system by what a machine tells about itself. */
#include "db/store.h"

int load_children(struct db *db, struct conn *conn, struct item *item, struct err *err)
{
	const struct item_type *type = item_types[item->type->child];
	autostmt *stmt = NULL;
	int row;

	if (!item->type->child)
		return 0;
	stmt = stmt_get(conn, db->sql[type->kind].children, err);
	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, item->name);
	while ((row = stmt_step(stmt, err)) > 0) {
		struct item *child = item_new(type, stmt_text(stmt, 0));

		item_child_add_take(item, child);
		if (row_read_fields(stmt, CHILD_HEAD, child, err) < 0)
			return err_wrap(err, "%s '%s'", item->type->name, item->name);
	}
	return row;
}

/* While the first statement is not reset its read transaction stays open, so that the children are
 * of the same snapshot. */
int load_item(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	struct item **ret, struct err *err)
{
	autostmt *stmt = stmt_get(conn, db->sql[type->kind].get, err);
	autoitem struct item *item = NULL;
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, name);
	row = stmt_step(stmt, err);
	if (row > 0 && (row_read_item(stmt, type, &item, err) < 0 ||
			       load_children(db, conn, item, err) < 0))
		return -1;
	if (row < 0)
		return -1;
	*ret = TAKE(item);
	return 0;
}

int load_version(struct db *db, struct conn *conn, const struct item_type *type, const char *name,
	int64_t *ret, struct err *err)
{
	autostmt *stmt = stmt_get(conn, db->sql[type->kind].version, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, name);
	row = stmt_step(stmt, err);
	if (row < 0)
		return -1;
	*ret = row ? sqlite3_column_int64(stmt, 0) : 0;
	return 0;
}

int load_names(
	struct conn *conn, const char *sql, const char *name, struct strv *ret, struct err *err)
{
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	if (name)
		stmt_bind_text(stmt, 1, name);
	while ((row = stmt_step(stmt, err)) > 0)
		strv_add(ret, stmt_text(stmt, 0));
	return row;
}

int db_item_get(struct db *db, const struct item_type *type, const char *name, struct item **ret,
	struct err *err)
{
	struct conn *conn = reader_take(db, err);
	struct item *item = NULL;
	int result;

	if (!conn)
		return -1;
	result = load_item(db, conn, type, name, &item, err);
	if (result == 0 && !item)
		result = no_such_item(db, conn, type, name, err);
	reader_give(db, conn);
	if (result == 0)
		*ret = item;
	return result;
}

int db_item_version(struct db *db, const struct item_type *type, const char *name, int64_t *ret,
	struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = load_version(db, conn, type, name, ret, err);
	reader_give(db, conn);
	return result;
}

static int count(struct conn *conn, const char *sql, int64_t *ret, struct err *err)
{
	autostmt *stmt = stmt_get(conn, sql, err);

	if (!stmt || stmt_step(stmt, err) < 0)
		return -1;
	*ret = sqlite3_column_int64(stmt, 0);
	return 0;
}

int db_count(struct db *db, const struct item_type *type, int64_t *ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = count(conn, db->sql[type->kind].count, ret, err);
	reader_give(db, conn);
	return result;
}

int db_item_names(struct db *db, const struct item_type *type, struct strv *ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = load_names(conn, db->sql[type->kind].names, NULL, ret, err);
	reader_give(db, conn);
	return result;
}

/* The index leaves out empty texts, and SQLite takes it only where the query says so, too. */
static const char by_mac[] = "SELECT system FROM interfaces"
			     " WHERE mac_address = ?1 AND mac_address <> ''";
static const char by_ip[] = "SELECT system FROM interfaces"
			    " WHERE ip_address = ?1 AND ip_address <> ''"
			    " UNION ALL SELECT system FROM interfaces"
			    " WHERE ipv6_address = ?1 AND ipv6_address <> ''";

static int find_system(
	struct conn *conn, const char *sql, const char *address, char **ret, struct err *err)
{
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, address);
	row = stmt_step(stmt, err);
	if (row < 0)
		return -1;
	if (!row)
		return err_set(err, ERR_NOT_FOUND, "no system has the address '%.60s'", address);
	*ret = xstrdup(stmt_text(stmt, 0));
	return 0;
}

static int find_with_reader(
	struct db *db, const char *sql, const char *address, char **ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = find_system(conn, sql, address, ret, err);
	reader_give(db, conn);
	return result;
}

int db_system_by_mac(struct db *db, const char *mac, char **ret, struct err *err)
{
	return find_with_reader(db, by_mac, mac, ret, err);
}

int db_system_by_ip(struct db *db, const char *ip, char **ret, struct err *err)
{
	return find_with_reader(db, by_ip, ip, ret, err);
}
