#include "koan-client/disk/disks.h"

#include "koan-client/disk/storage_xml.h"

#include <string.h>
#include <sys/stat.h>

#define LIBVIRT_IMAGES "/var/lib/libvirt/images"

/* Where a user's own libvirtd keeps images; NULL for the system's. */
static char *session_folder(const struct virt *virt)
{
	const char *xdg = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");

	if (!virt || !uri_is_session(virt_uri(virt)))
		return NULL;
	if (xdg && xdg[0] == '/')
		return xasprintf("%s/libvirt/images", xdg);
	return xasprintf("%s/.local/share/libvirt/images", home ? home : "");
}

int disks_default_folder(struct virt *virt, char **ret, struct err *err)
{
	*ret = NULL;
	if (virt && virt_pool_path(virt, "default", ret, err) < 0)
		return -1;
	if (!*ret)
		*ret = session_folder(virt);
	if (!*ret)
		*ret = xstrdup(LIBVIRT_IMAGES);
	return 0;
}

/* The path's last part, with a number where a pool of that name is elsewhere. */
static int free_pool_name(struct virt *virt, const char *path, char **ret, struct err *err)
{
	const char *base = strcmp(path, LIBVIRT_IMAGES) == 0 ? "default" : strrchr(path, '/') + 1;

	for (unsigned i = 1; i < 1000; i++) {
		autofree char *name = i == 1 ? xstrdup(base) : xasprintf("%s-%u", base, i);
		autofree char *other = NULL;

		if (virt_pool_path(virt, name, &other, err) < 0)
			return -1;
		if (!other) {
			*ret = TAKE(name);
			return 0;
		}
	}
	return err_set(err, ERR_CONFLICT, "no free name for a storage pool over '%s'", path);
}

static bool is_folder_here(const struct virt *virt, const char *path)
{
	struct stat st;

	return virt_is_here(virt) && stat(path, &st) == 0;
}

/* `built`: the folder was made, too. Whether another host has it is seen only by starting a pool
 * over it. */
static int start_pool(struct virt *virt, const struct disk_place *place, const char *name,
	bool *built, struct err *err)
{
	const char *type = disk_kind_row(place->kind)->pool_type;
	autofree char *xml = pool_xml(name, type, place->pool_path);

	/* Never for a volume group: there it would mean vgcreate. */
	*built = strcmp(type, "dir") == 0 && !is_folder_here(virt, place->pool_path);
	if (*built && virt_is_remote(virt) && virt_pool_make(virt, name, xml, false, NULL) == 0) {
		*built = false;
		return 0;
	}
	return virt_pool_make(virt, name, xml, *built, err);
}

static int make_pool(struct virt *virt, const struct disk_place *place, struct undo *undo,
	char **ret, struct err *err)
{
	bool folder = strcmp(disk_kind_row(place->kind)->pool_type, "dir") == 0;
	enum undo_kind kind = folder ? UNDO_POOL : UNDO_GROUP_POOL;
	autofree char *name = NULL;
	autofree char *title = NULL;
	bool built;

	if (free_pool_name(virt, place->pool_path, &name, err) < 0)
		return -1;
	title = xasprintf("storage pool '%s'", name);
	if (start_pool(virt, place, name, &built, err) < 0) {
		built = built && is_folder_here(virt, place->pool_path);
		/* It may have been obeyed, and nobody had that name a moment ago. */
		if (!virt_is_alive(virt))
			undo_add(undo, built ? UNDO_POOL_FOLDER : kind, "", name, title);
		return -1;
	}
	undo_add_pool(undo, virt, built ? UNDO_POOL_FOLDER : kind, name, title);
	*ret = TAKE(name);
	return 0;
}

static int need_pool(struct virt *virt, const struct disk_place *place, struct undo *undo,
	char **ret, struct err *err)
{
	bool active = false;

	if (virt_pool_at(virt, place->pool_path, ret, &active, err) < 0)
		return -1;
	if (*ret || make_pool(virt, place, undo, ret, err) == 0)
		return 0;
	/* Another koan may have been faster: libvirt refuses a second pool over the same folder. */
	if (virt_pool_at(virt, place->pool_path, ret, &active, NULL) == 0 && *ret && active)
		return 0;
	return -1;
}

int disks_default_pool(struct virt *virt, struct undo *undo, char **ret, struct err *err)
{
	struct disk_place place = {.kind = DISK_FOLDER};
	int result;

	if (disks_default_folder(virt, &place.pool_path, err) < 0)
		return -1;
	result = need_pool(virt, &place, undo, ret, err);
	disk_place_done(&place);
	return result;
}

int disks_pools(
	struct virt *virt, struct guest *guests, size_t n, struct undo *undo, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < guests[i].n_disks; j++) {
			struct guest_disk *disk = &guests[i].disks[j];

			if (disk->existing || !disk_kind_row(disk->place.kind)->pool_type)
				continue;
			if (need_pool(virt, &disk->place, undo, &disk->place.pool, err) < 0)
				return err_wrap(err, "disk '%s'", disk->place.source);
		}
	return 0;
}

/* What disks_check() has allowed to go: what was not there then is somebody else's. */
static int clear_way(struct virt *virt, const struct guest_disk *disk, FILE *out, struct err *err)
{
	const struct disk_place *place = &disk->place;
	bool exists;

	if (virt_volume_exists(virt, place->pool, place->volume, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	if (!disk->taken)
		return err_set(err, ERR_CONFLICT, "was made by somebody else meanwhile");
	if (virt_volume_remove(virt, place->pool, place->volume, err) < 0)
		return -1;
	fprintf(out, "removed the old disk '%s' (--force-path)\n", place->source);
	return 0;
}

/*
 * After a connection that broke while libvirt may have made the volume: a moment ago there was
 * none of that name, so one of just that size is ours.
 */
static bool was_made(struct virt *virt, const struct guest_disk *disk)
{
	autovolumeview volume = {0};

	return !virt_is_alive(virt) && virt_revive(virt, NULL) == 0 &&
	       virt_volume_look(virt, disk->place.pool, disk->place.volume, &volume, NULL) == 0 &&
	       volume.size == disk->size;
}

static int make_disk(
	struct virt *virt, struct guest_disk *disk, struct undo *undo, FILE *out, struct err *err)
{
	const struct disk_kind_row *row = disk_kind_row(disk->place.kind);
	bool metadata = disk->full && strcmp(disk->format, "qcow2") == 0;
	autofree char *title = xasprintf("disk '%s'", disk->place.source);
	autofree char *xml = NULL;
	char *path;

	if (disk->existing || !row->pool_type)
		return 0;
	if (clear_way(virt, disk, out, err) < 0)
		return -1;
	xml = volume_xml(disk->place.volume, disk->size, row->pool_type, disk->format, disk->full);
	if (virt_volume_make(virt, disk->place.pool, xml, metadata, &path, err) < 0) {
		if (was_made(virt, disk))
			undo_add(undo, UNDO_VOLUME, disk->place.pool, disk->place.volume, title);
		return -1;
	}
	undo_add(undo, UNDO_VOLUME, disk->place.pool, disk->place.volume, title);
	disk->made = true;
	free(disk->place.source);
	disk->place.source = path;
	return 0;
}

int disks_make(struct virt *virt, struct guest *guest, bool late, struct undo *undo, FILE *out,
	struct err *err)
{
	for (size_t i = 0; i < guest->n_disks; i++)
		if (guest->disks[i].late == late &&
			make_disk(virt, &guest->disks[i], undo, out, err) < 0)
			return err_wrap(err, "disk '%s'", guest->disks[i].place.source);
	return 0;
}
