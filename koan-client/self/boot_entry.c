#include "koan-client/self/boot_entry.h"

#include "base/file.h"
#include "base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define MARK_BEGIN "### BEGIN koan ###\n"
#define MARK_END   "### END koan ###\n"
#define FILE_MAX   ((size_t)1 << 20)

enum { GRUB_SECONDS = 30 };

/* GRUB's single quotes keep everything but a single quote. */
static void add_quoted(struct strbuf *ret, const char *text, size_t len)
{
	strbuf_addc(ret, '\'');
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\'')
			strbuf_adds(ret, "'\\''");
		else
			strbuf_addc(ret, text[i]);
	strbuf_addc(ret, '\'');
}

/* The arguments by themselves; double quotes hold one together, for the kernel to take off. */
static void add_arguments(struct strbuf *ret, const char *line)
{
	while (*line) {
		bool quoted = false;
		size_t len = 0;

		for (; line[len] && (quoted || line[len] != ' '); len++)
			quoted ^= line[len] == '"';
		if (len) {
			strbuf_addc(ret, ' ');
			add_quoted(ret, line, len);
		}
		line += len + (line[len] == ' ');
	}
}

/* SUSE's GRUB can take paths as from btrfs's default subvolume; ours are from the top. */
void boot_entry_grub(const struct boot_entry *entry, struct strbuf *ret)
{
	strbuf_adds(ret, "menuentry ");
	add_quoted(ret, entry->title, strlen(entry->title));
	strbuf_adds(ret, " --id " BOOT_ENTRY_ID " {\n\tset btrfs_relative_path=n\n"
			 "\tsearch --no-floppy --set=root --file ");
	add_quoted(ret, entry->kernel, strlen(entry->kernel));
	strbuf_adds(ret, "\n\tlinux ");
	add_quoted(ret, entry->kernel, strlen(entry->kernel));
	add_arguments(ret, entry->cmdline);
	strbuf_adds(ret, "\n\tinitrd ");
	add_quoted(ret, entry->initrd, strlen(entry->initrd));
	strbuf_adds(ret, "\n}\n");
}

int boot_entry_bls(const struct boot_entry *entry, struct strbuf *ret, struct err *err)
{
	/* GRUB expands variables in them, and there is no quoting. */
	if (strpbrk(entry->cmdline, "$'\"\\;"))
		return err_set(err, ERR_INVALID,
			"a boot loader entry cannot hold $, ;, quotes and backslashes, which the "
			"kernel options have: %s",
			entry->cmdline);
	strbuf_addf(ret,
		"title %s\nversion 0-koan\nlinux %s\ninitrd %s\noptions %s\n"
		"grub_users $grub_users\ngrub_class kernel\n",
		entry->title, entry->kernel, entry->initrd, entry->cmdline);
	return 0;
}

void boot_entry_merge(const char *old, const char *part, struct strbuf *ret)
{
	const char *begin = strstr(old, MARK_BEGIN);
	const char *end = begin ? strstr(begin, MARK_END) : NULL;

	if (end) {
		strbuf_add(ret, old, (size_t)(begin - old));
		old = end + strlen(MARK_END);
	} else {
		strbuf_adds(ret, old);
		if (ret->len && ret->buf[ret->len - 1] != '\n')
			strbuf_addc(ret, '\n');
		old = "";
	}
	strbuf_adds(ret, MARK_BEGIN);
	strbuf_adds(ret, part);
	strbuf_adds(ret, MARK_END);
	strbuf_adds(ret, old);
}

static bool file_has(const char *path, const char *text)
{
	autostrbuf content = STRBUF_INIT;

	return file_read(AT_FDCWD, path, 4 * FILE_MAX, &content, NULL) == 0 &&
	       strstr(content.buf, text);
}

static bool exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

static const char *base_of(const char *root)
{
	return strcmp(root, "/") == 0 ? "" : root;
}

static int find_folder(const char *root, char **ret, struct err *err)
{
	static const char *const folders[] = {"/boot/grub", "/boot/grub2"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		autofree char *path = xasprintf("%s%s", base_of(root), folders[i]);
		autofree char *config = xasprintf("%s/grub.cfg", path);

		if (!exists(config))
			continue;
		*ret = TAKE(path);
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND,
		"there is no /boot/grub/grub.cfg and no /boot/grub2/grub.cfg in '%s': koan adds "
		"its entry to GRUB; without GRUB, use --kexec",
		root);
}

int boot_loader_find(const char *root, struct boot_loader *ret, struct err *err)
{
	autofree char *defaults = xasprintf("%s/etc/default/grub", base_of(root));
	autofree char *entries = xasprintf("%s/boot/loader/entries", base_of(root));
	autofree char *config = NULL;

	if (find_folder(root, &ret->folder, err) < 0)
		return -1;
	ret->grubenv = xasprintf("%s/grubenv", ret->folder);
	ret->bls = exists(entries) && file_has(defaults, "GRUB_ENABLE_BLSCFG=true");
	if (ret->bls) {
		ret->file = xasprintf("%s/" BOOT_ENTRY_ID ".conf", entries);
		return 0;
	}
	config = xasprintf("%s/grub.cfg", ret->folder);
	ret->file = xasprintf("%s/custom.cfg", ret->folder);
	if (file_has(config, "custom.cfg"))
		return 0;
	return err_set(err, ERR_NOT_FOUND,
		"'%s' does not read custom.cfg; make it anew with update-grub (and "
		"/etc/grub.d/41_custom there and executable)",
		config);
}

void boot_loader_done(struct boot_loader *loader)
{
	free(loader->folder);
	free(loader->file);
	free(loader->grubenv);
	*loader = (struct boot_loader){0};
}

int boot_loader_add(const struct boot_loader *loader, const struct boot_entry *entry, char **before,
	struct err *err)
{
	autostrbuf old = STRBUF_INIT;
	autostrbuf part = STRBUF_INIT;
	autostrbuf text = STRBUF_INIT;
	bool there = exists(loader->file);

	*before = NULL;
	if (there && file_read(AT_FDCWD, loader->file, FILE_MAX, &old, err) < 0)
		return -1;
	if (loader->bls) {
		if (boot_entry_bls(entry, &text, err) < 0)
			return -1;
	} else {
		boot_entry_grub(entry, &part);
		boot_entry_merge(old.buf, part.buf, &text);
	}
	if (file_publish(AT_FDCWD, loader->file, 0644, text.buf, text.len, err) < 0)
		return err_wrap(err, "'%s'", loader->file);
	*before = there ? strbuf_take(&old) : NULL;
	return 0;
}

void boot_loader_restore(const struct boot_loader *loader, const char *before)
{
	if (before)
		file_publish(AT_FDCWD, loader->file, 0644, before, strlen(before), NULL);
	else
		unlink(loader->file);
}

/* Fedora and SUSE call them grub2-editenv and so on. */
static const char *either(const char *name, const char *name2)
{
	autofree char *path = run_find(name);

	return path ? name : name2;
}

/* In a root folder that is part of another system's tree, that system's paths say nothing. */
static bool is_mount_point(const char *folder)
{
	autofree char *above = xasprintf("%s/..", folder);
	struct stat top;
	struct stat st;

	return stat(folder, &st) == 0 && stat(above, &top) == 0 &&
	       (top.st_dev != st.st_dev || top.st_ino == st.st_ino);
}

char *boot_loader_path(const char *root, const char *path)
{
	autofree char *top = xasprintf("%s/", root);
	autofree char *boot = xasprintf("%s/boot", root);
	const char *const argv[] = {either("grub-mkrelpath", "grub2-mkrelpath"), path, NULL};
	autostrbuf output = STRBUF_INIT;
	bool own = is_mount_point(boot);

	if ((own || is_mount_point(top)) && run_checked(argv, GRUB_SECONDS, &output, NULL) == 0 &&
		output.len && output.buf[0] == '/')
		return xstrndup(output.buf, strcspn(output.buf, "\n"));
	return xstrdup(path + strlen(root) + (own ? strlen("/boot") : 0));
}

int boot_loader_once(const struct boot_loader *loader, struct err *err)
{
	autofree char *next = xasprintf("next_entry=%s", BOOT_ENTRY_ID);
	const char *const argv[] = {
		either("grub-editenv", "grub2-editenv"), loader->grubenv, "set", next, NULL};

	if (run_checked(argv, GRUB_SECONDS, NULL, err) < 0)
		return err_wrap(err, "the next start cannot be chosen");
	return 0;
}

/* The first of the words that grub-probe says and GRUB cannot write on. */
static char *probe(const struct boot_loader *loader, const char *target)
{
	static const char *const unwritable[] = {"lvm", "diskfilter", "btrfs", "zfs"};
	const char *const argv[] = {
		either("grub-probe", "grub2-probe"), target, loader->folder, NULL};
	autostrbuf output = STRBUF_INIT;
	autostrv words = STRV_INIT;

	if (run_checked(argv, GRUB_SECONDS, &output, NULL) < 0 || !output.len)
		return NULL;
	strv_split(&words, output.buf, " \n");
	for (size_t i = 0; i < ARRAY_SIZE(unwritable); i++)
		if (strv_has(&words, unwritable[i]))
			return xstrdup(unwritable[i]);
	return NULL;
}

char *boot_loader_unwritable(const struct boot_loader *loader)
{
	char *abstraction = probe(loader, "--target=abstraction");

	return abstraction ? abstraction : probe(loader, "--target=fs");
}
