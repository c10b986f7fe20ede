#include "ops/edit/apply.h"

#include "base/json.h"
#include "model/types.h"
#include "ops/edit/apply_read.h"
#include "ops/edit/edit_body.h"
#include "ops/edit/edit_changes.h"
#include "ops/edit/edit_check.h"
#include "ops/edit/item_text.h"
#include "ops/publish/autosync.h"

#include <string.h>

enum {
	TRIES = 5,
	DIFF_MAX = 1 << 20,
	GET_MAX = 256, /* so few items are looked up; for more, all of the type are listed */
};

struct apply {
	struct server *server;
	const struct apply_options *options;
	const struct wanted_state *wanted;
	struct changes *changes;
	size_t unchanged;
	struct strbuf diff;
	size_t more; /* items whose diff found no room */
};

static void add_diff(struct apply *apply, const struct item *before, const struct item *after)
{
	struct strbuf *diff = &apply->diff;
	size_t len = DIFF_MAX;

	if (diff->len >= DIFF_MAX) {
		apply->more++;
		return;
	}
	item_diff(before, after, diff);
	if (diff->len <= DIFF_MAX)
		return;
	while (len && diff->buf[len - 1] != '\n')
		len--;
	strbuf_truncate(diff, len);
	strbuf_adds(diff, "… and more of this item\n");
}

/* What the server measures and notes itself is as it is: a document says it for people, and for a
 * distro that is not there yet. */
static json_t *without_readonly(const struct item_type *type, const json_t *body)
{
	json_t *copy = json_copy(json_mutable(body));

	for (size_t i = 0; i < type->n_fields; i++)
		if (type->fields[i].flags & FIELD_READONLY)
			json_object_del(copy, type->fields[i].name);
	return copy;
}

static bool has_readonly(const struct item_type *type)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if (type->fields[i].flags & FIELD_READONLY)
			return true;
	return false;
}

/* A masked secret stands for the stored one, which must be there: else it would be lost in silence.
 */
static int check_secrets(const struct item *item, const json_t *body, struct err *err)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const char *said = json_get_str(body, field->name);

		if ((field->flags & FIELD_SECRET) && said && strcmp(said, "***") == 0 &&
			!value_ops(field->kind)->is_set(item_at_const(item, field)))
			return err_field(err, ERR_INVALID, field->name,
				"'***' stands for the stored one, and there is none; export it "
				"with "
				"--secrets, or leave the field out");
	}
	return 0;
}

/* The end of an installation turned it off: a document from before, as a Git repository has them,
 * must not install all machines again. */
static void keep_local_boot(struct item *item, const struct item *stored, const json_t *body)
{
	if (stored && item->type->kind == ITEM_SYSTEM && !json_object_get(body, "netboot_enabled"))
		((struct system *)item)->netboot_enabled =
			((const struct system *)stored)->netboot_enabled;
}

static int make_item(struct apply *apply, const struct item_type *type, const struct wanted *wanted,
	const struct item *stored, struct item **ret, struct err *err)
{
	autojson json_t *own =
		stored && has_readonly(type) ? without_readonly(type, wanted->body) : NULL;
	autoitem struct item *item = edit_body_begin(type, wanted->name, stored, wanted->body);

	keep_local_boot(item, stored, wanted->body);
	if (item_merge_json(item, own ? own : wanted->body, true, err) < 0 ||
		check_secrets(item, wanted->body, err) < 0 ||
		edit_check_item(apply->server, item, stored, MEASURE_CHANGED, err) < 0)
		return -1;
	*ret = TAKE(item);
	return 0;
}

/* `stored` NULL: it is new. */
static int want(struct apply *apply, const struct item_type *type, const struct wanted *wanted,
	const struct item *stored, struct err *err)
{
	autoitem struct item *item = NULL;
	int64_t expect = stored ? stored->version : DB_NEW;

	if (make_item(apply, type, wanted, stored, &item, err) < 0)
		return err_wrap(err, "%s '%s'", type->name, wanted->name);
	if (stored && item_equal(stored, item)) {
		apply->unchanged++;
		return 0;
	}
	add_diff(apply, stored, item);
	return changes_add_take(
		apply->changes, stored ? item_copy(stored) : NULL, TAKE(item), expect, err);
}

/* Each by itself, where they are few. */
static int want_each(struct apply *apply, const struct item_type *type, struct err *err)
{
	const struct wanted_type *wanted = &apply->wanted->type[type->kind];

	for (size_t i = 0; i < wanted->n; i++) {
		autoitem struct item *stored = NULL;
		struct err why = ERR_INIT;

		if (db_item_get(apply->server->db, type, wanted->item[i].name, &stored, &why) < 0 &&
			why.code != ERR_NOT_FOUND)
			return err_set(err, why.code, "%s", why.msg);
		if (want(apply, type, &wanted->item[i], stored, err) < 0)
			return -1;
	}
	return 0;
}

/* All of the type beside all that is wanted, both in order. */
struct beside {
	struct apply *apply;
	const struct item_type *type;
	size_t at; /* the next one that is wanted */
};

static int want_before(struct beside *beside, const char *name, struct err *err)
{
	const struct wanted_type *wanted = &beside->apply->wanted->type[beside->type->kind];

	for (; beside->at < wanted->n; beside->at++) {
		const struct wanted *item = &wanted->item[beside->at];

		if (name && strcmp(item->name, name) >= 0)
			break;
		if (want(beside->apply, beside->type, item, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int want_beside(void *ctx, struct item *stored, struct err *err)
{
	struct beside *beside = ctx;
	struct apply *apply = beside->apply;
	const struct wanted_type *wanted = &apply->wanted->type[beside->type->kind];

	if (want_before(beside, stored->name, err) < 0)
		return -1;
	if (beside->at < wanted->n && strcmp(wanted->item[beside->at].name, stored->name) == 0)
		return want(apply, beside->type, &wanted->item[beside->at++], stored, err);
	if (!apply->options->prune || stored->type->kind == ITEM_SETTINGS)
		return 0;
	add_diff(apply, stored, NULL);
	return changes_add_take(apply->changes, item_copy(stored), NULL, stored->version, err);
}

static int want_all(struct apply *apply, const struct item_type *type, struct err *err)
{
	const struct db_query query = {.type = type};
	struct beside beside = {.apply = apply, .type = type};

	if (db_item_list(apply->server->db, &query, want_beside, &beside, err) < 0)
		return -1;
	return want_before(&beside, NULL, err);
}

/* Where there are several, the error names the item already. */
static int name_one(const struct changes *changes, struct err *err)
{
	autofree char *item = NULL;

	if (changes->n != 1 || !err)
		return -1;
	item = xasprintf("%s '%s'", changes->change[0].type->name, changes->change[0].name);
	return strncmp(err->msg, item, strlen(item)) == 0 ? -1 : err_wrap(err, "%s", item);
}

static int apply_once(struct apply *apply, struct err *err)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct wanted_type *wanted = &apply->wanted->type[kind];
		bool few = !apply->options->prune && wanted->n <= GET_MAX;

		if (wanted->said && (few ? want_each(apply, item_types[kind], err)
					 : want_all(apply, item_types[kind], err)) < 0)
			return -1;
	}
	if (changes_check(apply->changes, err) < 0 || changes_store(apply->changes, err) < 0)
		return name_one(apply->changes, err);
	return 0;
}

static void begin(struct apply *apply, const struct db_author *author, struct strbuf *files)
{
	changes_done(apply->changes);
	*apply->changes = (struct changes){.server = apply->server,
		.author = author,
		.confirm = apply->options->confirm,
		.preview = apply->options->dry_run ? files : NULL,
		.unpublished = apply->options->unpublished};
	strbuf_reset(&apply->diff);
	strbuf_reset(files);
	apply->unchanged = apply->more = 0;
}

static int apply_until_stored(
	struct apply *apply, const struct db_author *author, struct strbuf *files, struct err *err)
{
	struct err why = ERR_INIT;

	for (size_t i = 0; i < TRIES; i++) {
		int64_t revision = db_revision(apply->server->db);

		why = ERR_INIT;
		begin(apply, author, files);
		if (apply_once(apply, &why) == 0)
			return 0;
		if (db_revision(apply->server->db) == revision)
			break;
	}
	if (err)
		*err = why;
	return -1;
}

/* The store has the last word: it leaves an item alone that comes to the same. */
static void count(const struct apply *apply, json_t *ret)
{
	size_t created = 0;
	size_t changed = 0;
	size_t removed = 0;
	size_t unchanged = apply->unchanged;

	for (size_t i = 0; i < apply->changes->n; i++) {
		const struct change *change = &apply->changes->change[i];

		if (!change->after)
			removed++;
		else if (change->expect == DB_NEW)
			created++;
		else if (change->after->version != change->expect)
			changed++;
		else
			unchanged++;
	}
	json_object_set_new(ret, "created", json_integer((json_int_t)created));
	json_object_set_new(ret, "changed", json_integer((json_int_t)changed));
	json_object_set_new(ret, "removed", json_integer((json_int_t)removed));
	json_object_set_new(ret, "unchanged", json_integer((json_int_t)unchanged));
}

/* Publishes, too. */
static void report(struct apply *apply, const struct strbuf *files, json_t **ret)
{
	bool sync = changes_publish(apply->changes);
	json_t *object;

	if (!ret)
		return;
	object = *ret = json_object();
	if (apply->more)
		strbuf_addf(&apply->diff, "… and %zu more items\n", apply->more);
	count(apply, object);
	json_set_str(object, "diff", apply->diff.buf);
	if (apply->options->dry_run)
		json_set_str(object, "files", files->buf);
	else
		json_set_str(object, "sync",
			!sync                           ? "done"
			: autosync_is_on(apply->server) ? "automatic"
							: "needed");
}

int apply_state(struct server *server, const struct db_author *author, const json_t *document,
	const struct apply_options *options, json_t **ret, struct err *err)
{
	AUTO(changes) struct changes changes = {.server = server};
	struct wanted_state wanted = {.type = {{.said = false}}};
	struct apply apply = {.server = server,
		.options = options,
		.wanted = &wanted,
		.changes = &changes,
		.diff = STRBUF_INIT};
	autostrbuf files = STRBUF_INIT;
	int result = wanted_read(document, &wanted, err);

	if (result == 0) {
		changes_lock(server, NULL);
		result = apply_until_stored(&apply, author, &files, err);
		changes_unlock(server, NULL);
	}
	if (result == 0)
		report(&apply, &files, ret);
	strbuf_done(&apply.diff);
	wanted_done(&wanted);
	return result;
}
