/* Whether what is stored is what the model says, through the API's lists and in the file itself.
 * Part of test_property.c. */
#ifndef TESTS_OPS_PROPERTY_COMPARE_H
#define TESTS_OPS_PROPERTY_COMPARE_H

#include "property_run.h"

#include <sqlite3.h>

/* What the model knows of an item as the API shows it. */
static json_t *known(const json_t *item)
{
	static const char *const others[] = {"name", "uid", "version", "ctime", "mtime",
		"kernel_size", "kernel_sha256", "initrd_size", "initrd_sha256"};
	json_t *copy = json_copy(json_mutable(item));

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		json_object_del(copy, others[i]);
	return model_tidy(copy);
}

static void compare_version(struct run *run, const struct model_item *item, const json_t *shown)
{
	autofree char *key = xasprintf("%s/%s", item->type->name, item->name);
	json_int_t was = json_integer_value(json_object_get(run->version, key));
	json_int_t is = json_integer_value(json_object_get(shown, "version"));

	if (run->last_change[item->id] != run->known_since[item->id] ? is <= was : is != was)
		fail_msg("%s: %s has version %lld after %lld", run->what, key, (long long)is,
			(long long)was);
	json_object_set_new(run->version, key, json_integer(is));
}

static void compare_item(struct run *run, const struct item_type *type, const json_t *shown)
{
	const struct model_item *item = model_find(&run->model, type, json_get_str(shown, "name"));
	autojson json_t *body = known(shown);

	if (!item)
		fail_msg("%s: there is a %s '%s'", run->what, type->name,
			json_get_str(shown, "name"));
	if (!json_equal(item->body, body)) {
		autostrbuf is = STRBUF_INIT;
		autostrbuf should = STRBUF_INIT;

		json_print(body, false, &is);
		json_print(item->body, false, &should);
		fail_msg("%s: %s '%s' is %s, not %s", run->what, type->name, item->name, is.buf,
			should.buf);
	}
	if (*run->uid[item->id])
		assert_string_equal(run->uid[item->id], json_get_str(shown, "uid"));
	snprintf(run->uid[item->id], 33, "%s", json_get_str(shown, "uid"));
	compare_version(run, item, shown);
}

static void compare_type(struct run *run, const struct item_type *type)
{
	const struct query_list query = {.type = type, .limit = 1000};
	autojson json_t *list = NULL;
	struct err err = ERR_INIT;
	size_t expected = 0;
	size_t i;
	json_t *item;

	if (ask_items(run->bench->server, &query, &list, &err) < 0)
		fail_msg("%s", err.msg);
	for (i = 0; i < run->model.n; i++)
		expected += run->model.item[i].type == type;
	assert_int_equal(json_array_size(json_object_get(list, "items")), expected);
	json_array_foreach (json_object_get(list, "items"), i, item)
		compare_item(run, type, item);
}

static void compare_all(struct run *run)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		compare_type(run, types[i]);
	for (size_t i = 0; i < run->model.n; i++) /* from here on its version is known */
		run->known_since[run->model.item[i].id] = run->last_change[run->model.item[i].id];
}

/* The database as a file */

static int64_t ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK ||
		sqlite3_step(stmt) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

static int64_t count_members(const struct run *run, const struct item_type *type, const char *key)
{
	int64_t n = 0;

	for (size_t i = 0; i < run->model.n; i++) {
		const json_t *value = json_object_get(run->model.item[i].body, key);

		if (run->model.item[i].type == type)
			n += (int64_t)(json_array_size(value) + json_object_size(value));
	}
	return n;
}

/* No child or link without its owner, and none too many. */
static void check_database(const struct run *run)
{
	autofree char *path = xasprintf("%s/bootwright.db", run->bench->state);
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(ask(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	assert_int_equal(
		ask(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check LIMIT 1"), 1);
	assert_int_equal(ask(db, "SELECT count(*) FROM interfaces"),
		count_members(run, &system_type, "interfaces"));
	assert_int_equal(ask(db, "SELECT count(*) FROM systems_groups"),
		count_members(run, &system_type, "groups"));
	assert_int_equal(ask(db, "SELECT count(*) FROM profiles_repos"),
		count_members(run, &profile_type, "repos"));
	sqlite3_close(db);
}

#endif
