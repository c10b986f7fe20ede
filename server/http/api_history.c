/* What was: revisions, and back. */
#include "http/api.h"
#include "http/repeat.h"
#include "http/tables.h"
#include "ops/edit/history.h"

#include <string.h>

static int find_item(const struct request *request, const struct item_type **type,
	const char **name, struct err *err)
{
	const char *type_name = target_arg(&request->target, "type");

	*name = target_arg(&request->target, "name");
	*type = type_name ? item_type_find(type_name) : NULL;
	if (type_name && !*type)
		return err_field(err, ERR_INVALID, "type", "there are no '%.60s'", type_name);
	if (*name && !*type)
		return err_field(err, ERR_INVALID, "type", "is missing: what '%.60s' is", *name);
	return 0;
}

static int list_history(struct request *request, struct response *response, struct err *err)
{
	struct db_history_query query = {.before = 0};
	int64_t limit = 100;
	json_t *items, *next = NULL;

	if (find_item(request, &query.type, &query.name, err) < 0 ||
		request_number(request, "limit", &limit, err) < 0 ||
		request_number(request, "before", &query.before, err) < 0)
		return -1;
	query.limit = (size_t)limit + 1; /* the last one only shows that there is more */
	if (db_history(request->server->db, &query, &items, err) < 0)
		return -1;
	if (json_array_size(items) > (size_t)limit) {
		json_array_remove(items, (size_t)limit);
		next = json_incref(
			json_object_get(json_array_get(items, (size_t)limit - 1), "revision"));
	}
	response_json_take(response, 200,
		json_pack("{s:o,s:o}", "items", items, "next", next ? next : json_null()));
	return 0;
}

static int revision_of(const struct request *request, int64_t *ret, struct err *err)
{
	const char *text = request_param(request, "revision");
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 18 || text[digits])
		return err_set(err, ERR_NOT_FOUND, "'%.60s' is no revision's number", text);
	*ret = strtoll(text, NULL, 10);
	return 0;
}

static int get_revision(struct request *request, struct response *response, struct err *err)
{
	int64_t number;
	json_t *revision;

	if (revision_of(request, &number, err) < 0 ||
		history_show(request->server, number, &revision, err) < 0)
		return -1;
	response_json_take(response, 200, revision);
	return 0;
}

/* Settings are changed by the role 'admin' only, also backwards. */
static int may_revert(const struct request *request, const struct revert *revert, struct err *err)
{
	autofree int64_t *numbers = NULL;
	struct db_revision revision;
	bool settings = false;
	int64_t change;
	size_t n = 0;

	if (db_revision_get(request->server->db, revert->revision, &revision, err) < 0)
		return -1;
	change = revision.change;
	settings = revision.type->kind == ITEM_SETTINGS;
	db_revision_done(&revision);
	if (revert->all && db_revision_change(request->server->db, change, &numbers, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n && !settings; i++) {
		if (db_revision_get(request->server->db, numbers[i], &revision, err) < 0)
			return -1;
		settings = revision.type->kind == ITEM_SETTINGS;
		db_revision_done(&revision);
	}
	if (settings && request->role < ROLE_ADMIN)
		return err_set(
			err, ERR_DENIED, "the settings are changed by the role 'admin' only");
	return 0;
}

static void answer(bool dry_run, json_t *items, const char *diff, struct response *response)
{
	json_t *object = json_pack("{s:b,s:o}", "dry_run", dry_run, "items", items);

	json_set_str(object, "diff", diff);
	response_json_take(response, 200, object);
}

static int revert(struct request *request, struct response *response, struct err *err)
{
	autostrbuf diff = STRBUF_INIT;
	struct err unpublished = ERR_INIT;
	struct revert revert = {.author = &request->author, .unpublished = &unpublished};
	bool dry_run = false;
	json_t *items;

	if (revision_of(request, &revert.revision, err) < 0 ||
		request_flag(request, "dry_run", &dry_run, err) < 0 ||
		request_flag(request, "all", &revert.all, err) < 0 ||
		request_flag(request, "confirm", &revert.confirm, err) < 0 ||
		request_flag(request, "force", &revert.force, err) < 0 ||
		may_revert(request, &revert, err) < 0)
		return -1;
	if (dry_run)
		revert.preview = &diff;
	if (history_revert(request->server, &revert, &items, err) < 0)
		return -1;
	api_say_unpublished(&unpublished, response);
	answer(dry_run, items, diff.buf, response);
	return 0;
}

/* As history_revert() lists what it has written. */
static int revert_again(struct request *request, const struct repeated *repeated,
	struct response *response, struct err *err)
{
	json_t *items = json_array();

	(void)request;
	(void)err;
	for (size_t i = 0; i < repeated->n; i++) {
		const struct db_revision *revision = &repeated->revision[i];
		const struct item *item = revision->after ? revision->after : revision->before;

		json_array_append_new(
			items, json_pack("{s:s,s:s,s:s}", "action", revision->action, "type",
				       revision->type->name, "name", item->name));
	}
	answer(false, items, "", response);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/history", ROLE_READ, list_history, "listRevisions",
		"Who changed what, newest first; secrets are masked.",
		.args = ARGS(TEXT("type", "only items of this type: \"system\""),
			TEXT("name", "only this item, also under its earlier names"),
			NUMBER("limit", 1, 10000, "revisions of a page; without, 100"),
			NUMBER("before", 1, INT64_MAX, "only older ones: \"next\" of a page")),
		.answer = "RevisionPage"),
	API_ROUTE(HTTP_GET, "/api/v1/history/{revision}", ROLE_READ, get_revision, "getRevision",
		"A revision, and what it changed as a unified diff of the item's JSON.",
		.answer = "Revision"),
	API_ROUTE(HTTP_POST, "/api/v1/history/{revision}:revert", ROLE_OPERATE, revert,
		"revertRevision",
		"Undoes a revision: the item is again what it was before it, also one that was "
		"removed or renamed. Settings: role admin.",
		.args = ARGS(FLAG("all", "all revisions of its transaction"),
			FLAG("force", "also where the item was changed again since"), ARGS_CONFIRM,
			ARGS_DRY_RUN),
		.answer = "Reverted", .flags = ROUTE_KEYED, .again = revert_again),
};
const struct route_table api_history_routes = {rows, ARRAY_SIZE(rows)};
