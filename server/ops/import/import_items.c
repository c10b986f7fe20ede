#include "ops/import/import_items.h"

#include "base/file.h"
#include "base/sha256.h"
#include "boot/efi_loader.h"
#include "model/types.h"
#include "ops/edit/edit_check.h"
#include "ops/publish/efi_loaders.h"

#include <string.h>

void import_items_done(struct import_items *items)
{
	for (size_t i = 0; i < items->n; i++) {
		item_free(items->before[i]);
		item_free(items->after[i]);
	}
	items->n = 0;
}

static int measure(const struct import_items *items, const struct tree_file *file,
	char sum[SHA256_TEXT], uint64_t *size, struct err *err)
{
	autoclose int fd = -1;
	struct stat st;

	if (file_open_beneath(items->folder, file->path, &fd, &st, err) < 0 ||
		sha256_fd(fd, sum, size, err) < 0)
		return err_wrap(err, "'%s'", file->path);
	if (file->sha256 && strcasecmp(file->sha256, sum) != 0)
		return err_set(err, ERR_INVALID,
			"'%s' is damaged: its SHA-256 is %s, but the tree says %.64s", file->path,
			sum, file->sha256);
	return 0;
}

static void set_path(const struct import_items *items, const char *path, json_t **ret)
{
	autofree char *full = xasprintf("%s/%s", items->place, path);

	*ret = json_string(full);
}

static int add_kernel(const struct import_items *items, const struct tree_boot *boot, json_t *patch,
	struct err *err)
{
	char sum[SHA256_TEXT];
	uint64_t size;
	json_t *path;

	if (measure(items, &boot->kernel, sum, &size, err) < 0)
		return -1;
	set_path(items, boot->kernel.path, &path);
	json_object_set_new(patch, "kernel", path);
	json_object_set_new(patch, "kernel_size", json_integer((json_int_t)size));
	json_set_str(patch, "kernel_sha256", sum);
	return 0;
}

static int add_initrds(const struct import_items *items, const struct tree_boot *boot,
	json_t *patch, struct err *err)
{
	json_t *paths = json_array();
	json_t *sizes = json_array();
	json_t *sums = json_array();

	json_object_set_new(patch, "initrd", paths);
	json_object_set_new(patch, "initrd_size", sizes);
	json_object_set_new(patch, "initrd_sha256", sums);
	for (size_t i = 0; i < boot->initrds; i++) {
		char sum[SHA256_TEXT];
		uint64_t size;
		json_t *path;

		if (measure(items, &boot->initrd[i], sum, &size, err) < 0)
			return -1;
		set_path(items, boot->initrd[i].path, &path);
		json_array_append_new(paths, path);
		json_array_append_new(sizes, json_integer((json_int_t)size));
		json_array_append_new(sums, json_string(sum));
	}
	return 0;
}

/* What is asked for, else what the tree says, unless somebody has set the field by hand. */
static void add_word(const struct import_items *items, json_t *patch, const struct item *before,
	const char *name, const char *asked, const char *found)
{
	const struct field *field = item_field(&distro_type, name);
	const struct value_ops *ops = value_ops(field->kind);
	bool stays = before && !items->changed_tree && ops->is_set(item_at_const(before, field));

	if (*asked)
		json_set_str(patch, name, asked);
	else if (*found && !stays)
		json_set_str(patch, name, found);
}

static bool is_in_place(const struct import_items *items, const char *path)
{
	size_t len = strlen(items->place);

	return strncmp(path, items->place, len) == 0 && path[len] == '/';
}

/* The tree's own shim and GRUB, unless somebody has named others. */
static int add_loaders(
	const struct import_items *items, const struct item *before, json_t *patch, struct err *err)
{
	const struct distro *was = (const struct distro *)before;
	const struct strv *files = &items->tree->efi;
	json_t *paths;
	struct grub_file grub;

	if (was && was->efi_loaders.items.n &&
		!is_in_place(items, was->efi_loaders.items.v[EFI_SHIM]))
		return 0;
	if (!files->n) {
		json_object_set_new(patch, "efi_loaders", json_null());
		json_object_set_new(patch, "efi_folder", json_null());
		json_object_set_new(patch, "efi_over_tftp", json_null());
		return 0;
	}
	paths = json_array();
	json_object_set_new(patch, "efi_loaders", paths);
	strv_for_each (file, files) {
		json_t *path;

		set_path(items, file, &path);
		json_array_append_new(paths, path);
	}
	if (efi_loaders_read(items->folder, files->v[EFI_GRUB], &grub, err) < 0)
		return -1;
	json_set_str(patch, "efi_folder", grub.folder);
	json_object_set_new(patch, "efi_over_tftp", json_boolean(grub.over_tftp));
	return 0;
}

static json_t *meta_patch(const struct opt_map *meta)
{
	json_t *patch = json_object();

	for (size_t i = 0; i < meta->n; i++)
		json_set_str(patch, meta->entry[i].key, meta->entry[i].value);
	return patch;
}

static int distro_patch(const struct import_items *items, const struct tree_boot *boot,
	const struct item *before, json_t *patch, struct err *err)
{
	const struct import_options *options = items->options;
	const struct tree *tree = items->tree;
	bool elsewhere = *options->available_as;
	autofree char *served = xasprintf("/trees/%s", options->name);

	if (add_kernel(items, boot, patch, err) < 0 || add_initrds(items, boot, patch, err) < 0)
		return -1;
	json_set_str(patch, "tree", elsewhere ? options->available_as : served);
	json_set_str(patch, "signature", tree->signature);
	add_word(items, patch, before, "arch", "", tree->arch);
	add_word(items, patch, before, "breed", options->breed, tree->breed);
	add_word(items, patch, before, "os_version", options->os_version, tree->os_version);
	add_word(items, patch, before, "autoinstall", options->autoinstall, tree->autoinstall);
	if (boot == &tree->install && add_loaders(items, before, patch, err) < 0)
		return -1;
	if (tree->meta.n)
		json_object_set_new(patch, "autoinstall_meta", meta_patch(&tree->meta));
	return 0;
}

/* The stored item, or NULL where there is none. */
static int get_stored(const struct import_items *items, const struct item_type *type,
	const char *name, struct item **ret, struct err *err)
{
	struct err why = ERR_INIT;

	if (db_item_get(items->server->db, type, name, ret, &why) == 0)
		return 0;
	if (why.code != ERR_NOT_FOUND) {
		*err = why;
		return -1;
	}
	*ret = NULL;
	return 0;
}

static int make_distro(
	struct import_items *items, const char *name, const struct tree_boot *boot, struct err *err)
{
	autojson json_t *patch = json_object();
	autoitem struct item *before = NULL;
	autoitem struct item *after = NULL;

	if (get_stored(items, &distro_type, name, &before, err) < 0 ||
		distro_patch(items, boot, before, patch, err) < 0)
		return -1;
	after = before ? item_copy(before) : item_new(&distro_type, name);
	if (item_merge_json(after, patch, true, err) < 0 || item_validate(after, err) < 0 ||
		efi_loader_check((const struct distro *)after, err) < 0 ||
		(*items->options->autoinstall &&
			edit_check_template(items->server, NULL, after, before, err) < 0))
		return err_wrap(err, "distro '%s'", name);
	items->before[items->n] = TAKE(before);
	items->after[items->n++] = TAKE(after);
	return 0;
}

static int make_profile(
	struct import_items *items, const char *name, const char *virt_type, struct err *err)
{
	autoitem struct item *before = NULL;
	struct profile *profile;

	if (get_stored(items, &profile_type, name, &before, err) < 0)
		return -1;
	if (before)
		return 0;
	profile = (struct profile *)item_new(&profile_type, name);
	profile->distro = xstrdup(name);
	profile->virt_type = xstrdup_null(virt_type);
	items->before[items->n] = NULL;
	items->after[items->n++] = &profile->item;
	return 0;
}

int import_items_make(struct import_items *items, struct err *err)
{
	const char *name = items->options->name;
	autofree char *xen = xasprintf("%s-xen", name);

	if (make_distro(items, name, &items->tree->install, err) < 0 ||
		make_profile(items, name, NULL, err) < 0)
		return -1;
	if (!items->tree->xen.kernel.path)
		return 0;
	if (make_distro(items, xen, &items->tree->xen, err) < 0)
		return -1;
	return make_profile(items, xen, "xenpv", err);
}
