/* Whole trees: walking and removing (file.h). */
#include "base/file.h"
#include "base/strv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { DEPTH_LIMIT = 64 };

static int closedir_ignore(DIR *d)
{
	return closedir(d);
}
DEFINE_AUTO(dir, DIR *, closedir_ignore)

int file_list(int dirfd, const char *path, struct strv *ret, struct err *err)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	AUTO(dir) DIR *dir = fd >= 0 ? fdopendir(fd) : NULL; /* which owns fd from here on */
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return err_sys(err, "cannot open folder '%s'", path);
	}
	while ((errno = 0, entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			strv_add(ret, entry->d_name);
	if (errno)
		return err_sys(err, "cannot read folder '%s'", path);
	strv_sort(ret);
	return 0;
}

struct walk {
	int (*visit)(void *ctx, const struct file_walk_entry *entry, struct err *err);
	void *ctx;
	struct strbuf path; /* relative to the start */
};

static int walk_folder(struct walk *walk, int dirfd, const char *name, int depth, struct err *err)
{
	autostrv names = STRV_INIT;
	autoclose int fd = -1;
	size_t len = walk->path.len;

	if (depth > DEPTH_LIMIT)
		return err_set(err, ERR_TOO_BIG, "'%s' is nested deeper than %d folders",
			walk->path.buf, DEPTH_LIMIT);
	if (file_list(dirfd, name, &names, err) < 0 || file_open_dir(dirfd, name, &fd, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		struct stat st;
		struct file_walk_entry entry = {.dirfd = fd, .name = names.v[i], .st = &st};

		if (fstatat(fd, names.v[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			return err_sys(err, "cannot look at '%s'", names.v[i]);
		strbuf_addf(&walk->path, "%s%s", len ? "/" : "", names.v[i]);
		entry.path = walk->path.buf;
		if (walk->visit(walk->ctx, &entry, err) < 0)
			return -1;
		if (S_ISDIR(st.st_mode) && walk_folder(walk, fd, names.v[i], depth + 1, err) < 0)
			return -1;
		strbuf_truncate(&walk->path, len);
	}
	return 0;
}

int file_walk(int dirfd, const char *path,
	int (*visit)(void *ctx, const struct file_walk_entry *entry, struct err *err), void *ctx,
	struct err *err)
{
	struct walk walk = {.visit = visit, .ctx = ctx, .path = STRBUF_INIT};
	int result = walk_folder(&walk, dirfd, path, 0, err);

	strbuf_done(&walk.path);
	return result;
}

static int remove_below(int dirfd, const char *path, int depth, struct err *err)
{
	autostrv names = STRV_INIT;
	autoclose int fd = -1;

	if (depth > 4 * DEPTH_LIMIT)
		return err_set(err, ERR_TOO_BIG, "'%s' is nested too deep to remove", path);
	if (file_list(dirfd, path, &names, err) < 0 || file_open_dir(dirfd, path, &fd, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		if (unlinkat(fd, names.v[i], 0) == 0 || errno == ENOENT)
			continue;
		if (errno != EISDIR)
			return err_sys(err, "cannot remove '%s'", names.v[i]);
		if (remove_below(fd, names.v[i], depth + 1, err) < 0)
			return -1;
	}
	if (unlinkat(dirfd, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove folder '%s'", path);
	return 0;
}

int file_remove_tree(int dirfd, const char *path, struct err *err)
{
	if (unlinkat(dirfd, path, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return err_sys(err, "cannot remove '%s'", path);
	return remove_below(dirfd, path, 0, err);
}
