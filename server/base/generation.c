#include "base/generation.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define UNFINISHED "gen/.new-%" PRIu64
#define FINISHED   "gen/%" PRIu64
#define OLD        ".old-%" PRIu64

enum { NAME_ROOM = 64, OLD_MOST = 100 };

static int closedir_ignore(DIR *dir)
{
	return closedir(dir);
}
DEFINE_AUTO(closedir, DIR *, closedir_ignore)

/* "42", without sign, blanks or leading zeros; 0 where it is no number. */
static uint64_t number_of(const char *name)
{
	uint64_t number = 0;

	if (*name < '1' || *name > '9' || strlen(name) > 18)
		return 0;
	for (; *name >= '0' && *name <= '9'; name++)
		number = number * 10 + (uint64_t)(*name - '0');
	return *name ? 0 : number;
}

/* Calls `each` with every name in a folder of the root; a folder that is not there is empty. */
static int each_name(int root, const char *folder,
	int (*each)(void *ctx, const char *name, struct err *err), void *ctx, struct err *err)
{
	autoclose int fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(closedir) DIR *dir = NULL;
	struct dirent *entry;

	if (fd < 0 && errno == ENOENT)
		return 0;
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return err_sys(err, "cannot read folder '%s'", folder);
	take_fd(&fd);
	while ((errno = 0, entry = readdir(dir)))
		if (each(ctx, entry->d_name, err) < 0)
			return -1;
	return errno ? err_sys(err, "cannot read folder '%s'", folder) : 0;
}

/* The highest and, below `below`, the second. */
struct numbers {
	uint64_t below;
	uint64_t highest;
};

static int find_highest(void *ctx, const char *name, struct err *err)
{
	struct numbers *numbers = ctx;
	uint64_t number = number_of(name);

	(void)err;
	if (number > numbers->highest && number < numbers->below)
		numbers->highest = number;
	return 0;
}

int generation_current(int root, uint64_t *ret, struct err *err)
{
	char target[NAME_ROOM];
	ssize_t n = readlinkat(root, "current", target, sizeof(target) - 1);

	if (n < 0 && errno == ENOENT) {
		*ret = 0;
		return 0;
	}
	if (n < 0)
		return err_sys(err, "cannot read the link 'current'");
	target[n] = '\0';
	*ret = strncmp(target, "gen/", 4) == 0 ? number_of(target + 4) : 0;
	if (!*ret)
		return err_set(err, ERR_CONFLICT,
			"the link 'current' leads to '%s', which is no generation", target);
	return 0;
}

int generation_open(int root, int *ret, struct err *err)
{
	int fd = openat(root, "current/.", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "nothing has been published yet");
	if (fd < 0)
		return err_sys(err, "cannot open the published generation");
	*ret = fd;
	return 0;
}

static int sync_folder(int root, const char *folder, struct err *err)
{
	autoclose int fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_sys(err, "cannot sync folder '%s'", folder);
	return 0;
}

int generation_begin(int root, struct generation *ret, struct err *err)
{
	struct generation generation = {.root = root, .fd = -1};
	struct numbers numbers = {.below = UINT64_MAX};
	char name[NAME_ROOM];

	if (file_mkdirs(root, "gen", 0755, err) < 0 ||
		each_name(root, "gen", find_highest, &numbers, err) < 0)
		return -1;
	generation.number = numbers.highest + 1;
	snprintf(name, sizeof(name), UNFINISHED, generation.number);
	if (file_remove_tree(root, name, err) < 0)
		return -1;
	if (mkdirat(root, name, 0755) < 0)
		return err_sys(err, "cannot make folder '%s'", name);
	if (file_open_dir(root, name, &generation.fd, err) < 0)
		return -1;
	*ret = generation;
	return 0;
}

/* Makes `current` lead to gen/NUMBER: a link aside, renamed over the old one. */
static int switch_to(int root, uint64_t number, struct err *err)
{
	char target[NAME_ROOM];
	struct err ignored = ERR_INIT;

	snprintf(target, sizeof(target), FINISHED, number);
	if (unlinkat(root, ".current", 0) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '.current'");
	if (symlinkat(target, root, ".current") < 0)
		return err_sys(err, "cannot make the link '.current'");
	if (renameat(root, ".current", root, "current") < 0)
		return err_sys(err, "cannot switch the link 'current'");
	/* Everybody sees the new one now, so this can no longer fail. */
	if (sync_folder(root, ".", &ignored) < 0)
		log_warning("published, but not yet safe on disk: %s", ignored.msg);
	return 0;
}

static int by_number_down(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return *x < *y ? 1 : *x > *y ? -1 : 0;
}

struct listing {
	uint64_t *number;
	size_t n;
};

static int add_number(void *ctx, const char *name, struct err *err)
{
	struct listing *list = ctx;

	(void)err;
	if (!number_of(name))
		return 0;
	list->number = xreallocarray(list->number, list->n + 1, sizeof(*list->number));
	list->number[list->n++] = number_of(name);
	return 0;
}

int generation_list(int root, uint64_t **ret, size_t *n, struct err *err)
{
	struct listing list = {.n = 0};

	if (each_name(root, "gen", add_number, &list, err) < 0) {
		free(list.number);
		return -1;
	}
	if (list.n)
		qsort(list.number, list.n, sizeof(*list.number), by_number_down);
	*ret = list.number;
	*n = list.n;
	return 0;
}

/* One of that number may still be there, on its way out. */
static int move_out(int root, const char *from, uint64_t number, struct err *err)
{
	char to[NAME_ROOM];

	for (unsigned i = 0; i < OLD_MOST; i++) {
		int len = snprintf(to, sizeof(to), OLD, number);

		if (i)
			snprintf(to + len, sizeof(to) - (size_t)len, ".%u", i);
		if (renameat(root, from, root, to) == 0 || errno == ENOENT)
			return 0;
		if (errno != ENOTEMPTY && errno != EEXIST)
			break;
	}
	return err_sys(err, "cannot move '%s' away", from);
}

static int move_away(int root, uint64_t number, struct err *err)
{
	char from[NAME_ROOM];

	snprintf(from, sizeof(from), FINISHED, number);
	return move_out(root, from, number, err);
}

/* True for one that was made within the last `seconds`: its folder changes when it is made, and
 * when one of its top files is replaced. */
static bool is_young(int root, uint64_t number, double seconds)
{
	char path[NAME_ROOM];
	struct stat st;

	snprintf(path, sizeof(path), FINISHED, number);
	return fstatat(root, path, &st, 0) == 0 &&
	       difftime(time(NULL), st.st_mtim.tv_sec) <= seconds;
}

/* Those above the current one were left by going back; their turn is over, too. */
static int move_old(int root, uint64_t current, uint64_t previous,
	const struct generation_keep *keep, struct err *err)
{
	autofree uint64_t *number = NULL;
	size_t kept = 0;
	size_t n;

	if (generation_list(root, &number, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (number[i] == current || number[i] == previous)
			continue;
		if (number[i] < current && kept < keep->count &&
			is_young(root, number[i], keep->seconds))
			kept++;
		else if (move_away(root, number[i], err) < 0)
			return -1;
	}
	return 0;
}

int generation_publish(
	struct generation *generation, const struct generation_keep *keep, struct err *err)
{
	uint64_t previous;
	char from[NAME_ROOM];
	char to[NAME_ROOM];
	struct err ignored = ERR_INIT;

	snprintf(from, sizeof(from), UNFINISHED, generation->number);
	snprintf(to, sizeof(to), FINISHED, generation->number);
	if (generation_current(generation->root, &previous, err) < 0)
		return -1;
	if (syncfs(generation->fd) < 0)
		return err_sys(err, "cannot sync the new generation");
	if (renameat(generation->root, from, generation->root, to) < 0)
		return err_sys(err, "cannot put the new generation in place");
	if (sync_folder(generation->root, "gen", err) < 0 ||
		switch_to(generation->root, generation->number, err) < 0) {
		/* Its number must not come back as a finished one. */
		renameat(generation->root, to, generation->root, from);
		return -1;
	}
	generation->published = true;
	/* It counts now; what cannot be moved away will be next time. */
	if (move_old(generation->root, generation->number, previous, keep, &ignored) < 0)
		log_warning("old generations: %s", ignored.msg);
	return 0;
}

void generation_done(struct generation *generation)
{
	char name[NAME_ROOM];
	struct err err = ERR_INIT;

	if (generation->fd < 0)
		return;
	close(take_fd(&generation->fd));
	if (generation->published)
		return;
	snprintf(name, sizeof(name), UNFINISHED, generation->number);
	if (file_remove_tree(generation->root, name, &err) < 0)
		log_warning("unfinished generation: %s", err.msg);
}

static int no_such_generation(int root, uint64_t number, struct err *err)
{
	autofree uint64_t *there = NULL;
	autostrbuf list = STRBUF_INIT;
	size_t n;

	if (generation_list(root, &there, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		strbuf_addf(&list, "%s%" PRIu64, i ? ", " : "", there[i]);
	return err_set(err, ERR_NOT_FOUND, "there is no generation %" PRIu64 "; there is %s",
		number, n ? list.buf : "none");
}

int generation_open_number(int root, uint64_t number, int *ret, struct err *err)
{
	char path[NAME_ROOM];
	int fd;

	snprintf(path, sizeof(path), FINISHED, number);
	fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return no_such_generation(root, number, err);
	if (fd < 0)
		return err_sys(err, "cannot open generation %" PRIu64, number);
	*ret = fd;
	return 0;
}

int generation_switch(int root, uint64_t number, struct err *err)
{
	autoclose int fd = -1;

	if (generation_open_number(root, number, &fd, err) < 0)
		return -1;
	return switch_to(root, number, err);
}

static int move_unfinished(void *ctx, const char *name, struct err *err)
{
	const int *root = ctx;
	autofree char *path = NULL;

	if (strncmp(name, ".new-", 5) != 0)
		return 0;
	path = xasprintf("gen/%s", name);
	return move_out(*root, path, number_of(name + 5), err);
}

static int remove_old(void *ctx, const char *name, struct err *err)
{
	const int *root = ctx;

	return strncmp(name, ".old-", 5) == 0 ? file_remove_tree(*root, name, err) : 0;
}

/* A generation that was named but never switched to is like an unfinished one. */
static int move_unused(int root, struct err *err)
{
	autofree uint64_t *number = NULL;
	uint64_t current;
	size_t n;

	if (generation_current(root, &current, err) < 0 ||
		generation_list(root, &number, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (number[i] > current && move_away(root, number[i], err) < 0)
			return -1;
	return 0;
}

int generation_clean(int root, bool keep_newer, struct err *err)
{
	if (unlinkat(root, ".current", 0) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '.current'");
	if (each_name(root, "gen", move_unfinished, &root, err) < 0)
		return -1;
	return keep_newer ? 0 : move_unused(root, err);
}

static void *empty_trash(void *ctx)
{
	struct generation_trash *trash = ctx;
	struct err err = ERR_INIT;

	if (each_name(trash->root, ".", remove_old, &trash->root, &err) < 0)
		log_warning("old generations: %s", err.msg);
	return NULL;
}

void generation_trash_empty(struct generation_trash *trash, int root)
{
	generation_trash_wait(trash);
	trash->root = root;
	if (pthread_create(&trash->thread, NULL, empty_trash, trash) != 0)
		empty_trash(trash);
	else
		trash->running = true;
}

void generation_trash_wait(struct generation_trash *trash)
{
	if (trash->running)
		pthread_join(trash->thread, NULL);
	trash->running = false;
}
