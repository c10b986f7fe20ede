/*
 * The door to libvirt: a connection, and what koan asks of it. Calls block until libvirt has
 * answered; none starts an event loop. Errors are ERR_UPSTREAM with libvirt's own words, unless it
 * says otherwise.
 *
 * A connection that is lost during a call leaves it unknown whether the call was obeyed: that is
 * why koan's undo removes what may be there, and takes "there is none" for success.
 */
#ifndef KOAN_VIRT_H
#define KOAN_VIRT_H

#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stdint.h>

struct virt;

/* `uri` NULL: libvirt's own choice (LIBVIRT_DEFAULT_URI, else what is installed). May ask for a
 * password on the terminal. */
int virt_open(const char *uri, struct virt **ret, struct err *err);
void virt_close(struct virt *virt);
bool virt_is_alive(struct virt *virt);
/* Connects again where the connection was lost. */
int virt_revive(struct virt *virt, struct err *err);
/* Borrowed. */
const char *virt_uri(const struct virt *virt);
/* libvirt's mock hypervisor, "test:///…": nothing that it says is on this machine. */
bool uri_is_test(const char *uri);
/* The URI names another machine. */
bool uri_is_remote(const char *uri);
/* A plain user's own hypervisor. */
bool uri_is_session(const char *uri);
/* From now on the hypervisor is taken for one on another machine. */
void virt_set_remote(struct virt *virt);
bool virt_is_remote(const struct virt *virt);
/* Files on this machine are what the hypervisor sees. */
bool virt_is_here(const struct virt *virt);
/* The hypervisor opens files of this host, but by another account than koan, which is a plain user.
 */
bool virt_opens_as_another(const struct virt *virt);
/* The capabilities document, yours to free. Takes seconds where libvirtd has just started. */
int virt_capabilities(struct virt *virt, char **ret, struct err *err);

/* Domains. `ret` tells whether there is one of that name. */
int virt_domain_exists(struct virt *virt, const char *name, bool *ret, struct err *err);
int virt_domain_define(struct virt *virt, const char *xml, struct err *err);
/* Starts a domain with this configuration, once; one that is defined with the same UUID keeps its
 * own for the next start. `fresh`: UEFI's variables are made anew where there are some. */
int virt_domain_start(struct virt *virt, const char *xml, bool fresh, struct err *err);
/* Starts one that is defined. */
int virt_domain_boot(struct virt *virt, const char *name, struct err *err);
int virt_domain_runs(struct virt *virt, const char *name, bool *ret, struct err *err);
/* It has stopped, and neither by its own will nor by anybody's. */
int virt_domain_crashed(struct virt *virt, const char *name, bool *ret, struct err *err);
/* A domain's XML as an xl configuration (xl.cfg(5)), by libvirt; only Xen's driver can. */
int virt_domain_to_xl(struct virt *virt, const char *xml, char **ret, struct err *err);
int virt_domain_autostart(struct virt *virt, const char *name, bool on, struct err *err);
/* Stops and undefines it, with its NVRAM, saved state and snapshots' records, but not its disks.
 * None of that name or UUID is no error. */
int virt_domain_remove(struct virt *virt, const char *name_or_uuid, struct err *err);
/* The configuration, of the next start where `next`; yours to free. */
int virt_domain_xml(struct virt *virt, const char *name, bool next, char **ret, struct err *err);

/*
 * What a domain is, as far as libvirt can make it so again. Its disks are not part of it, nor
 * UEFI's variables; records of snapshots and checkpoints hang on the UUID and stay while that does.
 */
struct domain_state {
	char uuid[37];  /* "": there is none of that name */
	char *next;     /* the configuration of the next start, with its secrets; NULL: transient */
	char *now;      /* of one that runs; NULL: it is off */
	unsigned run;   /* libvirt's number of this run */
	bool autostart; /* it starts with the host */
	bool saved;     /* its memory is on a disk of the host's, until its next start */
};

/* Fills an empty one; call domain_state_done() all the same. */
int virt_domain_state(
	struct virt *virt, const char *name, struct domain_state *ret, struct err *err);
void domain_state_done(struct domain_state *state);
/* Ends what runs under that UUID; nothing is no error. */
int virt_domain_stop(struct virt *virt, const char *uuid, struct err *err);
/*
 * Makes it so again, whatever has become of it; the run that it was taken of goes on. `start`:
 * where that one has ended, another is started with the same configuration.
 */
int virt_domain_bring_back(
	struct virt *virt, const struct domain_state *state, bool start, struct err *err);
/* Removes the records of snapshots and checkpoints, but nothing of the disks. */
void virt_domain_forget_past(struct virt *virt, const char *uuid);

/* What the domains of a host have or will have at their next start, taken at one time. */
struct host_view {
	struct strv names;
	struct strv macs;
	struct strv disks;      /* paths, URLs as in disk_url.h without a user */
	struct strv owners;     /* of the disk with the same index: a domain's name */
	struct strv mac_owners; /* the same of `macs`, which may be the longer one */
};

/* Call host_view_done() on what it fills. */
int virt_look(struct virt *virt, struct host_view *ret, struct err *err);
void host_view_done(struct host_view *view);
/* The name of the domain that has a disk, NULL: none. `here`: the paths are this host's, so that
 * another name of the same file or device (a link, /dev/disk/by-id/…) is found out, too. */
const char *host_view_owner(const struct host_view *view, const char *source, bool here);
/* The same of a MAC address, as mac_format() has it with colons. */
const char *host_view_mac_owner(const struct host_view *view, const char *mac);

static inline void auto_host_view(struct host_view *view)
{
	host_view_done(view);
}
#define autoview AUTO(host_view) struct host_view

/* Storage pools. The name of one whose target is `path`, or NULL; yours to free. One that is not
 * active may be another koan's, which defines a pool before it starts it: two seconds are waited.
 */
int virt_pool_at(struct virt *virt, const char *path, char **ret, bool *active, struct err *err);
/* Whether there is one, active or not; nothing is waited for. */
bool virt_pool_is_at(struct virt *virt, const char *path);
/* The target path of a pool by name, or NULL; yours to free. */
int virt_pool_path(struct virt *virt, const char *name, char **ret, struct err *err);
/* Defines and starts a pool, and has libvirt start it with the host; `build` also makes its
 * folder. Leaves nothing when it fails. */
int virt_pool_make(
	struct virt *virt, const char *name, const char *xml, bool build, struct err *err);
/* Stops and undefines it; `built` also removes its folder, which must be empty. */
int virt_pool_remove(struct virt *virt, const char *name, bool built, struct err *err);
/* How many volumes are in it. */
int virt_pool_volumes(struct virt *virt, const char *name, size_t *ret, struct err *err);

/* Bytes that are free in it. */
int virt_pool_free(struct virt *virt, const char *pool, uint64_t *ret, struct err *err);

/* Volumes. virt_volume_exists() has libvirt look at the pool anew where it can. libvirt itself
 * refuses to make a volume over a file that it does not know. */
int virt_volume_exists(
	struct virt *virt, const char *pool, const char *name, bool *ret, struct err *err);
/* `metadata`: a qcow2's is written at once, as one that has its whole size needs. `path`: where it
 * is, yours to free. */
int virt_volume_make(struct virt *virt, const char *pool, const char *xml, bool metadata,
	char **path, struct err *err);
/* None of that name is no error. */
int virt_volume_remove(struct virt *virt, const char *pool, const char *name, struct err *err);

struct volume_view {
	char *path;
	char *format;  /* "raw", "qcow2", …; NULL: has none, such as a logical volume */
	uint64_t size; /* bytes, as the guest sees them */
	bool block;
	bool file;
};

/* ERR_NOT_FOUND: there is none of that name, or no such pool; ERR_CONFLICT: the pool is not active.
 * Call volume_view_done() on what it fills. */
int virt_volume_look(struct virt *virt, const char *pool, const char *name, struct volume_view *ret,
	struct err *err);
void volume_view_done(struct volume_view *view);
/* Adds what the volume at a path is a layer over, and that one, as far as libvirt knows them. */
void virt_volume_layers(struct virt *virt, const char *path, struct strv *ret);

static inline void auto_volume_view(struct volume_view *view)
{
	volume_view_done(view);
}
#define autovolumeview AUTO(volume_view) struct volume_view

/* The first `size` bytes of the file `fd` into a volume, through the connection. `go_on` is asked
 * before every piece and may end it (-1). */
int virt_volume_upload(struct virt *virt, const char *pool, const char *name, int fd, uint64_t size,
	int (*go_on)(void *ctx, struct err *err), void *ctx, struct err *err);
/* The other way; `size` 0: to its end. */
int virt_volume_read(struct virt *virt, const char *pool, const char *name, uint64_t offset,
	uint64_t size, int (*sink)(void *ctx, const void *bytes, size_t n, struct err *err),
	void *ctx, struct err *err);
int virt_volume_grow(
	struct virt *virt, const char *pool, const char *name, uint64_t size, struct err *err);

DEFINE_AUTO(virt, struct virt *, virt_close)
#define autovirt AUTO(virt)

#endif
