/*
 * Between the files that make guests (create.h): one run, with all its guests. What they share (the
 * plan, the files, the storage pools) is done once; what each has of its own is a job, and jobs run
 * side by side.
 */
#ifndef KOAN_CREATION_H
#define KOAN_CREATION_H

#include "koan-client/create/create.h"
#include "koan-client/create/replace.h"
#include "koan-client/create/undo.h"
#include "koan-client/guest/guest.h"

struct job {
	struct guest *guest;
	struct replaced old; /* by --force */
	struct undo undo;
	struct err err;
	bool failed;
	char *said; /* what it tells, printed when it is done */
	size_t said_len;
	FILE *out;
};

struct creation {
	const struct options *options;
	const struct plan *plan;
	struct virt *virt; /* NULL for a dry run that needs none */
	struct fetch *fetch;
	bool server_is_silent; /* since it gave the plan */
	struct progress *progress;
	FILE *out;
	struct interrupt interrupt;
	struct host_view view;
	struct undo shared; /* what serves several guests; undone after theirs */
	struct guest *guests;
	struct job *jobs; /* one for each guest */
	size_t n;
};

/* Fills in the guests, down to the paths of what will be made. Looks only. */
int creation_prepare(struct creation *c, struct err *err);
/* Whether the host can take all of them. Looks only. */
int creation_check(struct creation *c, struct err *err);
/* The same of disks that are there already, once the files have come, which may have taken long:
 * another koan may have given them to its guest. Looks only. */
int creation_check_again(struct creation *c, struct err *err);
/* What all guests need, in the order of its steps. */
int creation_share(struct creation *c, struct err *err);
/* All jobs, each made or undone; how many failed. */
size_t creation_run(struct creation *c);
/* --wait: until every guest has stopped, then starts it from its disk. */
int creation_wait(struct creation *c, struct err *err);
void creation_report(const struct creation *c);

#endif
