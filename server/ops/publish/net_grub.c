#include "ops/publish/net_grub.h"

#include "base/file.h"
#include "base/run.h"
#include "base/sha256.h"
#include "boot/net_grub_config.h"
#include "model/types.h"
#include "ops/publish/ustar.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { SECONDS = 60 };

#define FOLDER  "/usr/lib/grub/x86_64-efi"
#define PROGRAM "grub-mkimage"

/* What the published configuration uses, so that nothing has to be loaded but for Xen's sake: the
 * network, kernels, menus, and disks to boot from. */
static const char *const modules[] = {"memdisk", "tar", "efinet", "http", "tftp", "net", "normal",
	"configfile", "linux", "multiboot2", "echo", "test", "true", "sleep", "gzio", "all_video",
	"gfxterm", "serial", "terminal", "boot", "minicmd", "help", "ls", "cat", "chain", "regexp",
	"reboot", "halt", "search", "search_fs_file", "part_gpt", "part_msdos", "fat", "ext2",
	"xfs", "btrfs", "lvm", "mdraid1x", "diskfilter"};

static void key_of(const struct strbuf *config, const struct stat *kernel, char ret[SHA256_TEXT])
{
	struct sha256 sum;

	sha256_begin(&sum);
	sha256_add(&sum, config->buf, config->len);
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		sha256_add(&sum, modules[i], strlen(modules[i]) + 1);
	sha256_add(&sum, &kernel->st_size, sizeof(kernel->st_size));
	sha256_add(&sum, &kernel->st_mtim, sizeof(kernel->st_mtim));
	sha256_end(&sum, ret);
}

/* grub-mkimage reads the memory disk from a file and writes another one: both beside the result. */
static int make_image(
	int folder, const char *path, const struct strbuf *config, const char *to, struct err *err)
{
	autofree char *disk = xasprintf("%s/.memdisk", path);
	autofree char *image = xasprintf("%s/.new", path);
	const char *argv[16 + ARRAY_SIZE(modules)] = {PROGRAM, "--format=x86_64-efi", "--directory",
		FOLDER, "--prefix=(memdisk)/boot/grub", "--memdisk", disk, "--output", image};
	autostrbuf output = STRBUF_INIT;
	autostrbuf tar = STRBUF_INIT;
	size_t n = 9;

	ustar_add(&tar, "boot/grub/grub.cfg", 0644, config->buf, config->len);
	ustar_end(&tar);
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		argv[n++] = modules[i];
	if (file_replace(folder, ".memdisk", 0644, tar.buf, tar.len, err) < 0 ||
		run_checked(argv, SECONDS, &output, err) < 0)
		return -1;
	unlinkat(folder, ".memdisk", 0);
	if (renameat(folder, ".new", folder, to) < 0)
		return err_sys(err, "cannot name '%s/%s'", path, to);
	return 0;
}

static void remove_others(int folder, const char *keep)
{
	autostrv names = STRV_INIT;

	if (file_list(folder, ".", &names, NULL) < 0)
		return;
	strv_for_each (name, &names)
		if (strcmp(name, keep) != 0)
			unlinkat(folder, name, 0);
}

static int make_at(
	struct server *server, const struct strbuf *config, const char *name, struct err *err)
{
	autofree char *path = xasprintf("%s/loaders", server->config.state_dir);
	autoclose int folder = -1;

	if (file_mkdirs(server->state_fd, "loaders", 0755, err) < 0 ||
		file_open_dir(server->state_fd, "loaders", &folder, err) < 0)
		return -1;
	if (faccessat(folder, name, R_OK, 0) == 0)
		return 0;
	remove_others(folder, name);
	return make_image(folder, path, config, name, err);
}

const char *net_grub_lacks(void)
{
	autofree char *program = run_find(PROGRAM);
	struct stat kernel;

	if (!program)
		return "grub-common";
	return stat(FOLDER "/kernel.img", &kernel) < 0 ? "grub-efi-amd64-bin" : NULL;
}

char *net_grub_made(struct server *server)
{
	autoclose int folder = -1;
	autostrv names = STRV_INIT;

	if (file_open_dir(server->state_fd, "loaders", &folder, NULL) < 0 ||
		file_list(folder, ".", &names, NULL) < 0)
		return NULL;
	strv_for_each (name, &names)
		if (strncmp(name, "netgrub", 7) == 0)
			return xasprintf("%s/loaders/%s", server->config.state_dir, name);
	return NULL;
}

struct wanting {
	char *first;
	size_t n;
};

static int add_wanting(void *ctx, struct item *item, struct err *err)
{
	struct wanting *wanting = ctx;

	(void)err;
	if (wanting->n++ == 0)
		wanting->first = item->type == &settings_type
		                         ? xstrdup("the settings")
		                         : xasprintf("%s '%s'", item->type->name, item->name);
	return 0;
}

char *net_grub_wanted(struct server *server)
{
	static const struct item_type *const types[] = {
		&settings_type, &profile_type, &system_type};
	struct wanting wanting = {.n = 0};
	char *text;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct db_filter grub = {.field = item_field(types[i], "http_boot"),
			.compare = DB_EQUAL,
			.text = "grub"};
		const struct db_query query = {.type = types[i], .filter = &grub, .filters = 1};

		db_item_list(server->db, &query, add_wanting, &wanting, NULL);
	}
	if (wanting.n < 2)
		return wanting.first;
	text = xasprintf("%s and %zu more", wanting.first, wanting.n - 1);
	free(wanting.first);
	return text;
}

int net_grub_make(struct server *server, const struct boot_site *site, char **ret, struct err *err)
{
	autofree char *name = NULL;
	autostrbuf config = STRBUF_INIT;
	char key[SHA256_TEXT];
	struct stat kernel;

	*ret = NULL;
	if (net_grub_lacks() || stat(FOLDER "/kernel.img", &kernel) < 0)
		return 0;
	net_grub_config(site, &config);
	key_of(&config, &kernel, key);
	name = xasprintf("netgrubx64-%.16s.efi", key);
	if (make_at(server, &config, name, err) < 0)
		return err_wrap(err, "GRUB for UEFI over HTTP");
	*ret = xasprintf("%s/loaders/%s", server->config.state_dir, name);
	return 0;
}
