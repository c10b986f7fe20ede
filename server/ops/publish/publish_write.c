/* The sink that writes a generation (publish.h). */
#include "ops/publish/publish.h"

#include "base/file.h"
#include "ops/publish/write_queue.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

struct folder {
	char *path;
	int fd;
};

struct writer {
	struct sink sink;
	int root;
	int current; /* -1: nothing is published yet */
	struct folder *folder;
	size_t n;
	struct write_queue *queue;
};

static int write_folder(
	struct sink *sink, const char *path, mode_t mode, size_t *ret, struct err *err)
{
	struct writer *writer = (struct writer *)sink;
	int fd;

	if (*path && mkdirat(writer->root, path, mode) < 0 && errno != EEXIST)
		return err_sys(err, "cannot make folder '%s'", path);
	if (file_open_dir(writer->root, *path ? path : ".", &fd, err) < 0)
		return -1;
	if (fchmod(fd, mode) < 0) { /* whatever the umask is */
		err_sys(err, "cannot set the mode of '%s'", path);
		close(fd);
		return -1;
	}
	writer->folder = xreallocarray(writer->folder, writer->n + 1, sizeof(*writer->folder));
	writer->folder[writer->n] = (struct folder){.path = xstrdup(path), .fd = fd};
	*ret = writer->n++;
	return 0;
}

static int write_file(struct sink *sink, size_t folder, const char *name, mode_t mode,
	const char *bytes, size_t n, struct err *err)
{
	struct writer *writer = (struct writer *)sink;

	sink->files++;
	return write_queue_add(writer->queue, writer->folder[folder].fd, name, mode, bytes, n, err);
}

/* True where the published file is a copy or link of the same source: then one more link does. */
static bool link_published(const struct writer *writer, const struct folder *folder,
	const char *name, const struct stat *source)
{
	autofree char *path =
		*folder->path ? xasprintf("%s/%s", folder->path, name) : xstrdup(name);
	struct stat st;

	return writer->current >= 0 &&
	       fstatat(writer->current, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && (st.st_mode & 0444) == 0444 &&
	       st.st_size == source->st_size && st.st_mtim.tv_sec == source->st_mtim.tv_sec &&
	       st.st_mtim.tv_nsec == source->st_mtim.tv_nsec &&
	       linkat(writer->current, path, folder->fd, name, 0) == 0;
}

static int write_place(struct sink *sink, size_t folder, const char *name, const char *source,
	bool may_change, struct err *err)
{
	struct writer *writer = (struct writer *)sink;
	const struct folder *to = &writer->folder[folder];
	autofree char *real = realpath(source, NULL); /* a link to a symlink would lead astray */
	enum file_how how;
	struct stat st;

	sink->files++;
	if (!real || stat(real, &st) < 0)
		return err_sys(err, "cannot read '%s'", source);
	if (link_published(writer, to, name, &st))
		return 0;
	/* A link has its source's mode; who serves it is not us. */
	if (may_change || (st.st_mode & 0444) != 0444) {
		if (file_copy(AT_FDCWD, real, to->fd, name, err) < 0)
			return -1;
		return fchmodat(to->fd, name, 0644, 0) < 0
		               ? err_sys(err, "cannot set the mode of '%s'", name)
		               : 0;
	}
	return file_place(AT_FDCWD, real, to->fd, name, &how, err);
}

struct sink *sink_writer_new(int generation, int current)
{
	struct writer *writer = xcalloc(1, sizeof(*writer));

	writer->sink =
		(struct sink){.folder = write_folder, .file = write_file, .place = write_place};
	writer->root = generation;
	writer->current = current;
	writer->queue = write_queue_new();
	return &writer->sink;
}

int sink_writer_end(struct sink *sink, struct err *err)
{
	return write_queue_end(((struct writer *)sink)->queue, err);
}

void sink_writer_free(struct sink *sink)
{
	struct writer *writer = (struct writer *)sink;

	if (!writer)
		return;
	write_queue_free(writer->queue);
	for (size_t i = 0; i < writer->n; i++) {
		close(writer->folder[i].fd);
		free(writer->folder[i].path);
	}
	free(writer->folder);
	free(writer);
}
