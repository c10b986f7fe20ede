/* What installers report, and what machines ask for while they boot. */
#ifndef OPS_NETBOOT_H
#define OPS_NETBOOT_H

#include "ops/autoinstall.h"
#include "ops/server.h"

/* Install callbacks: `end` false for the start, true for the end, which turns netboot_enabled off
 * (pxe_just_once) and publishes the machine's local boot. `address`: who reports. */
int netboot_report(
	struct server *server, const char *system, bool end, const char *address, struct err *err);
/* The boot file of one format ("ipxe", "grub", "pxelinux") for a MAC: the system's, or the menu for
 * an unknown one. The same bytes that sync publishes. */
int netboot_answer(struct server *server, const char *format, const char *mac, struct answer **ret,
	struct err *err);
/* koan's plan (format 1) for a system, profile or image, as JSON text. */
int netboot_plan(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err);
/* What a machine keeps of its record, its template_files: {"files": [{"path", "content"}]}. */
int netboot_kept_files(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err);

#endif
