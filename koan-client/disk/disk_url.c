#include "koan-client/disk/disk_url.h"

#include "base/mem.h"
#include "base/net.h"

#include <string.h>

#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

static const struct disk_protocol protocols[] = {
	{.name = "iscsi", .secret = "iscsi", .port = 3260, .parts = 2},
	{.name = "nbd", .port = 10809, .parts = 1},
	{.name = "rbd", .secret = "ceph", .port = 6789, .parts = 2},
};

static const struct disk_protocol *find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (strncmp(protocols[i].name, name, len) == 0 && !protocols[i].name[len])
			return &protocols[i];
	return NULL;
}

static bool is_uuid(const char *text)
{
	return strlen(text) == 36 && text[strspn(text, "0123456789abcdefABCDEF-")] == '\0';
}

static const char *read_name(struct disk_url *url)
{
	unsigned parts = 1;

	for (const char *p = url->name; *p; p++) {
		parts += *p == '/';
		if (*p == '/' && (p[1] == '/' || !p[1]))
			return "must not have an empty part in its name";
	}
	if (url->name[strspn(url->name, WORD ":/+")] || url->name[0] == '/')
		return "has characters in its name that are none of a disk's";
	if (parts == url->protocol->parts && (*url->name || parts == 1))
		return NULL;
	return url->protocol->parts == 2 ? "must name two parts, as iscsi://HOST/IQN/LUN or "
	                                   "rbd://MONITOR/POOL/IMAGE"
	                                 : "must name one export, as nbd://HOST/NAME";
}

static const char *read_user(struct disk_url *url)
{
	if (!url->user && !url->secret)
		return NULL;
	if (!url->protocol->secret)
		return "has a user, and its protocol has none";
	if (!url->user || !url->secret || !*url->user || url->user[strspn(url->user, WORD)])
		return "needs both USER@ and ?secret=UUID of libvirt's secret";
	return is_uuid(url->secret) ? NULL : "must have the UUID of a secret of libvirt's";
}

/* Fills the struct; what is wrong, or NULL. */
static const char *read_url(const char *text, struct disk_url *url)
{
	const char *rest = strstr(text, "://");
	const char *slash = rest ? strchr(rest + 3, '/') : NULL;
	const char *query = slash ? strchr(slash, '?') : NULL;
	const char *at = slash ? memchr(rest + 3, '@', (size_t)(slash - rest - 3)) : NULL;
	const char *start;
	autofree char *server = NULL;

	url->protocol = rest ? find(text, (size_t)(rest - text)) : NULL;
	if (!url->protocol)
		return "must start with iscsi://, nbd:// or rbd://";
	if (!slash)
		return "must name a disk behind the server";
	start = at ? at + 1 : rest + 3;
	url->user = at ? xstrndup(rest + 3, (size_t)(at - rest - 3)) : NULL;
	url->name = query ? xstrndup(slash + 1, (size_t)(query - slash - 1)) : xstrdup(slash + 1);
	if (query && strncmp(query, "?secret=", 8) != 0)
		return "may only have ?secret=UUID behind its name";
	url->secret = query ? xstrdup(query + 8) : NULL;
	server = xstrndup(start, (size_t)(slash - start));
	if (!*server ||
		host_port_parse(server, url->protocol->port, url->host, &url->port, NULL) < 0 ||
		url->port == 0)
		return "must name a server as HOST or HOST:PORT";
	if (read_name(url))
		return read_name(url);
	return read_user(url);
}

const char *disk_url_check(const char *text)
{
	struct disk_url *url = xcalloc(1, sizeof(*url));
	const char *bad = read_url(text, url);

	disk_url_free(url);
	return bad;
}

struct disk_url *disk_url_parse(const char *text)
{
	struct disk_url *url = xcalloc(1, sizeof(*url));

	read_url(text, url);
	return url;
}

void disk_url_free(struct disk_url *url)
{
	if (!url)
		return;
	free(url->name);
	free(url->user);
	free(url->secret);
	free(url);
}
