#include "http/auth.h"

#include "base/mem.h"
#include "base/sha256.h"

#include <pwd.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static const char *const role_names[] = {
	[ROLE_NONE] = "none",
	[ROLE_READ] = "read",
	[ROLE_OPERATE] = "operate",
	[ROLE_ADMIN] = "admin",
};

const char *role_name(enum role role)
{
	return role_names[role];
}

enum role role_find(const char *name)
{
	for (size_t i = ROLE_READ; i < ARRAY_SIZE(role_names); i++)
		if (strcmp(role_names[i], name) == 0)
			return (enum role)i;
	return ROLE_NONE;
}

void identity_done(struct identity *identity)
{
	free(identity->who);
	identity->who = NULL;
}

static char *user_name(uid_t uid)
{
	struct passwd entry, *found = NULL;
	char strings[2048];

	if (getpwuid_r(uid, &entry, strings, sizeof(strings), &found) == 0 && found)
		return xstrdup(entry.pw_name);
	return xasprintf("uid %u", uid);
}

/* The peer's supplementary groups, as they were when it connected. */
static bool has_group(int fd, gid_t group)
{
	gid_t groups[256];
	socklen_t size = sizeof(groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
		return false;
	for (size_t i = 0; i < size / sizeof(groups[0]); i++)
		if (groups[i] == group)
			return true;
	return false;
}

int auth_peer(int fd, gid_t group, struct identity *ret, struct err *err)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);
	bool admin;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return err_sys(err, "cannot tell who is asking");
	admin = peer.uid == 0 || peer.uid == geteuid() || peer.gid == group || has_group(fd, group);
	ret->role = admin ? ROLE_ADMIN : ROLE_NONE;
	ret->who = user_name(peer.uid);
	return 0;
}

int auth_token(struct db *db, const char *authorization, bool loopback, struct identity *ret,
	struct err *err)
{
	static const char scheme[] = "Bearer ";
	char sum[SHA256_TEXT];
	char *name = NULL;
	enum role role;
	const char *token;

	if (!authorization) {
		ret->role = loopback ? ROLE_READ : ROLE_NONE;
		ret->who = xstrdup("anonymous");
		return 0;
	}
	if (strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
		return err_set(err, ERR_DENIED, "send the token as 'Authorization: Bearer TOKEN'");
	token = authorization + sizeof(scheme) - 1;
	token += strspn(token, " ");
	sha256_text(token, strlen(token), sum);
	if (db_token_find(db, sum, &role, &name, err) < 0) {
		if (err->code == ERR_NOT_FOUND)
			err_set(err, ERR_DENIED,
				"this token is not known, was revoked or has "
				"expired");
		return -1;
	}
	ret->role = role;
	ret->who = xasprintf("token %s", name);
	free(name);
	return 0;
}
