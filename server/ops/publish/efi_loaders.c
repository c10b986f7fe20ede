#include "ops/publish/efi_loaders.h"

#include "base/file.h"
#include "boot/efi_loader.h"

#include <fcntl.h>
#include <string.h>

enum { PROGRAM_MAX = 64 << 20 };

int efi_loaders_read(int folder, const char *grub, struct grub_file *ret, struct err *err)
{
	autostrbuf bytes = STRBUF_INIT;

	*ret = (struct grub_file){.folder = ""};
	if (file_read(folder, grub, PROGRAM_MAX, &bytes, err) < 0)
		return -1;
	grub_file_read((struct image_span){bytes.buf, bytes.len}, ret);
	return 0;
}

static void forget(struct distro *distro)
{
	free(TAKE(distro->efi_folder));
	distro->efi_over_tftp = (struct opt_bool){.set = false};
}

int efi_loaders_measure(struct distro *distro, struct err *err)
{
	const struct strv *paths = &distro->efi_loaders.items;
	struct grub_file grub;

	forget(distro);
	if (!paths->n)
		return 0;
	if (efi_loader_check(distro, err) < 0)
		return -1;
	if (efi_loaders_read(AT_FDCWD, paths->v[EFI_GRUB], &grub, err) < 0)
		return err_wrap(err, "efi_loaders");
	distro->efi_folder = xstrdup(grub.folder);
	distro->efi_over_tftp = (struct opt_bool){.set = true, .value = grub.over_tftp};
	return 0;
}

static int add_config(struct sink *sink, size_t folder, struct err *err)
{
	return sink->file(
		sink, folder, "grub.cfg", 0644, efi_loader_config, strlen(efi_loader_config), err);
}

/* Where this server's own GRUB looks lies the real one. */
static void add_place(const struct distro *distro, struct strv *places)
{
	const char *folder = distro->efi_folder;

	if (folder && *folder && strcmp(folder, "grub") != 0 && !strv_has(places, folder))
		strv_add(places, folder);
}

int efi_loaders_publish(
	struct sink *sink, const struct distro *distro, struct strv *places, struct err *err)
{
	autofree char *path = xasprintf("images/%s/efi", distro->item.name);
	const struct strv *files = &distro->efi_loaders.items;
	size_t folder;

	if (!files->n)
		return 0;
	if (sink->folder(sink, path, 0755, &folder, err) < 0)
		return -1;
	for (size_t i = 0; i < files->n; i++)
		if (sink->place(sink, folder, efi_loader_name(distro, i), files->v[i], true, err) <
			0)
			return err_wrap(err, "efi_loaders");
	add_place(distro, places);
	return add_config(sink, folder, err);
}

/* Each folder on the way, once. */
static int make_way(
	struct sink *sink, const char *place, struct strv *made, size_t *ret, struct err *err)
{
	for (const char *end = place; end; end = strchr(end + 1, '/')) {
		const char *next = strchr(end + 1, '/');
		autofree char *path =
			next ? xstrndup(place, (size_t)(next - place)) : xstrdup(place);

		if (next && strv_has(made, path))
			continue;
		if (sink->folder(sink, path, 0755, ret, err) < 0)
			return -1;
		strv_add(made, path);
	}
	return 0;
}

int efi_loaders_publish_places(
	struct sink *sink, const struct strv *places, struct strv *tops, struct err *err)
{
	autostrv made = STRV_INIT;

	strv_for_each (place, places) {
		autofree char *top = xstrndup(place, strcspn(place, "/"));
		size_t folder = 0;

		if (make_way(sink, place, &made, &folder, err) < 0 ||
			add_config(sink, folder, err) < 0)
			return -1;
		if (!strv_has(tops, top))
			strv_add(tops, top);
	}
	return 0;
}
