/*
 * Boot loaders: a row for each, with where Debian and its relatives install it. They are published
 * at the top of the TFTP tree; one that is not installed is left out.
 */
#ifndef OPS_LOADERS_H
#define OPS_LOADERS_H

#include "base/err.h"
#include "base/strv.h"
#include "ops/server.h"

#include <stddef.h>
#include <stdint.h>

struct loader {
	const char *name; /* as it is published: "shimx64.efi" */
	const char *paths[4];
	const char *package; /* of Debian */
	const char *needed;  /* for what machines, for people; NULL: nobody misses it */
	const char *arch;    /* of these machines alone: "aarch64"; NULL: of any PC */
};

extern const struct loader loaders_all[];
extern const size_t n_loaders;

/* By the name of a row. */
const struct loader *loader_named(const char *name);
/* The installed file, or NULL. */
const char *loader_find(const struct loader *loader);
/* True where somebody needs it: of another architecture than a PC's only where a distro has that.
 */
bool loader_needed(struct server *server, const struct loader *loader);
/* Debian's name of its package, yours: "shim-signed:arm64" where the server is of another kind. */
char *loader_package(const struct loader *loader);
/* For people: the commands that install it, yours. */
char *loader_install(const struct loader *loader);
/* For `check`: calls `each` for each loader that somebody needs and that is not installed. */
void loaders_missing(
	struct server *server, void (*each)(void *ctx, const struct loader *loader), void *ctx);
/* A number that changes when the installed files do. */
uint64_t loaders_stamp(void);

#endif
