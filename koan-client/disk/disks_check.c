#include "koan-client/disk/disks.h"

#include "koan-client/disk/blank.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* Where labels are: nearly all in the first MiB; RAID's, ZFS' and the second GPT at the end. */
#define LABELS_BYTES (UINT64_C(4) << 20)

struct check {
	struct virt *virt;
	const struct disk_rules *rules;
	const struct guest *guest;
};

static int taken(const char *what, const char *path, struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		"%s '%s' already exists; choose another --virt-name or --virt-path, or "
		"--force-path to replace it",
		what, path);
}

static int refuse_servers_choice(const struct guest_disk *disk, struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		"'%s' already exists and only the server names it; to replace it, name it yourself "
		"too: --force-path --virt-path=%s",
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

/* koan made it for the guest that --force replaces. */
static bool is_freed(const struct check *check, const struct guest_disk *disk)
{
	return strv_has(check->rules->freed, disk->place.source);
}

/* The same, or it is that guest's for another reason: check_owner() refused those of others. */
static bool is_replaced(const struct check *check, const struct guest_disk *disk)
{
	return is_freed(check, disk) ||
	       (check->rules->force && host_view_owner(check->rules->view, disk->place.source,
					       virt_is_here(check->virt)));
}

/* The first name of its kind that is free, such as web7-disk0-2. */
static int choose_free_name(const struct check *check, struct guest_disk *disk, struct err *err)
{
	struct disk_place *place = &disk->place;
	autofree char *name = xstrdup(place->volume);

	for (unsigned i = 2; i < 1000; i++) {
		bool taken;

		free(place->volume);
		free(place->source);
		place->volume = xasprintf("%s-%u", name, i);
		place->source = xasprintf("%s/%s", place->pool_path, place->volume);
		if (volume_is_taken(check->virt, disk, &taken, err) < 0)
			return -1;
		if (!taken)
			return 0;
	}
	return err_set(err, ERR_CONFLICT, "there is no free name like '%s' in '%s'", name,
		place->pool_path);
}

/* The old guest needs its disk, should the new one fail. */
static int step_aside(const struct check *check, struct guest_disk *disk, struct err *err)
{
	if (!disk->place.named)
		return choose_free_name(check, disk, err);
	if (!check->rules->force_path)
		return err_set(err, ERR_CONFLICT,
			"'%s' is a disk of the guest that is replaced, which stays until the new "
			"one runs; choose another --virt-path, or --force-path to remove it before",
			disk->place.source);
	if (!disk->explicit && !is_freed(check, disk))
		return refuse_servers_choice(disk, err);
	disk->late = true;
	disk->made = true;
	disk->taken = true;
	return 0;
}

static int check_new_volume(const struct check *check, struct guest_disk *disk, struct err *err)
{
	bool exists;

	if (volume_is_taken(check->virt, disk, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	if (is_replaced(check, disk))
		return step_aside(check, disk, err);
	if (!check->rules->force_path)
		return taken("disk", disk->place.source, err);
	if (disk->place.kind == DISK_FILE && !disk->explicit)
		return refuse_servers_choice(disk, err);
	disk->taken = true;
	return 0;
}

static int holds(
	const struct check *check, const struct guest_disk *disk, const char *what, struct err *err)
{
	const char *title = disk_kind_row(disk->place.kind)->title;

	if (!check->rules->force_path)
		return err_set(err, ERR_CONFLICT,
			"the %s '%s' is not empty: it has %s; --force-path to give it to the guest "
			"as it is, or clear it with: wipefs -a %s",
			title, disk->place.source, what, disk->place.source);
	return disk->explicit ? 0 : refuse_servers_choice(disk, err);
}

/* O_EXCL on a block device: refused while it is mounted or part of something (open(2)). */
static int check_local_device(
	const struct check *check, const struct guest_disk *disk, struct err *err)
{
	const char *path = disk->place.source;
	autoclose int fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	autofree char *what = NULL;
	struct stat st;

	if (fd < 0 && errno == EBUSY)
		return err_set(err, ERR_CONFLICT, "the block device '%s' is in use", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "block device '%s'", path);
	if (!S_ISBLK(st.st_mode))
		return err_set(err, ERR_INVALID, "'%s' is no block device", path);
	if (disk->existing)
		return 0;
	if (blank_find(fd, &what, err) < 0)
		return err_wrap(err, "block device '%s'", path);
	return what ? holds(check, disk, what, err) : 0;
}

/* Whether it is empty cannot be seen from here. */
static int check_distant(const struct check *check, const struct guest_disk *disk, struct err *err)
{
	const char *path = disk->place.source;

	if (disk->explicit || disk->existing || check->rules->force_path)
		return 0;
	return err_set(err, ERR_CONFLICT,
		"only the server names the %s '%s', and whether it is empty cannot be seen from "
		"here; if it may be used, name it yourself: --virt-path=%s",
		disk_kind_row(disk->place.kind)->title, path, path);
}

/* The parts of a volume that may have labels, where they are in a file of its size. */
struct peek {
	int fd;
	uint64_t at;
};

static int keep(void *ctx, const void *bytes, size_t n, struct err *err)
{
	struct peek *peek = ctx;

	if (pwrite(peek->fd, bytes, n, (off_t)peek->at) != (ssize_t)n)
		return err_sys(err, "memory for a volume's labels");
	peek->at += n;
	return 0;
}

static int peek_part(struct virt *virt, const struct disk_place *place, int fd, uint64_t at,
	uint64_t n, struct err *err)
{
	struct peek peek = {.fd = fd, .at = at};

	return virt_volume_read(virt, place->pool, place->volume, at, n, keep, &peek, err);
}

static int peek_volume(struct virt *virt, const struct disk_place *place, uint64_t size,
	char **what, struct err *err)
{
	autoclose int fd = memfd_create("labels", MFD_CLOEXEC);
	uint64_t part = size < LABELS_BYTES ? size : LABELS_BYTES;

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		return err_sys(err, "memory for a volume's labels");
	if (peek_part(virt, place, fd, 0, part, err) < 0 ||
		(size > part && peek_part(virt, place, fd, size - part, part, err) < 0))
		return -1;
	return blank_find(fd, what, err);
}

static int check_volume(const struct check *check, const struct guest_disk *disk, struct err *err)
{
	autofree char *what = NULL;

	if (disk->existing)
		return 0;
	/* What another format holds, only that format's driver knows. */
	if (uri_is_test(virt_uri(check->virt)) || strcmp(disk->format, "raw") != 0)
		what = xasprintf("the format %s, in which koan cannot look", disk->format);
	else if (peek_volume(check->virt, &disk->place, disk->size, &what, err) < 0)
		return -1;
	return what ? holds(check, disk, what, err) : 0;
}

/*
 * A format is never guessed: a guest can write any header into a raw disk, and what a qcow2 header
 * names, the hypervisor opens. But one that is not what was said is worth a word.
 */
static int check_format(const struct check *check, const struct guest_disk *disk, struct err *err)
{
	autoclose int fd =
		virt_is_here(check->virt) ? open(disk->place.source, O_RDONLY | O_CLOEXEC) : -1;
	char magic[4] = "";
	bool qcow2 = fd >= 0 && pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	             memcmp(magic, "QFI\xfb", sizeof(magic)) == 0;

	if (fd < 0 || qcow2 == (strcmp(disk->format, "qcow2") == 0))
		return 0;
	return err_set(err, ERR_INVALID,
		"the disk '%s' looks like %s, not %s; say which with "
		"--virt-disk-driver",
		disk->place.source, qcow2 ? "qcow2" : "raw", disk->format);
}

static int check_there(const struct check *check, const struct guest_disk *disk, struct err *err)
{
	bool exists;

	if (volume_is_taken(check->virt, disk, &exists, err) < 0)
		return -1;
	if (exists)
		return check_format(check, disk, err);
	return err_set(err, ERR_NOT_FOUND,
		"there is no disk '%s' that could be imported; name it with --virt-path",
		disk->place.source);
}

static int check_kind(const struct check *check, struct guest_disk *disk, struct err *err)
{
	switch (disk->place.kind) {
	case DISK_FOLDER:
	case DISK_FILE:
	case DISK_VOLUME_GROUP:
		return disk->existing ? check_there(check, disk, err)
		                      : check_new_volume(check, disk, err);
	case DISK_DEVICE:
		return virt_is_here(check->virt) ? check_local_device(check, disk, err)
		                                 : check_distant(check, disk, err);
	case DISK_VOLUME:
		return check_volume(check, disk, err);
	case DISK_NETWORK:
		return check_distant(check, disk, err);
	}
	return 0;
}

static int check_owner(const struct check *check, const struct guest_disk *disk, const char *source,
	struct err *err)
{
	const char *owner = host_view_owner(check->rules->view, source, virt_is_here(check->virt));

	if (!owner || (check->rules->force && strcmp(owner, check->guest->name) == 0))
		return 0;
	return err_set(
		err, ERR_CONFLICT, "'%s' is a disk of the domain '%s'", disk->place.source, owner);
}

static int check_owner_of(const struct check *check, const struct guest_disk *disk, struct err *err)
{
	const struct disk_place *place = &disk->place;
	autofree char *url = NULL;

	if (place->url)
		url = xasprintf("%s://%s/%s", place->url->protocol->name, place->url->host,
			place->url->name);
	return check_owner(check, disk, url ? url : place->source, err);
}

static int check_disk(const struct check *check, struct guest_disk *disk, struct err *err)
{
	if (check_owner_of(check, disk, err) < 0)
		return -1;
	return check_kind(check, disk, err);
}

int disks_check_owners(struct virt *virt, const struct guest *guest, const struct disk_rules *rules,
	struct err *err)
{
	const struct check check = {virt, rules, guest};

	for (size_t i = 0; i < guest->n_disks; i++)
		if (check_owner_of(&check, &guest->disks[i], err) < 0)
			return err_wrap(err, "disk %zu", i);
	return 0;
}

int disks_check(
	struct virt *virt, struct guest *guest, const struct disk_rules *rules, struct err *err)
{
	const struct check check = {virt, rules, guest};

	for (size_t i = 0; i < guest->n_disks; i++)
		if (check_disk(&check, &guest->disks[i], err) < 0)
			return err_wrap(err, "disk %zu", i);
	return 0;
}

/* A volume that exists is known by its pool; the guest gets its path. */
static int find_volume(struct virt *virt, struct guest_disk *disk, struct err *err)
{
	autovolumeview volume = {0};

	if (virt_volume_look(virt, disk->place.pool, disk->place.volume, &volume, err) < 0)
		return -1;
	if (!volume.file && !volume.block)
		return err_set(err, ERR_INVALID,
			"the volume '%s' is no file and no device; name a network disk by its URL",
			disk->place.source);
	disk->place.block = volume.block;
	disk->size = volume.size;
	free(disk->place.source);
	disk->place.source = TAKE(volume.path);
	if (volume.format) {
		free(disk->format);
		disk->format = TAKE(volume.format);
	}
	return 0;
}

int disks_find(struct virt *virt, struct guest *guest, struct err *err)
{
	for (size_t i = 0; i < guest->n_disks; i++)
		if (guest->disks[i].place.kind == DISK_VOLUME &&
			find_volume(virt, &guest->disks[i], err) < 0)
			return err_wrap(err, "disk %zu", i);
	return 0;
}
