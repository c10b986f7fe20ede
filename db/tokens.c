/* API tokens: their SHA-256, never themselves. */
#include "base/json.h"
#include "db/store.h"

#include <string.h>

static const char *const role_names[] = {
	[ROLE_NONE] = "none",
	[ROLE_READ] = "read",
	[ROLE_OPERATE] = "operate",
	[ROLE_ADMIN] = "admin",
};

static enum role role_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(role_names); i++)
		if (strcmp(role_names[i], name) == 0)
			return (enum role)i;
	return ROLE_NONE;
}

static int add_token(struct db *db, const char *name, const char *sha256, enum role role,
	double expires, struct err *err)
{
	static const char sql[] = "INSERT INTO tokens (name, sha256, role, created, expires)"
				  " VALUES (?1, ?2, ?3, ?4, ?5)";
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, name);
	stmt_bind_text(stmt, 2, sha256);
	stmt_bind_text(stmt, 3, role_names[role]);
	stmt_bind_real(stmt, 4, db->now);
	stmt_bind_real(stmt, 5, expires);
	if (sqlite3_step(stmt) == SQLITE_DONE)
		return 0;
	if (store_error_is_constraint(db->writer.handle))
		return err_set(err, ERR_CONFLICT, "token '%s' exists already", name);
	return store_error(db->writer.handle, err);
}

int db_token_add(struct db *db, const char *name, const char *sha256, enum role role,
	double expires, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, add_token(db, name, sha256, role, expires, err), err);
}

static int find_token(
	struct conn *conn, const char *sha256, enum role *role, char **name, struct err *err)
{
	static const char sql[] = "SELECT name, role, expires FROM tokens WHERE sha256 = ?1";
	autostmt *stmt = stmt_get(conn, sql, err);
	double expires;
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, sha256);
	row = stmt_step(stmt, err);
	if (row < 0)
		return -1;
	if (!row)
		return err_set(err, ERR_DENIED, "no such token; it may have been revoked");
	expires = sqlite3_column_double(stmt, 2);
	if (expires > 0 && expires < store_now())
		return err_set(err, ERR_DENIED, "token '%s' has expired; ask for a new one",
			stmt_text(stmt, 0));
	*role = role_of(stmt_text(stmt, 1));
	*name = xstrdup(stmt_text(stmt, 0));
	return 0;
}

int db_token_find(struct db *db, const char *sha256, enum role *role, char **name, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = find_token(conn, sha256, role, name, err);
	reader_give(db, conn);
	return result;
}

static int list_tokens(struct conn *conn, json_t *list, struct err *err)
{
	static const char sql[] = "SELECT name, role, created, expires FROM tokens ORDER BY name";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	while ((row = stmt_step(stmt, err)) > 0) {
		json_t *token = json_object();
		double expires = sqlite3_column_double(stmt, 3);

		json_set_str(token, "name", stmt_text(stmt, 0));
		json_set_str(token, "role", stmt_text(stmt, 1));
		json_object_set_new(token, "created", json_real(sqlite3_column_double(stmt, 2)));
		json_object_set_new(
			token, "expires", expires > 0 ? json_real(expires) : json_null());
		json_array_append_new(list, token);
	}
	return row;
}

int db_token_list(struct db *db, json_t **ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	autojson json_t *list = json_array();
	int result;

	if (!conn)
		return -1;
	result = list_tokens(conn, list, err);
	reader_give(db, conn);
	if (result == 0)
		*ret = TAKE(list);
	return result;
}

static int revoke_token(struct db *db, const char *name, struct err *err)
{
	static const char sql[] = "DELETE FROM tokens WHERE name = ?1";
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, name);
	if (stmt_run(stmt, err) < 0)
		return -1;
	if (sqlite3_changes(db->writer.handle) == 0)
		return err_set(err, ERR_NOT_FOUND, "no token '%.100s'", name);
	return 0;
}

int db_token_revoke(struct db *db, const char *name, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, revoke_token(db, name, err), err);
}
