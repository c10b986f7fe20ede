/*
 * The guest that --force replaces. Nothing of it is lost before the new one has started: the new
 * one takes over its UUID, so that its definition is exchanged and never removed, and its disks
 * stay until then. A failure brings back what it was.
 */
#ifndef KOAN_REPLACE_H
#define KOAN_REPLACE_H

#include "koan-client/guest/domain_mark.h"
#include "koan-client/guest/guest.h"
#include "koan-client/virt/virt.h"

#include "base/strbuf.h"

#include <stdio.h>

struct replaced {
	struct domain_state state; /* of no domain: all that follows is empty, too */
	struct domain_mark mark;
	char *xl;           /* the text of its file in /etc/xen, NULL: none */
	char *nvram;        /* the file of its UEFI variables, which is on this host; NULL: none */
	struct strbuf vars; /* what was in that file */
	char *name;
	char *folder;  /* where its XML goes if it cannot be brought back */
	char *touched; /* a disk of its that may not be what it was; NULL: none */
	bool stopped;
};

/* Looks only; `ret` is empty. ERR_CONFLICT: it has something that could not be brought back. Call
 * replaced_done() all the same. */
int replaced_look(struct virt *virt, const char *name, const char *folder, struct replaced *ret,
	struct err *err);
void replaced_done(struct replaced *old);
bool replaced_is(const struct replaced *old);
/* A second look, a while later. ERR_CONFLICT: another one has the name now. */
int replaced_look_again(struct virt *virt, const char *name, struct replaced *old, struct err *err);

/* A disk of its may not be what it was: it will not be started again. */
void replaced_touch(struct replaced *old, const char *source);
/* Ends it, so that the new one can start. */
int replaced_stop(struct virt *virt, struct replaced *old, struct err *err);
/* Makes it what it was, and starts it if it ran and has its disks. */
int replaced_bring_back(struct virt *virt, const struct replaced *old, struct err *err);
/* The new one runs: the disks that koan made for the old one go, but for those that the new one
 * has, and what else is of no use any more. What cannot be removed is logged. */
void replaced_clear(
	struct virt *virt, const struct replaced *old, const struct guest *guest, FILE *out);

#endif
