#include "koan-client/virt/virt_private.h"

#include "koan-client/disk/layers.h"
#include "koan-client/disk/storage_xml.h"

#include <string.h>
#include <sys/stat.h>

int virt_failed(struct err *err, const char *fmt, ...)
{
	char doing[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(doing, sizeof(doing), fmt, ap);
	va_end(ap);
	return err_set(err, ERR_UPSTREAM, "%s: %s", doing, virGetLastErrorMessage());
}

bool virt_error_is(int code)
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
		return virt_failed(err,
			"cannot reach the hypervisor %s (is libvirtd running? another "
			"one: --connect=URI)",
			uri ? uri : "of this host");
	virt = xcalloc(1, sizeof(*virt));
	virt->conn = conn;
	pthread_mutex_init(&virt->reviving, NULL);
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
	if (virt->dead)
		virConnectClose(virt->dead);
	pthread_mutex_destroy(&virt->reviving);
	free(virt->uri);
	free(virt);
}

bool virt_is_alive(struct virt *virt)
{
	return virConnectIsAlive(virt->conn) == 1;
}

static int reconnect(struct virt *virt, struct err *err)
{
	virConnect *conn = virConnectOpenAuth(virt->uri, virConnectAuthPtrDefault, 0);

	if (!conn)
		return virt_failed(err, "cannot reach '%s' again", virt->uri);
	if (virt->dead)
		virConnectClose(virt->dead);
	virt->dead = virt->conn;
	virt->conn = conn;
	return 0;
}

int virt_revive(struct virt *virt, struct err *err)
{
	int result;

	/* Guests that are made side by side lose the connection together. */
	pthread_mutex_lock(&virt->reviving);
	result = virt_is_alive(virt) ? 0 : reconnect(virt, err);
	pthread_mutex_unlock(&virt->reviving);
	return result;
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

bool uri_is_session(const char *uri)
{
	size_t len = strlen(uri);

	return len >= 8 && strcmp(uri + len - 8, "/session") == 0;
}

void virt_set_remote(struct virt *virt)
{
	virt->remote = true;
}

bool virt_is_remote(const struct virt *virt)
{
	return virt->remote || uri_is_remote(virt->uri);
}

bool virt_is_here(const struct virt *virt)
{
	return !uri_is_test(virt->uri) && !virt_is_remote(virt);
}

bool virt_opens_as_another(const struct virt *virt)
{
	return virt_is_here(virt) && geteuid() != 0 && strncmp(virt->uri, "qemu", 4) == 0 &&
	       !uri_is_session(virt->uri);
}

int virt_capabilities(struct virt *virt, char **ret, struct err *err)
{
	char *xml = virConnectGetCapabilities(virt->conn);

	if (!xml)
		return virt_failed(err, "the host does not say what it can do");
	*ret = xml;
	return 0;
}

int virt_find_domain(struct virt *virt, const char *name, virDomain **ret, struct err *err)
{
	*ret = virDomainLookupByName(virt->conn, name);
	if (!*ret && virt_error_is(VIR_ERR_NO_DOMAIN))
		*ret = virDomainLookupByUUIDString(virt->conn, name);
	/* A name that is no UUID at all is VIR_ERR_INVALID_ARG. */
	if (!*ret && !virt_error_is(VIR_ERR_NO_DOMAIN) && !virt_error_is(VIR_ERR_INVALID_ARG))
		return virt_failed(err, "cannot look for the domain '%s'", name);
	return 0;
}

int virt_domain_exists(struct virt *virt, const char *name, bool *ret, struct err *err)
{
	autodomain virDomain *domain = NULL;

	if (virt_find_domain(virt, name, &domain, err) < 0)
		return -1;
	*ret = domain != NULL;
	return 0;
}

int virt_domain_define(struct virt *virt, const char *xml, struct err *err)
{
	autodomain virDomain *domain =
		virDomainDefineXMLFlags(virt->conn, xml, VIR_DOMAIN_DEFINE_VALIDATE);

	return domain ? 0 : virt_failed(err, "libvirt does not accept the guest");
}

/* Why a guest does not start, libvirt's driver for Xen tells only its log. */
static const char *log_of(const struct virt *virt)
{
	return strncmp(virt->uri, "xen", 3) == 0
	               ? " (see its host's /var/log/libvirt/libxl/libxl-driver.log)"
	               : "";
}

int virt_domain_start(struct virt *virt, const char *xml, bool fresh, struct err *err)
{
	/* Not judged by the schema once more, which libvirt reads anew each time (25 ms): the same
	 * guest was when it was defined. */
	autodomain virDomain *domain =
		virDomainCreateXML(virt->conn, xml, fresh ? VIR_DOMAIN_START_RESET_NVRAM : 0);

	return domain ? 0 : virt_failed(err, "the guest does not start%s", log_of(virt));
}

int virt_domain_boot(struct virt *virt, const char *name, struct err *err)
{
	autodomain virDomain *domain = virDomainLookupByName(virt->conn, name);

	if (!domain || virDomainCreate(domain) < 0)
		return virt_failed(err, "the guest '%s' does not start%s", name, log_of(virt));
	return 0;
}

int virt_domain_runs(struct virt *virt, const char *name, bool *ret, struct err *err)
{
	autodomain virDomain *domain = virDomainLookupByName(virt->conn, name);
	int active = domain ? virDomainIsActive(domain) : -1;

	if (active < 0)
		return virt_failed(err, "the guest '%s' cannot be seen any more", name);
	*ret = active == 1;
	return 0;
}

int virt_domain_crashed(struct virt *virt, const char *name, bool *ret, struct err *err)
{
	autodomain virDomain *domain = virDomainLookupByName(virt->conn, name);
	int state;
	int reason;

	if (!domain || virDomainGetState(domain, &state, &reason, 0) < 0)
		return virt_failed(err, "why the guest '%s' has stopped cannot be seen", name);
	*ret = state == VIR_DOMAIN_SHUTOFF &&
	       (reason == VIR_DOMAIN_SHUTOFF_CRASHED || reason == VIR_DOMAIN_SHUTOFF_FAILED);
	return 0;
}

int virt_domain_to_xl(struct virt *virt, const char *xml, char **ret, struct err *err)
{
	char *text = virConnectDomainXMLToNative(virt->conn, "xen-xl", xml, 0);

	if (!text)
		return virt_failed(err,
			"'%s' cannot convert the guest to an xl configuration (Xen's own libvirt "
			"can: --connect=xen:///system)",
			virt->uri);
	*ret = text;
	return 0;
}

int virt_domain_autostart(struct virt *virt, const char *name, bool on, struct err *err)
{
	autodomain virDomain *domain = virDomainLookupByName(virt->conn, name);

	if (!domain || virDomainSetAutostart(domain, on) < 0)
		return virt_failed(err, "whether '%s' starts with the host cannot be set", name);
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
			virt_error_is(VIR_ERR_NO_DOMAIN))
			return 0;
	return -1;
}

int virt_domain_remove(struct virt *virt, const char *name_or_uuid, struct err *err)
{
	autodomain virDomain *domain = NULL;
	bool persistent;

	if (virt_find_domain(virt, name_or_uuid, &domain, err) < 0)
		return -1;
	if (!domain)
		return 0;
	persistent = virDomainIsPersistent(domain) == 1; /* a transient one is gone once stopped */
	if (virDomainIsActive(domain) == 1 && virDomainDestroy(domain) < 0 &&
		virDomainIsActive(domain) == 1)
		return virt_failed(err, "the domain '%s' cannot be stopped", name_or_uuid);
	if (persistent && undefine(domain) < 0)
		return virt_failed(err, "the domain '%s' cannot be undefined", name_or_uuid);
	return 0;
}

int virt_domain_xml(struct virt *virt, const char *name, bool next, char **ret, struct err *err)
{
	autodomain virDomain *domain = virDomainLookupByName(virt->conn, name);
	char *xml = domain ? virDomainGetXMLDesc(domain, next ? VIR_DOMAIN_XML_INACTIVE : 0) : NULL;

	if (!xml)
		return virt_failed(err, "domain '%s'", name);
	*ret = xml;
	return 0;
}

/* `ret` stays NULL for a domain that went away meanwhile. */
static int describe(virDomain *domain, unsigned flags, char **ret, struct err *err)
{
	*ret = virDomainGetXMLDesc(domain, flags);
	if (*ret || virt_error_is(VIR_ERR_NO_DOMAIN))
		return 0;
	return virt_failed(err, "cannot look at domain '%s'", virDomainGetName(domain));
}

typedef void visit_fn(void *ctx, const char *name, const char *xml);

static int visit_domain(virDomain *domain, visit_fn *visit, void *ctx, struct err *err)
{
	autofree char *now = NULL;
	autofree char *next = NULL;

	if (describe(domain, 0, &now, err) < 0 ||
		(virDomainIsActive(domain) == 1 &&
			describe(domain, VIR_DOMAIN_XML_INACTIVE, &next, err) < 0))
		return -1;
	if (now)
		visit(ctx, virDomainGetName(domain), now);
	if (next)
		visit(ctx, virDomainGetName(domain), next);
	return 0;
}

/* Calls `visit` with every domain's name and configuration; of one that runs twice: now, and at its
 * next start, which may have more (virsh attach-disk --config). */
static int each_domain(struct virt *virt, visit_fn *visit, void *ctx, struct err *err)
{
	virDomain **list = NULL;
	int n = virConnectListAllDomains(virt->conn, &list, 0);
	int result = 0;

	if (n < 0)
		return virt_failed(err, "cannot list the domains");
	for (int i = 0; i < n; i++) {
		if (result == 0)
			result = visit_domain(list[i], visit, ctx, err);
		virDomainFree(list[i]);
	}
	free(list);
	return result;
}

static bool is_last(const struct strv *list, size_t n, const char *text)
{
	return n > 0 && strcmp(list->v[n - 1], text) == 0;
}

/* What a domain has in both of its configurations, it has once. */
static void add_owned(
	struct strv *things, struct strv *owners, const struct strv *found, const char *owner)
{
	strv_for_each (thing, found) {
		size_t i = things->n;

		while (is_last(owners, i, owner) && !is_last(things, i, thing))
			i--;
		if (is_last(owners, i, owner))
			continue;
		strv_add(things, thing);
		strv_add(owners, owner);
	}
}

/* "vol=POOL/NAME" to its path, by which others name it; of a pool that is not active, to the path
 * that it would have there. */
static void resolve_volume(struct virt *virt, char **disk)
{
	const char *slash = strncmp(*disk, "vol=", 4) == 0 ? strchr(*disk, '/') : NULL;
	autofree char *pool = slash ? xstrndup(*disk + 4, (size_t)(slash - *disk - 4)) : NULL;
	autofree char *folder = NULL;
	autovolumeview volume = {0};

	if (!pool)
		return;
	if (virt_volume_look(virt, pool, slash + 1, &volume, NULL) < 0 &&
		virt_pool_path(virt, pool, &folder, NULL) == 0 && folder)
		volume.path = xasprintf("%s/%s", folder, slash + 1);
	if (!volume.path)
		return;
	free(*disk);
	*disk = TAKE(volume.path);
}

struct looking {
	struct virt *virt;
	struct host_view *view;
};

/* What its header says is read where the file is; of another host only libvirt can tell. */
static void add_layers(struct virt *virt, char **disk, struct strv *ret)
{
	resolve_volume(virt, disk);
	if (**disk != '/')
		return;
	if (virt_is_here(virt))
		layers_read(*disk, ret);
	else
		virt_volume_layers(virt, *disk, ret);
}

static void look_at_domain(void *ctx, const char *name, const char *xml)
{
	const struct looking *looking = ctx;
	struct host_view *view = looking->view;
	autostrv macs = STRV_INIT;
	autostrv disks = STRV_INIT;
	autostrv layered = STRV_INIT;

	if (!is_last(&view->names, view->names.n, name))
		strv_add(&view->names, name);
	domain_xml_macs(xml, &macs);
	domain_xml_disks(xml, &disks);
	domain_xml_unlayered(xml, &layered);
	for (size_t i = 0; i < layered.n; i++)
		add_layers(looking->virt, &layered.v[i], &disks);
	add_owned(&view->macs, &view->mac_owners, &macs, name);
	add_owned(&view->disks, &view->owners, &disks, name);
}

int virt_look(struct virt *virt, struct host_view *ret, struct err *err)
{
	struct looking looking = {virt, ret};

	if (each_domain(virt, look_at_domain, &looking, err) < 0)
		return -1;
	for (size_t i = 0; i < ret->disks.n; i++)
		resolve_volume(virt, &ret->disks.v[i]);
	return 0;
}

static bool same_file(const struct stat *a, const char *path)
{
	struct stat b;

	if (path[0] != '/' || stat(path, &b) < 0)
		return false;
	if (S_ISBLK(a->st_mode) && S_ISBLK(b.st_mode))
		return a->st_rdev == b.st_rdev;
	return a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

const char *host_view_owner(const struct host_view *view, const char *source, bool here)
{
	struct stat st;

	for (size_t i = 0; i < view->disks.n; i++)
		if (strcmp(view->disks.v[i], source) == 0)
			return view->owners.v[i];
	if (!here || source[0] != '/' || stat(source, &st) < 0)
		return NULL;
	for (size_t i = 0; i < view->disks.n; i++)
		if (same_file(&st, view->disks.v[i]))
			return view->owners.v[i];
	return NULL;
}

const char *host_view_mac_owner(const struct host_view *view, const char *mac)
{
	for (size_t i = 0; i < view->mac_owners.n; i++)
		if (strcmp(view->macs.v[i], mac) == 0)
			return view->mac_owners.v[i];
	return NULL;
}

void host_view_done(struct host_view *view)
{
	strv_done(&view->names);
	strv_done(&view->macs);
	strv_done(&view->disks);
	strv_done(&view->owners);
	strv_done(&view->mac_owners);
}
