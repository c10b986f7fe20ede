#include "ops/import/tree_place.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum { NOTES_LIMIT = 20, PROGRESS_STEP = 4 << 20 };

void tree_place_done(struct tree_place *place)
{
	strv_done(&place->notes);
}

/* By the text alone: a folder on the way may be a symlink too, so whoever serves the tree still
 * opens files with file_open_beneath(). */
bool symlink_stays_inside(const char *path, const char *target)
{
	int depth = 0;

	if (*target == '/' || !*target)
		return false;
	for (; *path; path++)
		depth += *path == '/';
	while (*target) {
		size_t len = strcspn(target, "/");

		if (len == 2 && strncmp(target, "..", 2) == 0)
			depth--;
		else if (len && !(len == 1 && *target == '.'))
			depth++;
		if (depth < 0)
			return false;
		target += len + (target[len] == '/');
	}
	return true;
}

/* The symlink's target, or NULL where it would leave the tree. */
static char *target_inside(const struct file_walk_entry *entry)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(entry->dirfd, entry->name, target, sizeof(target) - 1);

	if (n < 0)
		return NULL;
	target[n] = '\0';
	return symlink_stays_inside(entry->path, target) ? xstrdup(target) : NULL;
}

/* Calls `visit` for what is to be placed. */
static int for_each(const struct tree_place *place,
	int (*visit)(void *ctx, const struct file_walk_entry *entry, struct err *err), void *ctx,
	struct err *err)
{
	if (!place->only)
		return file_walk(place->from, ".", visit, ctx, err);
	for (size_t i = 0; i < place->only->n; i++) {
		const char *path = place->only->v[i];
		struct stat st;

		if (fstatat(place->from, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return err_sys(err, "cannot look at '%s'", path);
		if (visit(ctx,
			    &(struct file_walk_entry){
				    .path = path, .dirfd = place->from, .name = path, .st = &st},
			    err) < 0)
			return -1;
	}
	return 0;
}

struct placing {
	struct tree_place *place;
	uint64_t total; /* bytes; 0: not known */
	uint64_t told;  /* bytes at the last progress */
};

static void leave_out(struct tree_place *place, const char *path, const char *why)
{
	if (place->notes.n < NOTES_LIMIT)
		strv_addf(&place->notes, "left out '%s': %s", path, why);
	else if (place->notes.n == NOTES_LIMIT)
		strv_add(&place->notes, "left out more, not named here");
}

static int place_symlink(
	struct tree_place *place, const struct file_walk_entry *entry, struct err *err)
{
	autofree char *target = target_inside(entry);

	if (!target) {
		leave_out(place, entry->path, "a symlink that leads out of the tree");
		return 0;
	}
	if (symlinkat(target, place->to, entry->path) < 0)
		return err_sys(err, "cannot make symlink '%s'", entry->path);
	place->files++;
	return 0;
}

static int make_parents(const struct tree_place *place, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	autofree char *folder = slash ? xstrndup(path, (size_t)(slash - path)) : NULL;

	/* A walk has made them before it comes here. */
	return folder && place->only ? file_mkdirs(place->to, folder, 0755, err) : 0;
}

static int place_file(struct placing *placing, const struct file_walk_entry *entry, struct err *err)
{
	struct tree_place *place = placing->place;
	enum file_how how;

	if (make_parents(place, entry->path, err) < 0)
		return -1;
	if (file_place(entry->dirfd, entry->name, place->to, entry->path, &how, err) < 0)
		return err_wrap(err, "'%s'", entry->path);
	place->linked += how == FILE_LINKED;
	place->reflinked += how == FILE_REFLINKED;
	place->copied += how == FILE_COPIED;
	place->files++;
	place->bytes += (uint64_t)entry->st->st_size;
	if (place->bytes - placing->told >= PROGRESS_STEP) {
		placing->told = place->bytes;
		task_progress(place->task, place->bytes, placing->total, "bytes");
	}
	return 0;
}

static int place_entry(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	struct placing *placing = ctx;
	struct tree_place *place = placing->place;

	if (task_cancelled(place->task))
		return err_set(err, ERR_BUSY, "given up, because the server stops");
	switch (entry->st->st_mode & S_IFMT) {
	case S_IFDIR:
		if (mkdirat(place->to, entry->path, 0755) < 0)
			return err_sys(err, "cannot make folder '%s'", entry->path);
		return 0;
	case S_IFREG:
		return place_file(placing, entry, err);
	case S_IFLNK:
		return place_symlink(place, entry, err);
	default:
		leave_out(place, entry->path, "neither a file, a folder nor a symlink");
		return 0;
	}
}

static int add_size(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	uint64_t *total = ctx;

	(void)err;
	if (S_ISREG(entry->st->st_mode))
		*total += (uint64_t)entry->st->st_size;
	return 0;
}

static bool same_filesystem(const struct tree_place *place)
{
	struct stat from;
	struct stat to;

	return fstat(place->from, &from) == 0 && fstat(place->to, &to) == 0 &&
	       from.st_dev == to.st_dev;
}

int tree_place(struct tree_place *place, struct err *err)
{
	struct placing placing = {.place = place};

	/* Links take no time worth a walk of its own; copies do. */
	if (!same_filesystem(place) && for_each(place, add_size, &placing.total, err) < 0)
		return -1;
	if (for_each(place, place_entry, &placing, err) < 0)
		return -1;
	task_progress(place->task, place->bytes, place->bytes, "bytes");
	if (place->copied && same_filesystem(place))
		strv_add(&place->notes,
			"copied what could not be linked: with fs.protected_hardlinks the kernel "
			"lets an account link only files that it owns or may write");
	if (place->files != place->linked && syncfs(place->to) < 0)
		return err_sys(err, "cannot write the tree to disk");
	return 0;
}

struct comparison {
	const struct tree_place *place;
	bool same;
	uint64_t files;
};

static bool same_symlink(
	const struct tree_place *place, const struct file_walk_entry *entry, const char *target)
{
	char there[PATH_MAX];
	ssize_t n = readlinkat(place->to, entry->path, there, sizeof(there));

	return n >= 0 && (size_t)n == strlen(target) && memcmp(there, target, (size_t)n) == 0;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	if (a->st_dev == b->st_dev && a->st_ino == b->st_ino)
		return true;
	return S_ISREG(b->st_mode) && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int compare_entry(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	struct comparison *comparison = ctx;
	struct stat there;

	(void)err;
	if (!comparison->same)
		return 0;
	if (S_ISREG(entry->st->st_mode)) {
		comparison->files++;
		comparison->same = fstatat(comparison->place->to, entry->path, &there,
					   AT_SYMLINK_NOFOLLOW) == 0 &&
		                   same_file(entry->st, &there);
	} else if (S_ISLNK(entry->st->st_mode)) {
		autofree char *target = target_inside(entry);

		comparison->files += target != NULL;
		comparison->same = !target || same_symlink(comparison->place, entry, target);
	}
	return 0;
}

static int count_file(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	uint64_t *files = ctx;

	(void)err;
	*files += !S_ISDIR(entry->st->st_mode);
	return 0;
}

int tree_is_placed(const struct tree_place *place, bool *ret, struct err *err)
{
	struct comparison comparison = {.place = place, .same = true};
	uint64_t there = 0;

	if (for_each(place, compare_entry, &comparison, err) < 0)
		return -1;
	if (comparison.same && file_walk(place->to, ".", count_file, &there, err) < 0)
		return -1;
	*ret = comparison.same && there == comparison.files;
	return 0;
}
