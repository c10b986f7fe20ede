#include "koan-client/create/boot_files.h"

#include "koan-client/disk/disks.h"
#include "koan-client/disk/storage_xml.h"

#include "base/log.h"
#include "base/sha256.h"

#include <fcntl.h>
#include <string.h>

struct sending {
	struct virt *virt;
	const char *pool;
	struct undo *undo;
	const struct interrupt *interrupt;
};

struct reading {
	struct sha256 sum;
	const struct interrupt *interrupt;
};

static int add_to_sum(void *ctx, const void *bytes, size_t n, struct err *err)
{
	struct reading *reading = ctx;

	sha256_add(&reading->sum, bytes, n);
	return interrupt_check(reading->interrupt, err);
}

static int go_on(void *ctx, struct err *err)
{
	return interrupt_check(ctx, err);
}

/* `size` bytes from the start: a pool may round a volume up. */
static int is_whole(const struct sending *s, const char *name, uint64_t size, const char *sum,
	bool *ret, struct err *err)
{
	struct reading reading = {.interrupt = s->interrupt};
	autovolumeview volume = {0};
	char got[SHA256_TEXT];

	*ret = false;
	if (virt_volume_look(s->virt, s->pool, name, &volume, err) < 0)
		return -1;
	if (volume.size < size)
		return 0;
	sha256_begin(&reading.sum);
	if (virt_volume_read(s->virt, s->pool, name, 0, size, add_to_sum, &reading, err) < 0)
		return -1;
	sha256_end(&reading.sum, got);
	*ret = strcmp(got, sum) == 0;
	return 0;
}

static int make_volume(
	const struct sending *s, const char *name, int fd, uint64_t size, struct err *err)
{
	autofree char *xml = volume_xml(name, size, "dir", "raw", false);
	autofree char *title = xasprintf("volume '%s'", name);
	autofree char *path = NULL;
	struct interrupt interrupt = *s->interrupt;

	if (virt_volume_make(s->virt, s->pool, xml, false, &path, err) < 0)
		return -1;
	undo_add(s->undo, UNDO_VOLUME, s->pool, name, title);
	return virt_volume_upload(s->virt, s->pool, name, fd, size, go_on, &interrupt, err);
}

/* `path` is the file here, then the volume there. */
static int send_file(const struct sending *s, char **path, struct err *err)
{
	autoclose int fd = *path ? open(*path, O_RDONLY | O_CLOEXEC) : -1;
	autovolumeview volume = {0};
	autofree char *name = NULL;
	char sum[SHA256_TEXT];
	bool whole = false;
	bool exists;
	uint64_t size;

	if (!*path)
		return 0;
	if (fd < 0)
		return err_sys(err, "'%s'", *path);
	if (sha256_fd(fd, sum, &size, err) < 0)
		return err_wrap(err, "'%s'", *path);
	name = xasprintf("koan-%s", sum);
	if (virt_volume_exists(s->virt, s->pool, name, &exists, err) < 0 ||
		(exists && is_whole(s, name, size, sum, &whole, err) < 0))
		return -1;
	if (exists && !whole) {
		log_warning("the volume '%s' is damaged and will be sent again", name);
		if (virt_volume_remove(s->virt, s->pool, name, err) < 0)
			return -1;
	}
	if ((!whole && make_volume(s, name, fd, size, err) < 0) ||
		virt_volume_look(s->virt, s->pool, name, &volume, err) < 0)
		return -1;
	free(*path);
	*path = TAKE(volume.path);
	return 0;
}

static void copy_path(const char *from, char **to)
{
	free(*to);
	*to = xstrdup_null(from);
}

int boot_files_send(struct virt *virt, struct guest *guests, size_t n, struct undo *undo,
	const struct interrupt *interrupt, struct err *err)
{
	struct guest *first = guests;
	autofree char *pool = NULL;
	struct sending sending = {virt, NULL, undo, interrupt};

	if (!first->kernel && !first->cdrom)
		return 0;
	if (disks_default_pool(virt, undo, &pool, err) < 0)
		return -1;
	sending.pool = pool;
	if (send_file(&sending, &first->kernel, err) < 0 ||
		send_file(&sending, &first->initrd, err) < 0 ||
		send_file(&sending, &first->cdrom, err) < 0)
		return err_wrap(err, "sending the boot files to '%s'", virt_uri(virt));
	for (size_t i = 1; i < n; i++) {
		copy_path(first->kernel, &guests[i].kernel);
		copy_path(first->initrd, &guests[i].initrd);
		copy_path(first->cdrom, &guests[i].cdrom);
	}
	return 0;
}
