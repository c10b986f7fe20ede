/* After a start: finishes or undoes imports that were killed. How an import goes: import.c. */
#include "base/file.h"
#include "base/log.h"
#include "base/sha256.h"
#include "model/types.h"
#include "ops/import/import.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct leftovers {
	struct server *server;
	int trees;
};

struct references {
	const char *folder; /* "STATE/trees/NAME/" */
	struct item *distro;
};

/* Keeps one of the distros whose kernel is in the folder. */
static int find_reference(void *ctx, struct item *item, struct err *err)
{
	struct references *references = ctx;
	const struct distro *distro = (const struct distro *)item;

	(void)err;
	if (!references->distro && distro->kernel &&
		strncmp(distro->kernel, references->folder, strlen(references->folder)) == 0)
		references->distro = item_copy(item);
	return 0;
}

struct usage {
	const char *folder; /* "STATE/trees/NAME/" */
	const char *served; /* "/trees/NAME" */
	bool used;
};

static int find_use(void *ctx, struct item *item, struct err *err)
{
	struct usage *usage = ctx;
	const struct distro *distro = (const struct distro *)item;
	size_t len = strlen(usage->folder);

	(void)err;
	usage->used = usage->used || strncmp(distro->kernel, usage->folder, len) == 0 ||
	              (distro->tree && strcmp(distro->tree, usage->served) == 0);
	strv_for_each (initrd, &distro->initrd.items)
		usage->used = usage->used || strncmp(initrd, usage->folder, len) == 0;
	return 0;
}

static int add_unused(struct server *server, const char *name, struct strv *ret, struct err *err)
{
	autofree char *folder = xasprintf("%s/trees/%s/", server->config.state_dir, name);
	autofree char *served = xasprintf("/trees/%s", name);
	struct usage usage = {.folder = folder, .served = served};

	if (db_item_list(server->db, &(struct db_query){.type = &distro_type}, find_use, &usage,
		    err) < 0)
		return -1;
	if (!usage.used)
		strv_add(ret, name);
	return 0;
}

int import_unused_trees(struct server *server, struct strv *ret, struct err *err)
{
	autoclose int trees = openat(server->state_fd, "trees", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autostrv names = STRV_INIT;

	if (trees < 0)
		return 0;
	if (file_list(trees, ".", &names, err) < 0)
		return -1;
	strv_for_each (name, &names)
		if (*name != '.' && add_unused(server, name, ret, err) < 0)
			return -1;
	return 0;
}

/* True where the folder has the kernel that the store has on record. */
static bool holds_kernel(int trees, const char *folder, const char *kernel, const char *sha256)
{
	autofree char *path = xasprintf("%s/%s", folder, kernel);
	autoclose int fd = -1;
	char sum[SHA256_TEXT];
	struct stat st;

	return file_open_beneath(trees, path, &fd, &st, NULL) == 0 &&
	       sha256_fd(fd, sum, NULL, NULL) == 0 && strcmp(sum, sha256) == 0;
}

/* No distro's kernel is in there. Where the import was the first of its name, the folder says which
 * of the two is its tree, and the other one is empty or not there; else NAME is somebody's, who
 * has his kernel elsewhere or links to it. */
static int undo_first(int trees, const char *name, const char *aside, struct err *err)
{
	struct stat st;

	if (fstatat(trees, aside, &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.st_mode & IMPORT_FIRST) &&
		unlinkat(trees, aside, AT_REMOVEDIR) == 0)
		return file_remove_tree(trees, name, err);
	unlinkat(trees, name, AT_REMOVEDIR);
	return 0;
}

/* Killed between the swap and the commit, the old tree is aside: back with it. */
static int settle(struct leftovers *left, const char *name, const char *aside, struct err *err)
{
	autofree char *folder = xasprintf("%s/trees/%s/", left->server->config.state_dir, name);
	struct references references = {.folder = folder};
	autoitem struct item *item = NULL;
	const struct distro *distro;
	const char *kernel;

	if (db_item_list(left->server->db, &(struct db_query){.type = &distro_type}, find_reference,
		    &references, err) < 0)
		return -1;
	item = references.distro;
	if (!item)
		return undo_first(left->trees, name, aside, err);
	distro = (const struct distro *)item;
	kernel = distro->kernel + strlen(folder);
	if (!distro->kernel_sha256 ||
		holds_kernel(left->trees, name, kernel, distro->kernel_sha256) ||
		!holds_kernel(left->trees, aside, kernel, distro->kernel_sha256))
		return 0;
	if (renameat2(left->trees, aside, left->trees, name, RENAME_EXCHANGE) < 0)
		return err_sys(err, "cannot put tree '%s' back", name);
	return 0;
}

/* ".NAME.new" → NAME, or NULL. */
static char *name_of_leftover(const char *entry)
{
	size_t len = strlen(entry);

	if (len < 6 || entry[0] != '.' || strcmp(entry + len - 4, ".new") != 0)
		return NULL;
	return xstrndup(entry + 1, len - 5);
}

static int clean_one(struct leftovers *left, const char *entry, struct err *err)
{
	autofree char *name = name_of_leftover(entry);

	if (!name)
		return 0;
	log_warning("an import of '%s' was interrupted; what it left is removed", name);
	if (settle(left, name, entry, err) < 0 || file_remove_tree(left->trees, entry, err) < 0)
		return err_wrap(err, "cleaning up the import of '%s'", name);
	return 0;
}

int import_clean(struct server *server, struct err *err)
{
	struct leftovers left = {.server = server};
	autoclose int trees = openat(server->state_fd, "trees", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autostrv names = STRV_INIT;

	if (trees < 0 && errno == ENOENT)
		return 0;
	if (trees < 0)
		return err_sys(err, "cannot open folder '%s/trees'", server->config.state_dir);
	left.trees = trees;
	if (file_list(trees, ".", &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (clean_one(&left, names.v[i], err) < 0)
			return -1;
	return 0;
}
