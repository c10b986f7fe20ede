/* What a hypervisor offers, from libvirt's capabilities document. Pure. */
#ifndef KOAN_CAPABILITIES_H
#define KOAN_CAPABILITIES_H

#include "koan-client/guest/domain_types.h"

#include "base/err.h"

/*
 * The best kind of guest that this host can run for an architecture (libvirt's word for it): the
 * first row of the table that the document has. ERR_NOT_FOUND says what the host offers instead.
 */
int capabilities_choose(
	const char *xml, const char *arch, const struct domain_type **ret, struct err *err);

#endif
