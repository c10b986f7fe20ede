/*
 * Making a guest: the order of the steps, and what happens when one fails. First everything that
 * only looks, then the files, then what changes the host; each change is noted and undone in
 * reverse order when a later one fails or a signal comes.
 */
#ifndef KOAN_CREATE_H
#define KOAN_CREATE_H

#include "koan-client/options.h"
#include "koan-client/plan/fetch.h"
#include "koan-client/plan/plan.h"
#include "koan-client/virt/virt.h"

#include <stdio.h>

/*
 * What is made is told on `out`. On failure the host is as it was, but for verified files in the
 * cache, for a guest that --force would have replaced, which runs again instead of still, and for
 * what --force-path had removed. Of several guests (--count) each succeeds or is undone by itself;
 * -1 where one did not succeed.
 */
int create_guest(const struct options *options, const struct plan *plan, struct virt *virt,
	struct fetch *fetch, struct progress *progress, FILE *out, struct err *err);

/* Prints the guests' XML, or xl configuration, for the installation (--dry-run, --format). `virt`
 * may be NULL where the kind of guest is given; then the host is not asked for anything. */
int create_print(const struct options *options, const struct plan *plan, struct virt *virt,
	FILE *out, struct err *err);

/* The hypervisor to connect to for a kind of guest (NULL: auto): --connect, LIBVIRT_DEFAULT_URI,
 * the kind's own; NULL is libvirt's choice. */
const char *create_uri(const struct options *options, const struct domain_type *type);

#endif
