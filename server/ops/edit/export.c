/* The whole state as one document (apply.h). */
#include "ops/edit/apply.h"

#include "model/types.h"
#include "ops/edit/item_text.h"

enum { TRIES = 5 };

struct export
{
	struct server *server;
	int64_t revision;
	unsigned json;
	struct strbuf *text;
	bool first; /* of its type */
};

static int add_settings(struct export *export, struct err *err)
{
	autoitem struct item *settings = NULL;
	struct db *db = export->server->db;
	const char *name = settings_type.name;

	if ((export->revision ? db_item_get_at(
					db, &settings_type, name, export->revision, &settings, err)
			      : db_item_get(db, &settings_type, name, &settings, err)) < 0)
		return -1;
	strbuf_addf(export->text, "  \"%s\": ", settings_type.plural);
	item_text_inside(settings, export->json, "  ", export->text);
	return 0;
}

static int add_item(void *ctx, struct item *item, struct err *err)
{
	struct export *export = ctx;

	(void)err;
	strbuf_adds(export->text, export->first ? "\n    " : ",\n    ");
	export->first = false;
	item_text_inside(item, export->json, "    ", export->text);
	return 0;
}

static int add_type(struct export *export, const struct item_type *type, struct err *err)
{
	const struct db_query query = {.type = type};
	struct db *db = export->server->db;

	strbuf_addf(export->text, ",\n  \"%s\": [", type->plural);
	export->first = true;
	if ((export->revision ? db_item_list_at(db, type, export->revision, add_item, export, err)
			      : db_item_list(db, &query, add_item, export, err)) < 0)
		return -1;
	strbuf_adds(export->text, export->first ? "]" : "\n  ]");
	return 0;
}

static int add_all(struct export *export, struct err *err)
{
	strbuf_adds(export->text, "{\n");
	if (add_settings(export, err) < 0)
		return -1;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		if (item_type_is_listed(item_types[kind]) &&
			add_type(export, item_types[kind], err) < 0)
			return -1;
	strbuf_adds(export->text, "\n}\n");
	return 0;
}

/* Each type is read by itself; a write in between would give a state that never was. Where writes
 * do not stop, the state as of a revision holds still, but is dearer. */
int export_state(
	struct server *server, bool secrets, int64_t revision, struct strbuf *ret, struct err *err)
{
	struct export export = {.server = server,
		.revision = revision,
		.json = secrets ? ITEM_JSON_SECRETS : 0,
		.text = ret};
	size_t start = ret->len;

	for (size_t i = 0;; i++) {
		int64_t before = db_revision(server->db);

		if (i == TRIES)
			export.revision = before;
		if (add_all(&export, err) < 0) {
			strbuf_truncate(ret, start);
			return -1;
		}
		if (export.revision || db_revision(server->db) == before)
			return 0;
		strbuf_truncate(ret, start);
	}
}
