#include "koan-client/self/update_files.h"

#include "koan-client/plan/plan_read.h"
#include "koan-client/plan/server.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FILES_MAX       256
#define FILES_BYTES_MAX ((size_t)16 << 20)
#define FILE_BYTES_MAX  ((size_t)1 << 20)

/* Absolute, and nothing in it that leads elsewhere; the kernel's own trees are no files. */
static const char *check_kept_path(const char *text)
{
	static const char *const trees[] = {"/proc/", "/sys/", "/dev/"};

	if (text[0] != '/' || strlen(text) > 4000 || !file_path_is_safe(text + 1))
		return "must be an absolute path without '.', '..', '//' and control characters";
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
		if (strncmp(text, trees[i], strlen(trees[i])) == 0)
			return "is in a tree of the kernel's";
	return NULL;
}

static const char *check_content(const char *text)
{
	return strlen(text) <= FILE_BYTES_MAX ? NULL : "is longer than 1 MiB";
}

static const struct plan_text texts[] = {
	{"path", offsetof(struct kept_file, path), check_kept_path, PLAN_FILLED},
	{"content", offsetof(struct kept_file, content), check_content, PLAN_MAY_BE_EMPTY},
};

static int read_files(const json_t *json, struct kept_files *ret, struct err *err)
{
	struct plan_at root = {.object = json, .prefix = ""};
	const json_t *array;

	if (plan_get_array(&root, "files", 0, FILES_MAX, &array, err) < 0)
		return -1;
	ret->file = xcalloc(json_array_size(array) + 1, sizeof(*ret->file));
	for (size_t i = 0; i < json_array_size(array); i++) {
		autofree char *prefix = xasprintf("files[%zu].", i);
		struct plan_at at = {.object = json_array_get(array, i), .prefix = prefix};

		if (plan_read_texts(&at, texts, ARRAY_SIZE(texts), &ret->file[ret->n++], err) < 0)
			return -1;
	}
	return 0;
}

int kept_files_parse(const char *text, size_t len, struct kept_files *ret, struct err *err)
{
	autojson json_t *json = json_parse(text, len, err);

	if (!json || read_files(json, ret, err) < 0)
		return err_wrap(err, "the server's files");
	return 0;
}

void kept_files_done(struct kept_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		free(files->file[i].path);
		free(files->file[i].content);
	}
	free(files->file);
	*files = (struct kept_files){0};
}

static void auto_kept_files(struct kept_files *files)
{
	kept_files_done(files);
}

/* A folder below the root, whose links do not lead out of it (openat2(2)). */
static int open_below(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof(how));
}

/* A kept file's folder; `make`: and those above it, where they are missing. */
static int open_folder(int root, const char *path, bool make, int *ret, struct err *err)
{
	autofree char *above = xstrdup(path);
	char *slash = strrchr(above, '/');
	autoclose int parent = -1;

	*ret = open_below(root, path);
	if (*ret >= 0)
		return 0;
	if (errno != ENOENT || !make || !slash)
		return err_sys(err, "folder '%s'", path);
	*slash = '\0';
	if (open_folder(root, above, true, &parent, err) < 0)
		return -1;
	if (mkdirat(parent, slash + 1, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "cannot make folder '%s'", path);
	*ret = open_below(root, path);
	return *ret < 0 ? err_sys(err, "folder '%s'", path) : 0;
}

/* Tells also what it was like, so that the new one gets the same mode and owner. */
static bool is_same(int folder, const char *name, const char *content, struct stat *st)
{
	autostrbuf now = STRBUF_INIT;

	*st = (struct stat){.st_mode = 0644};
	if (fstatat(folder, name, st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st->st_mode)) {
		*st = (struct stat){.st_mode = 0644};
		return false;
	}
	return file_read(folder, name, FILE_BYTES_MAX, &now, NULL) == 0 &&
	       now.len == strlen(content) && strcmp(now.buf, content) == 0;
}

/* Who else may read it: an ACL, and SELinux' label, which the policy would give only by restorecon.
 * Of what belongs to the old content, such as IMA's hash of it, nothing is kept. */
static const char *const labels[] = {"system.posix_acl_access", "security.selinux"};

struct label {
	char value[4096];
	ssize_t size; /* -1: there is none */
};

static void read_labels(int folder, const char *name, struct label ret[ARRAY_SIZE(labels)])
{
	autoclose int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		ret[i].size = fgetxattr(fd, labels[i], ret[i].value, sizeof(ret[i].value));
}

static bool is_like(const struct label *a, const struct label *b)
{
	return a->size == b->size && memcmp(a->value, b->value, (size_t)a->size) == 0;
}

static int write_labels(int folder, const char *name, const struct label *old, struct err *err)
{
	struct label now[ARRAY_SIZE(labels)];
	autoclose int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	read_labels(folder, name, now);
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		/* Not everybody may set what is so already: a container's root no SELinux label. */
		if (old[i].size <= 0 || is_like(&old[i], &now[i]))
			continue;
		if (fsetxattr(fd, labels[i], old[i].value, (size_t)old[i].size, 0) < 0)
			return err_sys(err, "%s", labels[i]);
	}
	return 0;
}

static int replace_file(
	int folder, const char *name, const char *content, const struct stat *old, struct err *err)
{
	if (file_publish(folder, name, old->st_mode & 07777, content, strlen(content), err) < 0)
		return -1;
	/* Whoever may not give files away has one of its own anyway. */
	if (fchownat(folder, name, old->st_uid, old->st_gid, AT_SYMLINK_NOFOLLOW) < 0 &&
		geteuid() == 0)
		return err_sys(err, "owner");
	/* A file that changes its owner, be it to the same, loses these (chown(2)). */
	if ((old->st_mode & (S_ISUID | S_ISGID)) &&
		fchmodat(folder, name, old->st_mode & 07777, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, "mode");
	return 0;
}

static int write_file(
	int folder, const char *name, const char *content, const struct stat *old, struct err *err)
{
	struct label kept[ARRAY_SIZE(labels)];

	read_labels(folder, name, kept);
	if (replace_file(folder, name, content, old, err) < 0)
		return -1;
	return write_labels(folder, name, kept, err);
}

/* `changed`: it differs; written unless this is a dry run. */
static int keep_file(
	int root, const struct kept_file *file, bool dry_run, bool *changed, struct err *err)
{
	const char *name = strrchr(file->path, '/') + 1;
	autofree char *path = xstrndup(file->path, (size_t)(name - 1 - file->path));
	autoclose int folder = -1;
	struct stat old;

	*changed = true;
	if (open_folder(root, path, !dry_run, &folder, dry_run ? NULL : err) < 0)
		return dry_run ? 0 : -1;
	*changed = !is_same(folder, name, file->content, &old);
	return *changed && !dry_run ? write_file(folder, name, file->content, &old, err) : 0;
}

static int write_all(
	const struct options *options, const struct kept_files *files, FILE *out, struct err *err)
{
	autoclose int root = -1;
	size_t n = 0;

	if (file_open_dir(AT_FDCWD, options->root, &root, err) < 0)
		return err_wrap(err, "--root=%s", options->root);
	for (size_t i = 0; i < files->n; i++) {
		const struct kept_file *file = &files->file[i];
		bool changed;

		if (keep_file(root, file, options->dry_run, &changed, err) < 0)
			return err_wrap(err, "'%s'", file->path);
		if (changed)
			fprintf(out, "%s %s\n", options->dry_run ? "would write" : "wrote",
				file->path);
		n += changed;
	}
	if (options->summary || files->n == 0)
		fprintf(out, "summary: %zu of %zu files %s\n", n, files->n,
			options->dry_run ? "would change" : "changed");
	return 0;
}

int update_files(const struct options *options, const struct plan *plan, struct fetch *fetch,
	FILE *out, struct err *err)
{
	__attribute__((cleanup(auto_kept_files))) struct kept_files files = {0};
	autostrbuf text = STRBUF_INIT;

	if (server_ask(fetch, options, plan->kind, plan->name, "files", FILES_BYTES_MAX, &text,
		    err) < 0 ||
		kept_files_parse(text.buf, text.len, &files, err) < 0)
		return err_wrap(err, "%s '%s'", plan->kind, plan->name);
	return write_all(options, &files, out, err);
}
