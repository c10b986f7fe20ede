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

int revision_add(struct db *db, const struct revision *revision, struct err *err)
{
	static const char sql[] =
		"INSERT INTO revisions"
		" (time, who, \"from\", action, type, uid, name, version, before, after)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
	const struct item *item = revision->after ? revision->after : revision->before;
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_real(stmt, 1, revision->time);
	stmt_bind_text(stmt, 2, or_nobody(revision->author->who));
	stmt_bind_text(stmt, 3, or_nobody(revision->author->from));
	stmt_bind_text(stmt, 4, revision->action);
	stmt_bind_text(stmt, 5, item->type->name);
	stmt_bind_text(stmt, 6, item->uid);
	stmt_bind_text(stmt, 7, item->name);
	stmt_bind_int(stmt, 8, revision->version);
	stmt_bind_take(stmt, 9, item_text(revision->before));
	stmt_bind_take(stmt, 10, item_text(revision->after));
	if (stmt_run(stmt, err) < 0)
		return -1;
	db->written = sqlite3_last_insert_rowid(db->writer.handle);
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

/* What an item's JSON says, without its secrets. */
static void mask_secrets(const struct item_type *type, json_t *object)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if ((type->fields[i].flags & FIELD_SECRET) &&
			json_object_get(object, type->fields[i].name))
			json_set_str(object, type->fields[i].name, "***");
}

static void mask_item(const struct item_type *type, json_t *object)
{
	const char *name;
	json_t *child;

	mask_secrets(type, object);
	if (type->child)
		json_object_foreach (json_object_get(object, type->children_field), name, child)
			mask_secrets(item_types[type->child], child);
}

static json_t *read_item_json(sqlite3_stmt *stmt, int at, const struct item_type *type)
{
	const char *text = stmt_text(stmt, at);
	json_t *object = *text ? json_parse(text, strlen(text), NULL) : NULL;

	if (!object)
		return json_null();
	if (type)
		mask_item(type, object);
	return object;
}

static json_t *read_revision(sqlite3_stmt *stmt)
{
	const struct item_type *type = item_type_find(stmt_text(stmt, 5));
	json_t *object = json_object();

	json_object_set_new(object, "revision", json_integer(sqlite3_column_int64(stmt, 0)));
	json_object_set_new(object, "time", json_real(sqlite3_column_double(stmt, 1)));
	json_set_str(object, "who", stmt_text(stmt, 2));
	json_set_str(object, "from", stmt_text(stmt, 3));
	json_set_str(object, "action", stmt_text(stmt, 4));
	json_set_str(object, "type", stmt_text(stmt, 5));
	json_set_str(object, "name", stmt_text(stmt, 6));
	json_object_set_new(object, "version", json_integer(sqlite3_column_int64(stmt, 7)));
	json_object_set_new(object, "before", read_item_json(stmt, 8, type));
	json_object_set_new(object, "after", read_item_json(stmt, 9, type));
	return object;
}

#define REVISION_COLUMNS                                                                           \
	"SELECT revision, time, who, \"from\", action, type, name, version, before, after"         \
	" FROM revisions "
#define NEWEST_FIRST " ORDER BY revision DESC LIMIT ?1"

/* A renamed item's earlier life counts too: it has the same uid. */
static const char of_name[] = REVISION_COLUMNS
	"WHERE uid IN (SELECT uid FROM revisions WHERE type = ?2 AND name = ?3)" NEWEST_FIRST;
/* The newest few are near the end; "+" keeps SQLite from gathering all of the type to sort them. */
static const char of_type[] = REVISION_COLUMNS "WHERE revision > 0 AND +type = ?2" NEWEST_FIRST;
static const char of_all[] = REVISION_COLUMNS "WHERE revision > 0" NEWEST_FIRST;

static int history(struct conn *conn, const struct item_type *type, const char *name, size_t limit,
	json_t *list, struct err *err)
{
	autostmt *stmt = stmt_get(conn, type ? name ? of_name : of_type : of_all, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, limit ? (int64_t)limit : -1);
	if (type)
		stmt_bind_text(stmt, 2, type->name);
	if (type && name)
		stmt_bind_text(stmt, 3, name);
	while ((row = stmt_step(stmt, err)) > 0)
		json_array_append_new(list, read_revision(stmt));
	return row;
}

int db_history(struct db *db, const struct item_type *type, const char *name, size_t limit,
	json_t **ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	autojson json_t *list = json_array();
	int result;

	if (!conn)
		return -1;
	result = history(conn, type, name, limit, list, err);
	reader_give(db, conn);
	if (result == 0)
		*ret = TAKE(list);
	return result;
}
