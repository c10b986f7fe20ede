#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/syscall.h>

int file_read(int dirfd, const char *path, size_t max, struct strbuf *ret, struct err *err)
{
	autoclose int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t start = ret->len;
	struct stat st;

	if (fd < 0)
		return err_sys(err, "cannot open '%s'", path);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(err, ERR_INVALID, "'%s' is a folder, not a file", path);
	for (;;) {
		size_t want =
			st.st_size > 0 && st.st_size < 1 << 20 ? (size_t)st.st_size + 1 : 65536;
		ssize_t n = read(fd, strbuf_grow(ret, want), want);

		if (n < 0) {
			err_sys(err, "cannot read '%s'", path);
			strbuf_truncate(ret, start);
			return -1;
		}
		if (n == 0)
			return 0;
		strbuf_added(ret, (size_t)n);
		if (ret->len - start > max) {
			strbuf_truncate(ret, start);
			return err_set(
				err, ERR_TOO_BIG, "'%s' is larger than %zu bytes", path, max);
		}
	}
}

int file_write_fd(int fd, const void *bytes, size_t n, struct err *err)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_sys(err, "cannot write");
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

int file_write_new(
	int dirfd, const char *path, mode_t mode, const void *bytes, size_t n, struct err *err)
{
	autoclose int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return err_sys(err, "cannot make '%s'", path);
	if (file_write_fd(fd, bytes, n, err) < 0) {
		unlinkat(dirfd, path, 0);
		return err_wrap(err, "'%s'", path);
	}
	return 0;
}

static char *temporary_beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path + 1) : 0;
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), 0) < 0)
		random = (uint32_t)getpid();
	return xasprintf("%.*s.%s.%08x", folder, path, path + folder, random);
}

static int sync_folder_of(int dirfd, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	autofree char *folder = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");
	autoclose int fd =
		openat(dirfd, *folder ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_sys(err, "cannot sync folder '%s'", folder);
	return 0;
}

static int write_temporary(int dirfd, const char *path, mode_t mode, const void *bytes, size_t n,
	bool sync, struct err *err)
{
	autoclose int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return err_sys(err, "cannot make '%s'", path);
	if (file_write_fd(fd, bytes, n, err) < 0)
		return err_wrap(err, "'%s'", path);
	if (sync && fsync(fd) < 0)
		return err_sys(err, "cannot sync '%s'", path);
	return 0;
}

static int replace(int dirfd, const char *path, mode_t mode, const void *bytes, size_t n, bool sync,
	struct err *err)
{
	autofree char *temporary = temporary_beside(path);

	if (write_temporary(dirfd, temporary, mode, bytes, n, sync, err) < 0) {
		unlinkat(dirfd, temporary, 0);
		return -1;
	}
	if (renameat(dirfd, temporary, dirfd, path) < 0) {
		err_sys(err, "cannot put '%s' in place", path);
		unlinkat(dirfd, temporary, 0);
		return -1;
	}
	return sync ? sync_folder_of(dirfd, path, err) : 0;
}

int file_publish(
	int dirfd, const char *path, mode_t mode, const void *bytes, size_t n, struct err *err)
{
	return replace(dirfd, path, mode, bytes, n, true, err);
}

int file_replace(
	int dirfd, const char *path, mode_t mode, const void *bytes, size_t n, struct err *err)
{
	return replace(dirfd, path, mode, bytes, n, false, err);
}

int file_mkdirs(int dirfd, const char *path, mode_t mode, struct err *err)
{
	autofree char *partial = xstrdup(path);
	struct stat st;

	for (char *p = partial + (*partial == '/'); *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (*partial && mkdirat(dirfd, partial, mode) < 0 && errno != EEXIST)
			return err_sys(err, "cannot make folder '%s'", partial);
		*p = '/';
	}
	if (mkdirat(dirfd, path, mode) < 0 && errno != EEXIST)
		return err_sys(err, "cannot make folder '%s'", path);
	if (fstatat(dirfd, path, &st, 0) < 0 || !S_ISDIR(st.st_mode))
		return err_set(err, ERR_CONFLICT, "'%s' exists and is not a folder", path);
	return 0;
}

int file_open_dir(int dirfd, const char *path, int *ret, struct err *err)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot open folder '%s'", path);
	*ret = fd;
	return 0;
}

int file_open_beneath(int dirfd, const char *path, int *ret, struct stat *st, struct err *err)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	autoclose int fd = -1;

	if (!file_path_is_safe(path))
		return err_set(err, ERR_NOT_FOUND, "no file '%s'", path);
	fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
	if (fd < 0 && (errno == EXDEV || errno == ELOOP || errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_NOT_FOUND, "no file '%s'", path);
	if (fd < 0 || fstat(fd, st) < 0)
		return err_sys(err, "cannot open '%s'", path);
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return err_set(err, ERR_NOT_FOUND, "'%s' is no regular file", path);
	*ret = take_fd(&fd);
	return 0;
}

static int copy_bytes(int from, int to, struct err *err)
{
	enum { CHUNK = 1 << 20 };
	autofree char *chunk = NULL;

	while (true) { /* in the kernel where it can */
		ssize_t n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);

		if (n == 0)
			return 0;
		if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
			return err_sys(err, "cannot copy");
		if (n < 0)
			break;
	}
	chunk = xmalloc(CHUNK);
	while (true) {
		ssize_t n = read(from, chunk, CHUNK);

		if (n < 0)
			return err_sys(err, "cannot read");
		if (n == 0)
			return 0;
		if (file_write_fd(to, chunk, (size_t)n, err) < 0)
			return -1;
	}
}

static int reflink_or_copy(int from_dir, const char *from, int to_dir, const char *to,
	enum file_how *ret, struct err *err)
{
	autoclose int in = openat(from_dir, from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	autoclose int out = -1;
	struct stat st;

	if (in < 0 || fstat(in, &st) < 0)
		return err_sys(err, "cannot read '%s'", from);
	out = openat(to_dir, to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0755);
	if (out < 0)
		return err_sys(err, "cannot make '%s'", to);
	*ret = ioctl(out, FICLONE, in) == 0 ? FILE_REFLINKED : FILE_COPIED;
	if (*ret == FILE_COPIED && copy_bytes(in, out, err) < 0) {
		err_wrap(err, "'%s'", to);
		unlinkat(to_dir, to, 0);
		return -1;
	}
	futimens(out, (struct timespec[2]){st.st_atim, st.st_mtim});
	return 0;
}

int file_place(int from_dir, const char *from, int to_dir, const char *to, enum file_how *ret,
	struct err *err)
{
	if (linkat(from_dir, from, to_dir, to, 0) == 0) {
		*ret = FILE_LINKED;
		return 0;
	}
	if (errno == EEXIST || errno == ENOENT || errno == ENOSPC)
		return err_sys(err, "cannot link '%s' to '%s'", from, to);
	return reflink_or_copy(from_dir, from, to_dir, to, ret, err);
}

int file_copy(int from_dir, const char *from, int to_dir, const char *to, struct err *err)
{
	enum file_how how;

	return reflink_or_copy(from_dir, from, to_dir, to, &how, err);
}

bool file_name_is_safe(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > 255 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name; name++)
		if (*name == '/' || (unsigned char)*name < 0x20 || *name == 0x7f)
			return false;
	return true;
}

bool file_path_is_safe(const char *path)
{
	while (true) {
		size_t len = strcspn(path, "/");
		char name[256];

		if (len == 0 || len > 255)
			return false;
		memcpy(name, path, len);
		name[len] = '\0';
		if (!file_name_is_safe(name))
			return false;
		if (!path[len])
			return true;
		path += len + 1;
	}
}
