/* What machines ask for while they boot. */
#ifndef OPS_NETBOOT_H
#define OPS_NETBOOT_H

#include "ops/answer/autoinstall.h"
#include "ops/install/served.h"

/* The boot file of one format ("ipxe", "grub", "pxelinux") for a MAC: the system's, or the menu for
 * an unknown one. The same bytes that are published; before anything is, that sync would publish.
 * `address`: who asks. */
int netboot_answer(struct server *server, const char *format, const char *mac, const char *address,
	struct answer **ret, struct err *err);
/* An answer was made for a system (served.h). */
void netboot_note(struct server *server, const struct served_answer *answer);
/* A published file was served over HTTP, by its path: a machine's own boot file is told to its
 * system's history, as those are that netboot_answer() makes. */
void netboot_note_file(struct server *server, const char *path, const char *address);
/* As netboot_answer(), but nothing is noted of it: for those who only look. */
int netboot_look(struct server *server, const char *format, const char *mac, struct answer **ret,
	struct err *err);
/* What sync would publish now. */
int netboot_stored(struct server *server, const char *format, const char *mac, struct answer **ret,
	struct err *err);
/*
 * What iPXE gets that has not yet said who it is: it asks again with its MAC, with hyphens, for it
 * takes what stands before a colon in a relative address for its scheme.
 */
#define NETBOOT_IPXE_FIRST                                                                         \
	"#!ipxe\nchain --replace --autofree "                                                      \
	"ipxe?mac=${mac:hexhyp}&platform=${platform}&arch=${buildarch}\n"
/* koan's plan (format 1) for a system, profile or image, as JSON text. */
int netboot_plan(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err);
/* What a machine keeps of its record, its template_files: {"files": [{"path", "content"}]}. */
int netboot_kept_files(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err);

#endif
