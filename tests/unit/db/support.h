/* A store in a folder of its own, and items made from JSON. */
#ifndef TESTS_DB_SUPPORT_H
#define TESTS_DB_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "db/db.h"
#include "model/types.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const struct db_author tester = {.who = "tester", .from = "test"};

struct store {
	char folder[32];
	struct db *db;
};

static inline void store_open(struct store *store)
{
	struct err err = ERR_INIT;

	if (db_open(store->folder, &store->db, &err) < 0)
		fail_msg("db_open: %s", err.msg);
}

static inline int store_setup(void **state)
{
	struct store *store = xcalloc(1, sizeof(*store));

	snprintf(store->folder, sizeof(store->folder), "/tmp/bw-db-XXXXXX");
	if (!mkdtemp(store->folder))
		return -1;
	store_open(store);
	*state = store;
	return 0;
}

static inline int store_teardown(void **state)
{
	struct store *store = *state;

	db_close(store->db);
	file_remove_tree(AT_FDCWD, store->folder, NULL);
	free(store);
	return 0;
}

/* An item from JSON with single quotes for double ones, which C strings read better with. */
static inline struct item *make_item(
	const struct item_type *type, const char *name, const char *json)
{
	struct item *item = item_new(type, name);
	autofree char *text = xstrdup(json);
	autojson json_t *patch = NULL;
	struct err err = ERR_INIT;

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	patch = json_parse(text, strlen(text), &err);
	if (!patch || item_merge_json(item, patch, true, &err) < 0)
		fail_msg("%s: %s", json, err.msg);
	return item;
}

static inline int put(struct store *store, const struct item_type *type, const char *name,
	const char *json, struct err *err)
{
	autoitem struct item *item = make_item(type, name, json);

	return db_item_put(store->db, &tester, item, DB_ANY, err);
}

static inline void must_put(
	struct store *store, const struct item_type *type, const char *name, const char *json)
{
	struct err err = ERR_INIT;

	if (put(store, type, name, json, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
}

static inline struct item *must_get(
	struct store *store, const struct item_type *type, const char *name)
{
	struct item *item = NULL;
	struct err err = ERR_INIT;

	if (db_item_get(store->db, type, name, &item, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
	return item;
}

/* distro foo, profiles bar and baz (of bar), systems web1 and web2 */
static inline void fill(struct store *store)
{
	must_put(store, &distro_type, "foo", "{'kernel': '/k', 'initrd': ['/i', '/j']}");
	must_put(store, &profile_type, "bar", "{'distro': 'foo', 'virt_ram': 1024}");
	must_put(store, &profile_type, "baz", "{'parent': 'bar'}");
	must_put(store, &system_type, "web1",
		"{'profile': 'bar', 'interfaces': {"
		"'eth0': {'mac': '52:54:00:00:00:01', 'ip': '10.0.0.1'}, 'eth1': {}}}");
	must_put(store, &system_type, "web2",
		"{'profile': 'baz', 'interfaces': {"
		"'eth0': {'mac': '52:54:00:00:00:02', 'ip': '10.0.0.2'}}}");
}

#endif
