/*
 * The cache of answers. An answer is good as long as nothing that went into it has changed: the
 * items of its chain (their versions) and its templates (their stamps). Two numbers tell most of
 * the time that nothing can have: the store's revision and the generation of the templates. Where
 * one of them has moved on, the answer's own items and templates are compared, so that one
 * machine's change does not cost the others their answers.
 */
#include "ops/autoinstall.h"
#include "ops/recent.h"

#include <string.h>
#include <time.h>

enum {
	BUCKETS = 1 << 14,
	BYTES_MAX = 64 << 20,
	TEMPLATES_MAX = 1024,
	/* How long a template's stamp is believed: asking for each is the dearest part of a hit. */
	STAMPS_NANOSECONDS = 5000000,
};

/* A template that some answer was made of. */
struct source {
	struct template_env *env;
	char *name;
	uint64_t stamp;
};

/* An item, or a template, as it was. */
struct item_seen {
	const struct item_type *type;
	char *name;
	int64_t version;
};

struct source_seen {
	const struct source *source;
	uint64_t stamp;
};

struct entry {
	struct entry *next; /* in the bucket */
	struct entry *newer;
	struct entry *older;
	const char *kind; /* the name and arg of its sort */
	const void *arg;
	const struct item_type *type;
	char *name;
	uint64_t hash;
	struct answer *answer;
	int64_t revision;    /* of the store, when it was last known to be good */
	uint64_t generation; /* of the templates, likewise */
	struct item_seen *item;
	size_t items;
	struct source_seen *source;
	size_t sources;
	size_t bytes;
	bool whole;       /* made from more than its chain: no revision but its own is good */
	unsigned holders; /* the cache itself is one */
};

struct answers {
	pthread_mutex_t lock;
	struct entry *bucket[BUCKETS];
	struct entry *newest; /* used last */
	struct entry *oldest;
	size_t bytes;
	struct source *source[TEMPLATES_MAX];
	size_t sources;
	uint64_t generation; /* counts changes of stamps */
	atomic_llong asked;  /* for the stamps, monotonic nanoseconds */
	struct recent *said;
};

struct answer *answer_new(const char *type, struct strbuf *text_taken)
{
	struct answer *answer = xmalloc(sizeof(*answer));
	size_t len = text_taken->len;

	*answer = (struct answer){.type = type, .len = len, .text = strbuf_take(text_taken)};
	atomic_init(&answer->holders, 1);
	return answer;
}

void answer_release(struct answer *answer)
{
	if (!answer || atomic_fetch_sub(&answer->holders, 1) != 1)
		return;
	free(answer->text);
	free(answer);
}

static struct answer *hold(struct answer *answer)
{
	atomic_fetch_add(&answer->holders, 1);
	return answer;
}

/* Entries. All below is called with the lock held, but where it says otherwise. */

static void entry_release(struct entry *entry)
{
	if (--entry->holders)
		return;
	for (size_t i = 0; i < entry->items; i++)
		free(entry->item[i].name);
	free(entry->item);
	free(entry->source);
	free(entry->name);
	answer_release(entry->answer);
	free(entry);
}

static uint64_t hash_of(
	const struct answer_kind *kind, const struct item_type *type, const char *name)
{
	const char *const parts[] = {kind->name, type->name, name};
	uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (const char *p = parts[i]; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 0x100000001b3U;
	return hash;
}

struct request {
	struct server *server;
	const struct answer_kind *kind;
	const struct item_type *type;
	const char *name;
	uint64_t hash;
	struct template_env *env;
};

static bool is_for(const struct entry *entry, const struct request *request)
{
	return entry->hash == request->hash && entry->type == request->type &&
	       entry->arg == request->kind->arg && strcmp(entry->kind, request->kind->name) == 0 &&
	       strcmp(entry->name, request->name) == 0;
}

/* Where the entry hangs, or would. */
static struct entry **find(struct answers *answers, const struct request *request)
{
	struct entry **at = &answers->bucket[request->hash % BUCKETS];

	while (*at && !is_for(*at, request))
		at = &(*at)->next;
	return at;
}

static void unlink_used(struct answers *answers, struct entry *entry)
{
	*(entry->newer ? &entry->newer->older : &answers->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &answers->oldest) = entry->newer;
	entry->newer = NULL;
	entry->older = NULL;
}

static void link_used(struct answers *answers, struct entry *entry)
{
	entry->older = answers->newest;
	*(answers->newest ? &answers->newest->newer : &answers->oldest) = entry;
	answers->newest = entry;
}

static void drop(struct answers *answers, struct entry **at)
{
	struct entry *entry = *at;

	*at = entry->next;
	unlink_used(answers, entry);
	answers->bytes -= entry->bytes;
	entry_release(entry);
}

static void drop_oldest(struct answers *answers)
{
	struct entry **at = &answers->bucket[answers->oldest->hash % BUCKETS];

	while (*at != answers->oldest)
		at = &(*at)->next;
	drop(answers, at);
}

static void insert(struct answers *answers, const struct request *request, struct entry *entry)
{
	struct entry **at = find(answers, request);

	if (*at)
		drop(answers, at);
	at = &answers->bucket[entry->hash % BUCKETS];
	entry->next = *at;
	*at = entry;
	link_used(answers, entry);
	answers->bytes += entry->bytes;
	while (answers->bytes > BYTES_MAX && answers->oldest)
		drop_oldest(answers);
}

struct answers *answers_new(void)
{
	struct answers *answers = xcalloc(1, sizeof(*answers));

	pthread_mutex_init(&answers->lock, NULL);
	answers->said = recent_new();
	return answers;
}

void answers_free(struct answers *answers)
{
	if (!answers)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (answers->bucket[i])
			drop(answers, &answers->bucket[i]);
	for (size_t i = 0; i < answers->sources; i++) {
		free(answers->source[i]->name);
		free(answers->source[i]);
	}
	recent_free(answers->said);
	pthread_mutex_destroy(&answers->lock);
	free(answers);
}

struct recent *answers_said(struct answers *answers)
{
	return answers->said;
}

/* Templates */

/* Called without the lock. One of the threads that come by looks, every few milliseconds. */
static void look_at_templates(struct answers *answers)
{
	struct timespec time;
	long long asked = atomic_load(&answers->asked);
	long long now;

	clock_gettime(CLOCK_MONOTONIC, &time);
	now = time.tv_sec * 1000000000LL + time.tv_nsec;
	if (now - asked < STAMPS_NANOSECONDS ||
		!atomic_compare_exchange_strong(&answers->asked, &asked, now))
		return;
	pthread_mutex_lock(&answers->lock);
	for (size_t i = 0; i < answers->sources; i++) {
		struct source *source = answers->source[i];
		uint64_t stamp = template_stamp(source->env, source->name);

		if (stamp != source->stamp) {
			source->stamp = stamp;
			answers->generation++;
		}
	}
	pthread_mutex_unlock(&answers->lock);
}

/* NULL: there are too many. `is_new`: nobody has looked at it before now. */
static const struct source *source_of(
	struct answers *answers, struct template_env *env, const char *name, bool *is_new)
{
	struct source *source;

	for (size_t i = 0; i < answers->sources; i++)
		if (answers->source[i]->env == env && strcmp(answers->source[i]->name, name) == 0)
			return answers->source[i];
	if (answers->sources == TEMPLATES_MAX)
		return NULL;
	source = xcalloc(1, sizeof(*source));
	source->env = env;
	source->name = xstrdup(name);
	source->stamp = template_stamp(env, name);
	answers->source[answers->sources++] = source;
	*is_new = true;
	return source;
}

/* Called without the lock, by who holds the entry. */
static bool items_are_as_seen(struct db *db, const struct entry *entry)
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

static bool sources_are_as_seen(const struct entry *entry)
{
	for (size_t i = 0; i < entry->sources; i++)
		if (entry->source[i].source->stamp != entry->source[i].stamp)
			return false;
	return true;
}

/* The answer, held, where it is there and good; NULL where it must be made. */
static struct answer *look_up(const struct request *request)
{
	struct answers *answers = request->server->answers;
	int64_t revision = db_revision(request->server->db);
	struct answer *answer = NULL;
	struct entry *entry;
	bool good;

	pthread_mutex_lock(&answers->lock);
	entry = *find(answers, request);
	if (entry && entry->revision != revision && !entry->whole) {
		entry->holders++;
		pthread_mutex_unlock(&answers->lock);
		good = items_are_as_seen(request->server->db, entry);
		pthread_mutex_lock(&answers->lock);
		if (good)
			entry->revision = revision;
		entry_release(entry);
		/* It may have been dropped or replaced meanwhile. */
		entry = *find(answers, request);
	}
	if (entry && entry->revision == revision && entry->generation != answers->generation &&
		sources_are_as_seen(entry))
		entry->generation = answers->generation;
	if (entry && entry->revision == revision && entry->generation == answers->generation) {
		unlink_used(answers, entry);
		link_used(answers, entry);
		answer = hold(entry->answer);
	}
	pthread_mutex_unlock(&answers->lock);
	return answer;
}

static struct entry *entry_new(const struct request *request, const struct chain *chain,
	struct answer *answer, int64_t revision)
{
	struct entry *entry = xcalloc(1, sizeof(*entry));

	*entry = (struct entry){.kind = request->kind->name,
		.arg = request->kind->arg,
		.type = request->type,
		.name = xstrdup(request->name),
		.hash = request->hash,
		.answer = hold(answer),
		.revision = revision,
		.item = xcalloc(chain->n, sizeof(*entry->item)),
		.items = chain->n,
		.whole = request->kind->whole,
		.holders = 1};
	for (size_t i = 0; i < chain->n; i++)
		entry->item[i] = (struct item_seen){.type = chain->item[i]->type,
			.name = xstrdup(chain->item[i]->name),
			.version = chain->item[i]->version};
	entry->bytes = sizeof(*entry) + sizeof(*answer) + answer->len +
	               chain->n * (sizeof(*entry->item) + 32);
	return entry;
}

/* Notes the templates in the entry. False where one is seen for the first time: its stamp may be
 * younger than the text that was rendered, so the text is good for this once only. */
static bool note_templates(struct answers *answers, struct template_env *env,
	const struct strv *templates, struct entry *entry)
{
	bool all_known = true;

	entry->source = xcalloc(templates->n, sizeof(*entry->source));
	for (size_t i = 0; i < templates->n; i++) {
		bool is_new = false;
		const struct source *source = source_of(answers, env, templates->v[i], &is_new);

		all_known = all_known && source && !is_new;
		if (source)
			entry->source[entry->sources++] =
				(struct source_seen){source, source->stamp};
	}
	entry->bytes += templates->n * sizeof(*entry->source);
	return all_known;
}

static uint64_t generation_of(struct answers *answers)
{
	uint64_t generation;

	pthread_mutex_lock(&answers->lock);
	generation = answers->generation;
	pthread_mutex_unlock(&answers->lock);
	return generation;
}

/* Renders once; `kept` tells whether the cache has it. */
static int make(const struct request *request, struct answer **ret, bool *kept, struct err *err)
{
	struct answers *answers = request->server->answers;
	/* Both read before what they stand for, so that a change in between makes the entry look
	 * older than it is, never younger. */
	int64_t revision = db_revision(request->server->db);
	uint64_t generation = generation_of(answers);
	AUTO(chain) struct chain *chain = NULL;
	autostrbuf text = STRBUF_INIT;
	autostrv templates = STRV_INIT;
	const char *content_type = "text/plain; charset=utf-8";
	struct entry *entry;

	if (chain_load(request->server, request->type, request->name, &chain, err) < 0 ||
		request->kind->render(request->server, chain, request->kind->arg, &text,
			&content_type, &templates, err) < 0)
		return -1;
	*ret = answer_new(content_type, &text);
	entry = entry_new(request, chain, *ret, revision);
	entry->generation = generation;
	pthread_mutex_lock(&answers->lock);
	*kept = note_templates(answers, request->env, &templates, entry) &&
	        generation == answers->generation;
	if (*kept)
		insert(answers, request, entry);
	else
		entry_release(entry);
	pthread_mutex_unlock(&answers->lock);
	return 0;
}

/* The item is gone, or can no longer be rendered. */
static void forget(const struct request *request)
{
	struct answers *answers = request->server->answers;
	struct entry **at;

	pthread_mutex_lock(&answers->lock);
	at = find(answers, request);
	if (*at)
		drop(answers, at);
	pthread_mutex_unlock(&answers->lock);
}

int answer_cached(struct server *server, const struct answer_kind *kind,
	const struct item_type *type, const char *name, struct template_env *env,
	struct answer **ret, struct err *err)
{
	const struct request request = {.server = server,
		.kind = kind,
		.type = type,
		.name = name,
		.hash = hash_of(kind, type, name),
		.env = env};
	struct answer *answer;

	look_at_templates(server->answers);
	answer = look_up(&request);
	/* A template's first time: the second rendering counts. */
	for (int i = 0; !answer && i < 2; i++) {
		bool kept;

		if (make(&request, &answer, &kept, err) < 0) {
			forget(&request);
			return -1;
		}
		if (!kept && i == 0)
			answer_release(TAKE(answer));
	}
	*ret = answer;
	return 0;
}
