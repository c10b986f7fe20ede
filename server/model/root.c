#include "model/root.h"

#include "base/mem.h"
#include "base/net.h"
#include "base/strv.h"
#include "model/field.h"

#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"
#define NFS     "nfs:"
#define ISCSI   "iscsi:"

static bool begins(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

enum root_kind root_kind(const char *root)
{
	if (!*root)
		return ROOT_DISK;
	if (begins(root, NFS))
		return ROOT_NFS;
	return begins(root, ISCSI) ? ROOT_ISCSI : ROOT_INITRD;
}

const char *root_nfs(const char *root)
{
	return root_kind(root) == ROOT_NFS ? root + strlen(NFS) : "";
}

/* One argument of a kernel, and of the loaders' languages none of their own signs. */
static int check_nfs(const char *text, struct err *err)
{
	const char *path = strstr(text, ":/");
	autofree char *server = xstrndup(text, path ? (size_t)(path - text) : 0);

	if (!path || !host_is_valid(server) || strchr(server, ':'))
		return err_set(err, ERR_INVALID,
			"'nfs:%.100s' names no file server; write it as nfs:192.0.2.1:/srv/root",
			text);
	if (strspn(path + 1, LETTERS DIGITS "/._+@%=,-") != strlen(path + 1) || strlen(text) > 500)
		return err_set(err, ERR_INVALID,
			"the path in 'nfs:%.100s' holds more than letters, digits and / . _ + @ %% "
			"= , -",
			text);
	return 0;
}

/* RFC 3720, 3.2.6.3: what the name's kinds begin with, 223 bytes at most. */
static bool is_target_name(const char *name)
{
	return (begins(name, "iqn.") || begins(name, "eui.") || begins(name, "naa.")) &&
	       strlen(name) > 4 && strlen(name) <= 223 &&
	       strspn(name, LETTERS DIGITS ".:-") == strlen(name);
}

static bool is_port(const char *text)
{
	return strspn(text, DIGITS) == strlen(text) && strlen(text) <= 5 &&
	       (!*text || (strtol(text, NULL, 10) > 0 && strtol(text, NULL, 10) <= 65535));
}

/* Up to four groups of four hexadecimal digits, with dashes between them. */
static bool is_lun(const char *text)
{
	autostrv groups = STRV_INIT;

	if (!*text)
		return true;
	strv_split(&groups, text, "-");
	strv_for_each (group, &groups)
		if (strlen(group) > 4 || strspn(group, DIGITS "abcdefABCDEF") != strlen(group))
			return false;
	return groups.n >= 1 && groups.n <= 4 && text[strlen(text) - 1] != '-' && *text != '-' &&
	       !strstr(text, "--");
}

/* The next part of a text that colons take apart; what is left begins after its colon. */
static char *take_part(const char **text)
{
	size_t len = strcspn(*text, ":");
	char *part = xstrndup(*text, len);

	*text += (*text)[len] ? len + 1 : len;
	return part;
}

static int check_iscsi(const char *text, struct err *err)
{
	const char *at = text;
	autofree char *server = take_part(&at);
	autofree char *protocol = take_part(&at);
	autofree char *port = take_part(&at);
	autofree char *lun = take_part(&at);

	if (!host_is_valid(server) || (*protocol && strcmp(protocol, "6") != 0) || !is_port(port) ||
		!is_lun(lun) || !is_target_name(at))
		return err_set(err, ERR_INVALID,
			"'iscsi:%.200s' is not a disk; write it as "
			"iscsi:SERVER:PROTOCOL:PORT:LUN:NAME, such as "
			"iscsi:192.0.2.1:::1:iqn.2026-01.org.example:web7 (protocol and port may "
			"be empty; a password has no place here)",
			text);
	return 0;
}

int check_root(const char *text, char **ret, struct err *err)
{
	(void)ret;
	if (begins(text, NFS))
		return check_nfs(text + strlen(NFS), err);
	if (begins(text, ISCSI))
		return check_iscsi(text + strlen(ISCSI), err);
	if (!*text || strcmp(text, "initrd") == 0)
		return 0;
	return err_set(err, ERR_INVALID,
		"'%.100s' is not a root file system: initrd, nfs:SERVER:/PATH or "
		"iscsi:SERVER:PROTOCOL:PORT:LUN:NAME; empty for the machine's own disk",
		text);
}
