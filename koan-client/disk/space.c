#include "koan-client/disk/space.h"

#include "koan-client/disk/volume_group.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Of a folder that may still have to be made, the part that is there; yours to free. */
static char *what_is_there(const char *path)
{
	autofree char *at = xstrdup(path);

	while (access(at, F_OK) < 0) {
		char *slash = strrchr(at, '/');

		if (!slash || slash == at)
			return xstrdup("/");
		*slash = '\0';
	}
	return TAKE(at);
}

static bool folder_free(const char *path, uint64_t *ret)
{
	autofree char *at = what_is_there(path);
	struct statvfs fs;

	if (statvfs(at, &fs) < 0)
		return false;
	*ret = (uint64_t)fs.f_bavail * fs.f_frsize;
	return true;
}

static dev_t device_of(const char *path)
{
	autofree char *at = what_is_there(path);
	struct stat st;

	return stat(at, &st) == 0 ? st.st_dev : 0;
}

static bool is_folder(const struct disk_place *place)
{
	return strcmp(disk_kind_row(place->kind)->pool_type, "dir") == 0;
}

/* `known` is false where nobody can tell. */
static int free_at(struct virt *virt, const struct disk_place *place, bool *known, uint64_t *ret,
	struct err *err)
{
	autofree char *pool = NULL;
	bool active = false;

	if (virt_pool_at(virt, place->pool_path, &pool, &active, err) < 0)
		return -1;
	*known = pool && active;
	if (*known)
		return virt_pool_free(virt, pool, ret, err);
	if (pool || !virt_is_here(virt))
		return 0;
	if (!is_folder(place)) /* /dev/vg0 */
		return volume_group_free(strrchr(place->pool_path, '/') + 1, known, ret, err);
	*known = folder_free(place->pool_path, ret);
	return 0;
}

static bool counts(const struct guest_disk *disk, bool overcommit)
{
	const struct disk_kind_row *row = disk_kind_row(disk->place.kind);

	if (disk->existing || !row->pool_type)
		return false;
	return !overcommit || disk->full || strcmp(row->pool_type, "dir") != 0;
}

/* Two folders may be on one file system. */
static bool share_space(
	const struct virt *virt, const struct disk_place *a, const struct disk_place *b)
{
	return virt_is_here(virt) && is_folder(a) && is_folder(b) &&
	       device_of(a->pool_path) == device_of(b->pool_path);
}

/* Bytes of all disks at one place; `others`: some of them are in another folder. */
static uint64_t wanted_at(const struct virt *virt, const struct guest *guests, size_t n,
	const struct disk_place *place, bool overcommit, bool *others)
{
	uint64_t sum = 0;

	*others = false;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < guests[i].n_disks; j++) {
			const struct guest_disk *disk = &guests[i].disks[j];
			bool same;

			if (!counts(disk, overcommit))
				continue;
			same = strcmp(disk->place.pool_path, place->pool_path) == 0;
			if (!same && !share_space(virt, &disk->place, place))
				continue;
			sum += disk->size;
			*others |= !same;
		}
	return sum;
}

static int check_place(struct virt *virt, const struct guest *guests, size_t n,
	const struct disk_place *place, bool overcommit, struct err *err)
{
	bool others;
	uint64_t wanted = wanted_at(virt, guests, n, place, overcommit, &others);
	uint64_t space;
	bool known;

	if (free_at(virt, place, &known, &space, err) < 0)
		return -1;
	if (!known || wanted <= space)
		return 0;
	return err_set(err, ERR_NO_SPACE,
		"the disks in '%s'%s need %.1f GiB, and %.1f GiB are free; choose another "
		"--virt-path or --virt-file-size%s",
		place->pool_path, others ? ", and those in other folders of its file system," : "",
		(double)wanted / (1 << 30), (double)space / (1 << 30),
		overcommit ? "" : ", or --overcommit for files that grow as they are written");
}

static int check_places(struct virt *virt, const struct guest *guests, size_t n, bool overcommit,
	bool groups_only, struct err *err)
{
	autostrv seen = STRV_INIT;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < guests[i].n_disks; j++) {
			const struct guest_disk *disk = &guests[i].disks[j];

			if (!counts(disk, overcommit) || strv_has(&seen, disk->place.pool_path))
				continue;
			strv_add(&seen, disk->place.pool_path);
			if (groups_only && is_folder(&disk->place))
				continue;
			if (check_place(virt, guests, n, &disk->place, overcommit, err) < 0)
				return -1;
		}
	return 0;
}

int space_check(
	struct virt *virt, const struct guest *guests, size_t n, bool overcommit, struct err *err)
{
	return check_places(virt, guests, n, overcommit, false, err);
}

int space_check_groups(struct virt *virt, const struct guest *guests, size_t n, struct err *err)
{
	return check_places(virt, guests, n, false, true, err);
}
