/* Reading revisions: one as a whole, those of a transaction, one by time or by a request's key. */
#include "base/json.h"
#include "db/store.h"

#include <string.h>

static void read_members(struct item *item, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		const struct field *field = item_field(item->type, key);

		/* without its check, which may have become stricter since */
		if (field)
			(void)value_ops(field->kind)->from_json(item_at(item, field), value, NULL);
	}
}

struct item *revision_item(const struct item_type *type, const char *text)
{
	autojson json_t *object = *text ? json_parse(text, strlen(text), NULL) : NULL;
	struct item *item;
	const char *name;
	json_t *members;

	if (!object)
		return NULL;
	name = json_get_str(object, "name");
	item = item_new(type, name ? name : "");
	read_members(item, object);
	if (!type->child)
		return item;
	json_object_foreach (json_object_get(object, type->children_field), name, members) {
		struct item *child = item_new(item_types[type->child], name);

		read_members(child, members);
		item_child_add_take(item, child);
	}
	return item;
}

void db_revision_done(struct db_revision *revision)
{
	free(revision->who);
	free(revision->from);
	free(revision->action);
	item_free(revision->before);
	item_free(revision->after);
	*revision = (struct db_revision){.revision = 0};
}

/* Columns of a revision that a statement has selected as struct db_revision has them. */
static int read_revision(sqlite3_stmt *stmt, struct db_revision *ret, struct err *err)
{
	const struct item_type *type = item_type_find(stmt_text(stmt, 6));

	if (!type)
		return err_set(err, ERR_INVALID,
			"revision %lld is about a %s, which this version of the program does not "
			"know",
			(long long)sqlite3_column_int64(stmt, 0), stmt_text(stmt, 6));
	*ret = (struct db_revision){
		.revision = sqlite3_column_int64(stmt, 0),
		.change = sqlite3_column_int64(stmt, 1),
		.time = sqlite3_column_double(stmt, 2),
		.who = xstrdup(stmt_text(stmt, 3)),
		.from = xstrdup(stmt_text(stmt, 4)),
		.action = xstrdup(stmt_text(stmt, 5)),
		.type = type,
		.before = revision_item(type, stmt_text(stmt, 9)),
		.after = revision_item(type, stmt_text(stmt, 10)),
	};
	if (ret->after) {
		ret->after->uid = xstrdup(stmt_text(stmt, 7));
		ret->after->version = sqlite3_column_int64(stmt, 8);
		ret->after->mtime = ret->time;
	}
	if (ret->before)
		ret->before->uid = xstrdup(stmt_text(stmt, 7));
	return 0;
}

/* When the item was made, and which version it had before: from its other revisions. */
static int read_life(struct conn *conn, struct db_revision *revision, struct err *err)
{
	static const char earlier[] = "SELECT version, time FROM revisions"
				      " WHERE uid = ?1 AND revision < ?2"
				      " ORDER BY revision DESC LIMIT 1";
	autostmt *stmt = stmt_get(conn, earlier, err);
	struct item *const items[] = {revision->before, revision->after};

	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		if (items[i] && revision_ctime(conn, items[i]->uid, &items[i]->ctime, err) < 0)
			return -1;
	if (!stmt)
		return -1;
	if (!revision->before)
		return 0;
	stmt_bind_text(stmt, 1, revision->before->uid);
	stmt_bind_int(stmt, 2, revision->revision);
	if (stmt_step(stmt, err) < 0)
		return -1;
	revision->before->version = sqlite3_column_int64(stmt, 0);
	revision->before->mtime = sqlite3_column_double(stmt, 1);
	return 0;
}

static int no_such_revision(struct conn *conn, int64_t number, struct err *err)
{
	static const char sql[] = "SELECT (SELECT min(revision) FROM revisions),"
				  " (SELECT max(revision) FROM revisions)";
	autostmt *stmt = stmt_get(conn, sql, err);

	if (!stmt || stmt_step(stmt, err) < 0)
		return -1;
	if (sqlite3_column_type(stmt, 0) == SQLITE_NULL)
		return err_set(err, ERR_NOT_FOUND, "no revision %lld; there is none yet",
			(long long)number);
	return err_set(err, ERR_NOT_FOUND, "no revision %lld; there are %lld to %lld",
		(long long)number, (long long)sqlite3_column_int64(stmt, 0),
		(long long)sqlite3_column_int64(stmt, 1));
}

static int get_revision(struct conn *conn, int64_t number, struct db_revision *ret, struct err *err)
{
	static const char sql[] =
		"SELECT revision, change, time, who, \"from\", action, type, uid, version,"
		" before, after FROM revisions WHERE revision = ?1";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, number);
	row = stmt_step(stmt, err);
	if (row < 0)
		return -1;
	if (!row)
		return no_such_revision(conn, number, err);
	return read_revision(stmt, ret, err);
}

int db_revision_get(struct db *db, int64_t number, struct db_revision *ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	struct db_revision revision = {.revision = 0};
	int result;

	if (!conn)
		return -1;
	result = get_revision(conn, number, &revision, err);
	if (result == 0)
		result = read_life(conn, &revision, err);
	reader_give(db, conn);
	if (result == 0)
		*ret = revision;
	else
		db_revision_done(&revision);
	return result;
}

/* They follow each other: only one writes at a time. */
static int list_change(
	struct conn *conn, int64_t change, int64_t **numbers, size_t *n, struct err *err)
{
	static const char sql[] =
		"SELECT change, revision FROM revisions WHERE revision >= ?1 ORDER BY revision";
	autostmt *stmt = stmt_get(conn, sql, err);
	size_t room = 0;
	int row;

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, change);
	while ((row = stmt_step(stmt, err)) > 0 && sqlite3_column_int64(stmt, 0) == change) {
		if (*n == room) {
			room = room ? 2 * room : 8;
			*numbers = xreallocarray(*numbers, room, sizeof(**numbers));
		}
		(*numbers)[(*n)++] = sqlite3_column_int64(stmt, 1);
	}
	if (row < 0)
		return -1;
	if (*n)
		return 0;
	return err_set(
		err, ERR_NOT_FOUND, "no transaction begins with revision %lld", (long long)change);
}

int db_revision_change(struct db *db, int64_t change, int64_t **ret, size_t *n, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	autofree int64_t *numbers = NULL;
	size_t count = 0;
	int result;

	if (!conn)
		return -1;
	result = list_change(conn, change, &numbers, &count, err);
	reader_give(db, conn);
	if (result == 0) {
		*ret = TAKE(numbers);
		*n = count;
	}
	return result;
}

/* The newest revision up to a number, 0 where there is none, and its time. */
static int newest_up_to(
	struct conn *conn, int64_t number, int64_t *ret, double *time, struct err *err)
{
	static const char sql[] = "SELECT revision, time FROM revisions WHERE revision <= ?1"
				  " ORDER BY revision DESC LIMIT 1";
	autostmt *stmt = stmt_get(conn, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, number);
	if (stmt_step(stmt, err) < 0)
		return -1;
	*ret = sqlite3_column_int64(stmt, 0);
	*time = sqlite3_column_double(stmt, 1);
	return 0;
}

/* Times rise with the numbers, and so no index on them is needed. Where somebody set the clock
 * back, this finds one of the moments when it showed that time. */
static int find_time(struct conn *conn, double time, int64_t *ret, struct err *err)
{
	int64_t low = 0; /* at or before the time */
	int64_t high;    /* after it */
	int64_t found;
	double when;

	if (newest_up_to(conn, INT64_MAX, &high, &when, err) < 0)
		return -1;
	if (when <= time)
		low = high;
	while (low < high - 1) {
		int64_t middle = low + (high - low) / 2;

		if (newest_up_to(conn, middle, &found, &when, err) < 0)
			return -1;
		if (!found || when <= time)
			low = middle;
		else
			high = middle;
	}
	return newest_up_to(conn, low, ret, &when, err);
}

int db_revision_at(struct db *db, double time, int64_t *ret, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int64_t found = 0;
	int result;

	if (!conn)
		return -1;
	result = find_time(conn, time, &found, err);
	reader_give(db, conn);
	if (result == 0)
		*ret = found;
	return result;
}

static int find_key(struct conn *conn, const char *who, const char *key, int64_t *ret,
	char **request, struct err *err)
{
	static const char sql[] = "SELECT revision, request FROM revisions"
				  " WHERE who = ?1 AND \"key\" = ?2 ORDER BY revision DESC LIMIT 1";
	autostmt *stmt = stmt_get(conn, sql, err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, who);
	stmt_bind_text(stmt, 2, key);
	row = stmt_step(stmt, err);
	if (row < 0)
		return -1;
	if (!row)
		return err_set(err, ERR_NOT_FOUND, "no request of '%.60s' had that key", who);
	*ret = sqlite3_column_int64(stmt, 0);
	*request = xstrdup(stmt_text(stmt, 1));
	return 0;
}

int db_revision_by_key(struct db *db, const char *who, const char *key, int64_t *ret,
	char **request, struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = find_key(conn, who, key, ret, request, err);
	reader_give(db, conn);
	return result;
}
