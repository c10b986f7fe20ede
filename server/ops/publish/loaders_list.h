/* The boot loaders as they are: installed, published, or missing (loaders.h has the rows). */
#ifndef OPS_LOADERS_LIST_H
#define OPS_LOADERS_LIST_H

#include "ops/server.h"

/*
 * {"items": [{"name", "needed", "package", "version", "path", "size", "sha256", "published_sha256",
 * "state"}]}, in the order of the rows; a new reference. "state" is "published"; "changed": what is
 * installed is another file than the published one; "unpublished"; "gone": published, and not
 * installed any more; "missing".
 */
int loaders_list(struct server *server, json_t **ret, struct err *err);

#endif
