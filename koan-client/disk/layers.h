/* What a disk is a layer over, as its own file says. libvirt tells only of a domain that runs. */
#ifndef KOAN_LAYERS_H
#define KOAN_LAYERS_H

#include "base/strv.h"

/*
 * Adds the paths of the files below the qcow2 file `path` of this host, from the top down. It must
 * be known to be qcow2: into a raw disk, its guest writes whatever header it likes.
 */
void layers_read(const char *path, struct strv *ret);

#endif
