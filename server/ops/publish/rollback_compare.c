#include "ops/publish/rollback_compare.h"

#include "base/file.h"
#include "base/json.h"
#include "ops/publish/publish.h"
#include "ops/publish/sync.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { COMPARED_MAX = 8 << 20 };

struct comparison {
	struct sink *sink;
	int from;
	const char *folder; /* of the other one */
	json_t *told;       /* paths of files that would be written anew; or be gone */
};

/* The sink's number of the folder that the path is in; `name`: its last part, borrowed. */
static int folder_of(struct comparison *comparison, const char *path, size_t *ret,
	const char **name, struct err *err)
{
	const char *slash = strrchr(path, '/');
	autofree char *folder = xstrndup(path, slash ? (size_t)(slash - path) : 0);

	*name = slash ? slash + 1 : path;
	return comparison->sink->folder(comparison->sink, folder, 0755, ret, err);
}

static int take_local(void *ctx, const char *path, const struct strbuf *text, struct err *err)
{
	struct comparison *comparison = ctx;
	const char *name;
	size_t folder;

	json_object_set_new(comparison->told, path, json_true());
	if (!text)
		return 0;
	if (folder_of(comparison, path, &folder, &name, err) < 0)
		return -1;
	return comparison->sink->file(
		comparison->sink, folder, name, 0644, text->buf, text->len, err);
}

static bool is_linked(const struct comparison *comparison, const struct file_walk_entry *entry)
{
	struct stat st;

	return fstatat(comparison->from, entry->path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_dev == entry->st->st_dev && st.st_ino == entry->st->st_ino;
}

/* A kernel or a loader: as in sync --dry-run, size and time tell. */
static int take_bytes(struct comparison *comparison, const char *path, size_t folder,
	const char *name, struct err *err)
{
	autofree char *source = xasprintf("%s/%s", comparison->folder, path);

	return comparison->sink->place(comparison->sink, folder, name, source, false, err);
}

static int take_file(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	struct comparison *comparison = ctx;
	autostrbuf text = STRBUF_INIT;
	const char *name;
	size_t folder;

	if (!S_ISREG(entry->st->st_mode) || strcmp(entry->path, "manifest.json") == 0 ||
		json_object_get(comparison->told, entry->path))
		return 0;
	if (folder_of(comparison, entry->path, &folder, &name, err) < 0)
		return -1;
	if (entry->st->st_size > COMPARED_MAX || is_linked(comparison, entry))
		return take_bytes(comparison, entry->path, folder, name, err);
	if (file_read(entry->dirfd, entry->name, COMPARED_MAX, &text, err) < 0)
		return -1;
	if (text.len && memchr(text.buf, '\0', text.len))
		return take_bytes(comparison, entry->path, folder, name, err);
	return comparison->sink->file(
		comparison->sink, folder, name, 0644, text.buf ? text.buf : "", text.len, err);
}

int rollback_compare(struct server *server, const struct rollback_pair *pair,
	const struct strv *local, size_t *changed, struct strbuf *diff, struct err *err)
{
	autofree char *folder =
		xasprintf("%s/gen/%llu", server->config.tftp_dir, (unsigned long long)pair->number);
	struct comparison comparison = {.sink = sink_compare_new(pair->from),
		.from = pair->from,
		.folder = folder,
		.told = json_object()};
	int result = sync_tell(server, local, take_local, &comparison, NULL, err);

	if (result == 0)
		result = file_walk(pair->to, ".", take_file, &comparison, err);
	if (result == 0)
		result = sink_compare_end(comparison.sink, changed, diff, err);
	sink_compare_free(comparison.sink);
	json_decref(comparison.told);
	return result;
}
