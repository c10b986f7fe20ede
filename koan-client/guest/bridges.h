/* The host's network bridges: looked at before anything is made. */
#ifndef KOAN_BRIDGES_H
#define KOAN_BRIDGES_H

#include "koan-client/guest/guest.h"

/*
 * ERR_NOT_FOUND: one of the guest's bridges is no network interface of this host; says which
 * bridges there are. Whether an interface is a bridge is left to libvirt, since those of Open
 * vSwitch do not look like one.
 */
int bridges_check(const struct guest *guest, struct err *err);

#endif
