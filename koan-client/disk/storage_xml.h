/* libvirt's documents about storage, written and read. Pure. */
#ifndef KOAN_STORAGE_XML_H
#define KOAN_STORAGE_XML_H

#include "base/err.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stdint.h>

/* A pool of libvirt's type "dir" or "logical" over a folder or /dev/VG; yours to free. */
char *pool_xml(const char *name, const char *pool_type, const char *path);
/* A volume of `bytes`; a file grows as it is written unless `full`, a logical volume has its size
 * at once. */
char *volume_xml(
	const char *name, uint64_t bytes, const char *pool_type, const char *format, bool full);
/* A volume's format; NULL where it has none; yours to free. */
char *volume_xml_format(const char *xml);
/* What it is a layer over; NULL: nothing; yours to free. */
char *volume_xml_below(const char *xml);

/* A pool's target path; NULL where it has none or the document cannot be read; yours to free. */
char *pool_xml_path(const char *xml);
/* Adds the MAC addresses of a domain's interfaces, and its disks' sources as host_view has them. */
void domain_xml_macs(const char *xml, struct strv *ret);
void domain_xml_disks(const char *xml, struct strv *ret);
/* The sources of the qcow2 disks of which it does not say what they are layers over. */
void domain_xml_unlayered(const char *xml, struct strv *ret);

#endif
