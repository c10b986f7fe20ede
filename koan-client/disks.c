#include "koan-client/disks.h"

#include "koan-client/storage_xml.h"

#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define LIBVIRT_IMAGES "/var/lib/libvirt/images"
#define LABELS_BYTES   ((size_t)1 << 20) /* where partition tables, file systems and LVM sign */

/* Where a user's own libvirtd keeps images; NULL for the system's. */
static char *session_folder(const struct virt *virt)
{
	const char *uri = virt ? virt_uri(virt) : "";
	const char *xdg = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	size_t len = strlen(uri);

	if (len < 8 || strcmp(uri + len - 8, "/session") != 0)
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

static int taken(const char *what, const char *path, struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		"%s '%s' already exists; choose another --virt-name or --virt-path, or --force to "
		"replace it",
		what, path);
}

static int refuse_servers_choice(const struct guest_disk *disk, struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		"'%s' already exists and only the server names it; to replace it, name it yourself "
		"too: --force --virt-path=%s",
		disk->place.source, disk->wanted);
}

/* Whether something is in a volume's place: in its pool, or in the folder that will be one. */
static int volume_is_taken(
	struct virt *virt, const struct guest_disk *disk, bool *ret, struct err *err)
{
	autofree char *pool = NULL;
	bool active = false;
	struct stat st;

	*ret = virt_is_here(virt) && lstat(disk->place.source, &st) == 0;
	if (virt_pool_at(virt, disk->place.pool_path, &pool, &active, err) < 0)
		return -1;
	if (pool && !active)
		return err_set(err, ERR_CONFLICT,
			"the storage pool '%s' has the folder '%s' and is not active; start it "
			"with: virsh --connect %s pool-start %s",
			pool, disk->place.pool_path, virt_uri(virt), pool);
	if (!pool || *ret)
		return 0;
	return virt_volume_exists(virt, pool, disk->place.volume, ret, err);
}

static int check_volume(
	struct virt *virt, const struct guest_disk *disk, bool force, struct err *err)
{
	bool exists;

	if (volume_is_taken(virt, disk, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	if (!force)
		return taken("disk", disk->place.source, err);
	if (disk->place.kind == DISK_FILE && !disk->explicit)
		return refuse_servers_choice(disk, err);
	return 0;
}

/* True where the first MiB of a device is all zero: no partition table, file system or label. */
static int is_blank(int fd, bool *ret, struct err *err)
{
	autofree char *bytes = xcalloc(1, LABELS_BYTES + 1);
	ssize_t n = pread(fd, bytes, LABELS_BYTES, 0);

	if (n < 0)
		return err_sys(err, "cannot be read");
	*ret = n == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, (size_t)n - 1) == 0);
	return 0;
}

/* O_EXCL on a block device: refused while it is mounted or part of something (open(2)). */
static int check_local_device(const struct guest_disk *disk, bool force, struct err *err)
{
	const char *path = disk->place.source;
	autoclose int fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	struct stat st;
	bool blank;

	if (fd < 0 && errno == EBUSY)
		return err_set(err, ERR_CONFLICT, "the block device '%s' is in use", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "block device '%s'", path);
	if (!S_ISBLK(st.st_mode))
		return err_set(err, ERR_INVALID, "'%s' is no block device", path);
	if (is_blank(fd, &blank, err) < 0)
		return err_wrap(err, "block device '%s'", path);
	if (blank)
		return 0;
	if (!force)
		return err_set(err, ERR_CONFLICT,
			"the block device '%s' is not empty; --force to give it to the guest as it "
			"is, or clear it with: wipefs -a %s",
			path, path);
	return disk->explicit ? 0 : refuse_servers_choice(disk, err);
}

/* Whether it is empty cannot be seen from here. */
static int check_distant_device(const struct guest_disk *disk, struct err *err)
{
	const char *path = disk->place.source;

	if (disk->explicit)
		return 0;
	return err_set(err, ERR_CONFLICT,
		"only the server names the block device '%s', and whether it is empty cannot be "
		"seen from here; if it may be used, name it yourself: --virt-path=%s",
		path, path);
}

static int check_disk(struct virt *virt, const struct guest *guest, const struct guest_disk *disk,
	bool force, struct err *err)
{
	autofree char *user = NULL;

	if (virt_disk_user(virt, disk->place.source, guest->name, &user, err) < 0)
		return -1;
	if (user)
		return err_set(err, ERR_CONFLICT, "'%s' is a disk of the domain '%s'",
			disk->place.source, user);
	if (disk_kind_row(disk->place.kind)->pool_type)
		return check_volume(virt, disk, force, err);
	return virt_is_here(virt) ? check_local_device(disk, force, err)
	                          : check_distant_device(disk, err);
}

int disks_check(struct virt *virt, const struct guest *guest, bool force, struct err *err)
{
	for (size_t i = 0; i < guest->n_disks; i++)
		if (check_disk(virt, guest, &guest->disks[i], force, err) < 0)
			return err_wrap(err, "disk %zu", i);
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

static int make_pool(struct virt *virt, const struct disk_place *place, struct undo *undo,
	char **ret, struct err *err)
{
	const struct disk_kind_row *row = disk_kind_row(place->kind);
	autofree char *name = NULL;
	autofree char *xml = NULL;
	autofree char *title = NULL;
	struct stat st;
	/* Never for a volume group: there it would mean vgcreate. */
	bool build = strcmp(row->pool_type, "dir") == 0 &&
	             !(virt_is_here(virt) && stat(place->pool_path, &st) == 0);

	if (free_pool_name(virt, place->pool_path, &name, err) < 0)
		return -1;
	xml = pool_xml(name, row->pool_type, place->pool_path);
	if (virt_pool_make(virt, name, xml, build, err) < 0)
		return -1;
	title = xasprintf("storage pool '%s'", name);
	undo_add(undo, build ? UNDO_POOL_FOLDER : UNDO_POOL, "", name, title);
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

static int clear_way(struct virt *virt, const char *pool, const struct disk_place *place,
	bool force, FILE *out, struct err *err)
{
	bool exists;

	if (virt_volume_exists(virt, pool, place->volume, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	if (!force)
		return taken("disk", place->source, err);
	if (virt_volume_remove(virt, pool, place->volume, err) < 0)
		return -1;
	fprintf(out, "removed the old disk '%s' (--force)\n", place->source);
	return 0;
}

static int make_disk(struct virt *virt, struct guest_disk *disk, bool force, struct undo *undo,
	FILE *out, struct err *err)
{
	const struct disk_kind_row *row = disk_kind_row(disk->place.kind);
	autofree char *title = xasprintf("disk '%s'", disk->place.source);
	autofree char *pool = NULL;
	autofree char *xml = NULL;
	char *path;

	if (!row->pool_type)
		return 0;
	if (need_pool(virt, &disk->place, undo, &pool, err) < 0 ||
		clear_way(virt, pool, &disk->place, force, out, err) < 0)
		return -1;
	xml = volume_xml(disk->place.volume, disk->size, row->pool_type, disk->format);
	if (virt_volume_make(virt, pool, xml, &path, err) < 0)
		return -1;
	undo_add(undo, UNDO_VOLUME, pool, disk->place.volume, title);
	free(disk->place.source);
	disk->place.source = path;
	return 0;
}

int disks_make(struct virt *virt, struct guest *guest, bool force, struct undo *undo, FILE *out,
	struct err *err)
{
	for (size_t i = 0; i < guest->n_disks; i++)
		if (make_disk(virt, &guest->disks[i], force, undo, out, err) < 0)
			return err_wrap(err, "disk '%s'", guest->disks[i].place.source);
	return 0;
}
