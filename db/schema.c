#include "db/schema.h"

#include <string.h>

/* The tables that no item table describes. A migration is run once, in order; PRAGMA user_version
 * is the last that was. */
static const char *const migrations[] = {
	/* 1: the store's own tables */
	"CREATE TABLE revisions (\n"
	"  revision INTEGER PRIMARY KEY AUTOINCREMENT,\n"
	"  time REAL NOT NULL,\n"
	"  who TEXT NOT NULL,\n"
	"  \"from\" TEXT NOT NULL,\n"
	"  action TEXT NOT NULL,\n"
	"  type TEXT NOT NULL,\n"
	"  uid TEXT NOT NULL,\n"
	"  name TEXT NOT NULL,\n"
	"  version INTEGER NOT NULL,\n"
	"  before TEXT,\n"
	"  after TEXT\n"
	") STRICT;\n"
	"CREATE INDEX revisions_name ON revisions (type, name, version);\n"
	"CREATE INDEX revisions_uid ON revisions (uid);\n"
	"\n"
	"CREATE TABLE events (\n"
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
	"  time REAL NOT NULL,\n"
	"  kind TEXT NOT NULL,\n"
	"  subject TEXT NOT NULL,\n"
	"  address TEXT NOT NULL,\n"
	"  message TEXT NOT NULL\n"
	") STRICT;\n"
	"\n"
	"CREATE TABLE tokens (\n"
	"  name TEXT NOT NULL PRIMARY KEY,\n"
	"  sha256 TEXT NOT NULL UNIQUE,\n"
	"  role TEXT NOT NULL,\n"
	"  created REAL NOT NULL,\n"
	"  expires REAL NOT NULL\n"
	") STRICT;\n"
	"\n"
	"CREATE TABLE installs (\n"
	"  system TEXT NOT NULL PRIMARY KEY\n"
	"    REFERENCES systems (name) ON UPDATE CASCADE ON DELETE CASCADE,\n"
	"  state TEXT NOT NULL,\n"
	"  started REAL NOT NULL DEFAULT 0,\n"
	"  finished REAL NOT NULL DEFAULT 0,\n"
	"  tries INTEGER NOT NULL DEFAULT 0\n"
	") STRICT;\n",

	/* 2: the revisions of a transaction belong together; a request that is sent again is known
         */
	"ALTER TABLE revisions ADD COLUMN change INTEGER NOT NULL DEFAULT 0;\n"
	"ALTER TABLE revisions ADD COLUMN \"key\" TEXT;\n"
	"ALTER TABLE revisions ADD COLUMN request TEXT;\n"
	"UPDATE revisions SET change = revision;\n"
	"CREATE INDEX revisions_type ON revisions (type);\n"
	"CREATE INDEX revisions_key ON revisions (who, \"key\") WHERE \"key\" IS NOT NULL;\n"
	/* made again from the item tables, with the name */
	"DROP INDEX IF EXISTS profiles_parent;\n"
	"DROP INDEX IF EXISTS profiles_distro;\n"
	"DROP INDEX IF EXISTS systems_profile;\n"
	"DROP INDEX IF EXISTS systems_hostname;\n",

	/* 3: installations have bounds; what was served is known; so are files' sums */
	"ALTER TABLE installs ADD COLUMN first REAL NOT NULL DEFAULT 0;\n"
	"ALTER TABLE installs ADD COLUMN age REAL NOT NULL DEFAULT 0;\n"
	"ALTER TABLE installs ADD COLUMN ticked REAL NOT NULL DEFAULT 0;\n"
	"ALTER TABLE installs ADD COLUMN tried REAL NOT NULL DEFAULT 0;\n"
	"ALTER TABLE installs ADD COLUMN sign INTEGER NOT NULL DEFAULT 0;\n"
	"ALTER TABLE installs ADD COLUMN why TEXT NOT NULL DEFAULT '';\n"
	"ALTER TABLE installs ADD COLUMN unpublished INTEGER NOT NULL DEFAULT 0;\n"
	"UPDATE installs SET first = started;\n"
	"CREATE INDEX installs_state ON installs (state, system);\n"
	"CREATE INDEX installs_unpublished ON installs (system) WHERE unpublished;\n"
	"CREATE TABLE served (\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  system TEXT NOT NULL REFERENCES systems (name) ON UPDATE CASCADE ON DELETE CASCADE,\n"
	"  what TEXT NOT NULL,\n"
	"  sha256 TEXT NOT NULL,\n"
	"  size INTEGER NOT NULL,\n"
	"  first REAL NOT NULL,\n"
	"  last REAL NOT NULL,\n"
	"  times INTEGER NOT NULL,\n"
	"  address TEXT NOT NULL,\n"
	"  UNIQUE (system, what, sha256)\n"
	") STRICT;\n"
	"CREATE TABLE file_sums (\n"
	"  device INTEGER NOT NULL,\n"
	"  inode INTEGER NOT NULL,\n"
	"  size INTEGER NOT NULL,\n"
	"  mtime INTEGER NOT NULL,\n"
	"  sha256 TEXT NOT NULL,\n"
	"  noted REAL NOT NULL,\n"
	"  PRIMARY KEY (device, inode)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE INDEX file_sums_noted ON file_sums (noted);\n",

	/* 4: machines that booted and that no system has */
	"CREATE TABLE discovered (\n"
	"  mac TEXT NOT NULL PRIMARY KEY,\n"
	"  address TEXT NOT NULL,\n"
	"  hostname TEXT NOT NULL,\n"
	"  loader TEXT NOT NULL,\n"
	"  firmware TEXT NOT NULL,\n"
	"  client_id TEXT NOT NULL,\n"
	"  asker TEXT NOT NULL,\n"
	"  lease REAL NOT NULL,\n"
	"  first REAL NOT NULL,\n"
	"  last REAL NOT NULL,\n"
	"  times INTEGER NOT NULL\n"
	") STRICT;\n",
};

static void add_column(struct strbuf *b, const struct field *field)
{
	strbuf_addf(b, "\"%s\" %s", field->name, value_ops(field->kind)->column_type);
	/* deferred: a transaction may store a sub-profile before its parent */
	if (field_is_ref(field))
		strbuf_addf(b,
			" REFERENCES %s (name) ON UPDATE CASCADE ON DELETE RESTRICT"
			" DEFERRABLE INITIALLY DEFERRED",
			item_types[field->ref]->plural);
}

static void add_head(struct strbuf *b, const struct item_type *type)
{
	const struct item_type *owner = owner_type(type);

	strbuf_addf(b,
		"CREATE TABLE IF NOT EXISTS %s (\n"
		"  id INTEGER PRIMARY KEY,\n",
		type->plural);
	if (owner)
		strbuf_addf(b,
			"  name TEXT NOT NULL,\n"
			"  %s TEXT NOT NULL"
			" REFERENCES %s (name) ON UPDATE CASCADE ON DELETE CASCADE,\n",
			owner->name, owner->plural);
	else
		strbuf_adds(b, "  name TEXT NOT NULL UNIQUE,\n"
			       "  uid TEXT NOT NULL,\n"
			       "  version INTEGER NOT NULL,\n"
			       "  ctime REAL NOT NULL,\n"
			       "  mtime REAL NOT NULL,\n");
}

static void add_table(struct strbuf *b, const struct item_type *type)
{
	const struct item_type *owner = owner_type(type);

	add_head(b, type);
	for (size_t i = 0; i < type->n_fields; i++) {
		strbuf_adds(b, "  ");
		add_column(b, &type->fields[i]);
		strbuf_adds(b, i + 1 < type->n_fields || owner ? ",\n" : "\n");
	}
	if (owner)
		strbuf_addf(b, "  UNIQUE (%s, name)\n", owner->name);
	strbuf_adds(b, ") STRICT;\n");
}

/* A reference is indexed too, or a delete would look at every row that might hold it; with the
 * name, so that those with one value are listed in their order. */
static void add_indexes(struct strbuf *b, const struct item_type *type)
{
	for (size_t i = 0; i < type->n_fields; i++) {
		const struct field *field = &type->fields[i];

		if (field->flags & FIELD_UNIQUE)
			strbuf_addf(b,
				"CREATE UNIQUE INDEX IF NOT EXISTS %s_%s ON %s (\"%s\")"
				" WHERE \"%s\" <> '';\n",
				type->plural, field->name, type->plural, field->name, field->name);
		else if ((field->flags & FIELD_INDEXED) || field_is_ref(field))
			strbuf_addf(b, "CREATE INDEX IF NOT EXISTS %s_%s ON %s (\"%s\", name);\n",
				type->plural, field->name, type->plural, field->name);
	}
}

/* The table of a list of references (store.h). */
static void add_list_table(struct strbuf *b, const struct reference *ref)
{
	strbuf_addf(b,
		"CREATE TABLE IF NOT EXISTS %s (\n"
		"  %s TEXT NOT NULL REFERENCES %s (name) ON UPDATE CASCADE ON DELETE CASCADE,\n"
		"  position INTEGER NOT NULL,\n"
		"  value TEXT NOT NULL REFERENCES %s (name) ON UPDATE CASCADE ON DELETE RESTRICT"
		" DEFERRABLE INITIALLY DEFERRED,\n"
		"  PRIMARY KEY (%s, position)\n"
		") STRICT, WITHOUT ROWID;\n"
		"CREATE INDEX IF NOT EXISTS %s_value ON %s (value);\n",
		ref->table, ref->owner, ref->type->plural, item_types[ref->field->ref]->plural,
		ref->owner, ref->table, ref->table);
}

void schema_text(const struct db *db, struct strbuf *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(migrations); i++)
		strbuf_adds(ret, migrations[i]);
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		strbuf_addc(ret, '\n');
		add_table(ret, item_types[kind]);
		add_indexes(ret, item_types[kind]);
	}
	for (size_t i = 0; i < db->references; i++) {
		if (!field_is_ref_list(db->reference[i].field))
			continue;
		strbuf_addc(ret, '\n');
		add_list_table(ret, &db->reference[i]);
	}
	strbuf_addf(ret, "\nPRAGMA user_version = %zu;\n", ARRAY_SIZE(migrations));
}

static int read_version(struct conn *conn, size_t *ret, struct err *err)
{
	autonewstmt *stmt = stmt_new(conn, "PRAGMA user_version", err);

	if (!stmt || stmt_step(stmt, err) < 0)
		return -1;
	*ret = (size_t)sqlite3_column_int64(stmt, 0);
	return 0;
}

static int migrate(struct conn *conn, struct err *err)
{
	autostrbuf sql = STRBUF_INIT;
	size_t version;

	if (read_version(conn, &version, err) < 0)
		return -1;
	if (version > ARRAY_SIZE(migrations))
		return err_set(err, ERR_INVALID,
			"the store was written by a newer Bootwright (schema %zu, this one knows "
			"%zu); start that one, or put back a backup",
			version, ARRAY_SIZE(migrations));
	if (version == ARRAY_SIZE(migrations)) /* a start writes nothing: the disk may be full */
		return 0;
	for (; version < ARRAY_SIZE(migrations); version++)
		strbuf_adds(&sql, migrations[version]);
	strbuf_addf(&sql, "PRAGMA user_version = %zu;", version);
	return conn_exec(conn, sql.buf, err);
}

static int read_columns(
	struct conn *conn, const struct item_type *type, struct strv *ret, struct err *err)
{
	autonewstmt *stmt = stmt_new(conn, "SELECT name FROM pragma_table_info(?1)", err);
	int row;

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, type->plural);
	while ((row = stmt_step(stmt, err)) > 0)
		strv_add(ret, stmt_text(stmt, 0));
	return row;
}

static int update_table(struct conn *conn, const struct item_type *type, struct err *err)
{
	autostrbuf sql = STRBUF_INIT;
	autostrv columns = STRV_INIT;

	add_table(&sql, type);
	if (conn_exec(conn, sql.buf, err) < 0 || read_columns(conn, type, &columns, err) < 0)
		return -1;
	strbuf_reset(&sql);
	for (size_t i = 0; i < type->n_fields; i++) {
		if (strv_has(&columns, type->fields[i].name))
			continue;
		strbuf_addf(&sql, "ALTER TABLE %s ADD COLUMN ", type->plural);
		add_column(&sql, &type->fields[i]);
		strbuf_adds(&sql, ";\n");
	}
	add_indexes(&sql, type);
	return conn_exec(conn, sql.buf, err);
}

static int table_exists(struct conn *conn, const char *table, struct err *err)
{
	autonewstmt *stmt = stmt_new(conn, "SELECT 1 FROM sqlite_schema WHERE name = ?1", err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, table);
	return stmt_step(stmt, err);
}

/* A field that was a plain list before it became one of references: what leads somewhere is kept,
 * each name once. */
static int move_lists(struct conn *conn, const struct reference *ref, struct err *err)
{
	const char *type = ref->type->plural;
	const char *column = ref->field->name;
	autostrbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		"INSERT INTO %s SELECT t.name, min(e.key), e.atom FROM %s t, json_each(t.\"%s\") e"
		" WHERE e.atom IN (SELECT name FROM %s) GROUP BY t.name, e.atom;"
		"UPDATE %s SET \"%s\" = '[]' WHERE \"%s\" IS NOT NULL;",
		ref->table, type, column, item_types[ref->field->ref]->plural, type, column,
		column);
	return conn_exec(conn, sql.buf, err);
}

static int update_list_table(struct conn *conn, const struct reference *ref, struct err *err)
{
	int exists = table_exists(conn, ref->table, err);
	autostrbuf sql = STRBUF_INIT;

	add_list_table(&sql, ref);
	if (exists < 0 || conn_exec(conn, sql.buf, err) < 0)
		return -1;
	return exists ? 0 : move_lists(conn, ref, err);
}

static int update_all(const struct db *db, struct conn *conn, struct err *err)
{
	if (migrate(conn, err) < 0)
		return -1;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		if (update_table(conn, item_types[kind], err) < 0)
			return err_wrap(err, "table %s", item_types[kind]->plural);
	for (size_t i = 0; i < db->references; i++)
		if (field_is_ref_list(db->reference[i].field) &&
			update_list_table(conn, &db->reference[i], err) < 0)
			return err_wrap(err, "table %s", db->reference[i].table);
	return 0;
}

int schema_update(struct db *db, struct err *err)
{
	struct conn *conn = &db->writer;

	if (conn_exec(conn, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	if (update_all(db, conn, err) < 0 || conn_exec(conn, "COMMIT", err) < 0) {
		conn_exec(conn, "ROLLBACK", NULL);
		return -1;
	}
	return 0;
}
