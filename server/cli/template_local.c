/* Templates without a server: files, rendered by the same engine. */
#include "cli/template.h"

#include "base/file.h"
#include "cli/commands.h"
#include "cli/out.h"
#include "template/cheetah.h"
#include "template/template.h"

#include <fcntl.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1 << 20 };

/* As the server renders answer files. */
static const struct template_options options = {
	.trim_blocks = true,
	.lstrip_blocks = true,
	.keep_trailing_newline = true,
};

bool template_is_file(const char *word)
{
	return strcmp(word, "-") == 0 || access(word, F_OK) == 0 ||
	       (strchr(word, '/') && strncmp(word, "snippets/", strlen("snippets/")) != 0);
}

int template_read_file(const char *path, struct strbuf *ret, struct err *err)
{
	return file_read(
		AT_FDCWD, strcmp(path, "-") == 0 ? "/dev/stdin" : path, FILE_BYTES_MAX, ret, err);
}

/* What is included, from the folder of the file that includes it. */
static int open_beside(const int *folder, const char *name, int *ret)
{
	autofree char *snippet = xasprintf("snippets/%s", name);
	struct stat st;

	if (file_open_beneath(*folder, name, ret, &st, NULL) < 0 &&
		file_open_beneath(*folder, snippet, ret, &st, NULL) < 0)
		return -1;
	return 0;
}

static uint64_t stamp(void *ctx, const char *name)
{
	autoclose int fd = -1;

	return open_beside(ctx, name, &fd) == 0;
}

static int load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	autoclose int fd = -1;
	char path[40];

	if (open_beside(ctx, name, &fd) < 0)
		return err_set(err, ERR_NOT_FOUND, "no template '%.200s'", name);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return file_read(AT_FDCWD, path, FILE_BYTES_MAX, ret, err);
}

static int open_folder_of(const char *path, int *ret, struct err *err)
{
	const char *slash = strrchr(path, '/');
	autofree char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");

	return file_open_dir(AT_FDCWD, folder, ret, err);
}

int template_render_file(const char *path, json_t *vars, struct strbuf *ret, struct err *err)
{
	autoclose int folder = -1;
	const struct template_loader loader = {.stamp = stamp, .load = load, .ctx = &folder};
	const struct template_vars values = template_vars_json(vars);
	autostrbuf text = STRBUF_INIT;
	struct template_env *env;
	int result;

	if (template_read_file(path, &text, err) < 0 || open_folder_of(path, &folder, err) < 0)
		return -1;
	env = template_env_new(&options, &loader);
	result = template_render_text(env, path, text.buf, text.len, &values, ret, err);
	template_env_free(env);
	return result;
}

int template_check_file(const char *path, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	struct template_env *env;
	int result;

	if (template_read_file(path, &text, err) < 0)
		return -1;
	env = template_env_new(&options, NULL);
	result = template_check(env, path, text.buf, text.len, err);
	template_env_free(env);
	return result;
}

int run_template_convert(struct cli *cli, struct err *err)
{
	__attribute__((cleanup(auto_cheetah_marks))) struct cheetah_marks marks = {.v = NULL};
	autostrbuf text = STRBUF_INIT;
	autostrbuf jinja = STRBUF_INIT;
	const char *path;

	if (!cli->words.n)
		return err_set(err, ERR_USAGE, "which file? name one, or - for standard input");
	path = cli->words.v[0];
	if (template_read_file(path, &text, err) < 0)
		return -1;
	cheetah_convert(text.buf, text.len, &jinja, &marks);
	fwrite(jinja.buf, 1, jinja.len, stdout);
	for (size_t i = 0; i < marks.n; i++) {
		fprintf(stderr, "%s:%zu: ", path, marks.v[i].line);
		out_text(marks.v[i].message, stderr);
		fputc('\n', stderr);
	}
	return marks.n ? EXIT_PROBLEMS : EXIT_DONE;
}
