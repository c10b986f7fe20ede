#include "koan-client/disk/space.h"

#include <string.h>
#include <sys/statvfs.h>

/* The space below a folder that may still have to be made. */
static bool folder_free(const char *path, uint64_t *ret)
{
	autofree char *at = xstrdup(path);
	struct statvfs fs;

	while (statvfs(at, &fs) < 0) {
		char *slash = strrchr(at, '/');

		if (!slash || slash == at)
			return false;
		*slash = '\0';
	}
	*ret = (uint64_t)fs.f_bavail * fs.f_frsize;
	return true;
}

/* `known` is false where nobody can tell. */
static int free_at(struct virt *virt, const struct disk_place *place, bool *known, uint64_t *ret,
	struct err *err)
{
	autofree char *pool = NULL;
	bool active = false;
	bool folder = strcmp(disk_kind_row(place->kind)->pool_type, "dir") == 0;

	if (virt_pool_at(virt, place->pool_path, &pool, &active, err) < 0)
		return -1;
	*known = pool && active;
	if (*known)
		return virt_pool_free(virt, pool, ret, err);
	*known = !pool && folder && virt_is_here(virt) && folder_free(place->pool_path, ret);
	return 0;
}

static bool counts(const struct guest_disk *disk, bool overcommit)
{
	const struct disk_kind_row *row = disk_kind_row(disk->place.kind);

	if (disk->existing || !row->pool_type)
		return false;
	return !overcommit || disk->full || strcmp(row->pool_type, "dir") != 0;
}

/* Bytes of all disks at one place. */
static uint64_t wanted_at(
	const struct guest *guests, size_t n, const char *pool_path, bool overcommit)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < guests[i].n_disks; j++) {
			const struct guest_disk *disk = &guests[i].disks[j];

			if (counts(disk, overcommit) &&
				strcmp(disk->place.pool_path, pool_path) == 0)
				sum += disk->size;
		}
	return sum;
}

static int check_place(struct virt *virt, const struct guest *guests, size_t n,
	const struct disk_place *place, bool overcommit, struct err *err)
{
	uint64_t wanted = wanted_at(guests, n, place->pool_path, overcommit);
	uint64_t space;
	bool known;

	if (free_at(virt, place, &known, &space, err) < 0)
		return -1;
	if (!known || wanted <= space)
		return 0;
	return err_set(err, ERR_NO_SPACE,
		"the disks in '%s' need %.1f GiB, and %.1f GiB are free; choose another "
		"--virt-path or --virt-file-size%s",
		place->pool_path, (double)wanted / (1 << 30), (double)space / (1 << 30),
		overcommit ? "" : ", or --overcommit for files that grow as they are written");
}

int space_check(
	struct virt *virt, const struct guest *guests, size_t n, bool overcommit, struct err *err)
{
	autostrv seen = STRV_INIT;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < guests[i].n_disks; j++) {
			const struct guest_disk *disk = &guests[i].disks[j];

			if (!counts(disk, overcommit) || strv_has(&seen, disk->place.pool_path))
				continue;
			strv_add(&seen, disk->place.pool_path);
			if (check_place(virt, guests, n, &disk->place, overcommit, err) < 0)
				return -1;
		}
	return 0;
}
