#include "koan-client/update_files.h"

#include "koan-client/plan_read.h"
#include "koan-client/server.h"

#include "base/file.h"

#include <fcntl.h>
#include <string.h>
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

/* Tells also what it was like, so that the new one gets the same mode and owner. */
static bool is_same(const struct kept_file *file, struct stat *st)
{
	autostrbuf now = STRBUF_INIT;

	*st = (struct stat){.st_mode = 0644};
	if (stat(file->path, st) < 0 || !S_ISREG(st->st_mode))
		return false;
	return file_read(AT_FDCWD, file->path, FILE_BYTES_MAX, &now, NULL) == 0 &&
	       now.len == strlen(file->content) && strcmp(now.buf, file->content) == 0;
}

static int write_file(const struct kept_file *file, const struct stat *old, struct err *err)
{
	const char *slash = strrchr(file->path, '/');
	autofree char *folder = xstrndup(file->path, (size_t)(slash - file->path));

	if (*folder && file_mkdirs(AT_FDCWD, folder, 0755, err) < 0)
		return err_wrap(err, "'%s'", file->path);
	if (file_publish(AT_FDCWD, file->path, old->st_mode & 07777, file->content,
		    strlen(file->content), err) < 0)
		return err_wrap(err, "'%s'", file->path);
	/* Whoever may not give files away has one of its own anyway. */
	if (chown(file->path, old->st_uid, old->st_gid) < 0 && geteuid() == 0)
		return err_sys(err, "'%s'", file->path);
	return 0;
}

/* Into another root, so that its absolute links do not lead out of it. */
static int enter(const char *root, struct err *err)
{
	if (strcmp(root, "/") == 0)
		return 0;
	if (chroot(root) < 0 || chdir("/") < 0)
		return err_sys(err, "--root=%s", root);
	return 0;
}

static int write_all(
	const struct options *options, const struct kept_files *files, FILE *out, struct err *err)
{
	size_t changed = 0;

	if (enter(options->root, err) < 0)
		return -1;
	for (size_t i = 0; i < files->n; i++) {
		struct stat old;

		if (is_same(&files->file[i], &old))
			continue;
		if (!options->dry_run && write_file(&files->file[i], &old, err) < 0)
			return -1;
		fprintf(out, "%s %s\n", options->dry_run ? "would write" : "wrote",
			files->file[i].path);
		changed++;
	}
	if (options->summary || files->n == 0)
		fprintf(out, "summary: %zu of %zu files %s\n", changed, files->n,
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
