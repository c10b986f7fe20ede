/* Listening sockets, made before the privileges go. */
#ifndef HTTP_SOCKET_H
#define HTTP_SOCKET_H

#include "base/err.h"

#include <sys/types.h>

/* "ADDRESS:PORT", "[V6]:PORT"; port 0 picks a free one. `port` gets the real port, `host` the
 * address as given. ERR_BUSY: somebody listens there. */
int socket_listen_tcp(const char *where, int *ret, char host[256], unsigned *port, struct err *err);
/*
 * A Unix socket for its owner and group (mode 0660). A dead one that is there is replaced; one that
 * answers is ERR_BUSY. Its folder is made where it is missing, for the same owner.
 */
int socket_listen_unix(const char *path, uid_t owner, gid_t group, int *ret, struct err *err);

#endif
