/* The sink that writes nothing and says what would change (publish.h). */
#include "ops/publish/publish.h"

#include "base/diff.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum {
	FILE_MAX = 8 << 20,
	DIFF_MAX = 4 << 20, /* bytes; what comes after only gets its name */
};

struct folder {
	char *path;
	int fd; /* -1: not published */
	struct strv seen;
};

struct compare {
	struct sink sink;
	int current;
	struct folder *folder;
	size_t n;
	size_t changed;
	struct strbuf diff;
};

static int compare_folder(
	struct sink *sink, const char *path, mode_t mode, size_t *ret, struct err *err)
{
	struct compare *compare = (struct compare *)sink;
	int fd = -1;

	(void)mode;
	for (size_t i = 0; i < compare->n; i++)
		if (strcmp(compare->folder[i].path, path) == 0) {
			*ret = i;
			return 0;
		}
	if (compare->current >= 0)
		fd = openat(
			compare->current, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && compare->current >= 0 && errno != ENOENT)
		return err_sys(err, "cannot open the published folder '%s'", path);
	compare->folder = xreallocarray(compare->folder, compare->n + 1, sizeof(*compare->folder));
	compare->folder[compare->n] =
		(struct folder){.path = xstrdup(path), .fd = fd, .seen = STRV_INIT};
	*ret = compare->n++;
	return 0;
}

static char *path_in(const struct folder *folder, const char *name)
{
	return *folder->path ? xasprintf("%s/%s", folder->path, name) : xstrdup(name);
}

static void add_difference(struct compare *compare, const char *path, const struct strbuf *before,
	const char *after, size_t n)
{
	autofree char *old_name = xasprintf("a/%s", path);
	autofree char *new_name = xasprintf("b/%s", path);
	const struct diff_text was = {.name = before ? old_name : NULL,
		.bytes = before ? before->buf : "",
		.len = before ? before->len : 0};
	const struct diff_text is = {
		.name = after ? new_name : NULL, .bytes = after ? after : "", .len = n};

	compare->changed++;
	if (compare->diff.len > DIFF_MAX)
		strbuf_addf(&compare->diff, "%s differs\n", path);
	else
		diff_unified(&was, &is, &compare->diff);
}

/* The published file's text; 1: there is none. */
static int read_published(
	const struct folder *folder, const char *name, struct strbuf *ret, struct err *err)
{
	struct stat st;

	if (folder->fd < 0 || fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 1;
	return file_read(folder->fd, name, FILE_MAX, ret, err);
}

static int compare_file(struct sink *sink, size_t folder, const char *name, mode_t mode,
	const char *bytes, size_t n, struct err *err)
{
	struct compare *compare = (struct compare *)sink;
	struct folder *in = &compare->folder[folder];
	autofree char *path = path_in(in, name);
	autostrbuf before = STRBUF_INIT;
	int missing = read_published(in, name, &before, err);

	(void)mode;
	if (missing < 0)
		return -1;
	sink->files++;
	strv_add(&in->seen, name);
	if (missing || before.len != n || memcmp(before.buf, bytes, n) != 0)
		add_difference(compare, path, missing ? NULL : &before, bytes, n);
	return 0;
}

/* A placed file counts as the same where size and time are: neither a link nor a copy changes them.
 */
static int compare_place(struct sink *sink, size_t folder, const char *name, const char *source,
	bool may_change, struct err *err)
{
	struct compare *compare = (struct compare *)sink;
	struct folder *in = &compare->folder[folder];
	struct stat was;
	struct stat is;

	(void)may_change;
	if (stat(source, &is) < 0)
		return err_sys(err, "cannot read '%s'", source);
	sink->files++;
	strv_add(&in->seen, name);
	if (in->fd >= 0 && fstatat(in->fd, name, &was, AT_SYMLINK_NOFOLLOW) == 0 &&
		was.st_size == is.st_size && was.st_mtim.tv_sec == is.st_mtim.tv_sec)
		return 0;
	compare->changed++;
	strbuf_addf(&compare->diff, "%s%s%s would be %s\n", in->path, *in->path ? "/" : "", name,
		source);
	return 0;
}

struct sink *sink_compare_new(int current)
{
	struct compare *compare = xcalloc(1, sizeof(*compare));

	compare->sink = (struct sink){
		.folder = compare_folder, .file = compare_file, .place = compare_place};
	compare->current = current;
	compare->diff = (struct strbuf)STRBUF_INIT;
	return &compare->sink;
}

static bool was_seen(const struct strv *seen, const char *name)
{
	size_t low = 0;
	size_t high = seen->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(seen->v[middle], name);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static int find_removed(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	struct compare *compare = ctx;
	const char *slash = strrchr(entry->path, '/');
	size_t len = slash ? (size_t)(slash - entry->path) : 0;
	autostrbuf before = STRBUF_INIT;

	if (!S_ISREG(entry->st->st_mode) || strcmp(entry->path, "manifest.json") == 0)
		return 0;
	for (size_t i = 0; i < compare->n; i++)
		if (strlen(compare->folder[i].path) == len &&
			strncmp(compare->folder[i].path, entry->path, len) == 0 &&
			was_seen(&compare->folder[i].seen, entry->name))
			return 0;
	if (entry->st->st_size > FILE_MAX) {
		compare->changed++;
		strbuf_addf(&compare->diff, "%s would be removed\n", entry->path);
		return 0;
	}
	if (file_read(entry->dirfd, entry->name, FILE_MAX, &before, err) < 0)
		return -1;
	add_difference(compare, entry->path, &before, NULL, 0);
	return 0;
}

int sink_compare_end(struct sink *sink, size_t *changed, struct strbuf *ret, struct err *err)
{
	struct compare *compare = (struct compare *)sink;

	for (size_t i = 0; i < compare->n; i++)
		strv_sort(&compare->folder[i].seen);
	if (compare->current >= 0 &&
		file_walk(compare->current, ".", find_removed, compare, err) < 0)
		return -1;
	strbuf_add(ret, compare->diff.buf, compare->diff.len);
	*changed = compare->changed;
	return 0;
}

void sink_compare_free(struct sink *sink)
{
	struct compare *compare = (struct compare *)sink;

	if (!compare)
		return;
	for (size_t i = 0; i < compare->n; i++) {
		auto_close(&compare->folder[i].fd);
		free(compare->folder[i].path);
		strv_done(&compare->folder[i].seen);
	}
	free(compare->folder);
	strbuf_done(&compare->diff);
	free(compare);
}
