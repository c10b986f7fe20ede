#include "ops/publish/loaders_list.h"

#include "base/file.h"
#include "base/generation.h"
#include "base/json.h"
#include "base/run.h"
#include "base/sha256.h"
#include "boot/efi_loader.h"
#include "ops/publish/loaders.h"
#include "ops/publish/net_grub.h"

#include <fcntl.h>
#include <string.h>

enum { ASK_SECONDS = 10 };

/* "" where there is no such file. */
static int sum_at(
	int folder, const char *path, char ret[SHA256_TEXT], uint64_t *size, struct err *err)
{
	autoclose int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	ret[0] = '\0';
	*size = 0;
	return fd < 0 ? 0 : sha256_fd(fd, ret, size, err);
}

static const char *state_of(const char *installed, const char *published)
{
	if (!*installed)
		return *published ? "gone" : "missing";
	if (!*published)
		return "unpublished";
	return strcmp(installed, published) == 0 ? "published" : "changed";
}

static json_t *text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

static int row_json(const struct loader *loader, const char *path, int generation,
	const json_t *versions, json_t **ret, struct err *err)
{
	char installed[SHA256_TEXT] = "";
	char published[SHA256_TEXT] = "";
	autofree char *package = loader->package ? loader_package(loader) : NULL;
	uint64_t size = 0;
	uint64_t other;

	if ((path && sum_at(AT_FDCWD, path, installed, &size, err) < 0) ||
		(generation >= 0 && sum_at(generation, loader->name, published, &other, err) < 0))
		return -1;
	*ret = json_object();
	json_set_str(*ret, "name", loader->name);
	json_object_set_new(*ret, "needed", text_or_null(loader->needed));
	json_object_set_new(*ret, "package", text_or_null(package));
	json_object_set_new(*ret, "version",
		package ? text_or_null(json_get_str(versions, package)) : json_null());
	json_object_set_new(*ret, "path", text_or_null(path));
	json_object_set_new(
		*ret, "size", *installed ? json_integer((json_int_t)size) : json_null());
	json_object_set_new(*ret, "sha256", text_or_null(installed));
	json_object_set_new(*ret, "published_sha256", text_or_null(published));
	json_set_str(*ret, "state", state_of(installed, published));
	return 0;
}

/* Of Debian's packages; elsewhere nothing is known, which is no error. */
static json_t *package_versions(void)
{
	autostrbuf output = STRBUF_INIT;
	autostrv packages = STRV_INIT;
	autostrv argv = STRV_INIT;
	autostrv lines = STRV_INIT;
	json_t *versions = json_object();
	int status;

	strv_add(&argv, "dpkg-query");
	strv_add(&argv, "--show");
	strv_add(&argv, "--showformat=${Package} ${db:Status-Status} ${Version}\\n");
	for (size_t i = 0; i < n_loaders; i++)
		if (!strv_has(&packages, loaders_all[i].package)) {
			strv_add(&packages, loaders_all[i].package);
			strv_add(&argv, loaders_all[i].package);
		}
	if (run_program((const char *const *)argv.v, ASK_SECONDS, &output, &status, NULL) < 0)
		return versions;
	strv_split(&lines, output.buf ? output.buf : "", "\n");
	strv_for_each (line, &lines) {
		autostrv words = STRV_INIT;

		strv_split(&words, line, " ");
		if (words.n == 3 && strcmp(words.v[1], "installed") == 0)
			json_set_str(versions, words.v[0], words.v[2]);
	}
	return versions;
}

struct listing {
	json_t *items;
	int generation; /* -1: nothing is published */
	const json_t *versions;
};

static int add_row(struct listing *listing, const struct loader *loader, const char *path,
	json_t **ret, struct err *err)
{
	if (row_json(loader, path, listing->generation, listing->versions, ret, err) < 0)
		return err_wrap(err, "loader '%s'", loader->name);
	json_array_append_new(listing->items, *ret);
	return 0;
}

/* The one that is made here, of a package's modules. `needed` by who asks for it. */
static int add_made(struct listing *listing, struct server *server, struct err *err)
{
	autofree char *path = net_grub_made(server);
	autofree char *who = net_grub_wanted(server);
	autofree char *needed = who ? xasprintf("machines with http_boot=grub: %s", who) : NULL;
	const char *lacks = net_grub_lacks();
	const struct loader loader = {.name = NET_GRUB,
		.package = lacks ? lacks : "grub-efi-amd64-bin",
		.needed = needed};
	json_t *row;

	if (add_row(listing, &loader, lacks ? NULL : path, &row, err) < 0)
		return -1;
	if (!lacks && !path) /* the next sync makes it */
		json_set_str(row, "state", "unpublished");
	return 0;
}

/* Those that come with a distro, and so of no package. */
static int add_own(void *ctx, struct item *item, struct err *err)
{
	const struct distro *distro = (const struct distro *)item;
	autofree char *needed = xasprintf("machines of distro '%s' with Secure Boot", item->name);

	for (size_t i = 0; i < distro->efi_loaders.items.n; i++) {
		const char *path = distro->efi_loaders.items.v[i];
		autostrbuf name = STRBUF_INIT;
		struct loader loader = {.needed = needed};
		json_t *row;

		efi_loader_path(distro, i, &name);
		loader.name = name.buf;
		if (add_row(ctx, &loader, access(path, F_OK) == 0 ? path : NULL, &row, err) < 0)
			return -1;
	}
	return 0;
}

static int add_rows(struct listing *listing, struct server *server, struct err *err)
{
	json_t *row;

	for (size_t i = 0; i < n_loaders; i++) {
		const struct loader *loader = &loaders_all[i];

		if (add_row(listing, loader, loader_find(loader), &row, err) < 0)
			return -1;
		if (!loader_needed(server, loader))
			json_object_set_new(row, "needed", json_null());
	}
	if (add_made(listing, server, err) < 0)
		return -1;
	return db_item_list(
		server->db, &(struct db_query){.type = &distro_type}, add_own, listing, err);
}

int loaders_list(struct server *server, json_t **ret, struct err *err)
{
	autojson json_t *versions = package_versions();
	autojson json_t *items = json_array();
	autoclose int generation = -1;
	struct listing listing = {.items = items, .versions = versions};
	struct err why = ERR_INIT;

	if (generation_open(server->tftp_fd, &generation, &why) < 0 && why.code != ERR_NOT_FOUND)
		return err_set(err, why.code, "%s", why.msg);
	listing.generation = generation;
	if (add_rows(&listing, server, err) < 0)
		return -1;
	*ret = json_pack("{s:O}", "items", items);
	return 0;
}
