/*
 * Files and trees, relative to directory descriptors. Whoever reads a file that file_publish()
 * replaces sees the old bytes or the new ones. Paths are relative to `dirfd` (AT_FDCWD for the
 * working directory). Everything opened is O_CLOEXEC.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Appends the whole file; more than `max` bytes is ERR_TOO_BIG. */
int file_read(int dirfd, const char *path, size_t max, struct strbuf *ret, struct err *err);
/* All of it, however often write(2) stops short. */
int file_write_fd(int fd, const void *bytes, size_t n, struct err *err);
/* A new file that nobody else sees yet (a generation's): no fsync, ERR_CONFLICT if it exists. None
 * is left where it cannot be written. */
int file_write_new(
	int dirfd, const char *path, mode_t mode, const void *bytes, size_t n, struct err *err);
/* Replaces or makes `path`: temporary file beside it, fsync, rename, fsync of the directory. */
int file_publish(
	int dirfd, const char *path, mode_t mode, const void *bytes, size_t n, struct err *err);
/* The same without fsync, for what the next start would make again. */
int file_replace(
	int dirfd, const char *path, mode_t mode, const void *bytes, size_t n, struct err *err);

/* mkdir -p: every missing folder of `path` is made with `mode`. */
int file_mkdirs(int dirfd, const char *path, mode_t mode, struct err *err);
/* Opens a folder: the fd is yours. */
int file_open_dir(int dirfd, const char *path, int *ret, struct err *err);
/* Opens a regular file or folder below `dirfd` for reading. Symlinks may not lead out of it; a name
 * with
 * "..", an absolute one or one that leads out is ERR_NOT_FOUND (openat2(2) RESOLVE_BENEATH). */
int file_open_beneath(int dirfd, const char *path, int *ret, struct stat *st, struct err *err);
/* Removes a file or a whole tree; what is not there is no error. Does not follow symlinks. */
int file_remove_tree(int dirfd, const char *path, struct err *err);

/* The names in a folder, in byte order: read at once, so that what is done with them may change it.
 * Does not follow a symlink. */
int file_list(int dirfd, const char *path, struct strv *ret, struct err *err);

enum file_how { FILE_LINKED, FILE_REFLINKED, FILE_COPIED };
/* Puts the regular file `from` at `to` (which must not exist): hard link where the file system and
 * the kernel allow one, else reflink, else copy. */
int file_place(int from_dir, const char *from, int to_dir, const char *to, enum file_how *ret,
	struct err *err);
/* Copies (reflinks where possible), never links: for what may change later. */
int file_copy(int from_dir, const char *from, int to_dir, const char *to, struct err *err);

struct file_walk_entry {
	const char *path;      /* relative to the walk's start */
	int dirfd;             /* the folder that holds it, open during the call */
	const char *name;      /* in that folder */
	const struct stat *st; /* by lstat */
};
/* Calls `visit` for everything below `path`, folders before what is in them, names in byte order.
 * A visit that fails ends the walk with its error. At most 64 levels deep. */
int file_walk(int dirfd, const char *path,
	int (*visit)(void *ctx, const struct file_walk_entry *entry, struct err *err), void *ctx,
	struct err *err);

/* True for a name that may be one path component from outside: not empty, ".", ".."; no '/', no
 * control byte; at most 255 bytes. */
bool file_name_is_safe(const char *name);
/* True for a relative path whose every component is safe. */
bool file_path_is_safe(const char *path);

#endif
