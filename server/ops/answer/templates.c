#include "ops/answer/templates.h"

#include "model/types.h"

#include <stdatomic.h>
#include <string.h>

#define SNIPPETS "snippets/"
#define STORED   "store:"

/* A stored text: its source and its version, which is its stamp. */
struct stored {
	char *source;
	int64_t version;
};

struct templates {
	struct db *db;
	struct template_folder *folder;
	_Atomic(uint64_t) previews; /* counts what was parsed in previews */
	pthread_rwlock_t lock;      /* guards what follows */
	int64_t revision;      /* of the store's templates, when the list was read; -1: never */
	struct stored *stored; /* by source */
	size_t n, alloc;
};

static const struct item_type *const stored_types[] = {&template_type, &snippet_type};

struct templates *templates_new(struct db *db, struct template_folder *folder)
{
	struct templates *templates = xcalloc(1, sizeof(*templates));

	templates->db = db;
	templates->folder = folder;
	templates->revision = -1;
	pthread_rwlock_init(&templates->lock, NULL);
	return templates;
}

static void forget_stored(struct templates *templates)
{
	for (size_t i = 0; i < templates->n; i++)
		free(templates->stored[i].source);
	templates->n = 0;
}

void templates_free(struct templates *templates)
{
	if (!templates)
		return;
	forget_stored(templates);
	free(templates->stored);
	pthread_rwlock_destroy(&templates->lock);
	free(templates);
}

/* The list of what is stored */

static int64_t stored_revision(const struct templates *templates)
{
	int64_t last = 0;

	for (size_t i = 0; i < ARRAY_SIZE(stored_types); i++) {
		int64_t revision = db_revision_of(templates->db, stored_types[i]);

		last = revision > last ? revision : last;
	}
	return last;
}

struct templates_state templates_state(struct templates *templates)
{
	return (struct templates_state){.files = watch_generation(templates->folder->watch),
		.stored = stored_revision(templates)};
}

static int add_stored(void *ctx, struct item *item, struct err *err)
{
	struct templates *templates = ctx;

	(void)err;
	if (templates->n == templates->alloc) {
		templates->alloc = templates->alloc ? templates->alloc * 2 : 32;
		templates->stored = xreallocarray(
			templates->stored, templates->alloc, sizeof(*templates->stored));
	}
	templates->stored[templates->n++] = (struct stored){
		.source = xasprintf(STORED "%s/%s", item->type->name, item->name),
		.version = item->version,
	};
	return 0;
}

static int compare_stored(const void *a, const void *b)
{
	return strcmp(((const struct stored *)a)->source, ((const struct stored *)b)->source);
}

static int compare_source(const void *source, const void *stored)
{
	return strcmp(source, ((const struct stored *)stored)->source);
}

/* Called with the lock held for writing. A list that cannot be read is read again next time. */
static void read_stored(struct templates *templates)
{
	int64_t revision = stored_revision(templates);

	forget_stored(templates);
	for (size_t i = 0; i < ARRAY_SIZE(stored_types); i++) {
		const struct db_query query = {.type = stored_types[i]};

		if (db_item_list(templates->db, &query, add_stored, templates, NULL) < 0)
			revision = -1;
	}
	if (templates->n)
		qsort(templates->stored, templates->n, sizeof(*templates->stored), compare_stored);
	templates->revision = revision;
}

static void stored_lock(struct templates *templates)
{
	pthread_rwlock_rdlock(&templates->lock);
	if (templates->revision == stored_revision(templates))
		return;
	pthread_rwlock_unlock(&templates->lock);
	pthread_rwlock_wrlock(&templates->lock);
	if (templates->revision != stored_revision(templates))
		read_stored(templates);
}

static void stored_unlock(struct templates *templates)
{
	pthread_rwlock_unlock(&templates->lock);
}

/* The type and, at *name, the name of "store:template/NAME"; NULL: it is none. */
static const struct item_type *stored_type(const char *source, const char **name)
{
	source += strlen(STORED);
	for (size_t i = 0; i < ARRAY_SIZE(stored_types); i++) {
		size_t len = strlen(stored_types[i]->name);

		if (strncmp(source, stored_types[i]->name, len) == 0 && source[len] == '/') {
			*name = source + len + 1;
			return stored_types[i];
		}
	}
	return NULL;
}

/* In a preview the list is not what there is, and must not become it. */
static uint64_t previewed_version(struct templates *templates, const char *source)
{
	const char *name;
	const struct item_type *type = stored_type(source, &name);
	int64_t version = 0;

	if (type && db_item_version(templates->db, type, name, &version, NULL) < 0)
		return 0;
	return (uint64_t)version;
}

static uint64_t stored_version(struct templates *templates, const char *source)
{
	const struct stored *found = NULL;
	uint64_t version;

	if (db_is_preview(templates->db))
		return previewed_version(templates, source);
	stored_lock(templates);
	if (templates->n)
		found = bsearch(
			source, templates->stored, templates->n, sizeof(*found), compare_source);
	version = found ? (uint64_t)found->version : 0;
	stored_unlock(templates);
	return version;
}

static bool is_stored(const char *source)
{
	return strncmp(source, STORED, strlen(STORED)) == 0;
}

static bool is_there(struct templates *templates, const char *source)
{
	return is_stored(source) ? stored_version(templates, source) != 0
	                         : template_folder_lists(templates->folder, source);
}

/* From a name to its source */

/* `ret` is the source from `start` on; true where it is there, else it is cut off again. */
static bool keep_if_there(struct templates *templates, struct strbuf *ret, size_t start)
{
	if (is_there(templates, ret->buf + start))
		return true;
	strbuf_truncate(ret, start);
	return false;
}

static bool find_snippet_of(
	struct templates *templates, const struct item *item, const char *name, struct strbuf *ret)
{
	size_t start = ret->len;

	strbuf_addf(ret, STORED "snippet/%s@%s.%s", name, item->type->name, item->name);
	if (keep_if_there(templates, ret, start))
		return true;
	strbuf_addf(ret, SNIPPETS "per_%s/%s/%s", item->type->name, name, item->name);
	return keep_if_there(templates, ret, start);
}

/* The chain ends with what is nearest: the system, its profile, … , the distro. */
static bool find_snippet(struct templates *templates, const struct resolved *resolved,
	const char *name, struct strbuf *ret)
{
	size_t start = ret->len;

	for (; resolved; resolved = resolved->above)
		if (resolved->item->type->kind != ITEM_SETTINGS &&
			find_snippet_of(templates, resolved->item, name, ret))
			return true;
	strbuf_addf(ret, STORED "snippet/%s", name);
	if (keep_if_there(templates, ret, start))
		return true;
	strbuf_addf(ret, SNIPPETS "%s", name);
	return keep_if_there(templates, ret, start);
}

static bool find_template(struct templates *templates, const char *name, struct strbuf *ret)
{
	size_t start = ret->len;

	strbuf_addf(ret, STORED "template/%s", name);
	if (keep_if_there(templates, ret, start))
		return true;
	strbuf_adds(ret, name);
	return keep_if_there(templates, ret, start);
}

/* A name that stands for nothing stays as it is, and stamp() finds nothing by it. */
static void resolve_name(void *ctx, const void *subject, const char *name, struct strbuf *ret)
{
	struct templates *templates = ctx;
	bool prefixed = strncmp(name, SNIPPETS, strlen(SNIPPETS)) == 0;
	const char *snippet = prefixed ? name + strlen(SNIPPETS) : name;

	/* only we make sources of the store */
	if (!is_stored(name)) {
		if (!prefixed && find_template(templates, name, ret))
			return;
		if (find_snippet(templates, subject, snippet, ret))
			return;
	}
	strbuf_adds(ret, name);
}

/* Reading */

static int read_stored_text(
	struct templates *templates, const char *source, struct strbuf *ret, struct err *err)
{
	const char *name;
	const struct item_type *type = stored_type(source, &name);
	autoitem struct item *item = NULL;
	const struct opt_text *text;

	if (!type)
		return err_set(err, ERR_NOT_FOUND, "no template '%.200s'", source);
	if (db_item_get(templates->db, type, name, &item, err) < 0)
		return -1;
	text = item_at_const(item, item_field(type, "content"));
	strbuf_adds(ret, text->text ? text->text : "");
	return 0;
}

int templates_read(
	struct templates *templates, const char *source, struct strbuf *ret, struct err *err)
{
	if (is_stored(source))
		return read_stored_text(templates, source, ret, err);
	return template_folder_read(templates->folder, source, false, ret, err);
}

const char *templates_source_name(const char *source)
{
	const char *slash = is_stored(source) ? strchr(source, '/') : NULL;

	return slash ? slash + 1 : source;
}

bool templates_source_is_snippet(const char *source)
{
	return strncmp(source, STORED "snippet/", strlen(STORED "snippet/")) == 0 ||
	       strncmp(source, SNIPPETS, strlen(SNIPPETS)) == 0;
}

/* "network@system.web7" is the file snippets/per_system/network/web7. */
static char *file_of_stored(const char *source)
{
	const char *name = templates_source_name(source);
	const char *at = strchr(name, '@');
	const char *dot = at ? strchr(at, '.') : NULL;

	if (!templates_source_is_snippet(source))
		return xstrdup(name);
	if (!dot)
		return xasprintf(SNIPPETS "%s", name);
	return xasprintf(SNIPPETS "per_%.*s/%.*s/%s", (int)(dot - at - 1), at + 1, (int)(at - name),
		name, dot + 1);
}

int templates_read_behind(
	struct templates *templates, const char *source, struct strbuf *ret, struct err *err)
{
	autofree char *file = is_stored(source) ? file_of_stored(source) : xstrdup(source);

	if (template_folder_read(templates->folder, file, !is_stored(source), ret, err) < 0)
		return err && err->code == ERR_NOT_FOUND
		               ? err_set(err, ERR_NOT_FOUND,
					 "no file '%.200s' that the template stands before", file)
		               : -1;
	return 0;
}

/* The engine's loader */

static uint64_t stamp(void *ctx, const char *source)
{
	struct templates *templates = ctx;
	struct template_loader files;
	uint64_t version;

	if (is_stored(source)) {
		version = stored_version(templates, source);
		if (!version || !db_is_preview(templates->db))
			return version;
		/* another text will have this version later: what is parsed now is not kept */
		return UINT64_MAX - atomic_fetch_add(&templates->previews, 1);
	}
	files = template_folder_loader(templates->folder);
	return files.stamp(files.ctx, source);
}

static int load(void *ctx, const char *source, struct strbuf *ret, struct err *err)
{
	return templates_read(ctx, source, ret, err);
}

struct template_loader templates_loader(struct templates *templates)
{
	return (struct template_loader){
		.stamp = stamp, .load = load, .resolve = resolve_name, .ctx = templates};
}

struct template_env *templates_env(struct templates *templates)
{
	const struct template_loader loader = templates_loader(templates);

	return template_env_new(&template_folder_options, &loader);
}

/* What there is */

bool templates_has(struct templates *templates, const char *name)
{
	autostrbuf source = STRBUF_INIT;

	return find_template(templates, name, &source) &&
	       (is_stored(source.buf) || template_folder_has(templates->folder, name));
}

void templates_list(struct templates *templates, struct strv *ret)
{
	stored_lock(templates);
	for (size_t i = 0; i < templates->n; i++)
		strv_add(ret, templates->stored[i].source);
	stored_unlock(templates);
	template_folder_list(templates->folder, ret);
}

void templates_source(struct templates *templates, const char *name, struct strbuf *ret)
{
	if (is_stored(name))
		strbuf_adds(ret, name);
	else
		resolve_name(templates, NULL, name, ret);
}
