/*
 * Where a machine's root file system is, as the field `root` says it:
 *
 *	""                                   on its own disk
 *	initrd                               in the distro's initrds: it runs from memory
 *	nfs:SERVER:/PATH[,OPTION…]           on a file server (the options of nfs(5))
 *	iscsi:SERVER:PROTOCOL:PORT:LUN:NAME  on a disk in the network, as RFC 4173 and iPXE write it
 *
 * Machines of the second and third kind are diskless: nothing is installed, so nothing is ever
 * finished, and they boot from the network for good. A disk in the network is installed and booted
 * as a local one.
 */
#ifndef MODEL_ROOT_H
#define MODEL_ROOT_H

#include "base/err.h"

#include <stdbool.h>

enum root_kind {
	ROOT_DISK,
	ROOT_INITRD,
	ROOT_NFS,
	ROOT_ISCSI,
};

/* Of a text that check_root() has let in. */
enum root_kind root_kind(const char *root);
/* "10.77.0.1:/srv/root,vers=3" of an nfs root, "" of any other; borrowed from it. */
const char *root_nfs(const char *root);
static inline bool root_is_diskless(const char *root)
{
	return root_kind(root) == ROOT_INITRD || root_kind(root) == ROOT_NFS;
}

/* As a field's check (field.h). No secret has a place in it: what a machine without a system reads,
 * everybody in its network can read. */
int check_root(const char *text, char **ret, struct err *err);

#endif
