#include "ops/answer/template_folder.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { OWN, SHARED, TOPS };
enum { TEMPLATE_BYTES_MAX = 1 << 20, FILES_MAX = 200000, DEPTH_MAX = 8 };

const struct template_options template_folder_options = {
	.trim_blocks = true,
	.lstrip_blocks = true,
	.keep_trailing_newline = true,
};

void template_folder_init(struct template_folder *folder, struct watch *watch, int state_fd,
	int share_fd, const char *name)
{
	*folder = (struct template_folder){
		.watch = watch, .name = name, .parent = {state_fd, share_fd}, .fd = {-1, -1}};
	pthread_rwlock_init(&folder->lock, NULL);
	for (size_t i = 0; i < TOPS; i++)
		watch_add(watch, folder->parent[i], name);
}

void template_folder_done(struct template_folder *folder)
{
	if (!folder->watch)
		return;
	for (size_t i = 0; i < TOPS; i++)
		auto_close(&folder->fd[i]);
	strv_done(&folder->file);
	pthread_rwlock_destroy(&folder->lock);
	*folder = (struct template_folder){.watch = NULL};
}

/* What there is */

static void add_files(int top, const char *path, int depth, struct strv *ret);

/* A link counts by what it leads to; one that leads out of the folder is listed and cannot be
 * opened, which is what its user has to be told. */
static void add_entry(int top, const char *path, int depth, struct strv *ret)
{
	autoclose int fd = -1;
	struct stat st;

	if (fstatat(top, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISLNK(st.st_mode) && file_open_beneath(top, path, &fd, &st, NULL) < 0)
		st.st_mode = S_IFREG;
	if (S_ISDIR(st.st_mode))
		add_files(top, path, depth + 1, ret);
	else if (ret->n < FILES_MAX)
		strv_add(ret, path);
}

static void add_files(int top, const char *path, int depth, struct strv *ret)
{
	autostrv names = STRV_INIT;
	autoclose int fd = -1;
	struct stat st;

	if (depth > DEPTH_MAX)
		return;
	if (*path ? file_open_beneath(top, path, &fd, &st, NULL) < 0
		  : file_open_dir(top, ".", &fd, NULL) < 0)
		return;
	file_list(fd, ".", &names, NULL);
	strv_for_each (name, &names) {
		autofree char *below = xasprintf("%s%s%s", path, *path ? "/" : "", name);

		add_entry(top, below, depth, ret);
	}
}

static void remove_twins(struct strv *sorted)
{
	size_t kept = 0;

	for (size_t i = 0; i < sorted->n; i++) {
		if (kept && strcmp(sorted->v[kept - 1], sorted->v[i]) == 0)
			free(sorted->v[i]);
		else
			sorted->v[kept++] = sorted->v[i];
	}
	sorted->n = kept;
	if (sorted->v)
		sorted->v[kept] = NULL;
}

/* Called with the lock held for writing. */
static void read_folders(struct template_folder *folder)
{
	strv_done(&folder->file);
	folder->file = (struct strv)STRV_INIT;
	for (size_t i = 0; i < TOPS; i++) {
		auto_close(&folder->fd[i]);
		folder->fd[i] = -1;
		if (file_open_dir(folder->parent[i], folder->name, &folder->fd[i], NULL) == 0)
			add_files(folder->fd[i], "", 0, &folder->file);
	}
	strv_sort(&folder->file);
	remove_twins(&folder->file);
}

/* Takes the lock for reading; what is there is then as it is now. Returns its generation. */
static uint64_t folder_lock(struct template_folder *folder)
{
	uint64_t now = watch_generation(folder->watch);

	pthread_rwlock_rdlock(&folder->lock);
	if (folder->generation >= now)
		return folder->generation;
	pthread_rwlock_unlock(&folder->lock);
	pthread_rwlock_wrlock(&folder->lock);
	if (folder->generation < now) {
		read_folders(folder);
		folder->generation = now;
	}
	return now; /* held for writing, this once: nobody could tell */
}

static void folder_unlock(struct template_folder *folder)
{
	pthread_rwlock_unlock(&folder->lock);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, *(char *const *)b);
}

/* Called with the lock held. */
static bool lists(const struct template_folder *folder, const char *name)
{
	return folder->file.n && bsearch(name, folder->file.v, folder->file.n,
					 sizeof(*folder->file.v), compare_names) != NULL;
}

bool template_folder_lists(struct template_folder *folder, const char *name)
{
	bool found;

	folder_lock(folder);
	found = lists(folder, name);
	folder_unlock(folder);
	return found;
}

void template_folder_list(struct template_folder *folder, struct strv *ret)
{
	folder_lock(folder);
	strv_copy(ret, &folder->file);
	folder_unlock(folder);
}

/* Reading */

/* True where the folder has something by that name, or where that cannot be found out. */
static bool is_there(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	       (errno != ENOENT && errno != ENOTDIR);
}

static int cannot_open(const struct template_folder *folder, size_t top, const char *name,
	const struct err *why, struct err *err)
{
	return err_set(err, ERR_TEMPLATE,
		"%s/%.200s of %s is there, but %s; it must be readable for the account that "
		"bootwrightd runs as, and no link that leads out of its folder",
		folder->name, name, top == OWN ? "the state folder" : "the programs'", why->msg);
}

/* Opens the template in the first of the folders, from `from` on, that has it. One that has it and
 * does not let us read it ends the search: what would be found behind it is not what was meant.
 * Called with the lock held. */
static int open_template(const struct template_folder *folder, size_t from, const char *name,
	int *ret, struct stat *st, struct err *err)
{
	for (size_t i = from; i < TOPS; i++) {
		autoclose int fd = -1;
		struct err why = ERR_INIT;

		if (folder->fd[i] < 0)
			continue;
		if (file_open_beneath(folder->fd[i], name, &fd, st, &why) < 0) {
			if (file_path_is_safe(name) && is_there(folder->fd[i], name))
				return cannot_open(folder, i, name, &why, err);
			continue;
		}
		if (S_ISREG(st->st_mode)) {
			*ret = take_fd(&fd);
			return 0;
		}
	}
	return err_set(err, ERR_NOT_FOUND, "no template '%.200s'", name);
}

static int open_locked(struct template_folder *folder, size_t from, const char *name, int *ret,
	struct stat *st, struct err *err)
{
	int result;

	folder_lock(folder);
	result = open_template(folder, from, name, ret, st, err);
	folder_unlock(folder);
	return result;
}

bool template_folder_has(struct template_folder *folder, const char *name)
{
	autoclose int fd = -1;
	struct stat st;

	return open_locked(folder, OWN, name, &fd, &st, NULL) == 0;
}

int template_folder_read(struct template_folder *folder, const char *name, bool shipped,
	struct strbuf *ret, struct err *err)
{
	size_t start = ret->len;
	autoclose int fd = -1;
	struct stat st;

	if (open_locked(folder, shipped ? SHARED : OWN, name, &fd, &st, err) < 0)
		return -1;
	for (;;) {
		ssize_t n = read(fd, strbuf_grow(ret, 65536), 65536);

		if (n < 0)
			return err_sys(err, "cannot read template '%.200s'", name);
		if (n == 0)
			return 0;
		strbuf_added(ret, (size_t)n);
		if (ret->len - start > TEMPLATE_BYTES_MAX)
			return err_set(err, ERR_TOO_BIG,
				"template '%.200s' is larger than %d bytes", name,
				TEMPLATE_BYTES_MAX);
	}
}

/* The engine's */

static int load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	return template_folder_read(ctx, name, false, ret, err);
}

static uint64_t stamp(void *ctx, const char *name)
{
	struct template_folder *folder = ctx;
	uint64_t generation = folder_lock(folder);
	uint64_t found = lists(folder, name) ? generation : 0;

	folder_unlock(folder);
	return found;
}

struct template_loader template_folder_loader(struct template_folder *folder)
{
	return (struct template_loader){.stamp = stamp, .load = load, .ctx = folder};
}

struct template_env *template_folder_env(struct template_folder *folder)
{
	const struct template_loader loader = template_folder_loader(folder);

	return template_env_new(&template_folder_options, &loader);
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
	return (sum ^ value) * 0x100000001b3ULL; /* FNV-1a's prime */
}

uint64_t template_folder_stat(void *ctx, const char *name)
{
	uint64_t sum = 0xcbf29ce484222325ULL;
	autoclose int fd = -1;
	struct stat st;

	if (open_locked(ctx, OWN, name, &fd, &st, NULL) < 0)
		return 0;
	sum = mix(sum, (uint64_t)st.st_dev);
	sum = mix(sum, (uint64_t)st.st_ino);
	sum = mix(sum, (uint64_t)st.st_size);
	sum = mix(sum, (uint64_t)st.st_mtim.tv_sec);
	sum = mix(sum, (uint64_t)st.st_mtim.tv_nsec);
	return sum ? sum : 1;
}
