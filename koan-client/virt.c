#include "koan-client/virt.h"

#include "koan-client/storage_xml.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

struct virt {
	virConnect *conn;
	char *uri;
};

DEFINE_AUTO(domain, virDomain *, virDomainFree)
DEFINE_AUTO(pool, virStoragePool *, virStoragePoolFree)
DEFINE_AUTO(volume, virStorageVol *, virStorageVolFree)
#define autodomain AUTO(domain)
#define autopool   AUTO(pool)
#define autovolume AUTO(volume)

/* libvirt's last error, behind what koan was doing. */
static int __attribute__((format(printf, 2, 3))) failed(struct err *err, const char *fmt, ...)
{
	char doing[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(doing, sizeof(doing), fmt, ap);
	va_end(ap);
	return err_set(err, ERR_UPSTREAM, "%s: %s", doing, virGetLastErrorMessage());
}

static bool last_error_is(int code)
{
	return virGetLastErrorCode() == code;
}

/* libvirt prints errors on stderr unless told not to; koan prints one message, at its edge. */
static void stay_silent(void *ctx, virError *why)
{
	(void)ctx;
	(void)why;
}

int virt_open(const char *uri, struct virt **ret, struct err *err)
{
	virConnect *conn;
	struct virt *virt;

	virSetErrorFunc(NULL, stay_silent);
	conn = virConnectOpenAuth(uri, virConnectAuthPtrDefault, 0);
	if (!conn)
		return failed(err,
			"cannot reach the hypervisor %s (is libvirtd running? another "
			"one: --connect=URI)",
			uri ? uri : "of this host");
	virt = xcalloc(1, sizeof(*virt));
	virt->conn = conn;
	virt->uri = virConnectGetURI(conn);
	if (!virt->uri)
		virt->uri = xstrdup(uri ? uri : "");
	*ret = virt;
	return 0;
}

void virt_close(struct virt *virt)
{
	if (!virt)
		return;
	virConnectClose(virt->conn);
	free(virt->uri);
	free(virt);
}

const char *virt_uri(const struct virt *virt)
{
	return virt->uri;
}

bool uri_is_test(const char *uri)
{
	return strncmp(uri, "test:", 5) == 0 || strncmp(uri, "test+", 5) == 0;
}

bool uri_is_remote(const char *uri)
{
	const char *host = strstr(uri, "://");

	return host && host[3] != '/' && host[3] != '\0';
}

bool virt_is_here(const struct virt *virt)
{
	return !uri_is_test(virt->uri) && !uri_is_remote(virt->uri);
}

int virt_capabilities(struct virt *virt, char **ret, struct err *err)
{
	char *xml = virConnectGetCapabilities(virt->conn);

	if (!xml)
		return failed(err, "the host does not say what it can do");
	*ret = xml;
	return 0;
}

/* NULL in `ret` where there is none. */
static int find_domain(struct virt *virt, const char *name, virDomain **ret, struct err *err)
{
	*ret = virDomainLookupByName(virt->conn, name);
	if (!*ret && last_error_is(VIR_ERR_NO_DOMAIN))
		*ret = virDomainLookupByUUIDString(virt->conn, name);
	/* A name that is no UUID at all is VIR_ERR_INVALID_ARG. */
	if (!*ret && !last_error_is(VIR_ERR_NO_DOMAIN) && !last_error_is(VIR_ERR_INVALID_ARG))
		return failed(err, "cannot look for the domain '%s'", name);
	return 0;
}

int virt_domain_exists(struct virt *virt, const char *name, bool *ret, struct err *err)
{
	autodomain virDomain *domain = NULL;

	if (find_domain(virt, name, &domain, err) < 0)
		return -1;
	*ret = domain != NULL;
	return 0;
}

int virt_domain_define(struct virt *virt, const char *xml, struct err *err)
{
	autodomain virDomain *domain =
		virDomainDefineXMLFlags(virt->conn, xml, VIR_DOMAIN_DEFINE_VALIDATE);

	return domain ? 0 : failed(err, "libvirt does not accept the guest");
}

int virt_domain_start(struct virt *virt, const char *xml, struct err *err)
{
	autodomain virDomain *domain =
		virDomainCreateXML(virt->conn, xml, VIR_DOMAIN_START_VALIDATE);

	return domain ? 0 : failed(err, "the guest does not start");
}

int virt_domain_autostart(struct virt *virt, const char *name, struct err *err)
{
	autodomain virDomain *domain = virDomainLookupByName(virt->conn, name);

	if (!domain || virDomainSetAutostart(domain, 1) < 0)
		return failed(err, "'%s' cannot be started with the host", name);
	return 0;
}

/* Not every driver knows every flag, and it refuses those that it does not know. */
static int undefine(virDomain *domain)
{
	static const unsigned flags[] = {
		VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
			VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | VIR_DOMAIN_UNDEFINE_NVRAM,
		VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
		0,
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (virDomainUndefineFlags(domain, flags[i]) == 0 ||
			last_error_is(VIR_ERR_NO_DOMAIN))
			return 0;
	return -1;
}

int virt_domain_remove(struct virt *virt, const char *name_or_uuid, struct err *err)
{
	autodomain virDomain *domain = NULL;
	bool persistent;

	if (find_domain(virt, name_or_uuid, &domain, err) < 0)
		return -1;
	if (!domain)
		return 0;
	persistent = virDomainIsPersistent(domain) == 1; /* a transient one is gone once stopped */
	if (virDomainIsActive(domain) == 1 && virDomainDestroy(domain) < 0 &&
		virDomainIsActive(domain) == 1)
		return failed(err, "the domain '%s' cannot be stopped", name_or_uuid);
	if (persistent && undefine(domain) < 0)
		return failed(err, "the domain '%s' cannot be undefined", name_or_uuid);
	return 0;
}

int virt_domain_xml(struct virt *virt, const char *name, bool next, char **ret, struct err *err)
{
	autodomain virDomain *domain = virDomainLookupByName(virt->conn, name);
	char *xml = domain ? virDomainGetXMLDesc(domain, next ? VIR_DOMAIN_XML_INACTIVE : 0) : NULL;

	if (!xml)
		return failed(err, "domain '%s'", name);
	*ret = xml;
	return 0;
}

/* Calls `visit` with every domain's name and configuration until it returns true. */
static int each_domain(struct virt *virt,
	bool (*visit)(void *ctx, const char *name, const char *xml), void *ctx, struct err *err)
{
	virDomain **list = NULL;
	int n = virConnectListAllDomains(virt->conn, &list, 0);
	bool done = false;

	if (n < 0)
		return failed(err, "cannot list the domains");
	for (int i = 0; i < n; i++) {
		/* NULL for a domain that went away meanwhile. */
		autofree char *xml = done ? NULL : virDomainGetXMLDesc(list[i], 0);

		if (xml)
			done = visit(ctx, virDomainGetName(list[i]), xml);
		virDomainFree(list[i]);
	}
	free(list);
	return 0;
}

static bool collect_macs(void *ctx, const char *name, const char *xml)
{
	(void)name;
	domain_xml_macs(xml, ctx);
	return false;
}

int virt_macs(struct virt *virt, struct strv *ret, struct err *err)
{
	return each_domain(virt, collect_macs, ret, err);
}

struct disk_search {
	const char *path;
	const char *but;
	char *user;
};

static bool uses_disk(void *ctx, const char *name, const char *xml)
{
	struct disk_search *search = ctx;

	if (strcmp(name, search->but) != 0 && domain_xml_has_disk(xml, search->path))
		search->user = xstrdup(name);
	return search->user != NULL;
}

int virt_disk_user(
	struct virt *virt, const char *path, const char *but, char **ret, struct err *err)
{
	struct disk_search search = {.path = path, .but = but};

	if (each_domain(virt, uses_disk, &search, err) < 0)
		return -1;
	*ret = search.user;
	return 0;
}

static char *path_of_pool(virStoragePool *pool)
{
	autofree char *xml = virStoragePoolGetXMLDesc(pool, 0);

	return xml ? pool_xml_path(xml) : NULL;
}

int virt_pool_at(struct virt *virt, const char *path, char **ret, bool *active, struct err *err)
{
	virStoragePool **list = NULL;
	int n = virConnectListAllStoragePools(virt->conn, &list, 0);

	if (n < 0)
		return failed(err, "cannot list the storage pools");
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

int virt_pool_path(struct virt *virt, const char *name, char **ret, struct err *err)
{
	autopool virStoragePool *pool = virStoragePoolLookupByName(virt->conn, name);

	if (!pool && !last_error_is(VIR_ERR_NO_STORAGE_POOL))
		return failed(err, "cannot look for the storage pool '%s'", name);
	*ret = pool ? path_of_pool(pool) : NULL;
	return 0;
}

int virt_pool_make(
	struct virt *virt, const char *name, const char *xml, bool build, struct err *err)
{
	autopool virStoragePool *pool =
		virStoragePoolDefineXML(virt->conn, xml, VIR_STORAGE_POOL_DEFINE_VALIDATE);

	if (!pool)
		return failed(err, "libvirt does not accept the storage pool '%s'", name);
	if (build && virStoragePoolBuild(pool, VIR_STORAGE_POOL_BUILD_NEW) < 0) {
		failed(err, "the folder of the storage pool '%s' cannot be made", name);
		virStoragePoolUndefine(pool);
		return -1;
	}
	if (virStoragePoolCreate(pool, 0) < 0) {
		failed(err, "the storage pool '%s' does not start", name);
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

	if (!pool && last_error_is(VIR_ERR_NO_STORAGE_POOL))
		return 0;
	if (!pool || virStoragePoolDestroy(pool) < 0 ||
		(built && virStoragePoolDelete(pool, 0) < 0) || virStoragePoolUndefine(pool) < 0)
		return failed(err, "the storage pool '%s' cannot be removed", name);
	return 0;
}

static int open_pool(struct virt *virt, const char *name, virStoragePool **ret, struct err *err)
{
	*ret = virStoragePoolLookupByName(virt->conn, name);
	return *ret ? 0 : failed(err, "the storage pool '%s' cannot be used", name);
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
	if (!volume && !last_error_is(VIR_ERR_NO_STORAGE_VOL))
		return failed(err, "cannot look for the volume '%s'", name);
	*ret = volume != NULL;
	return 0;
}

int virt_volume_make(
	struct virt *virt, const char *pool, const char *xml, char **path, struct err *err)
{
	autopool virStoragePool *owner = NULL;
	autovolume virStorageVol *volume = NULL;

	if (open_pool(virt, pool, &owner, err) < 0)
		return -1;
	volume = virStorageVolCreateXML(owner, xml, 0);
	if (!volume)
		return failed(err, "the disk cannot be made in the storage pool '%s'", pool);
	*path = virStorageVolGetPath(volume);
	if (!*path) {
		failed(err, "the disk's path is unknown");
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
	if (!volume && last_error_is(VIR_ERR_NO_STORAGE_VOL))
		return 0;
	if (!volume || virStorageVolDelete(volume, 0) < 0)
		return failed(err, "the disk '%s' cannot be removed", name);
	return 0;
}
