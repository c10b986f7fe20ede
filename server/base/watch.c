#include "base/watch.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

enum { DEPTH_MAX = 32, FOLDERS_MAX = 16 };

static const uint32_t folder_mask = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE |
                                    IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |
                                    IN_MASK_ADD;
/* A file of several names: its folder does not hear of a write through another one. */
static const uint32_t file_mask = IN_MODIFY | IN_CLOSE_WRITE | IN_MASK_ADD;
static const uint32_t parent_mask =
	IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MASK_ADD;

/* File systems that others may write to without this kernel's knowledge (statfs(2)). */
static const uint32_t remote[] = {
	0x00006969, /* NFS */
	0x0000517b, /* SMB */
	0xff534d42, /* CIFS */
	0xfe534d42, /* SMB2 */
	0x65735546, /* FUSE: sshfs, GlusterFS, virtiofs */
	0x01021997, /* 9P */
	0x00c36400, /* Ceph */
	0x5346414f, /* AFS */
	0x47504653, /* GPFS */
	0x0bd00bd0, /* Lustre */
};

struct top {
	int dirfd;
	char *name;
	int parent; /* the watch of dirfd, -1: none */
	bool link;  /* the name is a symbolic link: what it leads to can change without an event */
	dev_t dev;  /* the folder that it was */
	ino_t ino;
};

struct watch {
	int fd; /* of inotify; -1: the kernel has none for us */
	_Atomic(uint64_t) generation;
	atomic_bool busy;     /* events have been taken from the queue and are not counted yet */
	atomic_bool looking;  /* inotify does not tell all */
	atomic_bool links;    /* a folder is a symbolic link */
	pthread_mutex_t lock; /* guards what follows */
	struct top top[FOLDERS_MAX];
	size_t tops;
	uint64_t sum; /* of all that was seen below the folders */
	int *wd;      /* watches of what is below them now */
	size_t n, alloc;
};

struct watch *watch_new(void)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	atomic_init(&watch->generation, 1);
	atomic_init(&watch->looking, true); /* until the first look has made the watches */
	pthread_mutex_init(&watch->lock, NULL);
	return watch;
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	auto_close(&watch->fd);
	for (size_t i = 0; i < watch->tops; i++)
		free(watch->top[i].name);
	free(watch->wd);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

void watch_add(struct watch *watch, int dirfd, const char *name)
{
	if (watch->tops == FOLDERS_MAX) /* our own mistake */
		abort();
	watch->top[watch->tops++] =
		(struct top){.dirfd = dirfd, .name = xstrdup(name), .parent = -1};
}

/* Making the watches anew */

struct walk {
	struct watch *watch;
	uint64_t sum;
	int *wd;
	size_t n, alloc;
	bool looking;
	bool links;
};

static int add_watch(struct walk *walk, int fd, uint32_t mask)
{
	char path[40];
	int wd = -1;

	/* By descriptor: it is the inode that was opened, whatever has its name by now. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (walk->watch->fd >= 0)
		wd = inotify_add_watch(walk->watch->fd, path, mask);
	if (wd < 0) {
		walk->looking = true;
		return -1;
	}
	if (walk->n == walk->alloc) {
		walk->alloc = walk->alloc ? walk->alloc * 2 : 64;
		walk->wd = xreallocarray(walk->wd, walk->alloc, sizeof(*walk->wd));
	}
	walk->wd[walk->n++] = wd;
	return wd;
}

static bool is_remote(int fd)
{
	struct statfs st;

	if (fstatfs(fd, &st) < 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(remote); i++)
		if ((uint32_t)st.f_type == remote[i])
			return true;
	return false;
}

static void mix(uint64_t *sum, uint64_t value)
{
	*sum = (*sum ^ value) * 0x100000001b3ULL; /* FNV-1a's prime */
	*sum ^= *sum >> 29;
}

static void mix_stat(uint64_t *sum, const struct stat *st)
{
	mix(sum, (uint64_t)st->st_dev);
	mix(sum, (uint64_t)st->st_ino);
	mix(sum, (uint64_t)st->st_mode);
	mix(sum, (uint64_t)st->st_size);
	mix(sum, (uint64_t)st->st_mtim.tv_sec);
	mix(sum, (uint64_t)st->st_mtim.tv_nsec);
	mix(sum, (uint64_t)st->st_ctim.tv_sec);
	mix(sum, (uint64_t)st->st_ctim.tv_nsec);
}

static void watch_folder(struct walk *walk, int fd, int depth);

static void watch_entry(struct walk *walk, int folder, const char *name, int depth)
{
	autoclose int fd = -1;
	struct stat st;

	for (const char *c = name; *c; c++)
		mix(&walk->sum, (unsigned char)*c);
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	mix_stat(&walk->sum, &st);
	if (S_ISDIR(st.st_mode)) {
		fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			watch_folder(walk, fd, depth + 1);
	} else if (S_ISREG(st.st_mode) && st.st_nlink > 1) {
		fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			add_watch(walk, fd, file_mask);
	}
}

/* First the watch, then the look: what comes between the two is an event. */
static void watch_folder(struct walk *walk, int fd, int depth)
{
	autostrv names = STRV_INIT;

	if (depth > DEPTH_MAX)
		return;
	add_watch(walk, fd, folder_mask);
	walk->looking |= is_remote(fd);
	file_list(fd, ".", &names, NULL);
	strv_for_each (name, &names)
		watch_entry(walk, fd, name, depth);
}

static void watch_top(struct walk *walk, struct top *top)
{
	autoclose int fd = -1;
	struct stat st;

	top->parent = add_watch(walk, top->dirfd, parent_mask);
	top->link = fstatat(top->dirfd, top->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	            S_ISLNK(st.st_mode);
	walk->links |= top->link;
	top->dev = 0;
	top->ino = 0;
	fd = openat(top->dirfd, top->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mix(&walk->sum, fd >= 0);
	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	top->dev = st.st_dev;
	top->ino = st.st_ino;
	mix_stat(&walk->sum, &st);
	watch_folder(walk, fd, 0);
}

static bool has(const int *wd, size_t n, int which)
{
	for (size_t i = 0; i < n; i++)
		if (wd[i] == which)
			return true;
	return false;
}

/* Called with the lock held. A folder that is still there keeps its watch. */
static void watch_all(struct watch *watch)
{
	struct walk walk = {.watch = watch, .sum = 0xcbf29ce484222325ULL};

	for (size_t i = 0; i < watch->tops; i++)
		watch_top(&walk, &watch->top[i]);
	for (size_t i = 0; i < watch->n; i++)
		if (!has(walk.wd, walk.n, watch->wd[i]))
			inotify_rm_watch(watch->fd, watch->wd[i]);
	free(watch->wd);
	watch->wd = walk.wd;
	watch->n = walk.n;
	watch->alloc = walk.alloc;
	if (watch->sum != walk.sum)
		atomic_fetch_add(&watch->generation, 1);
	watch->sum = walk.sum;
	atomic_store(&watch->links, walk.links);
	atomic_store(&watch->looking, walk.looking);
}

/* Events */

/* Other files come and go beside the folders: the store's, the published ones. */
static bool is_about_us(const struct watch *watch, const struct inotify_event *event)
{
	bool beside = false;

	if (event->mask & IN_IGNORED)
		return false;
	for (size_t i = 0; i < watch->tops; i++) {
		if (event->wd != watch->top[i].parent)
			continue;
		beside = true;
		if (event->len && strcmp(event->name, watch->top[i].name) == 0)
			return true;
	}
	return !beside;
}

/* Takes all events from the queue: whether there was one about our folders. An overflown queue is
 * one, too. */
static bool take_events(struct watch *watch)
{
	_Alignas(struct inotify_event) char room[8192];
	bool changed = false;
	ssize_t len;

	while (watch->fd >= 0 && (len = read(watch->fd, room, sizeof(room))) > 0) {
		for (const char *at = room; at < room + len;) {
			const struct inotify_event *event =
				__builtin_assume_aligned(at, _Alignof(struct inotify_event));

			changed |= is_about_us(watch, event);
			at += sizeof(*event) + event->len;
		}
	}
	return changed;
}

static bool queue_is_empty(const struct watch *watch)
{
	int bytes = 0;

	return ioctl(watch->fd, FIONREAD, &bytes) == 0 && bytes == 0;
}

/* A link, or one on its way, may lead elsewhere now. */
static bool links_are_as_seen(const struct watch *watch)
{
	for (size_t i = 0; i < watch->tops; i++) {
		const struct top *top = &watch->top[i];
		struct stat st;

		if (!top->link)
			continue;
		if (fstatat(top->dirfd, top->name, &st, 0) < 0)
			st = (struct stat){0};
		if (st.st_dev != top->dev || st.st_ino != top->ino)
			return false;
	}
	return true;
}

static void look(struct watch *watch)
{
	bool changed;

	pthread_mutex_lock(&watch->lock);
	atomic_store(&watch->busy, true);
	changed = take_events(watch);
	if (changed || atomic_load(&watch->looking) || !links_are_as_seen(watch))
		watch_all(watch);
	/* A write that leaves size and times as they were is a change, too. Counted after the look,
	 * so that what was read before it counts as older. */
	if (changed)
		atomic_fetch_add(&watch->generation, 1);
	atomic_store(&watch->busy, false);
	pthread_mutex_unlock(&watch->lock);
}

uint64_t watch_generation(struct watch *watch)
{
	/* In this order: whoever empties the queue is busy before and until it has counted. */
	if (atomic_load(&watch->looking) || atomic_load(&watch->links) || !queue_is_empty(watch) ||
		atomic_load(&watch->busy))
		look(watch);
	return atomic_load(&watch->generation);
}

bool watch_is_exact(struct watch *watch)
{
	watch_generation(watch);
	return !atomic_load(&watch->looking);
}
