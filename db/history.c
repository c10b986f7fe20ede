/* The history for people: revisions with their items' JSON, without secrets. */
#include "base/json.h"
#include "db/store.h"

/* Secrets come masked; what this version of the program does not know might be one, and is left
 * out. */
static json_t *read_item_json(sqlite3_stmt *stmt, int at, const struct item_type *type)
{
	autoitem struct item *item = type ? revision_item(type, stmt_text(stmt, at)) : NULL;

	return item ? item_to_json(item, ITEM_JSON_PLAIN) : json_null();
}

static json_t *read_revision(sqlite3_stmt *stmt)
{
	const struct item_type *type = item_type_find(stmt_text(stmt, 6));
	json_t *object = json_object();

	json_object_set_new(object, "revision", json_integer(sqlite3_column_int64(stmt, 0)));
	json_object_set_new(object, "change", json_integer(sqlite3_column_int64(stmt, 1)));
	json_object_set_new(object, "time", json_real(sqlite3_column_double(stmt, 2)));
	json_set_str(object, "who", stmt_text(stmt, 3));
	json_set_str(object, "from", stmt_text(stmt, 4));
	json_set_str(object, "action", stmt_text(stmt, 5));
	json_set_str(object, "type", stmt_text(stmt, 6));
	json_set_str(object, "name", stmt_text(stmt, 7));
	json_object_set_new(object, "version", json_integer(sqlite3_column_int64(stmt, 8)));
	json_object_set_new(object, "before", read_item_json(stmt, 9, type));
	json_object_set_new(object, "after", read_item_json(stmt, 10, type));
	return object;
}

/* ?1 before, ?2 limit. The rows are few; the numbers of those that are wanted come from an index.
 */
#define HISTORY_OF(numbers)                                                                        \
	"SELECT revision, change, time, who, \"from\", action, type, name, version, before, after" \
	" FROM revisions WHERE revision IN (SELECT revision FROM revisions WHERE " numbers         \
	" AND revision < ?1 ORDER BY revision DESC LIMIT ?2) ORDER BY revision DESC"

static const char of_all[] = HISTORY_OF("revision > 0");
static const char of_type[] = HISTORY_OF("type = ?3");
/* A renamed item's earlier life counts too: it has the same uid. */
static const char of_item[] =
	HISTORY_OF("uid IN (SELECT uid FROM revisions WHERE type = ?3 AND name = ?4)");

static const char *history_sql(const struct db_history_query *query)
{
	if (!query->type)
		return of_all;
	return query->name ? of_item : of_type;
}

static int list_history(
	struct conn *conn, const struct db_history_query *query, json_t *list, struct err *err)
{
	autostmt *stmt = stmt_get(conn, history_sql(query), err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, query->before ? query->before : INT64_MAX);
	stmt_bind_int(stmt, 2, query->limit ? (int64_t)query->limit : -1);
	if (query->type)
		stmt_bind_text(stmt, 3, query->type->name);
	if (query->type && query->name)
		stmt_bind_text(stmt, 4, query->name);
	while ((row = stmt_step(stmt, err)) > 0)
		json_array_append_new(list, read_revision(stmt));
	return row;
}

int db_history(struct db *db, const struct db_history_query *query, json_t **ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	autojson json_t *list = json_array();
	int result;

	if (!conn)
		return -1;
	result = list_history(conn, query, list, err);
	reader_give(db, conn);
	if (result == 0)
		*ret = TAKE(list);
	return result;
}
