/*
 * When a kept answer is good: nothing that went into it has changed. Two numbers tell most of the
 * time that nothing can have, the store's revision and the templates' state. Where the revision has
 * moved on, the versions of the answer's own items are compared, and an address is looked up again,
 * so that one machine's change does not cost the others their answers; a template's change makes
 * every answer anew.
 */
#include "ops/answer/answer.h"

#include "ops/answer/answer_cache.h"
#include "ops/recent.h"

#include <string.h>

struct answers {
	struct answer_cache *cache;
	struct recent *said;
};

struct answer *answer_new(const char *type, struct strbuf *text_taken)
{
	struct answer *answer = xmalloc(sizeof(*answer));
	size_t len = text_taken->len;

	*answer = (struct answer){.type = type, .len = len, .text = strbuf_take(text_taken)};
	sha256_text(answer->text, answer->len, answer->sha256);
	atomic_init(&answer->holders, 1);
	return answer;
}

struct answer *answer_hold(struct answer *answer)
{
	atomic_fetch_add(&answer->holders, 1);
	return answer;
}

void answer_release(struct answer *answer)
{
	if (!answer || atomic_fetch_sub(&answer->holders, 1) != 1)
		return;
	free(answer->item);
	free(answer->text);
	free(answer);
}

struct answers *answers_new(void)
{
	struct answers *answers = xcalloc(1, sizeof(*answers));

	answers->cache = answer_cache_new();
	answers->said = recent_new();
	return answers;
}

void answers_free(struct answers *answers)
{
	if (!answers)
		return;
	answer_cache_free(answers->cache);
	recent_free(answers->said);
	free(answers);
}

struct recent *answers_said(struct answers *answers)
{
	return answers->said;
}

/* What the answer would be made from now. Read before anything that it stands for, so that a change
 * in between makes an entry look older than it is, never younger. */
struct now {
	int64_t revision;
	struct templates_state templates;
};

static struct now now_of(struct server *server)
{
	return (struct now){.revision = db_revision(server->db),
		.templates = templates_state(server->templates)};
}

static bool items_are_as_seen(struct db *db, const struct answer_entry *entry)
{
	for (size_t i = 0; i < entry->items; i++) {
		const struct item_seen *seen = &entry->item[i];
		int64_t version;

		if (db_item_version(db, seen->type, seen->name, &version, NULL) < 0 ||
			version != seen->version)
			return false;
	}
	return true;
}

/* The name of the item that is asked for; NULL: there is none. */
static int find_item(
	struct server *server, const struct answer_key *key, char **ret, struct err *err)
{
	if (key->kind->find)
		return key->kind->find(server, key->text, ret, err);
	*ret = xstrdup(key->text);
	return 0;
}

static bool is_same_item(
	struct server *server, const struct answer_key *key, const struct answer_entry *entry)
{
	autofree char *name = NULL;

	return !key->kind->find || (find_item(server, key, &name, NULL) == 0 && name &&
					   strcmp(name, entry->answer->item) == 0);
}

static bool is_good(struct server *server, const struct answer_key *key, struct answer_entry *entry,
	const struct now *now)
{
	if (!templates_state_equal(entry->templates, now->templates))
		return false;
	if (atomic_load(&entry->revision) == now->revision)
		return true;
	if (key->kind->whole || !is_same_item(server, key, entry) ||
		!items_are_as_seen(server->db, entry))
		return false;
	atomic_store(&entry->revision, now->revision);
	return true;
}

static struct answer_entry *entry_of(
	const struct answer_key *key, const struct chain *chain, struct answer *answer)
{
	struct answer_entry *entry = answer_entry_new(key, answer, chain->n + chain->repos);

	for (size_t i = 0; i < chain->n + chain->repos; i++) {
		const struct item *item = i < chain->n ? chain->item[i] : chain->repo[i - chain->n];

		entry->item[i] = (struct item_seen){
			.type = item->type, .name = xstrdup(item->name), .version = item->version};
	}
	return entry;
}

/* Leaves NULL where no item has the key. */
static int make(struct server *server, const struct answer_key *key, const struct now *now,
	struct answer **ret, struct err *err)
{
	const struct answer_kind *kind = key->kind;
	const char *content_type = "text/plain; charset=utf-8";
	AUTO(chain) struct chain *chain = NULL;
	autostrbuf text = STRBUF_INIT;
	autofree char *name = NULL;
	struct answer_entry *entry;

	if (find_item(server, key, &name, err) < 0)
		return -1;
	if (!name)
		return 0;
	if (chain_load(server, key->type, name, &chain, err) < 0 ||
		kind->render(server, chain, kind->arg, &text, &content_type, NULL, err) < 0)
		return -1;
	*ret = answer_new(content_type, &text);
	(*ret)->item = TAKE(name);
	if (db_is_preview(server->db))
		return 0;
	entry = entry_of(key, chain, *ret);
	entry->templates = now->templates;
	atomic_store(&entry->revision, now->revision);
	answer_cache_put_take(server->answers->cache, key, entry);
	return 0;
}

int answer_cached(struct server *server, const struct answer_kind *kind,
	const struct item_type *type, const char *text, struct answer **ret, struct err *err)
{
	const struct answer_key key = answer_key_of(kind, type, text);
	const struct now now = now_of(server);
	AUTO(answer_entry)
	struct answer_entry *entry = answer_cache_get(server->answers->cache, &key);
	struct answer *made = NULL;
	int result;

	if (entry && is_good(server, &key, entry, &now)) {
		*ret = answer_hold(entry->answer);
		return 0;
	}
	result = make(server, &key, &now, &made, err);
	if (!made) /* the item is gone, or can no longer be rendered */
		answer_cache_drop(server->answers->cache, &key);
	if (result == 0)
		*ret = made;
	return result;
}
