#include "koan-client/create/boot_files.h"

#include "koan-client/disk/disks.h"
#include "koan-client/disk/storage_xml.h"

#include "base/log.h"
#include "base/sha256.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>

/* So long nothing may come of what is being sent. */
enum { SENDER_MILLISECONDS = 5000 };

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

/* Of `size` bytes from the start, for a pool may round a volume up; "" where there are fewer, or
 * none any more. */
static int sum_there(const struct sending *s, const char *name, uint64_t size,
	char ret[SHA256_TEXT], struct err *err)
{
	struct reading reading = {.interrupt = s->interrupt};
	autovolumeview volume = {0};
	bool exists;

	ret[0] = '\0';
	if (virt_volume_exists(s->virt, s->pool, name, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	if (virt_volume_look(s->virt, s->pool, name, &volume, err) < 0)
		return -1;
	if (volume.size < size)
		return 0;
	sha256_begin(&reading.sum);
	if (virt_volume_read(s->virt, s->pool, name, 0, size, add_to_sum, &reading, err) < 0)
		return -1;
	sha256_end(&reading.sum, ret);
	return 0;
}

/*
 * One that is not whole may be another koan's, which is sending it: it is waited for as long as it
 * changes. Removed under its hands, its guest would start from half a kernel.
 */
static int is_whole(const struct sending *s, const char *name, uint64_t size, const char *sum,
	bool *ret, struct err *err)
{
	struct pollfd signals = {.fd = s->interrupt->fd, .events = POLLIN};
	char before[SHA256_TEXT] = "";
	char now[SHA256_TEXT];

	while (true) {
		if (sum_there(s, name, size, now, err) < 0)
			return -1;
		*ret = strcmp(now, sum) == 0;
		if (*ret || strcmp(now, before) == 0)
			return 0;
		memcpy(before, now, sizeof(before));
		poll(&signals, 1, SENDER_MILLISECONDS);
		if (interrupt_check(s->interrupt, err) < 0)
			return -1;
	}
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

/* What is there of that name, whole or not at all. */
static int look_for(const struct sending *s, const char *name, uint64_t size, const char *sum,
	bool *whole, struct err *err)
{
	bool exists;

	*whole = false;
	if (virt_volume_exists(s->virt, s->pool, name, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	if (is_whole(s, name, size, sum, whole, err) < 0)
		return -1;
	if (*whole)
		return 0;
	log_warning("the volume '%s' is damaged and will be sent again", name);
	return virt_volume_remove(s->virt, s->pool, name, err);
}

static int need_volume(const struct sending *s, const char *name, int fd, uint64_t size,
	const char *sum, struct err *err)
{
	size_t made = s->undo->n;
	struct err why = ERR_INIT;
	bool whole;

	if (look_for(s, name, size, sum, &whole, err) < 0)
		return -1;
	if (whole || make_volume(s, name, fd, size, &why) == 0)
		return 0;
	/* Another koan may have been faster. */
	if (s->undo->n == made && is_whole(s, name, size, sum, &whole, NULL) == 0 && whole)
		return 0;
	return err_set(err, why.code, "%s", why.msg);
}

/* `path` is the file here, then the volume there. */
static int send_file(const struct sending *s, char **path, struct err *err)
{
	autoclose int fd = *path ? open(*path, O_RDONLY | O_CLOEXEC) : -1;
	autovolumeview volume = {0};
	autofree char *name = NULL;
	char sum[SHA256_TEXT];
	uint64_t size;

	if (!*path)
		return 0;
	if (fd < 0)
		return err_sys(err, "'%s'", *path);
	if (sha256_fd(fd, sum, &size, err) < 0)
		return err_wrap(err, "'%s'", *path);
	name = xasprintf("koan-%s", sum);
	if (need_volume(s, name, fd, size, sum, err) < 0 ||
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
