#include "koan-client/self/embed.h"

#include "koan-client/plan/cache.h"

#include <signal.h>
#include <string.h>

#define ANSWER_BYTES_MAX ((size_t)1 << 20)

/* How each family is told: the argument that names the answer file, and what takes its place. */
static const struct {
	const char *breed;
	const char *key; /* with its '=' */
	const char *word;
	const char *file;
} families[] = {
	{"debian", "url=", "file=/preseed.cfg", "preseed.cfg"},
	{"ubuntu", "url=", "file=/preseed.cfg", "preseed.cfg"},
	{"redhat", "inst.ks=", "inst.ks=file:/ks.cfg", "ks.cfg"},
	{"redhat", "ks=", "ks=file:/ks.cfg", "ks.cfg"},
	{"suse", "autoyast=", "autoyast=file:///autoinst.xml", "autoinst.xml"},
};

/* Replaces the words that begin with `key`; false where there is none. */
static bool replace_word(const char *line, const char *key, const char *word, struct strbuf *ret)
{
	bool found = false;

	while (*line) {
		size_t len = strcspn(line, " ");

		if (len >= strlen(key) && strncmp(line, key, strlen(key)) == 0) {
			strbuf_adds(ret, word);
			found = true;
		} else {
			strbuf_add(ret, line, len);
		}
		line += len;
		if (*line)
			strbuf_addc(ret, *line++);
	}
	return found;
}

char *embed_options(const struct plan *plan, const char **file)
{
	/* Ubuntu's live installer wants a folder of cloud-init's, not a file. */
	if (strstr(plan->kernel_options, "ds=nocloud"))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		autostrbuf line = STRBUF_INIT;

		if (strcmp(families[i].breed, plan->breed) != 0 ||
			!replace_word(
				plan->kernel_options, families[i].key, families[i].word, &line))
			continue;
		*file = families[i].file;
		return strbuf_take(&line);
	}
	return NULL;
}

static void pad(struct strbuf *archive)
{
	while (archive->len % 4)
		strbuf_addc(archive, '\0');
}

static void add_member(
	struct strbuf *ret, const char *name, unsigned mode, const char *text, size_t len)
{
	/* magic, inode, mode, uid, gid, links, time, size, four device numbers, length of the
	 * name, checksum */
	strbuf_addf(ret, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 1U, mode,
		0U, 0U, 1U, 0U, len, 0U, 0U, 0U, 0U, strlen(name) + 1, 0U);
	strbuf_add(ret, name, strlen(name) + 1);
	pad(ret);
	strbuf_add(ret, text, len);
	pad(ret);
}

void embed_archive(const char *name, const char *text, size_t len, struct strbuf *ret)
{
	add_member(ret, name, 0100600, text, len);
	add_member(ret, "TRAILER!!!", 0, "", 0);
}

static int fetch_answer(
	struct fetch *fetch, const struct plan *plan, struct strbuf *ret, struct err *err)
{
	int status;

	if (fetch_text(fetch, plan->autoinstall, ANSWER_BYTES_MAX, &status, ret, err) < 0)
		return err_wrap(err, "answer file");
	if (status == 200)
		return 0;
	plan_problem(ret->buf, ret->len, status, err);
	return err_wrap(err, "%s", plan->autoinstall);
}

/* An answer file is nothing to leave behind half written: a signal is taken when it is whole. */
static int put_whole(
	const char *folder, const struct strbuf *archive, struct plan_file *file, struct err *err)
{
	sigset_t all;
	sigset_t before;
	int result;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	result = cache_put(folder, archive->buf, archive->len, file, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

int embed_answer(
	struct fetch *fetch, const struct options *options, struct plan *plan, struct err *err)
{
	autofree char *folder = cache_folder(options->cache_dir);
	autostrbuf answer = STRBUF_INIT;
	autostrbuf archive = STRBUF_INIT;
	const char *file = NULL;
	autofree char *line = embed_options(plan, &file);
	struct plan_file *initrd;

	if (!*plan->autoinstall || plan->image)
		return err_set(err, ERR_INVALID, "--embed: %s '%s' has no answer file", plan->kind,
			plan->name);
	if (!line)
		return err_set(err, ERR_INVALID,
			"--embed: the installer of '%s' cannot read an answer file from its initrd",
			plan->distro);
	if (fetch_answer(fetch, plan, &answer, err) < 0)
		return -1;
	embed_archive(file, answer.buf, answer.len, &archive);
	plan->initrds = xreallocarray(plan->initrds, plan->n_initrds + 1, sizeof(*plan->initrds));
	initrd = &plan->initrds[plan->n_initrds++];
	*initrd = (struct plan_file){.url = xstrdup(plan->autoinstall), .has_answer = true};
	free(plan->kernel_options);
	plan->kernel_options = TAKE(line);
	if (options->dry_run || options->format != FORMAT_NONE) {
		sha256_text(archive.buf, archive.len, initrd->sha256);
		return 0;
	}
	return put_whole(folder, &archive, initrd, err);
}
