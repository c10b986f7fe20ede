/*
 * Who is asking, and what may they do. On the Unix socket the kernel says who it is; over TCP a
 * bearer token (RFC 6750) does, and without one a client on this machine may read.
 */
#ifndef HTTP_AUTH_H
#define HTTP_AUTH_H

#include "db/db.h"

#include <stdbool.h>
#include <sys/types.h>

struct identity {
	enum role role;
	char *who; /* "root", "token ansible" */
};

void identity_done(struct identity *identity);
/* Of the process at the other end: root, our own account and members of the socket's group are
 * administrators, others nobody. */
int auth_peer(int fd, gid_t group, struct identity *ret, struct err *err);
/* `authorization`: the header, or NULL. ERR_DENIED: no such token, or it has expired. */
int auth_token(struct db *db, const char *authorization, bool loopback, struct identity *ret,
	struct err *err);
/* "read", "operate", "admin" and back; ROLE_NONE for another word. */
const char *role_name(enum role role);
enum role role_find(const char *name);

#endif
