/* The statements of each item type, made from its table once at open. */
#include "db/store.h"

const struct item_type *owner_type(const struct item_type *type)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		if (item_types[kind]->child && item_types[kind]->child == type->kind)
			return item_types[kind];
	return NULL;
}

/* Quoted, because a field may have a name that is a word of SQL's ("static"). */
static void add_list(struct strbuf *b, const struct strv *columns)
{
	for (size_t i = 0; i < columns->n; i++)
		strbuf_addf(b, "%s\"%s\"", i ? ", " : "", columns->v[i]);
}

static void list_columns(const struct item_type *type, struct strv *ret)
{
	static const char *const head[ROW_HEAD] = {"name", "uid", "version", "ctime", "mtime"};
	const struct item_type *owner = owner_type(type);

	for (size_t i = 0; i < (owner ? CHILD_HEAD : ROW_HEAD); i++)
		strv_add(ret, head[i]);
	for (size_t i = 0; i < type->n_fields; i++)
		strv_add(ret, type->fields[i].name);
	if (owner)
		strv_add(ret, owner->name);
}

static char *put_sql(const struct item_type *type, const struct strv *columns)
{
	autostrbuf b = STRBUF_INIT;

	strbuf_addf(&b, "INSERT INTO %s (", type->plural);
	add_list(&b, columns);
	strbuf_adds(&b, ") VALUES (");
	for (size_t i = 0; i < columns->n; i++)
		strbuf_adds(&b, i ? ", ?" : "?");
	strbuf_adds(&b, ")");
	if (owner_type(type))
		return strbuf_take(&b);
	strbuf_adds(&b, " ON CONFLICT (name) DO UPDATE SET ");
	for (size_t i = 1; i < columns->n; i++)
		strbuf_addf(&b, "%s\"%s\" = excluded.\"%s\"", i > 1 ? ", " : "", columns->v[i],
			columns->v[i]);
	return strbuf_take(&b);
}

static void init_child(struct type_sql *sql, const struct item_type *type, const char *owner)
{
	sql->children = xasprintf("SELECT %s FROM %s WHERE \"%s\" = ?1 ORDER BY name", sql->columns,
		type->plural, owner);
	sql->children_from = xasprintf("SELECT %s FROM %s WHERE \"%s\" > ?1 ORDER BY \"%s\", name",
		sql->columns, type->plural, owner, owner);
	sql->children_drop = xasprintf("DELETE FROM %s WHERE \"%s\" = ?1", type->plural, owner);
}

static void init_listed(struct type_sql *sql, const char *table)
{
	sql->get = xasprintf("SELECT %s FROM %s WHERE name = ?1", sql->columns, table);
	sql->version = xasprintf("SELECT version FROM %s WHERE name = ?1", table);
	sql->count = xasprintf("SELECT count(*) FROM %s", table);
	/* every name is greater than '', and so the index is walked in order */
	sql->names = xasprintf("SELECT name FROM %s WHERE name > '' ORDER BY name", table);
	sql->names_before =
		xasprintf("SELECT name FROM %s WHERE name < ?1 ORDER BY name DESC LIMIT 50", table);
	sql->names_after =
		xasprintf("SELECT name FROM %s WHERE name >= ?1 ORDER BY name LIMIT 50", table);
	sql->remove = xasprintf("DELETE FROM %s WHERE name = ?1", table);
	sql->rename = xasprintf("UPDATE %s SET name = ?2 WHERE name = ?1", table);
}

void type_sql_init(struct type_sql *sql, const struct item_type *type)
{
	const struct item_type *owner = owner_type(type);
	autostrv columns = STRV_INIT;
	autostrbuf list = STRBUF_INIT;

	list_columns(type, &columns);
	add_list(&list, &columns);
	sql->columns = strbuf_take(&list);
	if (owner) {
		init_child(sql, type, owner->name);
		sql->children_put = put_sql(type, &columns);
	} else {
		init_listed(sql, type->plural);
		sql->put = put_sql(type, &columns);
	}
}

void type_sql_done(struct type_sql *sql)
{
	char *const all[] = {sql->columns, sql->get, sql->version, sql->count, sql->names,
		sql->names_before, sql->names_after, sql->put, sql->remove, sql->rename,
		sql->children, sql->children_from, sql->children_put, sql->children_drop};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		free(all[i]);
}
