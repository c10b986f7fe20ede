#include "http/repeat.h"

#include "http/api.h"

#include <string.h>

static void add_part(struct sha256 *sum, const char *text)
{
	sha256_add(sum, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* Everything that says what is asked: two requests with the same sum ask the same. */
static void sum_up(struct request *request, const char *target, const struct strbuf *body)
{
	static const char *const headers[] = {"If-Match", "If-None-Match"};
	struct sha256 sum;

	sha256_begin(&sum);
	add_part(&sum, http_method_name(request->method));
	add_part(&sum, target);
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
		add_part(&sum, request_header(request, headers[i]));
	sha256_add(&sum, body->buf, body->len);
	sha256_end(&sum, request->repeat.sum);
}

static int check_key(const char *key, struct err *err)
{
	size_t len = strlen(key);

	if (len == 0 || len > REPEAT_KEY_MAX)
		return err_set(err, ERR_INVALID, "Idempotency-Key has %zu bytes; 1 to %d are right",
			len, REPEAT_KEY_MAX);
	for (; *key; key++)
		if (*key <= ' ' || *key > '~')
			return err_set(err, ERR_INVALID,
				"Idempotency-Key must be visible ASCII characters, such as a UUID");
	return 0;
}

int repeat_begin(
	struct request *request, const char *target, const struct strbuf *body, struct err *err)
{
	const char *key = request_header(request, "Idempotency-Key");

	request->repeat.key = NULL;
	if (!key || !(request->route->flags & ROUTE_KEYED))
		return 0;
	if (check_key(key, err) < 0)
		return -1;
	sum_up(request, target, body);
	request->repeat.key = key;
	return 0;
}

static void repeated_done(struct repeated *repeated)
{
	for (size_t i = 0; i < repeated->n; i++)
		db_revision_done(&repeated->revision[i]);
	free(repeated->revision);
}

static void auto_repeated(struct repeated *repeated)
{
	repeated_done(repeated);
}

static int load(struct db *db, int64_t first, struct repeated *ret, struct err *err)
{
	autofree int64_t *numbers = NULL;
	struct db_revision revision;
	size_t n = 0;
	int result;

	if (db_revision_get(db, first, &revision, err) < 0)
		return -1;
	result = db_revision_change(db, revision.change, &numbers, &n, err);
	db_revision_done(&revision);
	if (result < 0)
		return -1;
	ret->revision = xcalloc(n, sizeof(*ret->revision));
	for (size_t i = 0; i < n; i++) {
		if (db_revision_get(db, numbers[i], &ret->revision[i], err) < 0)
			return -1;
		ret->n++;
	}
	return 0;
}

/* 1: answered as the first time; 0: the key is new, or too old. */
static int answer_again(struct request *request, struct response *response, struct err *err)
{
	AUTO(repeated) struct repeated repeated = {.n = 0};
	struct db *db = request->server->db;
	autofree char *asked = NULL;
	struct err why = ERR_INIT;
	int64_t first;

	if (db_revision_by_key(db, request->author.who, request->repeat.key, &first, &asked, &why) <
		0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	if (load(db, first, &repeated, err) < 0)
		return -1;
	if (repeated.n == 0 || db_revision_is_older(db, &repeated.revision[0], REPEAT_SECONDS))
		return 0;
	if (!asked || strcmp(asked, request->repeat.sum) != 0)
		return err_set(err, ERR_KEY_USED,
			"this Idempotency-Key was used for another request (revision %lld); use a "
			"new key for each",
			(long long)first);
	if (request->route->again(request, &repeated, response, err) < 0)
		return -1;
	response_header(response, "Idempotency-Replayed", "true");
	return 1;
}

int repeat_handle(struct request *request, struct response *response, struct err *err)
{
	const struct route *route = request->route;
	struct err again = ERR_INIT;
	bool dry_run = false;
	int result;

	if (!request->repeat.key || !route->again)
		return route->handle(request, response, err);
	if (request_flag(request, "dry_run", &dry_run, err) < 0)
		return -1;
	if (dry_run) /* leaves nothing that could be found again */
		return route->handle(request, response, err);
	result = answer_again(request, response, err);
	if (result)
		return result < 0 ? -1 : 0;
	request->author.key = request->repeat.key;
	request->author.request = request->repeat.sum;
	if (route->handle(request, response, err) == 0)
		return 0;
	/* It may have failed because the same request, sent at the same time, was first. */
	response_done(response);
	result = answer_again(request, response, &again);
	if (result > 0)
		return 0;
	if (result < 0 && again.code == ERR_KEY_USED)
		*err = again;
	return -1;
}

int repeat_item(struct request *request, const struct repeated *repeated, struct response *response,
	struct err *err)
{
	const struct db_revision *revision = &repeated->revision[0];
	json_t *item;

	(void)request;
	if (!revision->after)
		return err_set(err, ERR_INTERNAL, "revision %lld has no item to show",
			(long long)revision->revision);
	item = item_to_json(revision->after, 0);
	if (revision->before)
		api_item_take(response, 200, item);
	else
		api_created_take(response, revision->type, item);
	return 0;
}

int repeat_removal(struct request *request, const struct repeated *repeated,
	struct response *response, struct err *err)
{
	bool recursive = false;
	json_t *items;

	if (request_flag(request, "recursive", &recursive, err) < 0)
		return -1;
	if (!recursive) {
		response->status = 204;
		return 0;
	}
	items = json_array();
	for (size_t i = 0; i < repeated->n; i++) {
		const struct db_revision *revision = &repeated->revision[i];

		if (revision->before && !revision->after)
			json_array_append_new(
				items, json_pack("{s:s,s:s}", "type", revision->type->name, "name",
					       revision->before->name));
	}
	response_json_take(response, 200,
		json_pack("{s:b,s:o,s:s}", "dry_run", 0, "items", items, "diff", ""));
	return 0;
}
