#include "ops/template_folder.h"

#include "base/file.h"

enum { TEMPLATE_BYTES_MAX = 1 << 20 };

int template_folder_init(struct template_folder *folder, int state_fd, int share_fd,
	const char *name, struct err *err)
{
	*folder = (struct template_folder){.own = -1, .shared = -1};
	if (file_open_dir(state_fd, name, &folder->own, err) < 0 ||
		file_open_dir(share_fd, name, &folder->shared, err) < 0) {
		template_folder_done(folder);
		return -1;
	}
	return 0;
}

void template_folder_done(struct template_folder *folder)
{
	auto_close(&folder->own);
	auto_close(&folder->shared);
	*folder = (struct template_folder){.own = -1, .shared = -1};
}

/* Opens the template in the first of both folders that has it. */
static int open_template(
	const struct template_folder *folder, const char *name, int *ret, struct stat *st)
{
	const int tops[] = {folder->own, folder->shared};

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		int fd;

		if (file_open_beneath(tops[i], name, &fd, st, NULL) < 0)
			continue;
		if (S_ISREG(st->st_mode)) {
			*ret = fd;
			return 0;
		}
		close(fd);
	}
	return -1;
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
	return (sum ^ value) * 0x100000001b3ULL; /* FNV-1a's prime */
}

/* Asked for each template of each answer, so it only looks; load() is the one that minds links. */
static uint64_t stamp(void *ctx, const char *name)
{
	const struct template_folder *folder = ctx;
	uint64_t sum = 0xcbf29ce484222325ULL;
	struct stat st;

	if (!file_path_is_safe(name) || (fstatat(folder->own, name, &st, 0) < 0 &&
						fstatat(folder->shared, name, &st, 0) < 0))
		return 0;
	sum = mix(sum, (uint64_t)st.st_dev);
	sum = mix(sum, (uint64_t)st.st_ino);
	sum = mix(sum, (uint64_t)st.st_size);
	sum = mix(sum, (uint64_t)st.st_mtim.tv_sec);
	sum = mix(sum, (uint64_t)st.st_mtim.tv_nsec);
	return sum ? sum : 1;
}

static int load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	const struct template_folder *folder = ctx;
	autoclose int fd = -1;
	struct stat st;

	if (open_template(folder, name, &fd, &st) < 0)
		return err_set(err, ERR_NOT_FOUND, "no template '%.200s'", name);
	if (st.st_size > TEMPLATE_BYTES_MAX)
		return err_set(err, ERR_TOO_BIG, "template '%.200s' is larger than %d bytes", name,
			TEMPLATE_BYTES_MAX);
	for (;;) {
		char *room = strbuf_grow(ret, 65536);
		ssize_t n = read(fd, room, 65536);

		if (n < 0)
			return err_sys(err, "cannot read template '%.200s'", name);
		if (n == 0)
			return 0;
		strbuf_added(ret, (size_t)n);
	}
}

struct template_loader template_folder_loader(struct template_folder *folder)
{
	return (struct template_loader){.stamp = stamp, .load = load, .ctx = folder};
}

struct template_env *template_folder_env(struct template_folder *folder)
{
	const struct template_options options = {
		.trim_blocks = true,
		.lstrip_blocks = true,
		.keep_trailing_newline = true,
	};
	const struct template_loader loader = template_folder_loader(folder);

	return template_env_new(&options, &loader);
}

bool template_folder_has(const struct template_folder *folder, const char *name)
{
	autoclose int fd = -1;
	struct stat st;

	return open_template(folder, name, &fd, &st) == 0;
}

static int add_template(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	struct strv *names = ctx;

	(void)err;
	if (!S_ISDIR(entry->st->st_mode) && !strv_has(names, entry->path))
		strv_add(names, entry->path);
	return 0;
}

void template_folder_list(const struct template_folder *folder, struct strv *ret)
{
	const int tops[] = {folder->own, folder->shared};

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++)
		file_walk(tops[i], ".", add_template, ret, NULL);
	strv_sort(ret);
}
