/* The mark in a domain's metadata by which koan knows what it made (domain_xml.c writes it). Pure.
 */
#ifndef KOAN_DOMAIN_MARK_H
#define KOAN_DOMAIN_MARK_H

#include "base/strv.h"

#include <stdbool.h>

struct domain_mark {
	bool xl;           /* there is a file in /etc/xen */
	char *run;         /* as struct guest has it; NULL: it replaced none */
	struct strv pools; /* of each volume that was made for it */
	struct strv volumes;
	struct strv disks; /* that the domain has itself, as host_view has them */
};

/* From a domain's XML; false where it has no mark. Call domain_mark_done() all the same. */
bool domain_mark_read(const char *xml, struct domain_mark *ret);
void domain_mark_done(struct domain_mark *mark);

/* Where a domain's UEFI keeps its variables: as its XML says, else where libvirt puts them for the
 * system's QEMU, be there a file or not; NULL: it has no UEFI; yours to free. */
char *domain_nvram_read(const char *xml);

static inline void auto_domain_mark(struct domain_mark *mark)
{
	domain_mark_done(mark);
}
#define automark AUTO(domain_mark) struct domain_mark

#endif
