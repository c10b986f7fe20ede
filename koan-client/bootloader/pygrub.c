#include "koan-client/bootloader/pygrub.h"

#include "base/file.h"
#include "base/run.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <string.h>

#define VERSION "/sys/hypervisor/version/"

static void read_word(const char *path, struct strbuf *ret)
{
	if (file_read(AT_FDCWD, path, 64, ret, NULL) == 0)
		strbuf_truncate(ret, strcspn(ret->buf, "\n"));
}

/* Debian has a folder for each version of Xen. */
static char *of_running_version(void)
{
	autostrbuf major = STRBUF_INIT;
	autostrbuf minor = STRBUF_INIT;

	read_word(VERSION "major", &major);
	read_word(VERSION "minor", &minor);
	return xasprintf("/usr/lib/xen-%s.%s/bin/pygrub", major.buf, minor.buf);
}

static bool can_run(const char *path)
{
	return access(path, X_OK) == 0;
}

static char *newest_of_any_version(void)
{
	glob_t found = {0};
	char *ret = NULL;

	if (glob("/usr/lib/xen-[0-9]*/bin/pygrub", 0, NULL, &found) == 0)
		for (size_t i = found.gl_pathc; i > 0 && !ret; i--)
			if (can_run(found.gl_pathv[i - 1]))
				ret = xstrdup(found.gl_pathv[i - 1]);
	globfree(&found);
	return ret;
}

int pygrub_find(const char *given, char **ret, struct err *err)
{
	static const char *const places[] = {"/usr/libexec/xen/bin/pygrub",
		"/usr/lib/xen/bin/pygrub", "/usr/local/libexec/xen/bin/pygrub",
		"/usr/local/lib/xen/bin/pygrub"};
	autofree char *running = of_running_version();

	if (given) {
		*ret = xstrdup(given);
		return can_run(given) ? 0 : err_sys(err, "--pygrub=%s", given);
	}
	*ret = can_run(running) ? TAKE(running) : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(places) && !*ret; i++)
		if (can_run(places[i]))
			*ret = xstrdup(places[i]);
	if (!*ret)
		*ret = newest_of_any_version();
	if (!*ret)
		*ret = run_find("pygrub");
	return *ret ? 0
	            : err_set(err, ERR_NOT_FOUND,
			      "pygrub is not installed, which starts a guest from its disk "
			      "(Debian: xen-utils); or name it with --pygrub=PATH");
}

static void add(struct strv *args, const char *name, const char *value)
{
	if (value)
		strv_addf(args, "--%s=%s", name, value);
}

/* A kernel that lies ready on this host is not one on the guest's disk. */
static const char *on_disk(const struct loader_options *options, const char *path)
{
	size_t len = strlen(options->kernel_dir);

	if (path && strncmp(path, options->kernel_dir, len) == 0 && path[len] == '/')
		return NULL;
	return path;
}

void pygrub_arguments(const struct loader_options *options, const char *program, struct strv *ret)
{
	strv_add(ret, program);
	if (options->quiet)
		strv_add(ret, "--quiet");
	add(ret, "kernel", on_disk(options, options->kernel));
	add(ret, "ramdisk", on_disk(options, options->ramdisk));
	add(ret, "args", options->args);
	add(ret, "runas", options->runas);
	add(ret, "output", options->output);
	add(ret, "output-format", options->output_format);
	add(ret, "output-directory", options->output_directory);
	strv_add(ret, options->disk);
}

int pygrub_become(const struct loader_options *options, struct err *err)
{
	autofree char *program = NULL;
	autostrv args = STRV_INIT;
	sigset_t none;

	if (!options->disk)
		return err_set(
			err, ERR_USAGE, "which disk? the last word must be the guest's disk");
	if (pygrub_find(options->pygrub, &program, err) < 0)
		return -1;
	pygrub_arguments(options, program, &args);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(program, args.v);
	return err_sys(err, "cannot start '%s'", program);
}
