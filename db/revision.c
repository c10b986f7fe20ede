/* Revisions: one row for each write to an item, with the item before and after it. */
#include "base/json.h"
#include "db/store.h"

#include <string.h>

/* Secrets are kept, so that a revision can be put back; db_history() masks them. */
static char *item_text(const struct item *item)
{
	autojson json_t *json = NULL;

	if (!item)
		return NULL;
	json = item_to_json(item, ITEM_JSON_SECRETS | ITEM_JSON_PLAIN);
	return json_dumps(json, JSON_COMPACT);
}

static const char *or_nobody(const char *text)
{
	return text ? text : "";
}

static void bind_author(sqlite3_stmt *stmt, const struct db_author *author, bool first)
{
	stmt_bind_text(stmt, 3, or_nobody(author->who));
	stmt_bind_text(stmt, 4, or_nobody(author->from));
	/* one row tells enough of a request that writes a hundred thousand */
	stmt_bind_text(stmt, 13, first ? author->key : NULL);
	stmt_bind_text(stmt, 14, first ? author->request : NULL);
}

int revision_add(struct db *db, const struct revision *revision, struct err *err)
{
	static const char sql[] =
		"INSERT INTO revisions (revision, time, who, \"from\", action, type, uid, name,"
		" version, before, after, change, \"key\", request)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
	const struct item *item = revision->after ? revision->after : revision->before;
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, db->last + 1);
	stmt_bind_real(stmt, 2, db->now);
	bind_author(stmt, revision->author, db->last == db->begun);
	stmt_bind_text(stmt, 5, revision->action);
	stmt_bind_text(stmt, 6, item->type->name);
	stmt_bind_text(stmt, 7, item->uid);
	stmt_bind_text(stmt, 8, item->name);
	stmt_bind_int(stmt, 9, revision->version);
	stmt_bind_take(stmt, 10, item_text(revision->before));
	stmt_bind_take(stmt, 11, item_text(revision->after));
	stmt_bind_int(stmt, 12, db->begun + 1);
	if (stmt_run(stmt, err) < 0)
		return -1;
	db->last++;
	db->kinds |= 1U << item->type->kind;
	return 0;
}

int revision_last_version(struct conn *conn, const struct item_type *type, const char *name,
	int64_t *ret, struct err *err)
{
	static const char sql[] =
		"SELECT max(version) FROM revisions WHERE type = ?1 AND name = ?2";
	autostmt *stmt = stmt_get(conn, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, type->name);
	stmt_bind_text(stmt, 2, name);
	if (stmt_step(stmt, err) < 0)
		return -1;
	*ret = sqlite3_column_int64(stmt, 0);
	return 0;
}

int revision_has_uid(struct conn *conn, const char *uid, bool *ret, struct err *err)
{
	/* its last revision tells whether it is still there */
	static const char sql[] = "SELECT after IS NOT NULL FROM revisions WHERE uid = ?1"
				  " ORDER BY revision DESC LIMIT 1";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, uid);
	row = stmt_step(stmt, err);
	if (row < 0)
		return -1;
	*ret = row && sqlite3_column_int64(stmt, 0);
	return 0;
}

int revision_ctime(struct conn *conn, const char *uid, double *ret, struct err *err)
{
	static const char sql[] =
		"SELECT time FROM revisions WHERE uid = ?1 ORDER BY revision LIMIT 1";
	autostmt *stmt = stmt_get(conn, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, uid);
	if (stmt_step(stmt, err) < 0)
		return -1;
	*ret = sqlite3_column_double(stmt, 0);
	return 0;
}
