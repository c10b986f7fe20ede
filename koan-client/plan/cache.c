#include "koan-client/plan/cache.h"

#include "base/file.h"
#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#define KEEP_SECONDS (30L * 24 * 60 * 60)
#define COPY_BYTES   ((size_t)128 << 10)

char *cache_folder(const char *given)
{
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	autofree char *here = NULL;

	if (given && given[0] == '/')
		return xstrdup(given);
	if (given) {
		here = realpath(".", NULL);
		return xasprintf("%s/%s", here ? here : "", given);
	}
	if (geteuid() == 0)
		return xstrdup("/var/cache/koan");
	if (xdg && xdg[0] == '/')
		return xasprintf("%s/koan", xdg);
	return xasprintf("%s/.cache/koan", home ? home : "");
}

static char *initrd_name(const struct plan *plan)
{
	struct sha256 sum;
	char text[SHA256_TEXT];

	if (plan->n_initrds == 1)
		return xstrdup(plan->initrds[0].sha256);
	sha256_begin(&sum);
	for (size_t i = 0; i < plan->n_initrds; i++)
		sha256_add(&sum, plan->initrds[i].sha256, SHA256_TEXT);
	sha256_end(&sum, text);
	return xasprintf("joined-%s", text);
}

static const struct plan_file *first_file(const struct plan *plan)
{
	return plan->image ? &plan->image->file : &plan->kernel;
}

char *cache_kernel_path(const char *folder, const struct plan *plan)
{
	return xasprintf("%s/%s", folder, first_file(plan)->sha256);
}

char *cache_initrd_path(const char *folder, const struct plan *plan)
{
	autofree char *name = plan->n_initrds ? initrd_name(plan) : NULL;

	return name ? xasprintf("%s/%s", folder, name) : NULL;
}

/* A file that is being written under a temporary name. */
struct part {
	int dir;
	int fd;
	char name[64];
	struct sha256 sum;
	uint64_t size;
};

static void auto_part(struct part *part)
{
	if (part->fd >= 0)
		close(part->fd);
	if (part->name[0])
		unlinkat(part->dir, part->name, 0);
}

/* What has an answer file in it is its owner's alone; libvirt gives it to QEMU. */
static mode_t mode_of(bool has_answer)
{
	return has_answer ? 0600 : 0644;
}

static int part_open(int dir, const char *name, mode_t mode, struct part *ret, struct err *err)
{
	uint64_t number = 0;

	*ret = (struct part){.dir = dir, .fd = -1};
	/* Not by the process number: koans in containers, or on two hosts, may share a folder. */
	if (getrandom(&number, sizeof(number), 0) < 0)
		number = (uint64_t)getpid();
	snprintf(ret->name, sizeof(ret->name), "%.16s.%016llx.part", name,
		(unsigned long long)number);
	ret->fd = openat(dir, ret->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (ret->fd < 0) {
		ret->name[0] = '\0';
		return err_sys(err, "a file cannot be made in the cache folder");
	}
	sha256_begin(&ret->sum);
	return 0;
}

static int part_add(void *ctx, const void *bytes, size_t n, struct err *err)
{
	struct part *part = ctx;

	sha256_add(&part->sum, bytes, n);
	part->size += n;
	return file_write_fd(part->fd, bytes, n, err);
}

/* No fsync: a file that a crash cut short fails its verification at the next use. */
static int part_publish(struct part *part, const char *name, struct err *err)
{
	if (renameat(part->dir, part->name, part->dir, name) < 0)
		return err_sys(err, "'%s' in the cache folder", name);
	part->name[0] = '\0';
	return 0;
}

/* Opens a cached file that is whole; -1 in `ret` where there is none. A damaged one is removed. */
static int open_verified(int dir, const struct plan_file *file, int *ret, struct err *err)
{
	autoclose int fd = openat(dir, file->sha256, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char sum[SHA256_TEXT];
	struct stat st;

	*ret = -1;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(
			err, ERR_IO, "'%s' in the cache folder is no readable file", file->sha256);
	if ((uint64_t)st.st_size != file->size)
		return 0; /* the plan's size is wrong, or the file is: a download will tell */
	if (sha256_fd(fd, sum, NULL, err) < 0)
		return -1;
	if (strcmp(sum, file->sha256) != 0) {
		log_warning("'%s' in the cache folder is damaged and will be fetched again",
			file->sha256);
		return 0;
	}
	futimens(fd, NULL); /* used today: see prune() */
	*ret = take_fd(&fd);
	return 0;
}

static int check_part(struct part *part, const struct plan_file *file, struct err *err)
{
	char sum[SHA256_TEXT];

	if (part->size != file->size)
		return err_set(err, ERR_INVALID,
			"%s has %llu bytes, the server's plan says %llu; run 'bootwright sync' on "
			"the server, or import the distro again",
			file->url, (unsigned long long)part->size, (unsigned long long)file->size);
	sha256_end(&part->sum, sum);
	if (strcmp(sum, file->sha256) != 0)
		return err_set(err, ERR_INVALID,
			"%s has the SHA-256 %s, the server's plan says %s; the file was changed "
			"on its way or on the server",
			file->url, sum, file->sha256);
	return 0;
}

static int download(int dir, const struct plan_file *file, struct fetch *fetch,
	const struct interrupt *interrupt, struct err *err)
{
	__attribute__((cleanup(auto_part))) struct part part;
	struct fetch_request request = {.url = file->url,
		.sink = part_add,
		.ctx = &part,
		.max = file->size,
		.interrupt = interrupt};
	autostrbuf body = STRBUF_INIT;
	int status;

	if (part_open(dir, file->sha256, mode_of(file->has_answer), &part, err) < 0 ||
		fetch_get(fetch, &request, &status, &body, err) < 0)
		return -1;
	if (status != 200) {
		plan_problem(body.buf, body.len, status, err);
		return err_wrap(err, "%s", file->url);
	}
	if (check_part(&part, file, err) < 0)
		return -1;
	return part_publish(&part, file->sha256, err);
}

/* Makes sure of one file and opens it. */
static int obtain(int dir, const struct plan_file *file, struct fetch *fetch,
	const struct interrupt *interrupt, int *ret, struct err *err)
{
	if (open_verified(dir, file, ret, err) < 0)
		return -1;
	if (*ret >= 0)
		return 0;
	if (download(dir, file, fetch, interrupt, err) < 0)
		return -1;
	*ret = openat(dir, file->sha256, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return *ret < 0 ? err_sys(err, "'%s' in the cache folder", file->sha256) : 0;
}

static int copy_into(struct part *part, int fd, struct err *err)
{
	autofree char *bytes = xmalloc(COPY_BYTES);
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "cached initrd");
	while ((n = read(fd, bytes, COPY_BYTES)) > 0)
		if (part_add(part, bytes, (size_t)n, err) < 0)
			return -1;
	return n < 0 ? err_sys(err, "cached initrd") : 0;
}

/* The kernel unpacks archives one after the other, and wants each to begin at a multiple of four
 * (Linux, Documentation/driver-api/early-userspace/buffer-format.rst). */
static int add_initrd(struct part *joined, int fd, struct err *err)
{
	static const char zeros[4];

	if (joined->size % 4 && part_add(joined, zeros, 4 - joined->size % 4, err) < 0)
		return -1;
	return copy_into(joined, fd, err);
}

static int fill_initrds(int dir, const struct plan *plan, struct fetch *fetch,
	const struct interrupt *interrupt, struct err *err)
{
	__attribute__((cleanup(auto_part))) struct part joined = {.fd = -1};
	autofree char *name = plan->n_initrds ? initrd_name(plan) : NULL;
	bool has_answer = false;

	for (size_t i = 0; i < plan->n_initrds; i++)
		has_answer |= plan->initrds[i].has_answer;
	if (plan->n_initrds > 1 && part_open(dir, name, mode_of(has_answer), &joined, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->n_initrds; i++) {
		autoclose int fd = -1;

		if (obtain(dir, &plan->initrds[i], fetch, interrupt, &fd, err) < 0)
			return -1;
		if (plan->n_initrds > 1 && add_initrd(&joined, fd, err) < 0)
			return -1;
	}
	return plan->n_initrds > 1 ? part_publish(&joined, name, err) : 0;
}

/* What file_replace() calls a file that it has not finished. */
static bool is_temporary(const char *name)
{
	autofree char *sum = name[0] == '.' ? xstrndup(name + 1, SHA256_TEXT - 1) : xstrdup("");

	return !check_sha256(sum) && name[SHA256_TEXT] == '.';
}

static bool is_ours(const char *name)
{
	size_t len = strlen(name);

	return is_temporary(name) || !check_sha256(name) || strncmp(name, "joined-", 7) == 0 ||
	       (len > 5 && strcmp(name + len - 5, ".part") == 0);
}

static void prune(int dir)
{
	DIR *list = fdopendir(fcntl(dir, F_DUPFD_CLOEXEC, 0));
	time_t limit = time(NULL) - KEEP_SECONDS;
	const struct dirent *entry;
	struct stat st;

	while (list && (entry = readdir(list)))
		if (is_ours(entry->d_name) &&
			fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(st.st_mode) && st.st_mtime < limit)
			unlinkat(dir, entry->d_name, 0);
	if (list)
		closedir(list);
}

static int open_folder(const char *folder, int *ret, struct err *err)
{
	if (file_mkdirs(AT_FDCWD, folder, 0755, err) < 0 ||
		file_open_dir(AT_FDCWD, folder, ret, err) < 0)
		return err_wrap(err, "cache folder '%s'", folder);
	return 0;
}

int cache_fill(const char *folder, const struct plan *plan, struct fetch *fetch,
	const struct interrupt *interrupt, struct err *err)
{
	autoclose int dir = -1;
	autoclose int kernel = -1;

	if (open_folder(folder, &dir, err) < 0)
		return -1;
	prune(dir);
	if (obtain(dir, first_file(plan), fetch, interrupt, &kernel, err) < 0)
		return err_wrap(err, "%s", plan->image ? "image" : "kernel");
	if (fill_initrds(dir, plan, fetch, interrupt, err) < 0)
		return err_wrap(err, "initrd");
	return 0;
}

int cache_put(
	const char *folder, const void *bytes, size_t n, struct plan_file *file, struct err *err)
{
	autoclose int dir = -1;

	sha256_text(bytes, n, file->sha256);
	file->size = n;
	if (open_folder(folder, &dir, err) < 0 ||
		file_replace(dir, file->sha256, mode_of(file->has_answer), bytes, n, err) < 0)
		return err_wrap(err, "cache folder '%s'", folder);
	return 0;
}

/* Opens it where it is a file of the size; -1 otherwise. */
static int open_sized(const char *path, uint64_t size)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != size)
		return -1;
	return take_fd(&fd);
}

static int adopt(int dir, int fd, const struct plan_file *file, struct err *err)
{
	__attribute__((cleanup(auto_part))) struct part part;

	if (part_open(dir, file->sha256, mode_of(file->has_answer), &part, err) < 0 ||
		copy_into(&part, fd, err) < 0 || check_part(&part, file, err) < 0)
		return -1;
	return part_publish(&part, file->sha256, err);
}

int cache_adopt(const char *folder, const char *path, const struct plan_file *file, bool *ret,
	struct err *err)
{
	autoclose int dir = -1;
	autoclose int there = -1;
	autoclose int fd = open_sized(path, file->size);
	char sum[SHA256_TEXT];

	*ret = false;
	if (fd < 0)
		return 0;
	if (open_folder(folder, &dir, err) < 0 || open_verified(dir, file, &there, err) < 0)
		return -1;
	*ret = there >= 0;
	if (*ret || sha256_fd(fd, sum, NULL, NULL) < 0 || strcmp(sum, file->sha256) != 0)
		return 0;
	if (adopt(dir, fd, file, err) < 0)
		return -1;
	*ret = true;
	return 0;
}
