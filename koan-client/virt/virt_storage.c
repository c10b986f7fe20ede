#include "koan-client/virt/virt_private.h"

#include "koan-client/disk/storage_xml.h"

#include <string.h>
#include <time.h>

enum {
	POOL_MOMENTS = 40, /* of 50 ms each */
	LAYERS_MAX = 100,
};

DEFINE_AUTO(pool, virStoragePool *, virStoragePoolFree)
DEFINE_AUTO(volume, virStorageVol *, virStorageVolFree)
DEFINE_AUTO(stream, virStream *, virStreamFree)
#define autopool   AUTO(pool)
#define autovolume AUTO(volume)
#define autostream AUTO(stream)

/* libvirt cuts a stream into messages of this size itself. */
#define STREAM_BYTES ((size_t)256 << 10)

static char *path_of_pool(virStoragePool *pool)
{
	autofree char *xml = virStoragePoolGetXMLDesc(pool, 0);

	return xml ? pool_xml_path(xml) : NULL;
}

static int pool_at(struct virt *virt, const char *path, char **ret, bool *active, struct err *err)
{
	virStoragePool **list = NULL;
	int n = virConnectListAllStoragePools(virt->conn, &list, 0);

	if (n < 0)
		return virt_failed(err, "cannot list the storage pools");
	*ret = NULL;
	for (int i = 0; i < n; i++) {
		autofree char *target = *ret ? NULL : path_of_pool(list[i]);

		if (target && strcmp(target, path) == 0) {
			*ret = xstrdup(virStoragePoolGetName(list[i]));
			*active = virStoragePoolIsActive(list[i]) == 1;
		}
		virStoragePoolFree(list[i]);
	}
	free(list);
	return 0;
}

int virt_pool_at(struct virt *virt, const char *path, char **ret, bool *active, struct err *err)
{
	static const struct timespec moment = {.tv_nsec = 50000000L};

	*ret = NULL;
	for (int i = 0; i < POOL_MOMENTS; i++) {
		autofree char *name = NULL;

		*active = false;
		if (pool_at(virt, path, &name, active, err) < 0)
			return -1;
		if (!name || *active || i == POOL_MOMENTS - 1) {
			*ret = TAKE(name);
			return 0;
		}
		nanosleep(&moment, NULL);
	}
	return 0;
}

bool virt_pool_is_at(struct virt *virt, const char *path)
{
	autofree char *name = NULL;
	bool active;

	return pool_at(virt, path, &name, &active, NULL) == 0 && name;
}

int virt_pool_path(struct virt *virt, const char *name, char **ret, struct err *err)
{
	autopool virStoragePool *pool = virStoragePoolLookupByName(virt->conn, name);

	if (!pool && !virt_error_is(VIR_ERR_NO_STORAGE_POOL))
		return virt_failed(err, "cannot look for the storage pool '%s'", name);
	*ret = pool ? path_of_pool(pool) : NULL;
	return 0;
}

int virt_pool_make(
	struct virt *virt, const char *name, const char *xml, bool build, struct err *err)
{
	autopool virStoragePool *pool =
		virStoragePoolDefineXML(virt->conn, xml, VIR_STORAGE_POOL_DEFINE_VALIDATE);

	if (!pool)
		return virt_failed(err, "libvirt does not accept the storage pool '%s'", name);
	if (build && virStoragePoolBuild(pool, VIR_STORAGE_POOL_BUILD_NEW) < 0) {
		virt_failed(err, "the folder of the storage pool '%s' cannot be made", name);
		virStoragePoolUndefine(pool);
		return -1;
	}
	if (virStoragePoolCreate(pool, 0) < 0) {
		virt_failed(err, "the storage pool '%s' does not start", name);
		if (build)
			virStoragePoolDelete(pool, 0);
		virStoragePoolUndefine(pool);
		return -1;
	}
	virStoragePoolSetAutostart(pool, 1); /* without it, the pool is merely inactive next time */
	return 0;
}

int virt_pool_remove(struct virt *virt, const char *name, bool built, struct err *err)
{
	autopool virStoragePool *pool = virStoragePoolLookupByName(virt->conn, name);
	int result = 0;

	if (!pool && virt_error_is(VIR_ERR_NO_STORAGE_POOL))
		return 0;
	if (!pool || (virStoragePoolIsActive(pool) == 1 && virStoragePoolDestroy(pool) < 0))
		return virt_failed(err, "the storage pool '%s' cannot be stopped", name);
	/* The definition goes even where somebody has put a file into the folder. */
	if (built && virStoragePoolDelete(pool, 0) < 0)
		result = virt_failed(err, "the storage pool's folder cannot be removed");
	if (virStoragePoolUndefine(pool) < 0)
		return virt_failed(err, "the storage pool '%s' cannot be removed", name);
	return result;
}

static int open_pool(struct virt *virt, const char *name, virStoragePool **ret, struct err *err)
{
	*ret = virStoragePoolLookupByName(virt->conn, name);
	if (*ret)
		return 0;
	if (virt_error_is(VIR_ERR_NO_STORAGE_POOL))
		return err_set(err, ERR_NOT_FOUND, "there is no storage pool '%s'", name);
	return virt_failed(err, "the storage pool '%s' cannot be used", name);
}

int virt_pool_volumes(struct virt *virt, const char *name, size_t *ret, struct err *err)
{
	autopool virStoragePool *pool = NULL;
	int n;

	if (open_pool(virt, name, &pool, err) < 0)
		return -1;
	virStoragePoolRefresh(pool, 0);
	n = virStoragePoolNumOfVolumes(pool);
	if (n < 0)
		return virt_failed(err, "the volumes of the storage pool '%s'", name);
	*ret = (size_t)n;
	return 0;
}

int virt_volume_exists(
	struct virt *virt, const char *pool, const char *name, bool *ret, struct err *err)
{
	autopool virStoragePool *owner = NULL;
	autovolume virStorageVol *volume = NULL;

	if (open_pool(virt, pool, &owner, err) < 0)
		return -1;
	/* Refused while somebody makes a volume in the pool; then what libvirt knows has to do. */
	virStoragePoolRefresh(owner, 0);
	volume = virStorageVolLookupByName(owner, name);
	if (!volume && !virt_error_is(VIR_ERR_NO_STORAGE_VOL))
		return virt_failed(err, "cannot look for the volume '%s'", name);
	*ret = volume != NULL;
	return 0;
}

int virt_pool_free(struct virt *virt, const char *pool, uint64_t *ret, struct err *err)
{
	autopool virStoragePool *owner = NULL;
	virStoragePoolInfo about;

	if (open_pool(virt, pool, &owner, err) < 0)
		return -1;
	virStoragePoolRefresh(owner, 0);
	if (virStoragePoolGetInfo(owner, &about) < 0)
		return virt_failed(err, "the free space of the storage pool '%s'", pool);
	*ret = about.available;
	return 0;
}

static int open_volume(
	struct virt *virt, const char *pool, const char *name, virStorageVol **ret, struct err *err)
{
	autopool virStoragePool *owner = NULL;

	if (open_pool(virt, pool, &owner, err) < 0)
		return -1;
	*ret = virStorageVolLookupByName(owner, name);
	if (*ret)
		return 0;
	if (virt_error_is(VIR_ERR_NO_STORAGE_VOL))
		return err_set(err, ERR_NOT_FOUND,
			"there is no volume '%s' in the storage pool '%s'", name, pool);
	if (virStoragePoolIsActive(owner) == 0)
		return err_set(err, ERR_CONFLICT,
			"the storage pool '%s', which has the volume '%s', is not active; start it "
			"with: virsh --connect %s pool-start %s",
			pool, name, virt_uri(virt), pool);
	return virt_failed(err, "the volume '%s' of the storage pool '%s'", name, pool);
}

int virt_volume_look(struct virt *virt, const char *pool, const char *name, struct volume_view *ret,
	struct err *err)
{
	autovolume virStorageVol *volume = NULL;
	autofree char *xml = NULL;
	virStorageVolInfo about;

	if (open_volume(virt, pool, name, &volume, err) < 0)
		return -1;
	xml = virStorageVolGetXMLDesc(volume, 0);
	if (!xml || virStorageVolGetInfo(volume, &about) < 0)
		return virt_failed(err, "the volume '%s' of the storage pool '%s'", name, pool);
	*ret = (struct volume_view){
		.path = virStorageVolGetPath(volume),
		.format = volume_xml_format(xml),
		.size = about.capacity,
		.block = about.type == VIR_STORAGE_VOL_BLOCK,
		.file = about.type == VIR_STORAGE_VOL_FILE,
	};
	return ret->path ? 0 : virt_failed(err, "the path of the volume '%s'", name);
}

void volume_view_done(struct volume_view *view)
{
	free(view->path);
	free(view->format);
}

void virt_volume_layers(struct virt *virt, const char *path, struct strv *ret)
{
	for (size_t i = 0; i < LAYERS_MAX; i++) {
		autovolume virStorageVol *volume = virStorageVolLookupByPath(virt->conn, path);
		autofree char *xml = volume ? virStorageVolGetXMLDesc(volume, 0) : NULL;
		char *below = xml ? volume_xml_below(xml) : NULL;

		if (!below)
			return;
		strv_add_take(ret, below);
		path = below;
	}
}

int virt_volume_make(struct virt *virt, const char *pool, const char *xml, bool metadata,
	char **path, struct err *err)
{
	autopool virStoragePool *owner = NULL;
	autovolume virStorageVol *volume = NULL;

	if (open_pool(virt, pool, &owner, err) < 0)
		return -1;
	volume = virStorageVolCreateXML(
		owner, xml, metadata ? VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA : 0);
	if (!volume)
		return virt_failed(err, "the volume cannot be made in the storage pool '%s'", pool);
	*path = virStorageVolGetPath(volume);
	if (!*path) {
		virt_failed(err, "the disk's path is unknown");
		virStorageVolDelete(volume, 0);
		return -1;
	}
	return 0;
}

int virt_volume_remove(struct virt *virt, const char *pool, const char *name, struct err *err)
{
	autopool virStoragePool *owner = NULL;
	autovolume virStorageVol *volume = NULL;

	if (open_pool(virt, pool, &owner, err) < 0)
		return -1;
	volume = virStorageVolLookupByName(owner, name);
	if (!volume && virt_error_is(VIR_ERR_NO_STORAGE_VOL))
		return 0;
	if (!volume || virStorageVolDelete(volume, 0) < 0)
		return virt_failed(err, "the disk '%s' cannot be removed", name);
	return 0;
}

/* Both ends of a stream, whatever happens to it: an abort leaves nothing hanging in the daemon. */
static int end_stream(virStream *stream, bool good, struct err *err)
{
	if (good)
		return virStreamFinish(stream) == 0
		               ? 0
		               : virt_failed(err, "the transfer did not come to its end");
	virStreamAbort(stream);
	return -1;
}

static int send_all(virStream *stream, const char *bytes, size_t n, struct err *err)
{
	while (n > 0) {
		int sent = virStreamSend(stream, bytes, n);

		if (sent < 0)
			return virt_failed(err, "the volume cannot be written");
		bytes += sent;
		n -= (size_t)sent;
	}
	return 0;
}

static int send_file(virStream *stream, int fd, uint64_t size,
	int (*go_on)(void *ctx, struct err *err), void *ctx, struct err *err)
{
	autofree char *bytes = xmalloc(STREAM_BYTES);

	for (uint64_t at = 0; at < size;) {
		ssize_t n = pread(fd, bytes, STREAM_BYTES, (off_t)at);

		if (n < 0)
			return err_sys(err, "cannot be read");
		if (n == 0)
			return err_set(err, ERR_IO, "has become shorter meanwhile");
		if ((go_on && go_on(ctx, err) < 0) || send_all(stream, bytes, (size_t)n, err) < 0)
			return -1;
		at += (uint64_t)n;
	}
	return 0;
}

int virt_volume_upload(struct virt *virt, const char *pool, const char *name, int fd, uint64_t size,
	int (*go_on)(void *ctx, struct err *err), void *ctx, struct err *err)
{
	autovolume virStorageVol *volume = NULL;
	autostream virStream *stream = virStreamNew(virt->conn, 0);

	if (open_volume(virt, pool, name, &volume, err) < 0)
		return -1;
	if (!stream || virStorageVolUpload(volume, stream, 0, size, 0) < 0)
		return virt_failed(err, "the volume '%s' cannot be written", name);
	return end_stream(stream, send_file(stream, fd, size, go_on, ctx, err) == 0, err);
}

int virt_volume_read(struct virt *virt, const char *pool, const char *name, uint64_t offset,
	uint64_t size, int (*sink)(void *ctx, const void *bytes, size_t n, struct err *err),
	void *ctx, struct err *err)
{
	autovolume virStorageVol *volume = NULL;
	autostream virStream *stream = virStreamNew(virt->conn, 0);
	autofree char *bytes = xmalloc(STREAM_BYTES);
	int n;

	if (open_volume(virt, pool, name, &volume, err) < 0)
		return -1;
	if (!stream || virStorageVolDownload(volume, stream, offset, size, 0) < 0)
		return virt_failed(err, "the volume '%s' cannot be read", name);
	while ((n = virStreamRecv(stream, bytes, STREAM_BYTES)) > 0)
		if (sink(ctx, bytes, (size_t)n, err) < 0)
			return end_stream(stream, false, err);
	if (n < 0) {
		virt_failed(err, "the volume '%s' cannot be read", name);
		return end_stream(stream, false, err);
	}
	return end_stream(stream, true, err);
}

int virt_volume_grow(
	struct virt *virt, const char *pool, const char *name, uint64_t size, struct err *err)
{
	autovolume virStorageVol *volume = NULL;

	if (open_volume(virt, pool, name, &volume, err) < 0)
		return -1;
	return virStorageVolResize(volume, size, 0) == 0
	               ? 0
	               : virt_failed(err, "the volume '%s' cannot be made bigger", name);
}
