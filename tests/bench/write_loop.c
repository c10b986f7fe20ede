/*
 * The yardstick of a full sync: writes the files that stand below FROM again below TO (which must
 * not exist), with nothing around open, write and close, then one syncfs. Prints the seconds that
 * the writing took; reading the files into memory first is not counted.
 * Usage: write_loop FROM TO
 */
#include "base/file.h"
#include "base/strv.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct piece {
	char *path;
	bool is_folder;
	char *link_from; /* a large file is linked, as sync does */
	struct strbuf bytes;
};

struct pieces {
	struct piece *v;
	size_t n;
	const char *from;
};

enum { LINK_FROM_SIZE = 256 * 1024 };

static int collect(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	struct pieces *pieces = ctx;
	struct piece *piece;

	if (!S_ISREG(entry->st->st_mode) && !S_ISDIR(entry->st->st_mode))
		return 0;
	pieces->v = xreallocarray(pieces->v, pieces->n + 1, sizeof(*pieces->v));
	piece = &pieces->v[pieces->n++];
	*piece = (struct piece){.path = xstrdup(entry->path),
		.is_folder = S_ISDIR(entry->st->st_mode),
		.bytes = STRBUF_INIT};
	if (piece->is_folder)
		return 0;
	if (entry->st->st_size >= LINK_FROM_SIZE) {
		piece->link_from = xasprintf("%s/%s", pieces->from, entry->path);
		return 0;
	}
	return file_read(entry->dirfd, entry->name, LINK_FROM_SIZE, &piece->bytes, err);
}

static int write_piece(int to, const struct piece *piece, struct err *err)
{
	int fd;

	if (piece->is_folder)
		return mkdirat(to, piece->path, 0755) < 0 ? err_sys(err, "%s", piece->path) : 0;
	if (piece->link_from)
		return linkat(AT_FDCWD, piece->link_from, to, piece->path, 0) < 0
		               ? err_sys(err, "%s", piece->path)
		               : 0;
	fd = openat(to, piece->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, piece->bytes.buf, piece->bytes.len) != (ssize_t)piece->bytes.len ||
		close(fd) < 0)
		return err_sys(err, "%s", piece->path);
	return 0;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char *argv[])
{
	struct pieces pieces = {.v = NULL};
	struct err err = ERR_INIT;
	int result = -1;
	double start;
	int to = -1;

	if (argc != 3) {
		fprintf(stderr, "usage: write_loop FROM TO\n");
		return 2;
	}
	pieces.from = argv[1];
	if (file_walk(AT_FDCWD, argv[1], collect, &pieces, &err) == 0 &&
		file_mkdirs(AT_FDCWD, argv[2], 0755, &err) == 0 &&
		file_open_dir(AT_FDCWD, argv[2], &to, &err) == 0)
		result = 0;
	start = seconds();
	for (size_t i = 0; result == 0 && i < pieces.n; i++)
		result = write_piece(to, &pieces.v[i], &err);
	if (result == 0 && syncfs(to) < 0)
		result = err_sys(&err, "cannot sync");
	if (result < 0)
		fprintf(stderr, "write_loop: %s\n", err.msg);
	else
		printf("%.4f\n", seconds() - start);
	for (size_t i = 0; i < pieces.n; i++) {
		free(pieces.v[i].path);
		free(pieces.v[i].link_from);
		strbuf_done(&pieces.v[i].bytes);
	}
	free(pieces.v);
	return result < 0 ? 1 : 0;
}
