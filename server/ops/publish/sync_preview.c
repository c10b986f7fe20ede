/* What a change would make of the published files (sync.h): rendered before it and after it. */
#include "ops/publish/sync.h"

#include "base/diff.h"
#include "model/types.h"
#include "ops/publish/publish.h"

#include <string.h>
#include <sys/stat.h>

enum {
	DIFF_MAX = 1 << 20,
	SYSTEMS_MAX = 10000, /* that are rendered: other writers wait as long as it takes */
};

struct file {
	char *path;
	char *text;
	size_t len;
};

/* A sink that keeps what it gets. */
struct keep {
	struct sink sink;
	struct strv folders; /* their paths; the number is the place */
	struct file *file;
	size_t n;
	size_t alloc;
};

struct sync_preview {
	struct server *server;
	const struct sync_target *target;
	size_t targets;
	struct keep before;
	struct keep after;
	struct strv problems; /* that there were before */
	size_t left_out;      /* systems that are not rendered */
};

static int keep_folder(
	struct sink *sink, const char *path, mode_t mode, size_t *ret, struct err *err)
{
	struct keep *keep = (struct keep *)sink;

	(void)mode;
	(void)err;
	for (*ret = 0; *ret < keep->folders.n; ++*ret)
		if (strcmp(keep->folders.v[*ret], path) == 0)
			return 0;
	strv_add(&keep->folders, path);
	return 0;
}

static void keep_take(struct keep *keep, size_t folder, const char *name, char *text, size_t len)
{
	const char *in = keep->folders.v[folder];

	if (keep->n == keep->alloc) {
		keep->alloc = keep->alloc ? 2 * keep->alloc : 64;
		keep->file = xreallocarray(keep->file, keep->alloc, sizeof(*keep->file));
	}
	keep->file[keep->n++] = (struct file){
		.path = *in ? xasprintf("%s/%s", in, name) : xstrdup(name),
		.text = text,
		.len = len,
	};
}

static int keep_file(struct sink *sink, size_t folder, const char *name, mode_t mode,
	const char *bytes, size_t n, struct err *err)
{
	(void)mode;
	(void)err;
	keep_take((struct keep *)sink, folder, name, xmemdup(bytes, n), n);
	return 0;
}

/* A kernel is no text; where it comes from and how large it is says what changes. */
static int keep_place(struct sink *sink, size_t folder, const char *name, const char *source,
	bool may_change, struct err *err)
{
	struct stat st;
	char *text;

	(void)may_change;
	if (stat(source, &st) < 0)
		return err_sys(err, "cannot read '%s'", source);
	text = xasprintf("%s (%lld bytes)\n", source, (long long)st.st_size);
	keep_take((struct keep *)sink, folder, name, text, strlen(text));
	return 0;
}

static void keep_init(struct keep *keep)
{
	keep->sink = (struct sink){.folder = keep_folder, .file = keep_file, .place = keep_place};
}

static void keep_done(struct keep *keep)
{
	for (size_t i = 0; i < keep->n; i++) {
		free(keep->file[i].path);
		free(keep->file[i].text);
	}
	free(keep->file);
	strv_done(&keep->folders);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

/* Scope: what the named items' change can change */

struct gather {
	struct server *server;
	struct publish_scope *scope;
	size_t left_out;
};

static void add_system(struct gather *gather, const char *name)
{
	if (gather->scope->systems.n < SYSTEMS_MAX)
		strv_add(&gather->scope->systems, name);
	else
		gather->left_out++;
}

static int add_listed(void *ctx, struct item *item, struct err *err)
{
	(void)err;
	add_system(ctx, item->name);
	return 0;
}

static int add_name(void *ctx, struct item *item, struct err *err)
{
	(void)err;
	strv_add(ctx, item->name);
	return 0;
}

/* Those of `type` whose reference `field` is the name. */
static int list_users(struct server *server, const struct item_type *type, const char *field,
	const char *name, int (*each)(void *ctx, struct item *item, struct err *err), void *ctx,
	struct err *err)
{
	const struct db_filter filter = {
		.field = item_field(type, field), .compare = DB_EQUAL, .text = name};
	const struct db_query query = {.type = type, .filter = &filter, .filters = 1};

	return db_item_list(server->db, &query, each, ctx, err);
}

/* The profiles and their sub-profiles, then the systems of all of them. Each profile has one
 * parent, so none comes twice. */
static int add_below_profiles(struct gather *gather, struct strv *profiles, struct err *err)
{
	for (size_t i = 0; i < profiles->n; i++)
		if (list_users(gather->server, &profile_type, "parent", profiles->v[i], add_name,
			    profiles, err) < 0 ||
			list_users(gather->server, &system_type, "profile", profiles->v[i],
				add_listed, gather, err) < 0)
			return -1;
	return 0;
}

static int add_all_systems(struct gather *gather, struct err *err)
{
	const struct db_query query = {.type = &system_type};

	return db_item_list(gather->server->db, &query, add_listed, gather, err);
}

static int add_target(struct gather *gather, const struct sync_target *target, struct err *err)
{
	struct publish_scope *scope = gather->scope;
	autostrv profiles = STRV_INIT;

	switch (target->type->kind) {
	case ITEM_SYSTEM:
		add_system(gather, target->name);
		return 0;
	case ITEM_DISTRO:
		scope->menus = true;
		strv_add(&scope->distros, target->name);
		if (list_users(gather->server, &profile_type, "distro", target->name, add_name,
			    &profiles, err) < 0)
			return -1;
		return add_below_profiles(gather, &profiles, err);
	case ITEM_PROFILE:
		scope->menus = true;
		strv_add(&profiles, target->name);
		return add_below_profiles(gather, &profiles, err);
	case ITEM_IMAGE:
		scope->menus = true;
		strv_add(&scope->images, target->name);
		return list_users(gather->server, &system_type, "image", target->name, add_listed,
			gather, err);
	case ITEM_SETTINGS:
		scope->menus = scope->dhcp = true;
		return add_all_systems(gather, err);
	case ITEM_MENU:
		scope->menus = true;
		return 0;
	case ITEM_NETWORK:
		scope->dhcp = true;
		return 0;
	case ITEM_INTERFACE: /* part of its system */
	case ITEM_REPO:      /* what only answer files show is asked for, not published */
	case ITEM_TEMPLATE:
	case ITEM_SNIPPET:
	case ITEM_GROUP:
	case ITEM_KINDS:
		return 0;
	}
	return 0;
}

/* In order, each once. */
static void unique(struct strv *names)
{
	size_t n = 0;

	strv_sort(names);
	for (size_t i = 0; i < names->n; i++) {
		if (n && strcmp(names->v[n - 1], names->v[i]) == 0)
			free(names->v[i]);
		else
			names->v[n++] = names->v[i];
	}
	names->n = n;
}

static int render(
	struct sync_preview *preview, struct keep *keep, struct strv *problems, struct err *err)
{
	struct publish_scope scope = {.menus = false};
	struct gather gather = {.server = preview->server, .scope = &scope};
	int result = 0;

	keep_init(keep);
	for (size_t i = 0; i < preview->targets && result == 0; i++)
		result = add_target(&gather, &preview->target[i], err);
	unique(&scope.systems);
	unique(&scope.distros);
	unique(&scope.images);
	if (gather.left_out > preview->left_out)
		preview->left_out = gather.left_out;
	if (result == 0)
		result = publish_render_part(preview->server, &scope, &keep->sink, problems, err);
	strv_done(&scope.systems);
	strv_done(&scope.distros);
	strv_done(&scope.images);
	if (keep->n)
		qsort(keep->file, keep->n, sizeof(*keep->file), by_path);
	return result;
}

int sync_preview_begin(struct server *server, const struct sync_target *target, size_t n,
	struct sync_preview **ret, struct err *err)
{
	struct sync_preview *preview = xcalloc(1, sizeof(*preview));

	preview->server = server;
	preview->target = target;
	preview->targets = n;
	if (render(preview, &preview->before, &preview->problems, err) < 0) {
		sync_preview_free(preview);
		return -1;
	}
	*ret = preview;
	return 0;
}

void sync_preview_free(struct sync_preview *preview)
{
	if (!preview)
		return;
	keep_done(&preview->before);
	keep_done(&preview->after);
	strv_done(&preview->problems);
	free(preview);
}

/* The difference, while it is being put together. */
struct difference {
	struct strbuf *text;
	size_t start; /* of ours in it */
	size_t more;  /* files that found no room */
};

/* Cuts what is too much at the end of a line. */
static void cut(struct difference *difference)
{
	struct strbuf *text = difference->text;
	size_t len = difference->start + DIFF_MAX;

	if (text->len <= len)
		return;
	while (len > difference->start && text->buf[len - 1] != '\n')
		len--;
	strbuf_truncate(text, len);
	strbuf_adds(text, "… and more of this file\n");
}

static void compare(
	struct difference *difference, const struct file *before, const struct file *after)
{
	autofree char *old_name = before ? xasprintf("a/%s", before->path) : NULL;
	autofree char *new_name = after ? xasprintf("b/%s", after->path) : NULL;
	const struct diff_text was = {.name = old_name,
		.bytes = before ? before->text : "",
		.len = before ? before->len : 0};
	const struct diff_text is = {
		.name = new_name, .bytes = after ? after->text : "", .len = after ? after->len : 0};

	if (before && after && before->len == after->len &&
		memcmp(before->text, after->text, after->len) == 0)
		return;
	if (difference->text->len - difference->start >= DIFF_MAX) {
		difference->more++;
		return;
	}
	diff_unified(&was, &is, difference->text);
	cut(difference);
}

static void compare_all(
	struct difference *difference, const struct keep *before, const struct keep *after)
{
	size_t i = 0;
	size_t j = 0;

	while (i < before->n || j < after->n) {
		int order = i == before->n  ? 1
		            : j == after->n ? -1
		                            : by_path(&before->file[i], &after->file[j]);

		compare(difference, order <= 0 ? &before->file[i] : NULL,
			order >= 0 ? &after->file[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
}

int sync_preview_end(struct sync_preview *preview, struct strbuf *diff, struct err *err)
{
	struct difference difference = {.text = diff, .start = diff->len};
	autostrv problems = STRV_INIT;

	if (render(preview, &preview->after, &problems, err) < 0)
		return -1;
	compare_all(&difference, &preview->before, &preview->after);
	if (difference.more)
		strbuf_addf(diff, "… and %zu more files\n", difference.more);
	if (preview->left_out)
		strbuf_addf(diff, "… and %zu more systems, which are not compared\n",
			preview->left_out);
	strv_for_each (problem, &problems)
		if (!strv_has(&preview->problems, problem))
			strbuf_addf(diff, "cannot be published: %s\n", problem);
	return 0;
}
