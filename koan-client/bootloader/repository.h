/*
 * Kernel and initrd in an installation repository, by the distribution's family: the paths at which
 * each keeps them, what the installer is told of where it came from, and the file with the
 * checksums. The way that XenServer's eliloader took.
 */
#ifndef BOOTLOADER_REPOSITORY_H
#define BOOTLOADER_REPOSITORY_H

#include "koan-client/bootloader/boot.h"
#include "koan-client/plan/fetch.h"

struct repository_family;

struct repository {
	const char *url; /* checked: http or https */
	const struct repository_family *family;
	const char *arch;    /* as any distribution writes it; NULL: this host's */
	const char *release; /* NULL where the family needs none */
};

/* "rhlike", "debianlike", "sleslike"; NULL where there is no such family. */
const struct repository_family *repository_family_find(const char *name);
void repository_family_names(struct strbuf *ret);
/* True where its paths have the release in them. */
bool repository_family_needs_release(const struct repository_family *family);

/*
 * Finds the files, those for Xen first where the repository has some, with their checksums where it
 * has those. ERR_NOT_FOUND says where they were looked for.
 */
int repository_boot(const struct repository *repository, struct fetch *fetch,
	const struct interrupt *interrupt, struct boot *ret, struct err *err);

/*
 * The SHA-256 of a file in a text of checksums: a line with the path (or "./" and the path) and 64
 * hex digits, as in sha256sum's output, .treeinfo, and SUSE's "content" and CHECKSUMS. "" where
 * there is none.
 */
void repository_sum(const char *text, const char *path, char ret[SHA256_TEXT]);

#endif
