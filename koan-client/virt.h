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
/* Borrowed. */
const char *virt_uri(const struct virt *virt);
/* libvirt's mock hypervisor, "test:///…": nothing that it says is on this machine. */
bool uri_is_test(const char *uri);
/* The hypervisor is on another machine. */
bool uri_is_remote(const char *uri);
/* Files on this machine are what the hypervisor sees. */
bool virt_is_here(const struct virt *virt);
/* The capabilities document, yours to free. Takes seconds where libvirtd has just started. */
int virt_capabilities(struct virt *virt, char **ret, struct err *err);

/* Domains. `ret` tells whether there is one of that name. */
int virt_domain_exists(struct virt *virt, const char *name, bool *ret, struct err *err);
int virt_domain_define(struct virt *virt, const char *xml, struct err *err);
/* Starts a domain with this configuration, once; one that is defined with the same UUID keeps its
 * own for the next start. */
int virt_domain_start(struct virt *virt, const char *xml, struct err *err);
int virt_domain_autostart(struct virt *virt, const char *name, struct err *err);
/* Stops and undefines it, with its NVRAM, saved state and snapshots' records, but not its disks.
 * None of that name or UUID is no error. */
int virt_domain_remove(struct virt *virt, const char *name_or_uuid, struct err *err);
/* The configuration, of the next start where `next`; yours to free. */
int virt_domain_xml(struct virt *virt, const char *name, bool next, char **ret, struct err *err);
/* Every MAC address of every domain. */
int virt_macs(struct virt *virt, struct strv *ret, struct err *err);
/* The name of a domain other than `but` that has `path` as a disk, or NULL; yours to free. */
int virt_disk_user(
	struct virt *virt, const char *path, const char *but, char **ret, struct err *err);

/* Storage pools. The name of one whose target is `path`, or NULL; yours to free. */
int virt_pool_at(struct virt *virt, const char *path, char **ret, bool *active, struct err *err);
/* The target path of a pool by name, or NULL; yours to free. */
int virt_pool_path(struct virt *virt, const char *name, char **ret, struct err *err);
/* Defines and starts a pool, and has libvirt start it with the host; `build` also makes its
 * folder. Leaves nothing when it fails. */
int virt_pool_make(
	struct virt *virt, const char *name, const char *xml, bool build, struct err *err);
/* Stops and undefines it; `built` also removes its folder, which must be empty. */
int virt_pool_remove(struct virt *virt, const char *name, bool built, struct err *err);

/* Volumes. virt_volume_exists() has libvirt look at the pool anew where it can. libvirt itself
 * refuses to make a volume over a file that it does not know. */
int virt_volume_exists(
	struct virt *virt, const char *pool, const char *name, bool *ret, struct err *err);
/* `path`: where it is, yours to free. */
int virt_volume_make(
	struct virt *virt, const char *pool, const char *xml, char **path, struct err *err);
/* None of that name is no error. */
int virt_volume_remove(struct virt *virt, const char *pool, const char *name, struct err *err);

DEFINE_AUTO(virt, struct virt *, virt_close)
#define autovirt AUTO(virt)

#endif
