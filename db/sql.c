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

/* A list of references in its order, made from its own table. */
static char *list_expression(const struct item_type *type, const struct field *field)
{
	return xasprintf("CASE WHEN \"%s\" IS NOT NULL THEN (SELECT json_group_array(value)"
			 " FROM (SELECT value FROM %s_%s l WHERE l.\"%s\" = %s.name"
			 " ORDER BY position)) END",
		field->name, type->plural, field->name, type->name, type->plural);
}

static char *select_list(const struct item_type *type, const struct strv *columns)
{
	size_t head = owner_type(type) ? CHILD_HEAD : ROW_HEAD;
	autostrbuf b = STRBUF_INIT;

	for (size_t i = 0; i < columns->n; i++) {
		bool is_field = i >= head && i < head + type->n_fields;
		const struct field *field = is_field ? &type->fields[i - head] : NULL;
		autofree char *column = field && field_is_ref_list(field)
		                                ? list_expression(type, field)
		                                : xasprintf("\"%s\"", columns->v[i]);

		strbuf_addf(&b, "%s%s", i ? ", " : "", column);
	}
	return strbuf_take(&b);
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

/* It lets go of what it refers to and of what it alone may have. */
static char *release_sql(const struct item_type *type)
{
	autostrbuf b = STRBUF_INIT;

	for (size_t i = 0; i < type->n_fields; i++)
		if (field_is_ref(&type->fields[i]) || (type->fields[i].flags & FIELD_UNIQUE))
			strbuf_addf(&b, "%s\"%s\" = NULL", b.len ? ", " : "", type->fields[i].name);
	return b.len ? xasprintf("UPDATE %s SET %s WHERE name = ?1", type->plural, b.buf) : NULL;
}

static char *claim_sql(const struct item_type *type)
{
	autostrbuf b = STRBUF_INIT;
	int at = 2;

	for (size_t i = 0; i < type->n_fields; i++)
		if (type->fields[i].flags & FIELD_UNIQUE)
			strbuf_addf(&b, "%s\"%s\" = ?%d", b.len ? ", " : "", type->fields[i].name,
				at++);
	return b.len ? xasprintf("UPDATE %s SET %s WHERE name = ?1", type->plural, b.buf) : NULL;
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

	list_columns(type, &columns);
	sql->columns = select_list(type, &columns);
	if (owner) {
		init_child(sql, type, owner->name);
		sql->children_put = put_sql(type, &columns);
	} else {
		init_listed(sql, type->plural);
		sql->put = put_sql(type, &columns);
		sql->claim = claim_sql(type);
		sql->release = release_sql(type);
	}
}

void type_sql_done(struct type_sql *sql)
{
	char *const all[] = {sql->columns, sql->get, sql->version, sql->count, sql->names,
		sql->names_before, sql->names_after, sql->put, sql->claim, sql->release,
		sql->remove, sql->rename, sql->children, sql->children_from, sql->children_put,
		sql->children_drop};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		free(all[i]);
}

static void reference_init(
	struct reference *ref, const struct item_type *type, const struct field *field)
{
	bool list = field_is_ref_list(field);

	*ref = (struct reference){
		.type = type,
		.field = field,
		.table = list ? xasprintf("%s_%s", type->plural, field->name)
	                      : xstrdup(type->plural),
		.owner = xstrdup(list ? type->name : "name"),
		.value = xstrdup(list ? "value" : field->name),
	};
	ref->users = xasprintf(
		"SELECT \"%s\" FROM %s WHERE \"%s\" = ?1", ref->owner, ref->table, ref->value);
	ref->count = xasprintf("SELECT count(*), min(\"%s\") FROM %s WHERE \"%s\" = ?1", ref->owner,
		ref->table, ref->value);
	if (!list)
		return;
	ref->list_put = xasprintf("INSERT INTO %s (\"%s\", position, value) VALUES (?1, ?2, ?3)",
		ref->table, ref->owner);
	ref->list_drop = xasprintf("DELETE FROM %s WHERE \"%s\" = ?1", ref->table, ref->owner);
}

void references_init(struct db *db)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];

		for (size_t i = 0; i < type->n_fields; i++) {
			const struct field *field = &type->fields[i];

			if (!field_is_ref(field) && !field_is_ref_list(field))
				continue;
			db->reference = xreallocarray(
				db->reference, db->references + 1, sizeof(*db->reference));
			reference_init(&db->reference[db->references++], type, field);
		}
	}
}

void references_done(struct db *db)
{
	for (size_t i = 0; i < db->references; i++) {
		struct reference *ref = &db->reference[i];
		char *const all[] = {ref->table, ref->owner, ref->value, ref->users, ref->count,
			ref->list_put, ref->list_drop};

		for (size_t k = 0; k < ARRAY_SIZE(all); k++)
			free(all[k]);
	}
	free(db->reference);
}
