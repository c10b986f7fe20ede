/*
 * --update-files: the files that a system's record keeps for it (template_files), rendered by the
 * server, written on this machine. Every path and content is checked before the first is written;
 * each file is replaced by a rename, keeps the mode of the one before it, and stays untouched where
 * it is the same.
 */
#ifndef KOAN_UPDATE_FILES_H
#define KOAN_UPDATE_FILES_H

#include "koan-client/options.h"
#include "koan-client/plan/fetch.h"
#include "koan-client/plan/plan.h"

#include <stdio.h>

struct kept_file {
	char *path;
	char *content;
};

struct kept_files {
	struct kept_file *file;
	size_t n;
};

/* From the server's answer. ERR_INVALID; call kept_files_done() all the same. */
int kept_files_parse(const char *json, size_t len, struct kept_files *ret, struct err *err);
void kept_files_done(struct kept_files *files);

int update_files(const struct options *options, const struct plan *plan, struct fetch *fetch,
	FILE *out, struct err *err);

#endif
