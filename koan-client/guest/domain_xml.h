/*
 * A guest as libvirt's domain XML. Pure: the same guest gives the same bytes.
 *
 * A guest has two configurations. The one for the installation starts the installer's kernel and
 * ends at the first reboot; the one that is defined starts the guest's own disk. libvirt keeps
 * both: a domain that is defined with one and started with the other (virDomainCreateXML with the
 * same UUID) falls back to the defined one when it stops, whatever became of koan.
 */
#ifndef KOAN_DOMAIN_XML_H
#define KOAN_DOMAIN_XML_H

#include "koan-client/guest/guest.h"

#define KOAN_XML_NAMESPACE "urn:bootwright:koan:1"

enum domain_phase {
	DOMAIN_INSTALL, /* boots kernel and initrd; a reboot ends it */
	DOMAIN_RUN,     /* boots its own disk */
};

/* The document; yours to free. */
char *domain_xml(const struct guest *guest, enum domain_phase phase);

#endif
