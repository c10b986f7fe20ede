/* The whole state as one document, and back. */
#include "http/api.h"
#include "http/repeat.h"
#include "http/tables.h"
#include "ops/edit/apply.h"
#include "ops/edit/item_text.h"

#include <string.h>

enum {
	APPLY_MAX = 256 << 20, /* bytes: 100,000 systems are about a third of it */
	DIFF_MAX = 1 << 20,
};

static int get_export(struct request *request, struct response *response, struct err *err)
{
	bool secrets = false;
	int64_t as_of;

	if (request_flag(request, "secrets", &secrets, err) < 0 ||
		api_as_of(request, &as_of, err) < 0)
		return -1;
	if (secrets && request->role < ROLE_ADMIN)
		return err_set(err, ERR_DENIED, "secrets are shown to the role 'admin' only");
	if (export_state(request->server, secrets, as_of, &response->text, err) < 0)
		return -1;
	response->type = "application/json";
	return 0;
}

/*
 * Settings are changed by the role 'admin' only; a document that leaves them as they are may be
 * applied by others. They are taken out of it then, so that a change that comes meanwhile stays.
 */
static int may_apply(struct request *request, json_t *document, bool *without, struct err *err)
{
	const struct apply_options look = {.dry_run = true};
	json_t *settings = json_object_get(document, "settings");
	autojson json_t *alone = NULL;
	autojson json_t *found = NULL;

	*without = settings && request->role < ROLE_ADMIN;
	if (!*without)
		return 0;
	alone = json_pack("{s:O}", "settings", settings);
	if (apply_state(request->server, &request->author, alone, &look, &found, err) < 0)
		return -1;
	if (json_integer_value(json_object_get(found, "changed")) ||
		json_integer_value(json_object_get(found, "created")))
		return err_set(err, ERR_DENIED,
			"the document changes the settings: only the role 'admin' does that; leave "
			"\"settings\" out");
	json_object_del(document, "settings");
	return 0;
}

static int post_apply(struct request *request, struct response *response, struct err *err)
{
	struct err unpublished = ERR_INIT;
	struct apply_options options = {.unpublished = &unpublished};
	json_t *document, *done;
	bool without;

	if (request_flag(request, "dry_run", &options.dry_run, err) < 0 ||
		request_flag(request, "prune", &options.prune, err) < 0 ||
		request_flag(request, "confirm", &options.confirm, err) < 0 ||
		request_object(request, &document, err) < 0 ||
		may_apply(request, document, &without, err) < 0 ||
		apply_state(request->server, &request->author, document, &options, &done, err) < 0)
		return -1;
	json_object_set_new(done, "dry_run", json_boolean(options.dry_run));
	if (without)
		json_object_set_new(done, "unchanged",
			json_integer(json_integer_value(json_object_get(done, "unchanged")) + 1));
	api_say_unpublished(&unpublished, response);
	response_json_take(response, 200, done);
	return 0;
}

/* How many items the document has. */
static size_t count_items(const struct request *request)
{
	const json_t *document = request->body;
	size_t n = json_object_get(document, "settings") ? 1 : 0;

	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		if (item_type_is_listed(item_types[kind]))
			n += json_array_size(json_object_get(document, item_types[kind]->plural));
	return n;
}

/* As apply_state() reports: its diff has a bound, too. */
static void again_diff(const struct repeated *repeated, struct strbuf *diff)
{
	size_t i = 0;

	while (i < repeated->n && diff->len < DIFF_MAX) {
		item_diff(repeated->revision[i].before, repeated->revision[i].after, diff);
		i++;
	}
	if (i < repeated->n)
		strbuf_addf(diff, "… and %zu more items\n", repeated->n - i);
}

/* The counts follow from the revisions and the document. */
static int apply_again(struct request *request, const struct repeated *repeated,
	struct response *response, struct err *err)
{
	size_t created = 0, changed = 0, removed = 0;
	autostrbuf diff = STRBUF_INIT;
	json_t *done;

	(void)err;
	for (size_t i = 0; i < repeated->n; i++) {
		const struct db_revision *revision = &repeated->revision[i];

		if (!revision->before)
			created++;
		else if (!revision->after)
			removed++;
		else
			changed++;
	}
	done = json_pack("{s:b,s:I,s:I,s:I,s:I}", "dry_run", 0, "created", (json_int_t)created,
		"changed", (json_int_t)changed, "removed", (json_int_t)removed, "unchanged",
		(json_int_t)(count_items(request) - created - changed));
	again_diff(repeated, &diff);
	json_set_str(done, "diff", diff.buf);
	response_json_take(response, 200, done);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/export", ROLE_READ, get_export, "exportState",
		"The whole state as one canonical document: the same state gives the same bytes.",
		.args = ARGS(FLAG("secrets", "show secrets in clear: role admin"),
			TEXT("as_of", "as it was: a revision's number, or a time (RFC 3339)")),
		.answer = "State"),
	API_ROUTE(HTTP_POST, "/api/v1/apply", ROLE_OPERATE, post_apply, "applyState",
		"Makes the state be as the document says, in one transaction, all or nothing, at "
		"most 100,000 of each type. Settings that differ: role admin.",
		.args = ARGS(FLAG("prune",
				     "remove what the document does not name, of the types that it "
				     "has"),
			ARGS_CONFIRM, ARGS_DRY_RUN),
		.body = "State", .answer = "Applied", .flags = ROUTE_KEYED, .max_body = APPLY_MAX,
		.again = apply_again),
};
const struct route_table api_state_routes = {rows, ARRAY_SIZE(rows)};
