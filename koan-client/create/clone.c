#include "koan-client/create/clone.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* qcow2's header (QEMU, docs/interop/qcow2.txt), big-endian. */
enum {
	QCOW2_VERSION = 4,
	QCOW2_BACKING = 8,
	QCOW2_SIZE = 24,
	QCOW2_CRYPT = 32,
	QCOW2_INCOMPATIBLE = 72,
	QCOW2_HEADER = 104,
};
#define QCOW2_EXTERNAL UINT64_C(4) /* incompatible feature: the content is in another file */

static uint64_t number(const unsigned char *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

static int look_at_qcow2(const unsigned char *header, uint64_t *size, struct err *err)
{
	bool v3 = number(header + QCOW2_VERSION, 4) >= 3;

	if (number(header + QCOW2_BACKING, 8) ||
		(v3 && number(header + QCOW2_INCOMPATIBLE, 8) & QCOW2_EXTERNAL))
		return err_set(err, ERR_INVALID,
			"the image names another file that the hypervisor would open; make it "
			"whole on the server with: qemu-img convert -O qcow2");
	if (number(header + QCOW2_CRYPT, 4))
		return err_set(err, ERR_INVALID, "the image is encrypted");
	*size = number(header + QCOW2_SIZE, 8);
	return 0;
}

/* What starts with these is no raw disk: a guest would find nothing on it to start. */
static const struct {
	const char *magic;
	size_t len;
	const char *name;
} foreign[] = {
	{"\x1f\x8b\x08", 3, "compressed by gzip"},
	{"\xfd\x37zXZ", 5, "compressed by xz"},
	{"BZh", 3, "compressed by bzip2"},
	{"\x28\xb5\x2f\xfd", 4, "compressed by zstd"},
	{"PK\x03\x04", 4, "a ZIP archive"},
	{"KDMV", 4, "a VMDK file"},
	{"# Disk DescriptorFile", 21, "a VMDK file"},
	{"vhdxfile", 8, "a VHDX file"},
	{"conectix", 8, "a VHD file"},
	{"<<< ", 4, "a VDI file"},
};

static int refuse_foreign(const unsigned char *header, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
		if (memcmp(header, foreign[i].magic, foreign[i].len) == 0)
			return err_set(err, ERR_INVALID,
				"the image is %s; make it raw or qcow2 on the server, with its own "
				"program or qemu-img convert -O qcow2",
				foreign[i].name);
	return 0;
}

static int look(const char *path, const char **format, uint64_t *size, struct err *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char header[QCOW2_HEADER] = {0};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || pread(fd, header, sizeof(header), 0) < 0)
		return err_sys(err, "'%s'", path);
	*format = "raw";
	*size = (uint64_t)st.st_size;
	if (memcmp(header, "QFI\xfb", 4) != 0)
		return refuse_foreign(header, err);
	*format = "qcow2";
	return look_at_qcow2(header, size, err);
}

int clone_look(const char *path, struct guest *guest, struct err *err)
{
	struct guest_disk *disk = &guest->disks[0];
	const struct disk_kind_row *row = disk_kind_row(disk->place.kind);
	const char *format;
	uint64_t size;

	if (look(path, &format, &size, err) < 0)
		return -1;
	if (!row->pool_type)
		return err_set(err, ERR_INVALID,
			"'%s' is a %s that is there already; an image is copied to a folder, file "
			"or volume group: --virt-path",
			disk->place.source, row->title);
	if (row->raw_only && strcmp(format, "raw") != 0)
		return err_set(err, ERR_INVALID, "a %s cannot hold an image of the format %s",
			row->title, format);
	if (size / 1024 / 1024 / 1024 > DISK_GIB_MAX)
		return err_set(err, ERR_INVALID, "the image says that it is bigger than %d GiB",
			DISK_GIB_MAX);
	free(disk->format);
	disk->format = xstrdup(format);
	if (disk->size < size)
		disk->size = size;
	return 0;
}

static int go_on(void *ctx, struct err *err)
{
	return interrupt_check(ctx, err);
}

int clone_fill(struct virt *virt, const char *path, const struct guest *guest,
	const struct interrupt *interrupt, struct err *err)
{
	const struct guest_disk *disk = &guest->disks[0];
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct interrupt copy = *interrupt;
	const char *format;
	uint64_t virtual_size;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "'%s'", path);
	if (look(path, &format, &virtual_size, err) < 0)
		return -1;
	if (virt_volume_upload(virt, disk->place.pool, disk->place.volume, fd, (uint64_t)st.st_size,
		    go_on, &copy, err) < 0)
		return -1;
	/* A qcow2 brings its own size along. */
	if (strcmp(format, "raw") == 0 || disk->size == virtual_size)
		return 0;
	return virt_volume_grow(virt, disk->place.pool, disk->place.volume, disk->size, err);
}
