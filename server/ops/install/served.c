#include "ops/install/served.h"

#include "base/json.h"
#include "base/log.h"
#include "model/types.h"
#include "ops/install/install.h"
#include "ops/recent.h"

#include <string.h>
#include <time.h>

enum {
	SHARDS = 16,
	BUCKETS = 2048,
	SHARD_MOST = 8192, /* entries, about 300 bytes each; for 100,000 machines */
	BATCH = 512,       /* of one transaction, so that other writers do not wait long */
	ADDRESS_TEXT = 46,
};

struct entry {
	struct entry *next; /* in its bucket, or in a list */
	char *system;
	char *what;
	char sha256[SHA256_TEXT];
	char address[ADDRESS_TEXT];
	size_t size;
	double first, last;
	int64_t times; /* since it was last written */
	bool is_new;   /* never was */
	enum install_sign sign;
	bool is_sign; /* since it was last written; else what it was a sign of is over */
};

struct shard {
	pthread_mutex_t lock;
	struct entry *bucket[BUCKETS];
	size_t n;
	size_t unwritten; /* those that are new */
	size_t lost;
};

struct served {
	struct shard shard[SHARDS];
	pthread_mutex_t flushing; /* who reads after it must find what another is writing */
};

struct served *served_new(void)
{
	struct served *served = xcalloc(1, sizeof(*served));

	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_init(&served->shard[i].lock, NULL);
	pthread_mutex_init(&served->flushing, NULL);
	return served;
}

static void free_entry(struct entry *entry)
{
	free(entry->system);
	free(entry->what);
	free(entry);
}

static void free_entries(struct entry *entry)
{
	while (entry) {
		struct entry *next = entry->next;

		free_entry(entry);
		entry = next;
	}
}

void served_free(struct served *served)
{
	if (!served)
		return;
	for (size_t i = 0; i < SHARDS; i++) {
		for (size_t b = 0; b < BUCKETS; b++)
			free_entries(served->shard[i].bucket[b]);
		pthread_mutex_destroy(&served->shard[i].lock);
	}
	pthread_mutex_destroy(&served->flushing);
	free(served);
}

/* Noting */

static uint64_t hash_of(const struct served_answer *answer)
{
	const char *const parts[] = {answer->system, answer->what};
	uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (const char *p = parts[i]; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 0x100000001b3U;
	return hash;
}

static struct entry *find(struct entry *entry, const struct served_answer *answer)
{
	while (entry && (strcmp(entry->system, answer->system) != 0 ||
				strcmp(entry->what, answer->what) != 0 ||
				strcmp(entry->sha256, answer->answer->sha256) != 0))
		entry = entry->next;
	return entry;
}

/* Forgets what was written and not asked for since. */
static void purge(struct shard *shard)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct entry **at = &shard->bucket[i];

		while (*at) {
			struct entry *entry = *at;

			if (entry->times) {
				at = &entry->next;
				continue;
			}
			*at = entry->next;
			free_entry(entry);
			shard->n--;
		}
	}
}

/* NULL: there is no room. */
static struct entry *add(
	struct shard *shard, struct entry **bucket, const struct served_answer *answer)
{
	struct entry *entry;

	if (shard->n == SHARD_MOST)
		purge(shard);
	if (shard->n == SHARD_MOST) {
		shard->lost++;
		return NULL;
	}
	entry = xmalloc(sizeof(*entry));
	*entry = (struct entry){.next = *bucket,
		.system = xstrdup(answer->system),
		.what = xstrdup(answer->what),
		.size = answer->answer->len,
		.is_new = true,
		.sign = answer->sign};
	memcpy(entry->sha256, answer->answer->sha256, sizeof(entry->sha256));
	*bucket = entry;
	shard->n++;
	shard->unwritten++;
	return entry;
}

static double now_coarse(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool served_note(struct server *server, const struct served_answer *answer)
{
	uint64_t hash = hash_of(answer);
	struct shard *shard = &server->served->shard[hash % SHARDS];
	struct entry **bucket = &shard->bucket[hash / SHARDS % BUCKETS];
	double now = now_coarse();
	struct entry *entry;
	bool is_filling;

	pthread_mutex_lock(&shard->lock);
	entry = find(*bucket, answer);
	if (!entry)
		entry = add(shard, bucket, answer);
	if (entry) {
		if (!entry->times++)
			entry->first = now;
		entry->last = now;
		entry->is_sign = true;
		snprintf(entry->address, sizeof(entry->address), "%s", answer->address);
	}
	is_filling = shard->unwritten >= SHARD_MOST / 2;
	pthread_mutex_unlock(&shard->lock);
	return is_filling;
}

/* Flushing */

static struct entry *copy_entry(const struct entry *entry, struct entry *next)
{
	struct entry *copy = xmemdup(entry, sizeof(*entry));

	copy->next = next;
	copy->system = xstrdup(entry->system);
	copy->what = xstrdup(entry->what);
	return copy;
}

/* A list of what is to be written now. What is on record already waits for `all`. */
static struct entry *take(struct shard *shard, bool all, size_t *lost)
{
	struct entry *taken = NULL;

	pthread_mutex_lock(&shard->lock);
	if (all)
		purge(shard);
	for (size_t i = 0; i < BUCKETS && (all || shard->unwritten); i++)
		for (struct entry *entry = shard->bucket[i]; entry; entry = entry->next) {
			if (!entry->times || (!entry->is_new && !all))
				continue;
			taken = copy_entry(entry, taken);
			entry->times = 0;
			entry->is_new = entry->is_sign = false;
		}
	*lost += shard->lost;
	shard->unwritten = 0;
	shard->lost = 0;
	pthread_mutex_unlock(&shard->lock);
	return taken;
}

static void say(struct server *server, const char *what, const struct err *err)
{
	if (recent_first(answers_said(server->answers), what, 3600))
		log_warning("%s: %s", what, err->msg);
}

static size_t fill(const struct entry **entry, struct db_served row[BATCH])
{
	size_t n = 0;

	for (; *entry && n < BATCH; *entry = (*entry)->next, n++)
		row[n] = (struct db_served){.system = (*entry)->system,
			.what = (*entry)->what,
			.sha256 = (*entry)->sha256,
			.size = (int64_t)(*entry)->size,
			.first = (*entry)->first,
			.last = (*entry)->last,
			.times = (*entry)->times,
			.address = (*entry)->address};
	return n;
}

static void write_rows(struct server *server, const struct entry *entry)
{
	autofree struct db_served *row = xcalloc(BATCH, sizeof(*row));
	struct err err = ERR_INIT;
	size_t n;

	while ((n = fill(&entry, row)))
		if (db_served_add(server->db, row, n, &err) < 0)
			say(server, "what was served cannot be recorded", &err);
}

/* Those of one sort, so that a loader's come before an installer's. */
static void take_signs(struct server *server, const struct entry *entry, enum install_sign sort)
{
	autofree struct db_install_sign *sign = xcalloc(BATCH, sizeof(*sign));
	struct err err = ERR_INIT;
	size_t n;

	do {
		for (n = 0; entry && n < BATCH; entry = entry->next)
			if (entry->is_sign && entry->sign == sort)
				sign[n++] = (struct db_install_sign){entry->system, sort};
		if (n && install_signs(server, sign, n, &err) < 0)
			say(server, "signs of installations cannot be recorded", &err);
	} while (n == BATCH);
}

void served_flush(struct server *server, bool all)
{
	struct served *served = server->served;
	size_t lost = 0;

	pthread_mutex_lock(&served->flushing);
	for (size_t i = 0; i < SHARDS; i++) {
		struct entry *taken = take(&served->shard[i], all, &lost);

		if (!taken)
			continue;
		write_rows(server, taken);
		take_signs(server, taken, INSTALL_LOADED);
		take_signs(server, taken, INSTALL_ANSWERED);
		free_entries(taken);
	}
	pthread_mutex_unlock(&served->flushing);
	if (lost && recent_first(answers_said(server->answers), "served lost", 60))
		log_warning("%zu answers were served and not recorded: too many at once", lost);
}

static void forget_in_shard(struct shard *shard, const char *system)
{
	pthread_mutex_lock(&shard->lock);
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry *entry = shard->bucket[i]; entry; entry = entry->next)
			if (entry->is_sign && strcmp(entry->system, system) == 0)
				entry->is_sign = false;
	pthread_mutex_unlock(&shard->lock);
}

void served_forget_signs(struct server *server, const char *system)
{
	struct served *served = server->served;

	pthread_mutex_lock(&served->flushing); /* what is being written is written before */
	for (size_t i = 0; i < SHARDS; i++)
		forget_in_shard(&served->shard[i], system);
	pthread_mutex_unlock(&served->flushing);
}

/* Showing */

struct page {
	json_t *items;
	size_t limit;
	int64_t last; /* the id of the last one that fits */
	bool more;
};

static int add_row(void *ctx, const struct db_served *served, struct err *err)
{
	struct page *page = ctx;
	json_t *object;

	(void)err;
	if (json_array_size(page->items) == page->limit) {
		page->more = true;
		return 0;
	}
	object = json_object();
	json_set_str(object, "what", served->what);
	json_set_str(object, "sha256", served->sha256);
	json_object_set_new(object, "size", json_integer(served->size));
	json_object_set_new(object, "first", json_real(served->first));
	json_object_set_new(object, "last", json_real(served->last));
	json_object_set_new(object, "times", json_integer(served->times));
	json_set_str(object, "address", served->address);
	json_array_append_new(page->items, object);
	page->last = served->id;
	return 0;
}

int served_list(struct server *server, const char *system, int64_t after, size_t limit,
	json_t **ret, struct err *err)
{
	struct page page = {.limit = limit};
	autoitem struct item *item = NULL;
	autojson json_t *items = json_array();

	page.items = items;
	if (db_item_get(server->db, &system_type, system, &item, err) < 0)
		return -1;
	served_flush(server, true);
	if (db_served_list(server->db, system, after, limit + 1, add_row, &page, err) < 0)
		return -1;
	*ret = json_pack("{s:O,s:o}", "items", items, "next",
		page.more ? json_integer(page.last) : json_null());
	return 0;
}
